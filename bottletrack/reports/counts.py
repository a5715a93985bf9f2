"""Counts that wait for a lead: what somebody counted, too far from the ledger to be booked by themselves."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from bottletrack.identifiers import show_code
from bottletrack.tables import Event, Lot, LotState, Person, Place
from bottletrack.vocabulary import EventKind


@dataclass(frozen=True)
class WaitingCount:
    """One lot's count, in bottles, against what the ledger says now."""

    lot_id: int
    lot_code: str
    counted: int
    quantity: int
    reason: str
    by: str
    counted_at: datetime

    @property
    def shown_code(self) -> str:
        return show_code(self.lot_code)


def find_waiting_counts(session: Session, territory_id: int, site_id: int | None = None) -> list[WaitingCount]:
    """The oldest first. A count waits until a lead books it, somebody counts anew, or the lot goes on."""
    later_state, later, reversal = aliased(LotState), aliased(Event), aliased(Event)
    gone_on = exists(
        select(later.id)
        .join(later_state, later_state.event_id == later.id)
        .where(later_state.lot_id == LotState.lot_id, later.sequence > Event.sequence)
    )
    taken_back = exists(select(reversal.id).where(reversal.reverses == Event.id))
    rows = session.execute(
        select(Lot.id, Lot.code, Place.quantity, Event.readings, Event.reason, Person.name, Event.happened_at)
        .join(LotState, LotState.event_id == Event.id)
        .join(Lot, Lot.id == LotState.lot_id)
        .join(Place, Place.id == Lot.id)
        .join(Person, Person.id == Event.actor_id)
        .where(
            Event.territory_id == territory_id,
            Event.kind == EventKind.STOCK_COUNTED,
            Event.readings["ask_lead"].as_boolean(),
            *([] if site_id is None else [Event.site_id == site_id]),
            ~gone_on,
            ~taken_back,
        )
        .order_by(Event.happened_at)
    )
    return [
        WaitingCount(lot_id, code, readings["counted"], quantity, reason, by, counted_at)
        for lot_id, code, quantity, readings, reason, by, counted_at in rows
        if readings["counted"] != quantity
    ]
