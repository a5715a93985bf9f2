"""The plant's figures, each with the one definition it has. "Washed" is never one of them: several things are.

Each figure is a sum of movements, told by what it counts of each flow between two kinds of places. The texts are marked
for translation and shown beside the figure wherever it stands.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import case, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from bottletrack.reports.movements import ALL_TIME, Period, net_movements
from bottletrack.tables import Event, Lot, LotState, Movement, Place, Site, WashRun
from bottletrack.vocabulary import EventKind, PlaceKind, WashProgram
from bottletrack.wording import N_


class FigureKey(StrEnum):
    COLLECTED = "collected"
    COUNTED = "counted"
    COUNT_DIFFERENCES = "count_differences"
    FIRST_WASHES = "first_washes"
    WASH_PASSAGES = "wash_passages"
    RERINSES = "rerinses"
    RELEASED = "released"
    DELIVERED_GROSS = "delivered_gross"
    RETURNED = "returned"
    DELIVERED_NET = "delivered_net"
    TRANSFERRED = "transferred"
    CULLET = "cullet"
    BROKEN = "broken"
    SAMPLED = "sampled"
    STOCK = "stock"


@dataclass(frozen=True)
class Flow:
    """Bottles that went from places of one kind to places of another, by one kind of event, corrections taken off."""

    kind: EventKind
    origin: PlaceKind
    destination: PlaceKind
    #: Of the run they went into, or came back from unwashed; None for any other places.
    program: WashProgram | None
    #: Full washes of the lot they came from, or went back to unwashed; None for any other places.
    passes_before: int | None
    before_period: int
    in_period: int


@dataclass(frozen=True)
class Definition:
    """A figure's name and meaning, in English, and how often it counts each bottle of a flow (1, 0 or -1).

    `counts` None: no movement tells it, see `_released`.
    """

    key: FigureKey
    name: str
    meaning: str
    counts: Callable[[Flow], int] | None


@dataclass(frozen=True)
class Figure:
    """A number of bottles with its definition and source, in English and marked for translation."""

    key: FigureKey
    name: str
    value: int
    unit: str
    definition: str
    source: str


@dataclass(frozen=True)
class Figures:
    """All figures of a territory for a period. `opening_stock`: what was on hand before its first day."""

    period: Period
    opening_stock: int
    rows: tuple[Figure, ...]

    def __getitem__(self, key: FigureKey) -> Figure:
        return next(figure for figure in self.rows if figure.key is key)

    @property
    def difference(self) -> int:
        """I2: what came in less where it is now. Anything but 0 is a fault of the ledger."""
        there = sum(self[key].value for key in WHERE_IT_WENT)
        return self.opening_stock + self[FigureKey.COLLECTED].value - there


#: Where every declared bottle is: declared (and the stock before the period) is the sum of these.
WHERE_IT_WENT = (
    FigureKey.COUNT_DIFFERENCES,
    FigureKey.TRANSFERRED,
    FigureKey.CULLET,
    FigureKey.BROKEN,
    FigureKey.SAMPLED,
    FigureKey.DELIVERED_NET,
    FigureKey.STOCK,
)

BOTTLES = N_("bottles")
FROM_MOVEMENTS = N_("Ledger of bottles: the sum of its movements, corrections taken off")
FROM_VERDICTS = N_("Ledger of bottles: what each lot held when it was accepted")

_ON_HAND = (PlaceKind.LOT, PlaceKind.WASH_RUN, PlaceKind.TRANSIT)
_RECEPTION = (EventKind.COLLECTED, EventKind.COUNT_ADJUSTED)


def _into(*kinds: PlaceKind) -> Callable[[Flow], int]:
    """Bottles that went to these places, less those that left them."""
    return lambda flow: (flow.destination in kinds) - (flow.origin in kinds)


def _missing(flow: Flow) -> int:
    return (flow.destination is PlaceKind.COUNT_SHORT) - (flow.origin is PlaceKind.COUNT_OVER)


def _loaded(program: WashProgram, *, first_only: bool = False) -> Callable[[Flow], int]:
    def count(flow: Flow) -> int:
        if flow.program is not program or (first_only and flow.passes_before != 0):
            return 0
        return -1 if flow.kind is EventKind.RUN_ABORTED else 1

    return count


DEFINITIONS = (
    Definition(
        FigureKey.COLLECTED,
        N_("Collected (declared)"),
        N_("Bottles that drivers declared when they brought them from the collection points."),
        lambda flow: int(flow.origin is PlaceKind.COLLECTION_POINT),
    ),
    Definition(
        FigureKey.COUNTED,
        N_("Collected (counted)"),
        N_("Bottles declared, corrected by the count at reception."),
        lambda flow: (flow.origin is PlaceKind.COLLECTION_POINT) - (_missing(flow) if flow.kind in _RECEPTION else 0),
    ),
    Definition(
        FigureKey.COUNT_DIFFERENCES,
        N_("Count differences"),
        N_("Bottles missing at a count, less bottles found, at reception and at stocktakes. Below zero: more found."),
        _missing,
    ),
    Definition(
        FigureKey.FIRST_WASHES,
        N_("First washes"),
        N_("Bottles loaded into a wash that had never been washed since they were collected. A rinse is not a wash."),
        _loaded(WashProgram.WASH, first_only=True),
    ),
    Definition(
        FigureKey.WASH_PASSAGES,
        N_("Wash passages"),
        N_("Bottles loaded into a wash, each time they were: a bottle that is washed twice counts twice."),
        _loaded(WashProgram.WASH),
    ),
    Definition(
        FigureKey.RERINSES,
        N_("Rerinses"),
        N_("Bottles loaded into a rinse because they had waited too long since their wash. Not a wash passage."),
        _loaded(WashProgram.RINSE),
    ),
    Definition(
        FigureKey.RELEASED,
        N_("Bottles released"),
        N_("Bottles that quality control accepted, in grade A or B. Bottles rinsed and accepted again count again."),
        None,
    ),
    Definition(
        FigureKey.DELIVERED_GROSS,
        N_("Delivered, gross"),
        N_("Bottles handed over to winemakers under an order, whether or not they came back."),
        lambda flow: int(flow.destination is PlaceKind.ORDER_LINE),
    ),
    Definition(
        FigureKey.RETURNED,
        N_("Bottles returned"),
        N_("Bottles that winemakers gave back unused, refused at delivery, or that a recall brought back."),
        lambda flow: int(flow.origin is PlaceKind.ORDER_LINE),
    ),
    Definition(
        FigureKey.DELIVERED_NET,
        N_("Delivered, net"),
        N_("Bottles delivered less bottles returned. These are the bottles reused, and every claim rests on them."),
        _into(PlaceKind.ORDER_LINE),
    ),
    Definition(
        FigureKey.TRANSFERRED,
        N_("Transferred"),
        N_("Bottles handed over to another operator, because they are not reused here."),
        _into(PlaceKind.TRANSFERRED),
    ),
    Definition(
        FigureKey.CULLET,
        N_("Cullet"),
        N_("Bottles rejected at sorting, washing or quality control, whose glass is melted again."),
        _into(PlaceKind.CULLET),
    ),
    Definition(
        FigureKey.BROKEN,
        N_("Broken"),
        N_("Bottles broken in a run or in handling."),
        _into(PlaceKind.BROKEN),
    ),
    Definition(
        FigureKey.SAMPLED,
        N_("Sampled"),
        N_("Bottles destroyed in a test."),
        _into(PlaceKind.SAMPLED),
    ),
    Definition(
        FigureKey.STOCK,
        N_("Stock"),
        N_("Bottles on hand at the end of the period: in lots at any stage, in open wash runs, on the road to a site."),
        _into(*_ON_HAND),
    ),
)


def find_figures(session: Session, territory_id: int, period: Period = ALL_TIME) -> Figures:
    """Every figure of the territory, in the order of `DEFINITIONS`."""
    flows = _flows(session, territory_id, period)
    stocked = _into(*_ON_HAND)
    opening_stock = sum(stocked(flow) * flow.before_period for flow in flows)
    rows = []
    for definition in DEFINITIONS:
        if definition.counts is None:
            value = _released(session, territory_id, period)
        else:
            value = sum(definition.counts(flow) * flow.in_period for flow in flows)
        if definition.key is FigureKey.STOCK:
            value += opening_stock
        source = FROM_MOVEMENTS if definition.counts else FROM_VERDICTS
        rows.append(Figure(definition.key, definition.name, value, BOTTLES, definition.meaning, source))
    return Figures(period, opening_stock, tuple(rows))


def _flows(session: Session, territory_id: int, period: Period) -> list[Flow]:
    net = net_movements(territory_id, *Period(last=period.last).where(Movement.happened_on))
    origin, destination = aliased(Place), aliased(Place)
    groups = (net.c.kind, origin.kind, destination.kind, WashRun.program, Lot.pass_number)
    is_before = false() if period.first is None else net.c.happened_on < period.first
    is_unwashed = net.c.kind == EventKind.RUN_ABORTED
    rows = session.execute(
        select(
            *groups,
            func.sum(case((is_before, net.c.quantity), else_=0)),
            func.sum(case((is_before, 0), else_=net.c.quantity)),
        )
        .join(origin, origin.id == net.c.from_place_id)
        .join(destination, destination.id == net.c.to_place_id)
        .outerjoin(WashRun, WashRun.id == case((is_unwashed, net.c.from_place_id), else_=net.c.to_place_id))
        .outerjoin(Lot, Lot.id == case((is_unwashed, net.c.to_place_id), else_=net.c.from_place_id))
        .group_by(*groups)
    )
    return [Flow(*row) for row in rows]


def _released(session: Session, territory_id: int, period: Period) -> int:
    """A verdict moves no bottle, so what it released is what the lot held then: all its movements up to that event."""
    earlier, correction = aliased(Event), aliased(Event)
    held = (
        select(func.sum(case((Movement.to_place_id == LotState.lot_id, Movement.quantity), else_=-Movement.quantity)))
        .join(earlier, earlier.id == Movement.event_id)
        .where(
            or_(Movement.to_place_id == LotState.lot_id, Movement.from_place_id == LotState.lot_id),
            earlier.sequence <= Event.sequence,
        )
        .correlate(LotState, Event)
        .scalar_subquery()
    )
    rows = session.execute(
        select(held, Event.happened_at, correction.happened_at, Site.timezone)
        .join(LotState, LotState.event_id == Event.id)
        .join(Site, Site.id == Event.site_id)
        .outerjoin(correction, correction.reverses == Event.id)
        .where(Event.territory_id == territory_id, Event.kind == EventKind.LOT_RELEASED)
    )
    total = 0
    for quantity, released_at, corrected_at, timezone in rows:
        zone = ZoneInfo(timezone)
        total += quantity * period.holds(released_at.astimezone(zone).date())
        if corrected_at is not None:
            total -= quantity * period.holds(corrected_at.astimezone(zone).date())
    return total
