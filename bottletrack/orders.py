"""Orders: placed, reserved, freed, cancelled. Promises, not movements: no bottle leaves its lot here."""

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import Table, func, insert, select, update
from sqlalchemy.orm import Session

from bottletrack.access import Actor, Permission, may, require
from bottletrack.catalogue import get_reusable_model, get_winery
from bottletrack.errors import BadInput, NotAllowed, WrongQuantity, WrongStep
from bottletrack.ledger import Entry, open_entry
from bottletrack.lots import (
    LotOnHand,
    get_lot_at,
    lots_in_stock,
    may_be_promised,
    require_fit_to_leave,
    require_free,
    require_step,
)
from bottletrack.order_book import line_for_lot, outstanding, reserved_lots, take_order
from bottletrack.scans import Recorded, Scan
from bottletrack.steps import Step
from bottletrack.tables import Order
from bottletrack.vocabulary import EventKind, Grade

_ORDER = cast(Table, Order.__table__)
MAX_LINES = 20


@dataclass(frozen=True)
class OrderedBottles:
    model_code: str
    quantity: int
    grade: Grade = Grade.A


@dataclass(frozen=True)
class OrderRequest:
    """What a winemaker wants. `reserve`: speak at once for what is in stock, oldest wash first."""

    lines: tuple[OrderedBottles, ...]
    #: None: the winemaker's own.
    winery_code: str | None = None
    wanted_on: date | None = None
    note: str = ""
    reserve: bool = True
    #: None: the territory's next number.
    reference: str | None = None


@dataclass(frozen=True)
class Reservation:
    """So many bottles of a lot for an order; for `record_unreservation`, so many set free."""

    order_reference: str
    lot_code: str
    quantity: int


@dataclass(frozen=True)
class Cancellation:
    order_reference: str
    reason: str = ""


def record_order(session: Session, request: OrderRequest, scan: Scan) -> Recorded:
    """Places an order, and reserves for it what is free (I11). What is not there yet stays to be reserved."""
    if not may(scan.by, Permission.ORDER):
        require(scan.by, Permission.ORDER_FOR_OTHERS)
    entry = open_entry(session, scan, EventKind.ORDER_PLACED, request, reason=request.note)
    if isinstance(entry, Recorded):
        return entry
    winery_id = _winery_id(session, scan.by, request.winery_code)
    _require_lines(request)
    if request.wanted_on is not None and request.wanted_on < entry.day:
        raise BadInput("The wanted day is past.", "Choose a day to come.", field="wanted_on")
    order_id = session.execute(
        insert(_ORDER)
        .values(
            territory_id=scan.by.territory_id,
            site_id=scan.site_id,
            winery_id=winery_id,
            reference=_reference(session, scan.by.territory_id, request.reference),
            wanted_on=request.wanted_on,
            note=request.note,
            placed_by=entry.id,
        )
        .returning(_ORDER.c.id)
    ).scalar_one()
    stock = orderable_lots(session, entry, winery_id) if request.reserve else []
    for ordered in request.lines:
        model = get_reusable_model(session, ordered.model_code)
        line_id = entry.make_order_line(order_id, model.id, ordered.grade, ordered.quantity)
        missing = ordered.quantity
        for lot in stock:
            if (lot.model_id, lot.grade) == (model.id, ordered.grade) and missing:
                taken = min(lot.free, missing)
                entry.promise(lot.id, line_id, taken)
                missing -= taken
    return entry.post()


def orderable_lots(session: Session, entry: Entry, winery_id: int) -> list[LotOnHand]:
    """Lots at the entry's site that may be promised to this winery today, oldest wash first."""
    return [
        lot
        for lot in lots_in_stock(session, entry.scan.by.territory_id)
        if lot.site_id == entry.site.id and may_be_promised(lot, winery_id, entry.day, entry.leaving_rules)
    ]


def record_reservation(session: Session, reservation: Reservation, scan: Scan) -> Recorded:
    """A coordinator speaks for bottles of a named lot (I5, I11)."""
    require(scan.by, Permission.RESERVE)
    entry = open_entry(session, scan, EventKind.RESERVED, reservation)
    if isinstance(entry, Recorded):
        return entry
    order = take_order(session, scan.by, reservation.order_reference)
    lot = get_lot_at(session, scan.by, scan.site_id, reservation.lot_code)
    require_step(lot, Step.RESERVE)
    require_fit_to_leave(lot, entry.day, entry.leaving_rules)
    line = line_for_lot(order, lot)
    require_free(lot, reservation.quantity)
    if not 1 <= reservation.quantity <= line.missing:
        raise WrongQuantity(
            "Order %(order)s misses %(missing)s bottles of this model, not %(wanted)s.",
            "Reserve at most what is missing.",
            field="quantity",
            order=order.reference,
            missing=line.missing,
            wanted=reservation.quantity,
        )
    entry.promise(lot.id, line.id, reservation.quantity)
    return entry.post()


def record_unreservation(session: Session, reservation: Reservation, scan: Scan) -> Recorded:
    """Sets reserved bottles free again, also of a lot that is held or too old by now."""
    require(scan.by, Permission.RESERVE)
    entry = open_entry(session, scan, EventKind.UNRESERVED, reservation)
    if isinstance(entry, Recorded):
        return entry
    order = take_order(session, scan.by, reservation.order_reference)
    lot = get_lot_at(session, scan.by, scan.site_id, reservation.lot_code)
    line = line_for_lot(order, lot)
    reserved = outstanding(session, line.id, lot.id)
    if not 1 <= reservation.quantity <= reserved:
        raise WrongQuantity(
            "%(reserved)s bottles of lot %(lot)s are reserved for order %(order)s, not %(wanted)s.",
            "Set free at most what is reserved.",
            field="quantity",
            reserved=reserved,
            lot=lot.shown_code,
            order=order.reference,
            wanted=reservation.quantity,
        )
    entry.promise(lot.id, line.id, -reservation.quantity)
    return entry.post()


def record_cancellation(session: Session, cancellation: Cancellation, scan: Scan) -> Recorded:
    """Frees all that is reserved. Raises WrongStep once bottles were delivered: those come back as a return."""
    if not may(scan.by, Permission.ORDER):
        require(scan.by, Permission.ORDER_FOR_OTHERS)
    entry = open_entry(session, scan, EventKind.ORDER_CANCELLED, cancellation, reason=cancellation.reason)
    if isinstance(entry, Recorded):
        return entry
    order = take_order(session, scan.by, cancellation.order_reference)
    if order.cancelled or any(line.delivered for line in order.lines):
        raise WrongStep(
            "Order %(order)s cannot be cancelled: it is cancelled or delivered already.",
            "For bottles you do not want to keep, ask the wash centre for a return.",
            field="order",
            order=order.reference,
        )
    for line in order.lines:
        for lot_id, quantity in reserved_lots(session, line.id):
            entry.promise(lot_id, line.id, -quantity)
    session.execute(update(_ORDER).where(_ORDER.c.id == order.id).values(cancelled_by=entry.id))
    return entry.post()


def get_reference(session: Session, recorded: Recorded) -> str:
    """What the order that this event placed is called."""
    return session.scalars(select(Order.reference).where(Order.placed_by == recorded.event_id)).one()


def _winery_id(session: Session, actor: Actor, code: str | None) -> int:
    if code is not None and may(actor, Permission.ORDER_FOR_OTHERS):
        return get_winery(session, actor.territory_id, code).id
    if code is not None or actor.winery_id is None:
        raise NotAllowed("You may order for your own winery only.", "Ask an administrator to link you to your winery.")
    return actor.winery_id


def _require_lines(request: OrderRequest) -> None:
    if not 1 <= len(request.lines) <= MAX_LINES:
        raise BadInput("An order has 1 to 20 lines.", "Choose at least one bottle model.", field="quantity")
    wanted = [(line.model_code, line.grade) for line in request.lines]
    if len(set(wanted)) < len(wanted):
        raise BadInput("The same model and grade stands twice.", "Enter each model and grade once.", field="quantity")


def _reference(session: Session, territory_id: int, wanted: str | None) -> str:
    """The reference asked for, or the territory's next number. Raises BadInput when it is taken."""

    def taken(reference: str) -> bool:
        where: Any = (_ORDER.c.territory_id == territory_id, _ORDER.c.reference == reference)
        return session.execute(select(_ORDER.c.id).where(*where)).first() is not None

    if wanted is not None:
        reference = wanted.strip().upper()
        if not reference or len(reference) > 20 or taken(reference):
            raise BadInput(
                "The order reference “%(order)s” is taken or too long.",
                "Choose another one.",
                field="reference",
                order=reference[:40],
            )
        return reference
    number = session.scalar(select(func.count(Order.id)).where(Order.territory_id == territory_id)) or 0
    while taken(f"O-{number + 1:04d}"):
        number += 1
    return f"O-{number + 1:04d}"
