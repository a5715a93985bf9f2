"""Dispatch: bottles leave for a winemaker against an order, and may come back."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.errors import BadInput, WrongQuantity, WrongStep
from bottletrack.ledger import open_entry
from bottletrack.lots import LotOnHand, get_lot_at, require_fit_to_leave, require_step
from bottletrack.order_book import LineOnBook, line_for_lot, outstanding, take_order
from bottletrack.returns import book_return
from bottletrack.scans import Recorded, Scan
from bottletrack.steps import Step
from bottletrack.tables import Movement
from bottletrack.vocabulary import EventKind


@dataclass(frozen=True)
class Delivery:
    """Bottles of a reserved lot, handed over under an order. `packages`: codes of crates and pallets that left."""

    order_reference: str
    lot_code: str
    quantity: int
    packages: str = ""


@dataclass(frozen=True)
class Return:
    """Bottles that a winemaker gives back, or (`refused`) did not take in.

    `lot_code`: the lot they came in; None: it is not known, so they count as the oldest and most washed of those
    delivered.
    """

    order_reference: str
    quantity: int
    reason: str
    model_code: str | None = None
    lot_code: str | None = None
    partner_code: str | None = None
    refused: bool = False


def record_delivery(session: Session, delivery: Delivery, scan: Scan) -> Recorded:
    """I5, I11: only what is reserved for this order, fit to leave, and no more than was ordered."""
    require(scan.by, Permission.DELIVER)
    entry = open_entry(session, scan, EventKind.DELIVERED, delivery, readings={"packages": delivery.packages})
    if isinstance(entry, Recorded):
        return entry
    order = take_order(session, scan.by, delivery.order_reference)
    lot = get_lot_at(session, scan.by, scan.site_id, delivery.lot_code)
    require_step(lot, Step.DELIVER)
    require_fit_to_leave(lot, entry.day, entry.leaving_rules)
    line = line_for_lot(order, lot)
    reserved = outstanding(session, line.id, lot.id)
    if reserved == 0:
        raise WrongStep(
            "Lot %(lot)s is not reserved for order %(order)s.",
            "Take a lot that the order names, or have a coordinator reserve this one.",
            field="code",
            lot=lot.shown_code,
            order=order.reference,
        )
    if delivery.quantity > reserved:
        raise WrongQuantity(
            "%(reserved)s bottles of lot %(lot)s are reserved for order %(order)s, not %(wanted)s.",
            "Load what is reserved, or have a coordinator reserve more.",
            field="quantity",
            reserved=reserved,
            lot=lot.shown_code,
            order=order.reference,
            wanted=delivery.quantity,
        )
    entry.promise(lot.id, line.id, -delivery.quantity)
    entry.move(lot.id, line.id, delivery.quantity, model_id=lot.model_id)
    entry.mark(lot)
    return entry.post()


def record_return(session: Session, back: Return, scan: Scan) -> Recorded:
    """A lot of its own, which never goes straight to released."""
    require(scan.by, Permission.TAKE_BACK)
    kind = EventKind.DELIVERY_REFUSED if back.refused else EventKind.RETURNED
    entry = open_entry(session, scan, kind, back, reason=back.reason, readings={"lot_known": back.lot_code is not None})
    if isinstance(entry, Recorded):
        return entry
    if not back.reason.strip():
        raise BadInput("A return needs a reason.", "Say in a few words why they came back.", field="reason")
    order = take_order(session, scan.by, back.order_reference)
    named = get_lot_at(session, scan.by, scan.site_id, back.lot_code) if back.lot_code else None
    lines = [line for line in order.lines if back.model_code in (None, line.model_code)]
    if named is not None:
        lines = _lines_of(session, named, lines)
    if len(lines) != 1:
        raise BadInput(
            "Order %(order)s has no single line that these bottles can come from.",
            "Choose the bottle model; if both grades were ordered, name the lot the bottles came in.",
            field="model",
            order=order.reference,
        )
    book_return(entry, order, lines[0], back.quantity, named=named, partner_code=back.partner_code)
    return entry.post()


def _lines_of(session: Session, lot: LotOnHand, lines: list[LineOnBook]) -> list[LineOnBook]:
    """The lines to which the lot's bottles went: its grade may be lower by now. Else those that ask for the same."""
    went_to = set(
        session.scalars(
            select(Movement.to_place_id).where(Movement.from_place_id == lot.id, Movement.kind == EventKind.DELIVERED)
        )
    )
    same = [line for line in lines if (line.model_id, line.grade) == (lot.model_id, lot.grade)]
    return [line for line in lines if line.id in went_to] or same
