"""An order as its winemaker sees it: its lines, the lots behind them, and what came when."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bottletrack.identifiers import show_code
from bottletrack.order_book import LineOnBook, OrderOnBook, OrderStatus, get_order
from bottletrack.reports.orders import LotOfOrder, find_lots_of_order
from bottletrack.tables import BottleModel, Event, Lot, Movement, Order, Site
from bottletrack.vocabulary import EventKind
from webapp.signed_in import current_actor


@dataclass(frozen=True)
class Totals:
    """Bottles of all lines of an order. `missing`: neither reserved nor delivered yet."""

    ordered: int
    reserved: int
    delivered: int
    missing: int


@dataclass(frozen=True)
class LineSight:
    """One line with its model, and the lots that are reserved for it or came with it."""

    line: LineOnBook
    model: BottleModel
    lots: tuple[LotOfOrder, ...]


@dataclass(frozen=True)
class Transport:
    """Bottles of one lot that were delivered on a day, or given back."""

    day: date
    kind: EventKind
    lot_code: str
    model: BottleModel
    quantity: int


@dataclass(frozen=True)
class OrderSight:
    order: OrderOnBook
    site: Site
    today: date
    placed_at: datetime
    lines: tuple[LineSight, ...]
    transports: tuple[Transport, ...]

    @property
    def again(self) -> list[str]:
        """Its lines, as an address of the order form takes them."""
        return [f"{line.model_code}.{line.grade}.{line.ordered}" for line in self.order.lines]

    @property
    def can_be_cancelled(self) -> bool:
        return not self.order.cancelled and not self.transports

    @property
    def stands_at(self) -> str:
        """Which step of the order's way is under way; `all`: it is over."""
        if self.order.status is OrderStatus.DELIVERED:
            return "all"
        return "reserved" if totals_of(self.order).missing else "delivered"

    def days_since_wash(self, lot: LotOfOrder) -> int | None:
        """Until today while bottles of it wait here, else until they left. None: the day of the wash is not known."""
        if lot.lot.washed_on is None:
            return None
        left_on = [transport.day for transport in self.transports if transport.lot_code == lot.lot.shown_code]
        until = self.today if lot.reserved or not left_on else max(left_on)
        return (until - lot.lot.washed_on).days


def totals_of(order: OrderOnBook) -> Totals:
    """The sums of its lines."""
    return Totals(
        ordered=sum(line.ordered for line in order.lines),
        reserved=sum(line.reserved for line in order.lines),
        delivered=sum(line.delivered for line in order.lines),
        missing=sum(line.missing for line in order.lines),
    )


def see_order(session: Session, reference: str) -> OrderSight:
    """One's own order. Raises NotFound, for another's too."""
    order = get_order(session, current_actor(), reference)
    site = session.get_one(Site, order.site_id)
    placed_at = session.scalars(
        select(Event.happened_at).join(Order, Order.placed_by == Event.id).where(Order.id == order.id)
    ).one()
    wanted = {line.model_id for line in order.lines}
    models = {model.id: model for model in session.scalars(select(BottleModel).where(BottleModel.id.in_(wanted)))}
    lots = find_lots_of_order(session, order)
    lines = tuple(
        LineSight(line, models[line.model_id], tuple(lot for lot in lots if lot.line_id == line.id))
        for line in order.lines
    )
    today = datetime.now(ZoneInfo(site.timezone)).date()
    return OrderSight(order, site, today, placed_at, lines, _transports(session, lines))


def _transports(session: Session, lines: tuple[LineSight, ...]) -> tuple[Transport, ...]:
    """Deliveries and returns, in the order they happened. None of them is ever taken back."""
    models = {seen.line.id: seen.model for seen in lines}
    movements = session.execute(
        select(Movement, Lot.code)
        .join(Lot, or_(Lot.id == Movement.from_place_id, Lot.id == Movement.to_place_id))
        .where(or_(Movement.to_place_id.in_(models), Movement.from_place_id.in_(models)))
        .order_by(Movement.id)
    )
    return tuple(
        Transport(
            movement.happened_on,
            movement.kind,
            show_code(code),
            models.get(movement.to_place_id) or models[movement.from_place_id],
            movement.quantity,
        )
        for movement, code in movements
    )
