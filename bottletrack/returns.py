"""Bottles that come back from an order: a lot of its own, as old and as often washed as what was delivered."""

from dataclasses import replace

from sqlalchemy import select

from bottletrack.errors import BadInput, WrongQuantity, WrongStep
from bottletrack.ledger import Entry, checked_quantity
from bottletrack.lots import LotOnHand, find_lots
from bottletrack.order_book import LineOnBook, OrderOnBook
from bottletrack.recalled import pass_on_recall
from bottletrack.tables import Lot, Movement
from bottletrack.vocabulary import EventKind, Stage


def book_return(
    entry: Entry,
    order: OrderOnBook,
    line: LineOnBook,
    quantity: int,
    *,
    named: LotOnHand | None = None,
    partner_code: str | None = None,
) -> int:
    """So many bottles from a line into a new, returned lot; returns its place. `named`: the lot they came in, if known.

    Raises WrongQuantity for more than were delivered, WrongStep for a lot that was not, BadInput where lots that differ
    were delivered and none was named.
    """
    if checked_quantity(quantity) > line.delivered:
        raise WrongQuantity(
            "Order %(order)s was delivered %(delivered)s of these bottles: %(wanted)s cannot come back.",
            "Count again, and check the order.",
            field="quantity",
            order=order.reference,
            delivered=line.delivered,
            wanted=quantity,
        )
    source = _source(entry, named, order, line)
    returned_id = entry.make_lot(
        Stage.RETURNED,
        model_id=line.model_id,
        color=source.color,
        owner_winery_id=source.owner_winery_id,
        pass_number=source.pass_number,
        washed_on=source.washed_on,
        partner_code=partner_code,
    )
    entry.move(line.id, returned_id, quantity, model_id=line.model_id)
    pass_on_recall(entry.session, line.id, returned_id)
    return returned_id


def _source(entry: Entry, named: LotOnHand | None, order: OrderOnBook, line: LineOnBook) -> LotOnHand:
    """What the returned bottles are: the lot named, or the oldest wash and highest pass of all that were delivered."""
    delivered_from = select(Movement.from_place_id).where(
        Movement.to_place_id == line.id, Movement.kind == EventKind.DELIVERED
    )
    sources = find_lots(entry.session, Lot.id.in_(delivered_from))
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
