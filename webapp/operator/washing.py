"""Washing: a run is opened, loaded by scanning lots, and closed when every bottle that went in is accounted for."""

import uuid

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Permission
from bottletrack.errors import NotFound, Refusal
from bottletrack.lots import LotOnHand, find_lots
from bottletrack.reports.runs import RunRow, find_runs
from bottletrack.scans import Recorded
from bottletrack.stations.washing import (
    RunClosing,
    RunLoading,
    RunOpening,
    RunReject,
    record_run_closing,
    record_run_loading,
    record_run_opening,
)
from bottletrack.steps import Step
from bottletrack.tables import Lot, Place, WashRun
from bottletrack.vocabulary import Stage, WashProgram
from webapp.database import reading
from webapp.forms import bottles, choice, required_text, text, whole_number
from webapp.languages import gettext
from webapp.operator.blueprint import blueprint
from webapp.operator.choices import AT_WASHING, defects, rewashable, sites
from webapp.operator.done import find_event
from webapp.operator.recording import crate_size_from_form, lot_step, record
from webapp.operator.scanning import own_code
from webapp.operator.sight import USUAL_CRATE
from webapp.operator.sorting import counted
from webapp.security import allow
from webapp.signed_in import current_actor

#: What bottles are refused for behind the washer nine times out of ten; the others stand one press further.
USUAL_REJECTS = ("CR01", "CR02", "MA01", "MA02", "MA03", "MA09")
#: Broken bottles have a tile of their own: they are counted as broken, not as rejects.
BROKEN = "CR13"


@blueprint.get("/operator/runs")
@allow(Permission.WASH)
def runs() -> str:
    """Open runs, and the form of a new one."""
    return _runs_page(None)


@blueprint.post("/operator/runs")
@allow(Permission.WASH)
def open_run() -> ResponseReturnValue:
    """A new, empty run. Opened for a lot that waits, its loading comes next."""
    return record(
        record_run_opening,
        lambda: RunOpening(choice("program", WashProgram), text("code", most=20) or None),
        _runs_page,
        _to_opened,
    )


@blueprint.get("/operator/runs/<int(max=2147483647):run_id>")
@allow(Permission.WASH)
def run(run_id: int) -> str:
    """What is on the line, and the scan field that loads."""
    return _run_page(run_id, None)


@blueprint.post("/operator/runs/<int(max=2147483647):run_id>")
@allow(Permission.WASH)
def load(run_id: int) -> ResponseReturnValue:
    """A scanned lot into the run: all of it, unless a part was counted."""
    return record(
        record_run_loading,
        lambda: RunLoading(_code_of(run_id), own_code(required_text("code")), bottles("quantity")),
        lambda refusal: _run_page(run_id, refusal),
        lambda recorded: url_for("operator.run", run_id=run_id, done=recorded.event_id),
    )


@blueprint.route("/operator/lots/<code>/loading", methods=["GET", "POST"])
@allow(Permission.WASH)
def load_lot(code: str) -> ResponseReturnValue:
    """The same, begun at the lot: into which run?"""
    return lot_step(
        Step.LOAD,
        code,
        record_run_loading,
        lambda lot: RunLoading(
            required_text("run", most=20), lot, bottles("quantity", crate_size=crate_size_from_form())
        ),
        "loading.html",
        lambda session, seen: {
            "runs": [row for row in _open_runs(session) if row.site_name == seen.site.name],
        },
    )


@blueprint.get("/operator/runs/<int(max=2147483647):run_id>/closing")
@allow(Permission.WASH)
def closing(run_id: int) -> str:
    """What came out?"""
    return _closing_page(run_id, None)


@blueprint.post("/operator/runs/<int(max=2147483647):run_id>/closing")
@allow(Permission.WASH)
def close_run(run_id: int) -> ResponseReturnValue:
    """Closes the run when in = out."""
    return record(record_run_closing, lambda: _closing(run_id), lambda refusal: _closing_page(run_id, refusal))


def _closing(run_id: int) -> RunClosing:
    size = crate_size_from_form()
    return RunClosing(
        run_code=_code_of(run_id),
        passed=bottles("passed", crate_size=size) or 0,
        rework=bottles("rework", crate_size=size) or 0,
        rework_defect_code=text("rework_defect", most=20) or None,
        rework_into_lot_code=text("rework_into", most=40) or None,
        rejects=tuple(RunReject(defect, quantity) for defect, quantity in counted("reject")),
        broken=whole_number("broken") or 0,
        note=text("note"),
    )


def _to_opened(recorded: Recorded) -> str:
    with reading() as session:
        run_id = session.scalars(select(WashRun.id).where(WashRun.opened_by == recorded.event_id)).one()
    return url_for("operator.run", run_id=run_id, done=recorded.event_id, code=request.form.get("lot") or None)


def _code_of(run_id: int) -> str:
    with reading() as session:
        return _get_run(session, run_id)[0].code


def _get_run(session: Session, run_id: int) -> tuple[WashRun, RunRow]:
    """A run of the territory. Raises NotFound."""
    territory_id = current_actor().territory_id
    found = session.scalar(select(WashRun).where(WashRun.id == run_id, WashRun.territory_id == territory_id))
    if found is None:
        raise NotFound("There is no such wash run here.", "Choose an open run of the list.", field="run")
    return found, find_runs(session, territory_id, run_id=run_id)[0]


def _open_runs(session: Session) -> list[RunRow]:
    """Those where the person works."""
    actor = current_actor()
    rows = find_runs(session, actor.territory_id, is_open=True)
    if actor.site_id is None:
        return rows
    here = set(session.scalars(select(WashRun.id).where(WashRun.site_id == actor.site_id)))
    return [row for row in rows if row.id in here]


def _runs_page(refusal: Refusal | None) -> str:
    with reading() as session:
        return render_template(
            "operator/runs.html",
            runs=_open_runs(session),
            programs=list(WashProgram),
            sites=sites(session, current_actor()),
            lot=request.values.get("lot", ""),
            refusal=refusal,
        )


def _run_page(run_id: int, refusal: Refusal | None) -> str:
    with reading() as session:
        run, row = _get_run(session, run_id)
        done = request.args.get("done", type=uuid.UUID)
        return render_template(
            "operator/run.html",
            run=run,
            row=row,
            done=find_event(session, done) if done and refusal is None else None,
            code=request.values.get("code", ""),
            refusal=refusal,
        )


def _closing_page(run_id: int, refusal: Refusal | None) -> str:
    with reading() as session:
        run, row = _get_run(session, run_id)
        found = [defect for defect in defects(session, run.site_id, AT_WASHING) if defect.code != BROKEN]
        return render_template(
            "operator/closing.html",
            run=run,
            row=row,
            usual=[defect for defect in found if defect.code in USUAL_REJECTS],
            others=[defect for defect in found if defect.code not in USUAL_REJECTS],
            rewashable=rewashable(found),
            rework_lots=[("", gettext("New lot")), *((lot.code, lot.shown_code) for lot in _rework_lots(session, run))],
            crate_size=(row.model.bottles_per_crate if row.model else None) or USUAL_CRATE,
            refusal=refusal,
        )


def _rework_lots(session: Session, run: WashRun) -> list[LotOnHand]:
    """Open lots to wash again that are like this run's, so that few bottles make no lot of their own each time."""
    return find_lots(
        session,
        Lot.site_id == run.site_id,
        Lot.stage == Stage.REWORK,
        Lot.hold_event_id.is_(None),
        Lot.model_id == run.model_id,
        Lot.color == run.color,
        Lot.owner_winery_id.is_not_distinct_from(run.owner_winery_id),
        Lot.pass_number == run.pass_number,
        Place.quantity > 0,
    )
