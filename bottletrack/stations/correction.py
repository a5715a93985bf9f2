"""Correction: an event that names another and moves its bottles back. Nothing is edited; both stay visible (I10)."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from bottletrack.access import Permission, require
from bottletrack.errors import BadInput, NotAllowed, NotFound, WrongStep
from bottletrack.ledger import Entry, open_entry
from bottletrack.lots import find_lots
from bottletrack.scans import Recorded, Scan
from bottletrack.tables import Event, Lot, LotState, Movement, Place, WashRun
from bottletrack.vocabulary import EventKind, WashProgram

#: What a lead may take back (the column "undo" of the transition table). Promises have a verb of their own, and what
#: was delivered, destroyed or scrapped does not come back by pen.
REVERSIBLE = frozenset(
    {
        EventKind.COLLECTED,
        EventKind.COUNT_ADJUSTED,
        EventKind.SORTED,
        EventKind.RUN_LOADED,
        EventKind.RUN_CLOSED,
        EventKind.INSPECTION_STARTED,
        EventKind.LOT_RELEASED,
        EventKind.LOT_SPLIT,
        EventKind.TRIAL_STARTED,
        EventKind.RELABELED,
        EventKind.STOCK_COUNTED,
        EventKind.BROKEN,
    }
)


@dataclass(frozen=True)
class Correction:
    """The event to take back, and why."""

    event_id: uuid.UUID
    reason: str


def record_correction(session: Session, correction: Correction, scan: Scan) -> Recorded:
    """Takes an event back while nothing has happened to its lots since. Raises WrongStep otherwise."""
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
    _restore_lots(session, entry, event)
    _restore_run(session, event)
    for movement in session.scalars(select(Movement).where(Movement.event_id == event.id).order_by(Movement.id.desc())):
        entry.move(
            movement.to_place_id,
            movement.from_place_id,
            movement.quantity,
            model_id=movement.model_id,
            defect_code=movement.defect_code,
        )
    return entry.post()


def _require_reversible(session: Session, scan: Scan, event_id: uuid.UUID) -> uuid.UUID:
    event: Row[*tuple[Any, ...]] | None = session.execute(
        select(Event.id, Event.kind, Event.actor_id).where(
            Event.id == event_id, Event.territory_id == scan.by.territory_id, Event.site_id == scan.site_id
        )
    ).one_or_none()
    if event is None:
        raise NotFound("There is no such event here.", "Choose it from the lot's history.")
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
        before: LotState = states[-1][0]
        entry.restore(lot, before.stage, before.grade, before.hold_event_id)


def _restore_run(session: Session, event: Event) -> None:
    """A run whose closing is taken back is open again; one that is emptied forgets what it was loaded with."""
    if event.kind is EventKind.RUN_CLOSED:
        session.execute(update(WashRun).where(WashRun.closed_by == event.id).values(closed_by=None))
    elif event.kind is EventKind.RUN_LOADED:
        loaded = session.scalars(select(Movement).where(Movement.event_id == event.id)).one()
        run = session.execute(
            select(WashRun.closed_by, WashRun.code, WashRun.program, Place.quantity)
            .join(Place, Place.id == WashRun.id)
            .where(WashRun.id == loaded.to_place_id)
        ).one()
        if run.closed_by is not None:
            raise WrongStep("Run %(run)s is closed.", "Take its closing back first.", run=run.code)
        if run.quantity == loaded.quantity:
            session.execute(
                update(WashRun)
                .where(WashRun.id == loaded.to_place_id)
                .values(model_id=None, color="", owner_winery_id=None, pass_number=None)
            )
        elif run.program is WashProgram.RINSE:
            # A rinse is at the pass of the bottles that were washed most, of those still on the line.
            taken_back = select(Event.reverses).where(Event.reverses.is_not(None))
            session.execute(
                update(WashRun)
                .where(WashRun.id == loaded.to_place_id)
                .values(
                    pass_number=select(func.max(Lot.pass_number))
                    .join(Movement, Movement.from_place_id == Lot.id)
                    .where(Movement.to_place_id == loaded.to_place_id, Movement.event_id.not_in(taken_back))
                    .where(Movement.kind == EventKind.RUN_LOADED)
                    .scalar_subquery()
                )
            )
