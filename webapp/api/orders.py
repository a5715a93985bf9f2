"""Orders as programs see them: a winemaker's own, or all of the territory for the plant."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from bottletrack.access import Actor, Permission
from bottletrack.errors import NotFound
from bottletrack.lots import find_lots
from bottletrack.order_book import OrderOnBook, OrderStatus, find_orders, get_order, reserved_lots
from bottletrack.tables import Lot
from bottletrack.vocabulary import Grade
from webapp.api.endpoints import answers
from webapp.shapes import QUERY, read_as

_WHO = (Permission.SEE_PLANT, Permission.SEE_CATALOGUE)


@dataclass(frozen=True)
class ReservedLot:
    """Bottles of a lot that are kept for the line and not delivered yet."""

    code: str
    quantity: int
    washed_on: date | None


@dataclass(frozen=True)
class LineSeen:
    """One line, in bottles. `delivered` is net of returns; `missing`: neither reserved nor delivered yet."""

    model: str
    grade: Grade
    ordered: int
    reserved: int
    delivered: int
    missing: int
    lots: tuple[ReservedLot, ...]


@dataclass(frozen=True)
class OrderSeen:
    """An order, and where it stands."""

    reference: str
    winery: str
    wanted_on: date | None
    note: str
    status: OrderStatus
    lines: tuple[LineSeen, ...]


@dataclass(frozen=True)
class OrderList:
    """Orders, newest first."""

    orders: tuple[OrderSeen, ...]


@read_as(QUERY)
@dataclass(frozen=True)
class OrderQuery:
    """Which orders."""

    status: OrderStatus | None = None


@answers("/orders", *_WHO)
def list_orders(session: Session, actor: Actor, query: OrderQuery) -> OrderList:
    """The orders that the caller may know of."""
    orders = find_orders(session, actor)
    return OrderList(
        tuple(_seen(session, order) for order in orders if query.status is None or order.status is query.status)
    )


@answers("/orders/<reference>", *_WHO, refusals=(NotFound,))
def get_one_order(session: Session, actor: Actor, reference: str) -> OrderSeen:
    """One order. Another winemaker's is not found, like one that there is not."""
    return _seen(session, get_order(session, actor, reference))


def _seen(session: Session, order: OrderOnBook) -> OrderSeen:
    lines = []
    for line in order.lines:
        kept = dict(reserved_lots(session, line.id)) if line.reserved else {}
        lots = tuple(ReservedLot(lot.code, kept[lot.id], lot.washed_on) for lot in find_lots(session, Lot.id.in_(kept)))
        lines.append(
            LineSeen(
                line.model_code,
                line.grade,
                line.ordered,
                line.reserved,
                line.delivered,
                line.missing,
                lots if kept else (),
            )
        )
    return OrderSeen(order.reference, order.winery_code, order.wanted_on, order.note, order.status, tuple(lines))
