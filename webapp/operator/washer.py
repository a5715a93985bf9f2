"""The washer: readings in steps of the last value, the locked start, stops of the line, a run that is given up."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from bottletrack.access import Permission
from bottletrack.errors import Refusal
from bottletrack.measuring import find_measures
from bottletrack.reports.run_log import find_run_log
from bottletrack.scans import Recorded
from bottletrack.stations.washer import (
    LineStop,
    RunAbort,
    RunReadings,
    RunStart,
    record_line_stop,
    record_run_abort,
    record_run_readings,
    record_run_start,
)
from bottletrack.vocabulary import MeasuredAt
from webapp.database import reading
from webapp.forms import required_text, text, whole_number
from webapp.languages import N_
from webapp.operator.blueprint import blueprint
from webapp.operator.measured import readings_from_form
from webapp.operator.recording import record
from webapp.operator.run_sight import code_of, get_run, run_page, see_measures
from webapp.security import allow

#: Why a line stops, and the pictogram of it. Kept in English, shown in the reader's language.
STOPS = {
    N_("Bottles jammed"): "bottle",
    N_("Glass broke"): "broken",
    N_("Bath too cold or too weak"): "thermometer",
    N_("No bottles to wash"): "crate",
    N_("Labels clog the baths"): "label",
    N_("Break or change of shift"): "people",
    N_("Machine fault"): "warning",
}


@blueprint.get("/operator/runs/<int(max=2147483647):run_id>/readings")
@allow(Permission.WASH)
def readings(run_id: int) -> str:
    """Every bath and rinse, with the value of last time."""
    return _readings_page(run_id, None)


@blueprint.post("/operator/runs/<int(max=2147483647):run_id>/readings")
@allow(Permission.WASH)
def take_readings(run_id: int) -> ResponseReturnValue:
    """Keeps them; one outside its limits locks the start, or holds what the run washes."""
    return record(
        record_run_readings, lambda: _readings(run_id), lambda refusal: _readings_page(run_id, refusal), _to_run(run_id)
    )


@blueprint.post("/operator/runs/<int(max=2147483647):run_id>/start")
@allow(Permission.WASH)
def start_run(run_id: int) -> ResponseReturnValue:
    """From here on bottles move."""
    return record(
        record_run_start, lambda: RunStart(code_of(run_id)), lambda refusal: run_page(run_id, refusal), _to_run(run_id)
    )


@blueprint.get("/operator/runs/<int(max=2147483647):run_id>/stop")
@allow(Permission.WASH)
def stop(run_id: int) -> str:
    """Why, and how long?"""
    return _page("stop.html", run_id, None)


@blueprint.post("/operator/runs/<int(max=2147483647):run_id>/stop")
@allow(Permission.WASH)
def stop_line(run_id: int) -> ResponseReturnValue:
    """The line stood still."""
    return record(
        record_line_stop,
        lambda: LineStop(
            code_of(run_id), text("other") or text("reason"), whole_number("minutes") or 0, bool(text("flushed"))
        ),
        lambda refusal: _page("stop.html", run_id, refusal),
        _to_run(run_id),
    )


@blueprint.get("/operator/runs/<int(max=2147483647):run_id>/abort")
@allow(Permission.ABORT_RUN)
def abort(run_id: int) -> str:
    """Why is it given up?"""
    return _page("abort.html", run_id, None)


@blueprint.post("/operator/runs/<int(max=2147483647):run_id>/abort")
@allow(Permission.ABORT_RUN)
def abort_run(run_id: int) -> ResponseReturnValue:
    """Every lot gets back what it gave."""
    return record(
        record_run_abort,
        lambda: RunAbort(code_of(run_id), required_text("reason")),
        lambda refusal: _page("abort.html", run_id, refusal),
        _to_run(run_id),
    )


def _to_run(run_id: int) -> Callable[[Recorded], str]:
    return lambda recorded: url_for("operator.run", run_id=run_id, done=recorded.event_id)


def _readings(run_id: int) -> RunReadings:
    with reading() as session:
        run, _ = get_run(session, run_id)
        measures = find_measures(session, run.site_id, MeasuredAt(run.program))
        return RunReadings(run.code, readings_from_form(measures), text("note"))


def _readings_page(run_id: int, refusal: Refusal | None) -> str:
    with reading() as session:
        run, row = get_run(session, run_id)
        measures = see_measures(session, run, find_run_log(session, run), datetime.now(UTC))
        return render_template("operator/readings.html", run=run, row=row, measures=measures, refusal=refusal)


def _page(template: str, run_id: int, refusal: Refusal | None) -> str:
    with reading() as session:
        run, row = get_run(session, run_id)
        return render_template(f"operator/{template}", run=run, row=row, stops=STOPS, refusal=refusal)
