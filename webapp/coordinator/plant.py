"""The plant as it stands: what is on hand, lots, wash runs, collection points. Nothing is changed here."""

from datetime import UTC, datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue

from bottletrack.access import Permission
from bottletrack.catalogue import get_defect
from bottletrack.errors import BadInput, NotFound
from bottletrack.reports.lots import list_lots
from bottletrack.reports.points import find_points
from bottletrack.reports.run_log import find_run_log
from bottletrack.reports.runs import find_runs
from bottletrack.reports.stock import Shares, find_stock, find_stock_by_stage
from bottletrack.tables import WashRun
from bottletrack.vocabulary import Stage
from webapp.coordinator.blueprint import blueprint
from webapp.database import reading
from webapp.naming import name_of
from webapp.readings import readings_in_words
from webapp.security import allow
from webapp.signed_in import current_actor


@blueprint.get("/stock")
@allow(Permission.SEE_IMPACT)
def stock() -> str:
    """On hand by model, grade and stage, and what of it is promised, held, too old or free."""
    now = datetime.now(UTC)
    with reading() as session:
        rows = find_stock(session, current_actor().territory_id, now)
        stages = find_stock_by_stage(session, current_actor().territory_id, now)
    total = sum((row.bottles for row in stages), Shares())
    return render_template("coordinator/stock.html", rows=rows, stages=stages, total=total, now=now)


@blueprint.get("/lots")
@allow(Permission.SEE_IMPACT)
def lots() -> str:
    """Lots by stage and by what people know of them. Raises BadInput for a stage that there is not."""
    text = request.args.get("q", "").strip()[:40]
    every = request.args.get("all") == "yes"
    with reading() as session:
        stage = _stage()
        found = list_lots(session, current_actor().territory_id, stage=stage, text=text, open_only=not every)
    return render_template("coordinator/lots.html", found=found, stage=stage, stages=Stage, text=text, every=every)


def _stage() -> Stage | None:
    text = request.args.get("stage", "")
    try:
        return Stage(text) if text else None
    except ValueError:
        raise BadInput("There is no stage “%(text)s”.", "Choose a stage of the list.", text=text[:40]) from None


@blueprint.get("/runs")
@allow(Permission.SEE_IMPACT)
def runs() -> str:
    """Wash runs, the latest first, with what went in and came out."""
    with reading() as session:
        found = find_runs(session, current_actor().territory_id)
    return render_template("coordinator/runs.html", runs=found)


@blueprint.get("/runs/<int:run_id>")
@allow(Permission.SEE_IMPACT)
def run(run_id: int) -> ResponseReturnValue:
    """One run with its loads, outputs and readings."""
    with reading() as session:
        found = find_runs(session, current_actor().territory_id, run_id=run_id)
        if not found:
            raise NotFound("There is no such wash run.", "Choose a run of the list.")
        log = find_run_log(session, session.get_one(WashRun, run_id))
        codes = {part.defect_code for part in found[0].outputs if part.defect_code}
        causes = {code: name_of(get_defect(session, code)) for code in codes}
    readings = readings_in_words(found[0].readings)
    return render_template("coordinator/run.html", run=found[0], log=log, causes=causes, readings=readings)


@blueprint.get("/points")
@allow(Permission.SEE_IMPACT)
def points() -> str:
    """Collection points and what each has brought in."""
    with reading() as session:
        found = find_points(session, current_actor().territory_id)
    return render_template("coordinator/points.html", points=found)
