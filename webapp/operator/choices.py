"""What the tiles offer: collection points, wineries, bottles to sort into, defects by station, open runs and orders."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bottletrack.access import Actor
from bottletrack.lots import LotOnHand, find_lots
from bottletrack.order_book import OrderOnBook, find_orders
from bottletrack.reports.labels import LabelSeen, find_labels, find_usable_labels
from bottletrack.tables import (
    BottleModel,
    CollectionPoint,
    ContainerType,
    Defect,
    Lot,
    Order,
    OrderLine,
    Place,
    Site,
    Winery,
)
from bottletrack.vocabulary import Stage
from webapp.assortment import defects, models_to_sort, needs_decision
from webapp.languages import gettext

#: Good glass that is not reused here may be of use elsewhere: other model, too light, other volume.
_TO_ANOTHER = ("MA06", "MA08", "MA20")


#: Stands for no winery; theirs are in capitals.
THE_POOL = "pool"
#: What a select offers: value and word.
Options = list[tuple[str, str]]


@dataclass(frozen=True)
class SortingBin:
    """Bottles of one model and color. `open_lots`: those being filled, which may take more of them."""

    model: BottleModel
    color: str
    open_lots: tuple[LotOnHand, ...]

    @property
    def key(self) -> str:
        """Names the bin in the form."""
        return f"{self.model.code}.{self.color}"


@dataclass(frozen=True)
class DefectTiles:
    """Defects of a station: those that usually end as cullet, those to decide about, and all others."""

    cullet: tuple[Defect, ...]
    to_decide: tuple[Defect, ...]
    transfer: tuple[Defect, ...]
    others: tuple[Defect, ...]


def collection_points(session: Session, actor: Actor) -> Options:
    """The territory's, by town."""
    points = session.scalars(
        select(CollectionPoint)
        .where(CollectionPoint.territory_id == actor.territory_id)
        .order_by(CollectionPoint.town, CollectionPoint.name)
    )
    return [_to_choose(), *((point.code, point.name) for point in points)]


def owners(session: Session, actor: Actor) -> Options:
    """The pool, or one of the territory's wineries."""
    wineries = session.scalars(select(Winery).where(Winery.territory_id == actor.territory_id).order_by(Winery.name))
    return [(THE_POOL, gettext("The pool’s")), *((winery.code, winery.name) for winery in wineries)]


def label_wineries(session: Session, actor: Actor) -> Options:
    """Whose label it is: one of the territory's wineries', or for whoever wants it."""
    return [_to_choose(), (THE_POOL, gettext("For all winemakers")), *owners(session, actor)[1:]]


def labels_to_try(session: Session, actor: Actor, day: date) -> Options:
    """Every registered label: also an approved one is tried again before its approval ends."""
    return [_to_choose(), *_named(find_labels(session, actor.territory_id, day))]


def labels_to_name(session: Session, lot: LotOnHand, day: date) -> Options:
    """The approved ones that a lot's bottles may be packed for, and none: nobody has to say."""
    usable = find_usable_labels(session, lot.territory_id, day, lot.owner_winery_id)
    return [("", gettext("Not said")), *_named(usable)]


def _named(labels: Iterable[LabelSeen]) -> Options:
    return [
        (label.code, " – ".join(word for word in (label.code, label.name, label.winery_name) if word))
        for label in labels
    ]


def sites(session: Session, actor: Actor) -> Options:
    """The sites to choose from: none for somebody who works at one, or where there is only one."""
    found = session.scalars(select(Site).where(Site.territory_id == actor.territory_id).order_by(Site.name)).all()
    if actor.site_id is not None or len(found) < 2:
        return []
    return [_to_choose(), *((str(site.id), site.name) for site in found)]


def container_types(session: Session, actor: Actor) -> list[ContainerType]:
    """What bottles come in where the person works, the smallest first; a type that several sites use, once."""
    where = [Site.territory_id == actor.territory_id] + ([] if actor.site_id is None else [Site.id == actor.site_id])
    types = session.scalars(
        select(ContainerType)
        .where(ContainerType.site_id.in_(select(Site.id).where(*where)), ContainerType.in_use.is_(True))
        .order_by(ContainerType.capacity_bottles, ContainerType.code, ContainerType.site_id)
    )
    return list({each.code: each for each in types}.values())


def _to_choose() -> tuple[str, str]:
    """Nothing is chosen beforehand: the first of a list would be recorded by whoever is in a hurry."""
    return "", gettext("Choose…")


def sorting_bins(session: Session, lot: LotOnHand) -> list[SortingBin]:
    """Every model and color that is reused.

    A color that nobody recorded is offered only where a lot without one is being filled.
    """
    filling: dict[tuple[int, str], list[LotOnHand]] = {}
    for candidate in find_lots(
        session,
        Lot.territory_id == lot.territory_id,
        Lot.site_id == lot.site_id,
        Lot.stage == Stage.SORTED,
        Lot.hold_event_id.is_(None),
        Lot.owner_winery_id.is_not_distinct_from(lot.owner_winery_id),
        Place.quantity > 0,
    ):
        filling.setdefault((candidate.model_id or 0, candidate.color), []).append(candidate)
    bins = []
    for model in models_to_sort(session, lot.territory_id):
        colors = [color for color in model.colors_fr.split(";") if color]
        if not colors or (model.id, "") in filling:
            colors.append("")
        bins += [SortingBin(model, color, tuple(filling.get((model.id, color), ()))) for color in colors]
    return bins


def defect_tiles(session: Session, site_id: int, stations: Iterable[str]) -> DefectTiles:
    """The same, grouped by where such bottles usually go."""
    found = defects(session, site_id, stations)
    to_decide = tuple(d for d in found if needs_decision(d))
    cullet = tuple(d for d in found if "CULLET" in d.disposition)
    transfer = tuple(d for d in found if d.code in _TO_ANOTHER)
    return DefectTiles(cullet, to_decide, transfer, tuple(d for d in found if d not in cullet))


def orders_to_deliver(session: Session, actor: Actor) -> list[OrderOnBook]:
    """Orders with bottles reserved and not delivered yet, the one wanted first at the top."""
    waiting = select(OrderLine.order_id).join(Place, Place.id == OrderLine.id).where(Place.expected > 0)
    orders = find_orders(session, actor, Order.id.in_(waiting), Order.cancelled_by.is_(None), *_at_site(actor))
    return sorted(orders, key=lambda order: (order.wanted_on is None, order.wanted_on, order.id))


def orders_delivered(session: Session, actor: Actor) -> list[OrderOnBook]:
    """Orders of which bottles can come back, newest first."""
    delivered = select(OrderLine.order_id).join(Place, Place.id == OrderLine.id).where(Place.quantity > 0)
    return find_orders(session, actor, Order.id.in_(delivered), *_at_site(actor))


def _at_site(actor: Actor) -> list[ColumnElement[bool]]:
    return [] if actor.site_id is None else [Order.site_id == actor.site_id]
