"""What is on hand now: by model, grade and stage, what of it is free, and what a winemaker can order.

Bottles of a lot are promised to an order, or held, or too old to leave, or free: each bottle is exactly one of these.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bottletrack.lots import LeavingRules, LotOnHand, is_too_old, lots_in_stock, may_be_promised
from bottletrack.reports.models import Model, find_models
from bottletrack.steps import READY
from bottletrack.tables import Event, Lot, LotState, Place, Site
from bottletrack.vocabulary import EventKind, Grade, PlaceKind, Stage

#: Stages at which the days since the wash matter. Those before and the others are washed again in any case.
AGEING = READY | {Stage.WASHED, Stage.IN_QUALITY_CONTROL, Stage.EXPIRED}
#: On hand, and in no lot for a while.
BETWEEN_LOTS = (PlaceKind.WASH_RUN, PlaceKind.TRANSIT)


@dataclass(frozen=True)
class Shares:
    """Bottles on hand, and what may be done with them: on hand = promised + held (or recalled) + too old + free."""

    on_hand: int = 0
    promised: int = 0
    held: int = 0
    too_old: int = 0
    free: int = 0

    def __add__(self, other: "Shares") -> "Shares":
        return Shares(
            self.on_hand + other.on_hand,
            self.promised + other.promised,
            self.held + other.held,
            self.too_old + other.too_old,
            self.free + other.free,
        )


@dataclass(frozen=True)
class StockRow:
    """Bottles of one model, grade and stage. `model` None: not sorted yet; `grade` None: not judged yet."""

    model: Model | None
    grade: Grade | None
    stage: Stage
    lots: int
    bottles: Shares


@dataclass(frozen=True)
class StageRow:
    """Bottles of lots at one stage, or in none: in an open wash run, or on the road between two sites."""

    where: Stage | PlaceKind
    bottles: Shares


@dataclass(frozen=True)
class Offer:
    """What a winemaker can order at a site today, in bottles of one model and grade.

    `own`: of these, the winemaker's own bottles come back. `leaves_by`: the last day on which the oldest of them may
    leave. `counted_at`: since when the oldest count among them stands.
    """

    site_id: int
    site_name: str
    model: Model
    grade: Grade
    colors: tuple[str, ...]
    free: int
    own: int
    oldest_wash: date
    leaves_by: date
    counted_at: datetime


def find_stock(session: Session, territory_id: int, at: datetime) -> list[StockRow]:
    """Every open lot, grouped, in the plant's own order of stages."""
    sites = _sites(session, territory_id)
    groups: dict[tuple[Stage, int | None, Grade | None], list[Shares]] = defaultdict(list)
    for lot in lots_in_stock(session, territory_id, Stage):
        groups[lot.stage, lot.model_id, lot.grade].append(_shares(lot, sites[lot.site_id], at))
    models = find_models(session, (model_id for _, model_id, _ in groups))
    rows = [
        StockRow(models[model_id], grade, stage, len(parts), sum(parts, Shares()))
        for (stage, model_id, grade), parts in groups.items()
    ]
    order = list(Stage)
    return sorted(rows, key=lambda row: (order.index(row.stage), row.model.code if row.model else "", row.grade or ""))


def find_stock_by_stage(session: Session, territory_id: int, at: datetime) -> list[StageRow]:
    """Stages that hold bottles, open wash runs and roads; their sum is all that is on hand."""
    stages: dict[Stage | PlaceKind, Shares] = {}
    for row in find_stock(session, territory_id, at):
        stages[row.stage] = stages.get(row.stage, Shares()) + row.bottles
    in_no_lot = session.execute(
        select(Place.kind, func.sum(Place.quantity))
        .where(Place.territory_id == territory_id, Place.kind.in_(BETWEEN_LOTS), Place.quantity > 0)
        .group_by(Place.kind)
    )
    stages |= {kind: Shares(on_hand=quantity) for kind, quantity in in_no_lot}
    return [StageRow(stage, bottles) for stage, bottles in stages.items()]


def find_offers(session: Session, territory_id: int, winery_id: int, at: datetime) -> list[Offer]:
    """What this winery may order today: the same lots that placing an order would reserve, oldest wash first."""
    sites = _sites(session, territory_id)
    groups: dict[tuple[int, int | None, Grade], list[LotOnHand]] = defaultdict(list)
    for lot in lots_in_stock(session, territory_id, READY):
        assert lot.grade is not None, "a lot was released without a grade"
        if is_offered(lot, sites[lot.site_id], winery_id, at):
            groups[lot.site_id, lot.model_id, lot.grade].append(lot)
    counted = _counted_at(session, (lot.id for lots in groups.values() for lot in lots))
    models = find_models(session, (model_id for _, model_id, _ in groups))
    offers = []
    for (site_id, model_id, grade), lots in groups.items():
        model = models[model_id]
        assert model is not None, "a lot was released without a model"
        washed = min(lot.washed_on for lot in lots if lot.washed_on is not None)
        offers.append(
            Offer(
                site_id=site_id,
                site_name=sites[site_id].name,
                model=model,
                grade=grade,
                colors=tuple(sorted({lot.color for lot in lots if lot.color})),
                free=sum(lot.free for lot in lots),
                own=sum(lot.free for lot in lots if lot.owner_winery_id is not None),
                oldest_wash=washed,
                leaves_by=washed + timedelta(days=sites[site_id].max_age_days),
                counted_at=min(counted[lot.id] for lot in lots),
            )
        )
    return sorted(offers, key=lambda offer: (offer.model.code, offer.grade, offer.site_id))


def is_offered(lot: LotOnHand, site: Site, winery_id: int, at: datetime) -> bool:
    """Whether free bottles of a lot may be promised to the winery at that moment (I5)."""
    return may_be_promised(lot, winery_id, _day_at(site, at), LeavingRules(site.max_age_days, site.relabeling_required))


def _shares(lot: LotOnHand, site: Site, at: datetime) -> Shares:
    if lot.held or lot.recalled:
        return Shares(lot.quantity, lot.promised, held=lot.free)
    if lot.stage in AGEING and is_too_old(lot, _day_at(site, at), site.max_age_days):
        return Shares(lot.quantity, lot.promised, too_old=lot.free)
    return Shares(lot.quantity, lot.promised, free=lot.free)


def _day_at(site: Site, at: datetime) -> date:
    return at.astimezone(ZoneInfo(site.timezone)).date()


def _sites(session: Session, territory_id: int) -> dict[int, Site]:
    return {site.id: site for site in session.scalars(select(Site).where(Site.territory_id == territory_id))}


def _counted_at(session: Session, lot_ids: Iterable[int]) -> dict[int, datetime]:
    """When each lot was counted last: at a stocktake, or when it was made (whoever packs a lot counts it)."""
    rows = session.execute(
        select(LotState.lot_id, func.max(Event.happened_at).label("counted_at"))
        .join(Event, Event.id == LotState.event_id)
        .join(Lot, Lot.id == LotState.lot_id)
        .where(LotState.lot_id.in_(set(lot_ids)))
        .where(or_(Event.kind == EventKind.STOCK_COUNTED, Event.id == Lot.made_by))
        .group_by(LotState.lot_id)
    )
    return {row.lot_id: row.counted_at for row in rows}
