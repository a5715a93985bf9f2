"""What people call a place: a lot's code, a run's, an order's reference, a collection point's name, a road's end."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bottletrack.identifiers import show_code
from bottletrack.tables import CollectionPoint, Lot, Order, OrderLine, Place, Site, Transit, WashRun
from bottletrack.vocabulary import PlaceKind


@dataclass(frozen=True)
class NamedPlace:
    """`name` is empty for a place that its kind names well enough: cullet, broken…

    `code` is what its own page is found by: a lot's code, an order's reference, a run's code.
    """

    id: int
    kind: PlaceKind
    name: str = ""
    code: str = ""


def name_places(session: Session, ids: Iterable[int]) -> dict[int, NamedPlace]:
    """The places with these ids, by id. The ids come from rows that are scoped already."""
    wanted = set(ids)

    def find(query: Select[*tuple[Any, ...]], column: Any) -> Iterable[Any]:
        return session.execute(query.where(column.in_(wanted)))

    named = {id_: NamedPlace(id_, kind) for id_, kind in find(select(Place.id, Place.kind), Place.id)}
    for id_, code, partner_code in find(select(Lot.id, Lot.code, Lot.partner_code), Lot.id):
        shown = f"{show_code(code)} ({partner_code})" if partner_code else show_code(code)
        named[id_] = NamedPlace(id_, PlaceKind.LOT, shown, code)
    for id_, code in find(select(WashRun.id, WashRun.code), WashRun.id):
        named[id_] = NamedPlace(id_, PlaceKind.WASH_RUN, code, code)
    lines = select(OrderLine.id, Order.reference).join(Order, Order.id == OrderLine.order_id)
    for id_, reference in find(lines, OrderLine.id):
        named[id_] = NamedPlace(id_, PlaceKind.ORDER_LINE, reference, reference)
    bound_for = select(Transit.id, Site.name).join(Site, Site.id == Transit.to_site_id)
    for id_, site_name in find(bound_for, Transit.id):
        named[id_] = NamedPlace(id_, PlaceKind.TRANSIT, site_name)
    for id_, name in find(select(CollectionPoint.id, CollectionPoint.name), CollectionPoint.id):
        named[id_] = NamedPlace(id_, PlaceKind.COLLECTION_POINT, name)
    return named
