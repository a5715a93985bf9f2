"""Washing: a run is opened on a cleared line and loaded by scanning lots."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Permission, may
from bottletrack.errors import Refusal
from bottletrack.reports.runs import RunRow, find_runs
from bottletrack.scans import Recorded
from bottletrack.stations.washing import (
    LineClear,
    RunLoading,
    RunOpening,
    record_refused_loading,
    record_run_loading,
    record_run_opening,
)
from bottletrack.steps import Step
from bottletrack.tables import Site, Washer, WashRun
from bottletrack.vocabulary import WashProgram
from webapp.database import reading
from webapp.forms import bottles, choice, required_text, text
from webapp.languages import N_
from webapp.operator.blueprint import blueprint
from webapp.operator.choices import sites
from webapp.operator.recording import crate_size_from_form, lot_step, record
from webapp.operator.run_sight import code_of, run_page
from webapp.operator.scanning import own_code
from webapp.operator.sight import LotSight
from webapp.security import allow
from webapp.signed_in import current_actor

#: What is looked at before a run is opened, and the pictogram of each.
LINE_CLEAR = {
    "infeed_empty": (N_("Infeed empty"), "infeed"),
    "exit_empty": (N_("Exit empty"), "exit"),
    "old_labels_removed": (N_("Old lot labels taken off"), "label-off"),
}


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
        lambda: RunOpening(
            choice("program", WashProgram),
            text("code", most=20) or None,
            text("washer", most=20) or None,
            LineClear(**{check: bool(text(check)) for check in LINE_CLEAR}),
        ),
        _runs_page,
        _to_opened,
    )


@blueprint.get("/operator/runs/<int(max=2147483647):run_id>")
@allow(Permission.WASH)
def run(run_id: int) -> str:
    """What is on the line, and the scan field that loads."""
    return run_page(run_id, None)


@blueprint.post("/operator/runs/<int(max=2147483647):run_id>")
@allow(Permission.WASH)
def load(run_id: int) -> ResponseReturnValue:
    """A scanned lot into the run: all of it, unless a part was counted."""
    return record(
        record_run_loading,
        lambda: RunLoading(code_of(run_id), own_code(required_text("code")), bottles("quantity")),
        lambda refusal: run_page(run_id, refusal),
        lambda recorded: url_for("operator.run", run_id=run_id, done=recorded.event_id),
    )


@blueprint.route("/operator/lots/<code>/loading", methods=["GET", "POST"])
@allow(Permission.WASH)
def load_lot(code: str) -> ResponseReturnValue:
    """The same, begun at the lot: into which run?"""
    return lot_step(Step.LOAD, code, record_run_loading, _loading, "loading.html", _standing_runs)


@blueprint.route("/operator/lots/<code>/refused-loading", methods=["GET", "POST"])
@allow(Permission.LOAD_REFUSED)
def load_refused(code: str) -> ResponseReturnValue:
    """The same, for what quality refused and for label trials."""
    return lot_step(Step.LOAD_REFUSED, code, record_refused_loading, _loading, "loading.html", _standing_runs)


def _loading(lot: str) -> RunLoading:
    return RunLoading(required_text("run", most=20), lot, bottles("quantity", crate_size=crate_size_from_form()))


def _standing_runs(session: Session, seen: LotSight) -> dict[str, object]:
    """Open runs that have not started, where the lot is."""
    rows = [row for row in _open_runs(session) if row.site_name == seen.site.name and row.started_at is None]
    return {"runs": rows, "may_open": may(current_actor(), Permission.WASH)}


def _to_opened(recorded: Recorded) -> str:
    with reading() as session:
        run_id = session.scalars(select(WashRun.id).where(WashRun.opened_by == recorded.event_id)).one()
    return url_for("operator.run", run_id=run_id, done=recorded.event_id, code=request.form.get("lot") or None)


def _open_runs(session: Session) -> list[RunRow]:
    """Those where the person works."""
    actor = current_actor()
    rows = find_runs(session, actor.territory_id, is_open=True)
    if actor.site_id is None:
        return rows
    here = set(session.scalars(select(WashRun.id).where(WashRun.site_id == actor.site_id)))
    return [row for row in rows if row.id in here]


def _washers(session: Session) -> list[Washer]:
    """Those to choose from where the person works, each code once; none where there is only one."""
    actor = current_actor()
    here = Site.territory_id == actor.territory_id if actor.site_id is None else Site.id == actor.site_id
    found = session.scalars(select(Washer).join(Site, Site.id == Washer.site_id).where(here).order_by(Washer.id))
    by_code = {washer.code: washer for washer in found}
    return list(by_code.values()) if len(by_code) > 1 else []


def _runs_page(refusal: Refusal | None) -> str:
    with reading() as session:
        return render_template(
            "operator/runs.html",
            runs=_open_runs(session),
            programs=list(WashProgram),
            sites=sites(session, current_actor()),
            washers=_washers(session),
            line_clear=LINE_CLEAR,
            lot=request.values.get("lot", ""),
            refusal=refusal,
        )
