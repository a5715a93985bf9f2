"""The order book as it stands: an order with its lines, scoped to who asks. Others have none."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bottletrack.access import Actor, Permission, may
from bottletrack.errors import NotFound, WrongStep
from bottletrack.lots import LotOnHand
from bottletrack.tables import BottleModel, Order, OrderLine, Place, Promise, Winery
from bottletrack.vocabulary import Grade


class OrderStatus(StrEnum):
    """Where an order stands, told from its quantities."""

    WAITING = "waiting"  # nothing reserved yet
    PARTLY_RESERVED = "partly_reserved"
    CONFIRMED = "confirmed"  # all reserved, none delivered
    PARTLY_DELIVERED = "partly_delivered"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class LineOnBook:
    """One line, in bottles. `delivered` is net of returns."""

    id: int
    model_id: int
    model_code: str
    grade: Grade
    ordered: int
    reserved: int
    delivered: int

    @property
    def missing(self) -> int:
        """Bottles neither reserved nor delivered yet."""
        return self.ordered - self.reserved - self.delivered


@dataclass(frozen=True)
class OrderOnBook:
    id: int
    reference: str
    site_id: int
    winery_id: int
    winery_code: str
    winery_name: str
    wanted_on: date | None
    note: str
    cancelled: bool
    lines: tuple[LineOnBook, ...]

    @property
    def status(self) -> OrderStatus:
        ordered = sum(line.ordered for line in self.lines)
        reserved = sum(line.reserved for line in self.lines)
        delivered = sum(line.delivered for line in self.lines)
        if self.cancelled:
            return OrderStatus.CANCELLED
        if delivered == ordered:
            return OrderStatus.DELIVERED
        if delivered:
            return OrderStatus.PARTLY_DELIVERED
        if reserved == ordered:
            return OrderStatus.CONFIRMED
        return OrderStatus.PARTLY_RESERVED if reserved else OrderStatus.WAITING


def find_orders(session: Session, actor: Actor, *where: ColumnElement[bool]) -> list[OrderOnBook]:
    """Orders the actor may know of, newest first: a winemaker's own, or all of the territory for the plant."""
    scope = [Order.territory_id == actor.territory_id]
    if not may(actor, Permission.SEE_PLANT):
        scope.append(Order.winery_id == actor.winery_id)
    rows = session.execute(
        select(Order, Winery.code, Winery.name)
        .join(Winery, Winery.id == Order.winery_id)
        .where(*scope, *where)
        .order_by(Order.id.desc())
    ).all()
    lines: dict[int, list[LineOnBook]] = {order.id: [] for order, _, _ in rows}
    for line, model_code, place in session.execute(
        select(OrderLine, BottleModel.code, Place)
        .join(BottleModel, BottleModel.id == OrderLine.model_id)
        .join(Place, Place.id == OrderLine.id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(*scope, *where)
        .order_by(OrderLine.id)
    ):
        lines[line.order_id].append(
            LineOnBook(
                line.id,
                line.model_id,
                model_code,
                line.grade,
                place.ceiling or 0,
                place.expected,
                place.quantity,
            )
        )
    return [
        OrderOnBook(
            order.id,
            order.reference,
            order.site_id,
            order.winery_id,
            winery_code,
            winery_name,
            order.wanted_on,
            order.note,
            order.cancelled_by is not None,
            tuple(lines[order.id]),
        )
        for order, winery_code, winery_name in rows
    ]


def get_order(session: Session, actor: Actor, reference: str) -> OrderOnBook:
    """Raises NotFound for an unknown order and for another winemaker's alike."""
    found = find_orders(session, actor, Order.reference == reference.strip().upper())
    if not found:
        raise NotFound(
            "There is no order “%(order)s”.",
            "Choose an order of the list.",
            field="order",
            order=reference[:40],
        )
    return found[0]


def take_order(session: Session, actor: Actor, reference: str) -> OrderOnBook:
    """As `get_order`, and nobody else changes it before the transaction ends.

    Writers of one site go one by one, but an order may be served from several sites. (SQLite has one writer anyway.)
    """
    named = Order.territory_id == actor.territory_id, Order.reference == reference.strip().upper()
    session.execute(select(Order.id).where(*named).with_for_update())
    return get_order(session, actor, reference)


def line_for_lot(order: OrderOnBook, lot: LotOnHand) -> LineOnBook:
    """The order's line that this lot can serve. Raises WrongStep: cancelled, other model, grade or owner."""
    if order.cancelled:
        raise WrongStep("Order %(order)s is cancelled.", "Choose an open order.", field="order", order=order.reference)
    if lot.owner_winery_id not in (None, order.winery_id):
        raise WrongStep(
            "Lot %(lot)s belongs to another winemaker.",
            "Take a lot of the pool, or of this winemaker.",
            field="code",
            lot=lot.shown_code,
        )
    for line in order.lines:
        if (line.model_id, line.grade) == (lot.model_id, lot.grade):
            return line
    raise WrongStep(
        "Order %(order)s asks for no bottles of this model and grade (lot %(lot)s).",
        "Take a lot of the model and grade that were ordered.",
        field="code",
        order=order.reference,
        lot=lot.shown_code,
    )


def outstanding(session: Session, line_id: int, lot_id: int) -> int:
    """Bottles of this lot that are reserved for this line and not delivered yet."""
    return (
        session.scalar(
            select(func.sum(Promise.quantity)).where(Promise.order_line_id == line_id, Promise.lot_id == lot_id)
        )
        or 0
    )


def find_orders_waiting_for(session: Session, actor: Actor, lot_id: int) -> list[tuple[OrderOnBook, int]]:
    """Orders for which bottles of this lot are reserved and not delivered yet, with how many, newest first."""
    total = func.sum(Promise.quantity)
    rows = session.execute(
        select(OrderLine.order_id, total)
        .join(OrderLine, OrderLine.id == Promise.order_line_id)
        .where(Promise.lot_id == lot_id)
        .group_by(OrderLine.order_id)
        .having(total > 0)
    )
    reserved = {order_id: int(quantity) for order_id, quantity in rows}
    return [(order, reserved[order.id]) for order in find_orders(session, actor, Order.id.in_(reserved))]


def reserved_lots(session: Session, line_id: int) -> list[tuple[int, int]]:
    """Lot ids and bottles reserved for a line and not delivered yet, first reserved first."""
    total = func.sum(Promise.quantity)
    rows = session.execute(
        select(Promise.lot_id, total)
        .where(Promise.order_line_id == line_id)
        .group_by(Promise.lot_id)
        .having(total > 0)
        .order_by(func.min(Promise.id))
    )
    return [(lot_id, quantity) for lot_id, quantity in rows]
