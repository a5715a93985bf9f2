"""Correction: an event that names another and moves its bottles back. Nothing is edited; both stay visible (I10)."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, and_, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from bottletrack.access import Permission, may, require
from bottletrack.errors import BadInput, NotAllowed, NotFound, Stopped, WrongStep
from bottletrack.ledger import Entry, open_entry
from bottletrack.lots import find_lots
from bottletrack.recalled import pass_on_recall
from bottletrack.scans import Recorded, Scan
from bottletrack.tables import Event, Lot, LotState, Movement, Place, Transit, WashRun
from bottletrack.vocabulary import EventKind, PlaceKind, Stage, WashProgram

#: A shift, with the time in which the next one takes over.
SHIFT = timedelta(hours=12)
#: Within so long somebody without a lead's right undoes their own latest scan: they still stand where it happened.
OWN_SECONDS = 10 * 60


class Limit(Enum):
    """Until when an event may be taken back. In any case only while its lots have not gone on."""

    UNTOUCHED = "while nothing has happened since"
    SAME_SHIFT = "within the shift"
    SAME_DAY = "on the same day at the site"


#: What a lead may take back, and until when: the column "undo" of the plant's transition table. Promises have a verb
#: of their own; what was delivered, destroyed in a test or scrapped does not come back by pen, nor what was handed
#: over; a hold is lifted by another person, and a waiver is quality's.
REVERSIBLE: Mapping[EventKind, Limit] = {
    EventKind.COLLECTED: Limit.SAME_DAY,
    EventKind.COUNT_ADJUSTED: Limit.UNTOUCHED,
    EventKind.SORTED: Limit.UNTOUCHED,
    EventKind.LOTS_MERGED: Limit.UNTOUCHED,
    EventKind.LOT_SPLIT: Limit.UNTOUCHED,
    EventKind.PRESOAK_STARTED: Limit.UNTOUCHED,
    EventKind.RUN_LOADED: Limit.UNTOUCHED,
    EventKind.RUN_STARTED: Limit.SAME_SHIFT,
    EventKind.OUTPUT_TAKEN: Limit.UNTOUCHED,
    EventKind.RUN_CLOSED: Limit.UNTOUCHED,
    EventKind.INSPECTION_STARTED: Limit.UNTOUCHED,
    EventKind.DEFECTS_COUNTED: Limit.UNTOUCHED,
    EventKind.TESTS_RECORDED: Limit.UNTOUCHED,
    EventKind.LOT_RELEASED: Limit.UNTOUCHED,
    EventKind.TRIAL_STARTED: Limit.UNTOUCHED,
    EventKind.TRIAL_EXAMINED: Limit.SAME_SHIFT,
    EventKind.RELABELED: Limit.UNTOUCHED,
    EventKind.TRANSFER_SENT: Limit.UNTOUCHED,
    EventKind.TRANSFER_RECEIVED: Limit.UNTOUCHED,
    EventKind.STOCK_COUNTED: Limit.UNTOUCHED,
    EventKind.BROKEN: Limit.SAME_SHIFT,
}


@dataclass(frozen=True)
class Correction:
    """The event to take back, and why."""

    event_id: uuid.UUID
    reason: str


def in_time(limit: Limit, happened_at: datetime, now: datetime, timezone: str) -> bool:
    """Whether an event of then may still be taken back now, as far as the clock of its site decides."""
    if limit is Limit.SAME_SHIFT:
        return now - happened_at <= SHIFT
    if limit is Limit.SAME_DAY:
        zone = ZoneInfo(timezone)
        return now.astimezone(zone).date() == happened_at.astimezone(zone).date()
    return True


def record_correction(session: Session, correction: Correction, scan: Scan) -> Recorded:
    """Takes an event back while nothing has happened to its lots since. Raises WrongStep otherwise.

    A lead takes back anybody's; others their own latest one, a moment later.
    """
    if not may(scan.by, Permission.UNDO_OWN):
        require(scan.by, Permission.CORRECT)
    entry = open_entry(
        session,
        scan,
        EventKind.REVERSED,
        correction,
        reason=correction.reason,
        reverses=_require_reversible(session, scan, correction.event_id),
    )
    if isinstance(entry, Recorded):
        return entry
    if not correction.reason.strip():
        raise BadInput("A correction needs a reason.", "Say in a few words what was wrong.", field="reason")
    event = session.get_one(Event, correction.event_id)
    if not may(scan.by, Permission.CORRECT):
        _require_own_latest(session, entry, event)
    _require_in_time(session, entry, event)
    _restore_lots(session, entry, event)
    if event.kind in _RESTORE:
        _RESTORE[event.kind](session, event)
    for movement in _movements(session, event, latest_first=True):
        entry.move(
            movement.to_place_id,
            movement.from_place_id,
            movement.quantity,
            model_id=movement.model_id,
            defect_code=movement.defect_code,
        )
        pass_on_recall(session, movement.to_place_id, movement.from_place_id)
    return entry.post()


def _movements(session: Session, event: Event, *, latest_first: bool = False) -> list[Movement]:
    order = Movement.id.desc() if latest_first else Movement.id
    return list(session.scalars(select(Movement).where(Movement.event_id == event.id).order_by(order)))


def _require_reversible(session: Session, scan: Scan, event_id: uuid.UUID) -> uuid.UUID:
    event: Row[*tuple[Any, ...]] | None = session.execute(
        select(Event.id, Event.kind, Event.actor_id).where(
            Event.id == event_id, Event.territory_id == scan.by.territory_id, Event.site_id == scan.site_id
        )
    ).one_or_none()
    if event is None:
        raise NotFound("There is no such event here.", "Choose it from the lot's history.")
    if event.actor_id != scan.by.person_id:
        require(scan.by, Permission.CORRECT)
    if event.kind not in REVERSIBLE:
        raise WrongStep(
            "This kind of event is not taken back: %(kind)s.",
            "Record what is true now: a return, a count or a new verdict.",
            kind=event.kind.value,
        )
    if event.kind is EventKind.LOT_RELEASED and event.actor_id == scan.by.person_id:
        raise NotAllowed("You released this lot yourself: only another person can reopen it.", "Ask another lead.")
    by = session.scalar(select(Event.id).where(Event.reverses == event_id))
    if by not in (None, scan.id):
        raise WrongStep("This event was taken back already.", "Nothing is to be done.")
    return event_id


def _require_own_latest(session: Session, entry: Entry, event: Event) -> None:
    """Of what its author recorded and what is still in force, it is the last."""
    if (entry.happened_at - event.happened_at).total_seconds() > OWN_SECONDS:
        raise WrongStep(
            "You can undo your own scan for %(minutes)s minutes only.",
            "Ask a lead to take it back.",
            minutes=OWN_SECONDS // 60,
        )
    taken_back = select(Event.reverses).where(Event.reverses.is_not(None))
    later = session.scalar(
        select(Event.id)
        .where(
            Event.site_id == event.site_id,
            Event.sequence > event.sequence,
            Event.actor_id == event.actor_id,
            Event.kind != EventKind.REVERSED,
            Event.id.not_in(taken_back),
        )
        .limit(1)
    )
    if later is not None:
        raise WrongStep(
            "You have recorded something else since.", "Undo that first, or ask a lead to take this one back."
        )


def _require_in_time(session: Session, entry: Entry, event: Event) -> None:
    limit = REVERSIBLE[event.kind]
    if event.kind in (EventKind.OUTPUT_TAKEN, EventKind.RUN_CLOSED):
        # The reject crate and the broken glass are there to look at until the shift ends.
        gone = select(Place.id).where(Place.kind.in_((PlaceKind.CULLET, PlaceKind.BROKEN)))
        if session.scalar(
            select(Movement.id).where(Movement.event_id == event.id, Movement.to_place_id.in_(gone)).limit(1)
        ):
            limit = Limit.SAME_SHIFT
    if in_time(limit, event.happened_at, entry.happened_at, entry.site.timezone):
        return
    if limit is Limit.SAME_DAY:
        raise WrongStep(
            "This can be taken back on the same day only.", "Record what is true now: a new count with its reason."
        )
    raise WrongStep(
        "This can be taken back within the shift only: %(hours)s hours.",
        "Record what is true now: a new count with its reason.",
        hours=SHIFT // timedelta(hours=1),
    )


def _restore_lots(session: Session, entry: Entry, event: Event) -> None:
    """Puts each lot back to how it was before, if the event is the last that touched it.

    What was taken back earlier, and its taking back, do not count: mistakes are undone one after the other.
    """
    other = aliased(Event)
    in_force = and_(
        Event.kind != EventKind.REVERSED,
        ~exists(select(other.id).where(other.reverses == Event.id, other.id != entry.id)),
    )
    touched = select(LotState.lot_id).where(LotState.event_id == event.id)
    for lot in find_lots(session, Lot.id.in_(touched)):
        states = session.execute(
            select(LotState, Event.id)
            .join(Event, Event.id == LotState.event_id)
            .where(LotState.lot_id == lot.id, in_force)
            .order_by(Event.sequence.desc())
            .limit(2)
        ).all()
        if states[0][1] != event.id or lot.promised:
            raise WrongStep(
                "Lot %(lot)s has gone on since: this event cannot be taken back any more.",
                "Correct what happened after it first, the latest first.",
                lot=lot.shown_code,
            )
        if lot.recalled:
            raise Stopped(
                "Lot %(lot)s is recalled: it may not be moved.",
                "Put it on the red place. It stays there until the recall is closed.",
                lot=lot.shown_code,
            )
        before: LotState = states[-1][0]
        entry.restore(lot, before.stage, before.grade, before.hold_event_id)


def _reopen_run(session: Session, event: Event) -> None:
    """A run whose bottles went on is settled: a bad reading would not hold them any more."""
    taken_back = select(Event.reverses).where(Event.reverses.is_not(None))
    came_out = select(Movement.to_place_id).join(WashRun, WashRun.id == Movement.from_place_id)
    gone_on = session.scalars(
        select(Lot.id)
        .join(LotState, LotState.lot_id == Lot.id)
        .join(Event, Event.id == LotState.event_id)
        .where(Lot.id.in_(came_out.where(WashRun.closed_by == event.id, Movement.event_id.not_in(taken_back))))
        .where(Event.kind.in_((EventKind.INSPECTION_STARTED, EventKind.TRANSFER_SENT)), Event.id.not_in(taken_back))
        .limit(1)
    ).one_or_none()
    if gone_on is not None:
        (lot,) = find_lots(session, Lot.id == gone_on)
        raise WrongStep(
            "Lot %(lot)s has gone on since: this event cannot be taken back any more.",
            "Correct what happened after it first, the latest first.",
            lot=lot.shown_code,
        )
    session.execute(update(WashRun).where(WashRun.closed_by == event.id).values(closed_by=None))


def _put_back_on_the_line(session: Session, event: Event) -> None:
    _require_open(session, _movements(session, event)[0].from_place_id)


def _stop_run(session: Session, event: Event) -> None:
    """A start pressed by mistake: nothing may have come out of the run yet."""
    run = session.scalars(select(WashRun).where(WashRun.started_by == event.id)).one()
    _require_open(session, run.id)
    taken_back = select(Event.reverses).where(Event.reverses.is_not(None))
    out = select(Movement.id).where(
        Movement.from_place_id == run.id, Movement.kind != EventKind.REVERSED, Movement.event_id.not_in(taken_back)
    )
    if session.scalar(out.limit(1)) is not None:
        raise WrongStep(
            "Bottles came out of run %(run)s already: it has been running.",
            "Take its outputs back first.",
            run=run.code,
        )
    session.execute(update(WashRun).where(WashRun.id == run.id).values(started_by=None))


def _require_open(session: Session, run_id: int) -> Row[*tuple[Any, ...]]:
    run = session.execute(
        select(WashRun.closed_by, WashRun.started_by, WashRun.code, WashRun.program, Place.quantity)
        .join(Place, Place.id == WashRun.id)
        .where(WashRun.id == run_id)
    ).one()
    if run.closed_by is not None:
        raise WrongStep("Run %(run)s is closed.", "Take its closing back first.", run=run.code)
    return run


def _unload(session: Session, event: Event) -> None:
    """Off a run that has not started. A run that is emptied forgets what it was loaded with."""
    (loaded,) = _movements(session, event)
    run_id = loaded.to_place_id
    run = _require_open(session, run_id)
    if run.started_by is not None:
        raise WrongStep(
            "Run %(run)s has started: what is in the bath is not unloaded.", "Enter where it comes out.", run=run.code
        )
    stage = session.scalar(select(LotState.stage).where(LotState.event_id == event.id))
    if stage is Stage.BLOCKED:
        raise WrongStep(
            "Quality decided to wash these bottles again: they are not unloaded.",
            "Have a lead give up the whole run before its start.",
        )
    if run.quantity == loaded.quantity:
        session.execute(
            update(WashRun)
            .where(WashRun.id == run_id)
            .values(model_id=None, color="", owner_winery_id=None, pass_number=None)
        )
    elif run.program is WashProgram.RINSE:
        # A rinse is at the pass of the bottles that were washed most, of those still on the line.
        taken_back = select(Event.reverses).where(Event.reverses.is_not(None))
        session.execute(
            update(WashRun)
            .where(WashRun.id == run_id)
            .values(
                pass_number=select(func.max(Lot.pass_number))
                .join(Movement, Movement.from_place_id == Lot.id)
                .where(Movement.to_place_id == run_id, Movement.event_id.not_in(taken_back))
                .where(Movement.kind == EventKind.RUN_LOADED)
                .scalar_subquery()
            )
        )


def _stay_on_the_road(session: Session, event: Event) -> None:
    """Bottles that arrived are the other site's; what it received goes back to the road first."""
    if session.scalar(select(Transit.received_by).where(Transit.sent_by == event.id)) is not None:
        raise WrongStep(
            "These bottles have arrived at the other site.", "Have its lead take the arrival back, or send them back."
        )


def _back_on_the_road(session: Session, event: Event) -> None:
    session.execute(update(Transit).where(Transit.received_by == event.id).values(received_by=None))


#: What an event changed besides lots and movements, and how that is put back.
_RESTORE: Mapping[EventKind, Callable[[Session, Event], None]] = {
    EventKind.RUN_LOADED: _unload,
    EventKind.RUN_STARTED: _stop_run,
    EventKind.OUTPUT_TAKEN: _put_back_on_the_line,
    EventKind.RUN_CLOSED: _reopen_run,
    EventKind.TRANSFER_SENT: _stay_on_the_road,
    EventKind.TRANSFER_RECEIVED: _back_on_the_road,
}
