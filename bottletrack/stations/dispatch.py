"""Dispatch: bottles leave for a winemaker against an order, and may come back."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.errors import BadInput, WrongQuantity, WrongStep
from bottletrack.ledger import checked_quantity, open_entry
from bottletrack.lots import LotOnHand, find_lots, get_lot_at, require_fit_to_leave, require_step
from bottletrack.order_book import LineOnBook, OrderOnBook, line_for_lot, outstanding, take_order
from bottletrack.scans import Recorded, Scan
from bottletrack.steps import Step
from bottletrack.tables import Lot, Movement
from bottletrack.vocabulary import EventKind, Stage


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
    lines = [
        line
        for line in order.lines
        if back.model_code in (None, line.model_code)
        and (named is None or (named.model_id, named.grade) == (line.model_id, line.grade))
    ]
    if len(lines) != 1:
        raise BadInput(
            "Order %(order)s has no single line that these bottles can come from.",
            "Choose the bottle model; if both grades were ordered, name the lot the bottles came in.",
            field="model",
            order=order.reference,
        )
    line = lines[0]
    if checked_quantity(back.quantity) > line.delivered:
        raise WrongQuantity(
            "Order %(order)s was delivered %(delivered)s of these bottles: %(wanted)s cannot come back.",
            "Count again, and check the order.",
            field="quantity",
            order=order.reference,
            delivered=line.delivered,
            wanted=back.quantity,
        )
    source = _source(session, named, order, line)
    returned_id = entry.make_lot(
        Stage.RETURNED,
        model_id=line.model_id,
        color=source.color,
        owner_winery_id=source.owner_winery_id,
        pass_number=source.pass_number,
        washed_on=source.washed_on,
        partner_code=back.partner_code,
    )
    entry.move(line.id, returned_id, back.quantity, model_id=line.model_id)
    return entry.post()


def _source(session: Session, named: LotOnHand | None, order: OrderOnBook, line: LineOnBook) -> LotOnHand:
    """What the returned bottles are: the lot named, or the oldest wash and highest pass of all that were delivered."""
    delivered_from = select(Movement.from_place_id).where(
        Movement.to_place_id == line.id, Movement.kind == EventKind.DELIVERED
    )
    sources = find_lots(session, Lot.id.in_(delivered_from))
    if named is not None:
        if named.id not in {source.id for source in sources}:
            raise WrongStep(
                "Lot %(lot)s was not delivered under order %(order)s.",
                "Check the code, or leave it empty when the lot is not known.",
                field="code",
                lot=named.shown_code,
                order=order.reference,
            )
        return named
    if len({(source.color, source.owner_winery_id) for source in sources}) > 1:
        raise BadInput(
            "Order %(order)s was delivered from lots that differ in color or owner.",
            "Name the lot the bottles came in.",
            field="code",
            order=order.reference,
        )
    return replace(
        sources[0],
        pass_number=max(source.pass_number for source in sources),
        washed_on=min((source.washed_on for source in sources if source.washed_on), default=None),
    )
