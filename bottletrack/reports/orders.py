"""The lots behind an order: what is reserved and delivered of each, and which others could serve it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bottletrack.lots import LotOnHand, find_lots, lots_in_stock
from bottletrack.order_book import OrderOnBook
from bottletrack.reports.stock import is_offered
from bottletrack.tables import Lot, Movement, Promise, Site


@dataclass(frozen=True)
class LotOfOrder:
    """Bottles of a lot under one line: still reserved, and delivered so far (before returns)."""

    line_id: int
    lot: LotOnHand
    reserved: int
    delivered: int


@dataclass(frozen=True)
class Candidate:
    """A lot that could be reserved for a line, and the most of it that the line still takes."""

    line_id: int
    lot: LotOnHand
    most: int


def find_lots_of_order(session: Session, order: OrderOnBook) -> list[LotOfOrder]:
    """In the order of lines, then of lots. The order comes from the book, so it is the asker's to see."""
    line_ids = [line.id for line in order.lines]
    reserved: dict[tuple[int, int], int] = {
        (line_id, lot_id): quantity
        for line_id, lot_id, quantity in session.execute(
            select(Promise.order_line_id, Promise.lot_id, func.sum(Promise.quantity))
            .where(Promise.order_line_id.in_(line_ids))
            .group_by(Promise.order_line_id, Promise.lot_id)
        )
    }
    delivered: dict[tuple[int, int], int] = {
        (line_id, lot_id): quantity
        for line_id, lot_id, quantity in session.execute(
            select(Movement.to_place_id, Movement.from_place_id, func.sum(Movement.quantity))
            .where(Movement.to_place_id.in_(line_ids))
            .group_by(Movement.to_place_id, Movement.from_place_id)
        )
    }
    lots = {lot.id: lot for lot in find_lots(session, Lot.id.in_({lot_id for _, lot_id in reserved | delivered}))}
    rows = [
        LotOfOrder(line_id, lots[lot_id], reserved.get((line_id, lot_id), 0), delivered.get((line_id, lot_id), 0))
        for line_id, lot_id in sorted(reserved | delivered)
    ]
    return [row for row in rows if row.reserved or row.delivered]


def find_candidates(session: Session, order: OrderOnBook, at: datetime) -> list[Candidate]:
    """Lots at the order's site that may be promised to its winery now, oldest wash first, for lines that lack some."""
    if order.cancelled:
        return []
    site = session.get_one(Site, order.site_id)
    return [
        Candidate(line.id, lot, min(line.missing, lot.free))
        for line in order.lines
        if line.missing
        for lot in lots_in_stock(session, site.territory_id)
        if (lot.site_id, lot.model_id, lot.grade) == (site.id, line.model_id, line.grade)
        and is_offered(lot, site, order.winery_id, at)
    ]
