"""The washer itself: what is read there, when a run may start, why the line stopped, and a run that is given up."""

from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, func, select, update
from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.errors import BadInput, WrongStep
from bottletrack.ledger import Entry, open_entry
from bottletrack.lots import find_lots
from bottletrack.measuring import Lack, Reading, find_lacks, find_latest_of_run, find_measures, keep
from bottletrack.recalled import pass_on_recall
from bottletrack.runs import Run, get_open_run, get_running, get_standing
from bottletrack.scans import Recorded, Scan
from bottletrack.tables import Lot, Movement, Place, WashRun
from bottletrack.vocabulary import EventKind, MeasuredAt, Stage
from bottletrack.wording import N_

_WASH_RUN = cast(Table, WashRun.__table__)
#: A stop is a matter of minutes; beyond a day, the run is closed and another opened.
MOST_MINUTES = 24 * 60


@dataclass(frozen=True)
class RunReadings:
    """What was measured at the washer, each measure once."""

    run_code: str
    readings: tuple[Reading, ...]
    note: str = ""


@dataclass(frozen=True)
class RunStart:
    """The line runs from here on."""

    run_code: str


@dataclass(frozen=True)
class LineStop:
    """The line stood still. `flushed`: the bottles were brought out of the bath meanwhile (S73)."""

    run_code: str
    reason: str
    minutes: int
    flushed: bool = False


@dataclass(frozen=True)
class RunAbort:
    """A run that never entered the bath, and why."""

    run_code: str
    reason: str


def record_run_readings(session: Session, taken: RunReadings, scan: Scan) -> Recorded:
    """A reading outside its limits, while the line runs, holds what has passed and what will.

    Before the start it holds nothing: it locks the start.
    """
    require(scan.by, Permission.WASH)
    entry = open_entry(session, scan, EventKind.READINGS_TAKEN, taken, reason=taken.note)
    if isinstance(entry, Recorded):
        return entry
    run = get_open_run(session, scan.site_id, taken.run_code)
    measures = find_measures(session, run.site_id, MeasuredAt(run.program))
    outside = keep(entry, taken.readings, measures, wash_run_id=run.id)
    # A journal does not tell when a run was started.
    if outside and (run.started_by is not None or scan.historical):
        _hold_output(entry, run)
    return entry.post()


def _hold_output(entry: Entry, run: Run) -> None:
    """Every open washed lot that came out of the run; what comes later is made on hold by the first such reading."""
    if run.held_by is None:
        entry.session.execute(update(_WASH_RUN).where(_WASH_RUN.c.id == run.id).values(held_by=entry.id))
    came_out = select(Movement.to_place_id).where(Movement.from_place_id == run.id)
    for lot in find_lots(
        entry.session,
        Lot.id.in_(came_out),
        Lot.site_id == run.site_id,
        Lot.stage == Stage.WASHED,
        Lot.hold_event_id.is_(None),
        Place.quantity > 0,
    ):
        entry.mark(lot, held=True)


def record_run_start(session: Session, start: RunStart, scan: Scan) -> Recorded:
    """Locked until each required measure was read for this run, not too long ago, and inside its limits (S24)."""
    require(scan.by, Permission.WASH)
    entry = open_entry(session, scan, EventKind.RUN_STARTED, start)
    if isinstance(entry, Recorded):
        return entry
    run = get_standing(session, scan.site_id, start.run_code)
    if run.quantity == 0:
        raise WrongStep("Run %(run)s is empty.", "Load a lot first.", field="run", run=run.code)
    if not scan.historical:
        _require_ready(entry, run)
    session.execute(update(_WASH_RUN).where(_WASH_RUN.c.id == run.id).values(started_by=entry.id))
    return entry.post()


def record_line_stop(session: Session, stop: LineStop, scan: Scan) -> Recorded:
    """Why the line stood still, and for how many minutes."""
    require(scan.by, Permission.WASH)
    readings = {"run": stop.run_code.strip().upper(), "minutes": stop.minutes, "flushed": stop.flushed}
    entry = open_entry(session, scan, EventKind.LINE_STOPPED, stop, reason=stop.reason, readings=readings)
    if isinstance(entry, Recorded):
        return entry
    get_running(session, scan.site_id, stop.run_code)
    _require_reason(stop.reason)
    if not 1 <= stop.minutes <= MOST_MINUTES:
        raise BadInput(
            "A stop takes 1 to 1,440 minutes.",
            "Enter how many minutes the line stood still.",
            field="minutes",
        )
    return entry.post()


def record_run_abort(session: Session, abort: RunAbort, scan: Scan) -> Recorded:
    """A lead gives up a run before it starts: every lot gets back what it gave. Raises WrongStep after the start."""
    require(scan.by, Permission.ABORT_RUN)
    entry = open_entry(session, scan, EventKind.RUN_ABORTED, abort, reason=abort.reason)
    if isinstance(entry, Recorded):
        return entry
    run = get_standing(session, scan.site_id, abort.run_code)
    _require_reason(abort.reason)
    loaded = _loaded(session, run)
    for lot in find_lots(session, Lot.id.in_(loaded)):
        entry.move(run.id, lot.id, loaded[lot.id], model_id=run.model_id)
        pass_on_recall(session, run.id, lot.id)
        entry.mark(lot)
    session.execute(update(_WASH_RUN).where(_WASH_RUN.c.id == run.id).values(closed_by=entry.id))
    return entry.post()


def _loaded(session: Session, run: Run) -> dict[int, int]:
    """Bottles on the line of a run that never started, by the lot they came from: unloaded ones are taken off."""
    net: dict[int, int] = {}
    for lot_end, run_end, sign in (
        (Movement.from_place_id, Movement.to_place_id, 1),
        (Movement.to_place_id, Movement.from_place_id, -1),
    ):
        for lot_id, quantity in session.execute(
            select(lot_end, func.sum(Movement.quantity)).where(run_end == run.id).group_by(lot_end)
        ):
            net[lot_id] = net.get(lot_id, 0) + sign * int(quantity)
    return {lot_id: quantity for lot_id, quantity in net.items() if quantity}


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise BadInput("This needs a reason.", "Say in a few words why.", field="reason")


_LOCKED = {
    Lack.MISSING: N_("The start is locked: “%(measure)s” was not read."),
    Lack.OLD: N_("The start is locked: “%(measure)s” was read more than %(minutes)s minutes ago."),
    Lack.OUTSIDE: N_("The start is locked: “%(measure)s” is outside its limits."),
}


def _require_ready(entry: Entry, run: Run) -> None:
    minutes = entry.site.reading_interval_minutes
    measures = find_measures(entry.session, run.site_id, MeasuredAt(run.program))
    lacks = find_lacks(measures, find_latest_of_run(entry.session, run.id), entry.happened_at, minutes)
    if lacks:
        measure, lack = lacks[0]
        raise WrongStep(
            _LOCKED[lack],
            "Read all baths and rinses again, and enter the values. If one is outside, mend it first.",
            field=measure.code,
            measure=measure.name_fr,
            minutes=minutes,
        )
