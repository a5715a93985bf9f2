"""Labels of lots: which came out of a printer together, and which were not scanned back: they may be stuck anywhere."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from bottletrack.tables import Container, Event, LabelPrint, Lot, Place


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


@dataclass(frozen=True)
class PrintedLabel:
    """A label of a print job. `stuck`: it was scanned back since; `dead`: its lot goes under another code by now."""

    lot_id: int
    code: str
    printed_at: datetime
    stuck: bool
    dead: bool


def find_print_job(session: Session, territory_id: int, event_id: uuid.UUID) -> list[PrintedLabel]:
    """The labels that an event of this territory printed, in the order of their lots; none for any other event."""
    rows = session.execute(
        select(LabelPrint.lot_id, LabelPrint.code, Event.recorded_at, LabelPrint.stuck_by, Lot.code.label("now"))
        .join(Event, Event.id == LabelPrint.event_id)
        .join(Lot, Lot.id == LabelPrint.lot_id)
        .where(LabelPrint.event_id == event_id, Event.territory_id == territory_id)
        .order_by(LabelPrint.lot_id)
    )
    return [PrintedLabel(lot, code, at, stuck_by is not None, now != code) for lot, code, at, stuck_by, now in rows]


def find_stuck_label(session: Session, territory_id: int, event_id: uuid.UUID) -> tuple[int, str | None] | None:
    """What an event scanned back: the lot, and the code of the container that its label is on. None for others."""
    row = session.execute(
        select(LabelPrint.lot_id, Container.code)
        .join(Event, Event.id == LabelPrint.stuck_by)
        .outerjoin(Container, Container.id == LabelPrint.container_id)
        .where(LabelPrint.stuck_by == event_id, Event.territory_id == territory_id)
    ).one_or_none()
    return None if row is None else (row.lot_id, row.code)


def find_siblings_to_label(session: Session, lot_id: int) -> list[int]:
    """The lots with bottles that were made together with a lot and bear no label that was scanned back."""
    stuck = exists(
        select(LabelPrint.lot_id).where(
            LabelPrint.lot_id == Lot.id, LabelPrint.code == Lot.code, LabelPrint.stuck_by.is_not(None)
        )
    )
    made_by = select(Lot.made_by).where(Lot.id == lot_id).scalar_subquery()
    together = select(Lot.id).join(Place, Place.id == Lot.id).where(Lot.made_by == made_by, Place.quantity > 0, ~stuck)
    return list(session.scalars(together.where(Lot.id != lot_id).order_by(Lot.id)))
