"""Labels that came out of a printer and were not scanned back: somebody may have stuck them anywhere, or nowhere."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from bottletrack.tables import Event, LabelPrint, Lot, Place


@dataclass(frozen=True)
class UnstuckLabel:
    """A label that waits to be scanned back, and what is in its lot."""

    code: str
    printed_at: datetime
    lot_id: int
    quantity: int


def find_unstuck_labels(session: Session, site_id: int, since: datetime) -> list[UnstuckLabel]:
    """Of lots at a site that hold bottles, the labels printed last since then, in the order they were printed.

    A label printed again before it was stuck waits once; one of a code that died does not wait.
    """
    printed, later_print, later = aliased(Event), aliased(LabelPrint), aliased(Event)
    printed_again = exists(
        select(later_print.lot_id)
        .join(later, later.id == later_print.event_id)
        .where(later_print.lot_id == LabelPrint.lot_id, later.sequence > printed.sequence)
    )
    rows = session.execute(
        select(LabelPrint.code, printed.recorded_at, Lot.id, Place.quantity)
        .join(printed, printed.id == LabelPrint.event_id)
        .join(Lot, Lot.id == LabelPrint.lot_id)
        .join(Place, Place.id == Lot.id)
        .where(printed.site_id == site_id, printed.recorded_at >= since, Place.quantity > 0)
        .where(LabelPrint.stuck_by.is_(None), LabelPrint.code == Lot.code, ~printed_again)
        .order_by(printed.sequence, Lot.id)
    )
    return [UnstuckLabel(*row) for row in rows]
