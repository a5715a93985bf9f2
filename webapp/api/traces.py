"""Where bottles came from and went to, and the recalls, as programs see them."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from bottletrack.access import Actor, Permission
from bottletrack.errors import NotFound
from bottletrack.genealogy.bounds import Range
from bottletrack.genealogy.start import StartKind, find_start
from bottletrack.genealogy.walk import Edge
from bottletrack.reports.recalls import CaseReport, CaseRow, find_cases, get_case
from bottletrack.reports.trace import NamedWay, Node, trace
from bottletrack.vocabulary import EventKind, Grade, PlaceKind, Stage
from webapp.api.endpoints import answers


@dataclass(frozen=True)
class Bounds:
    """From `low` to `high` bottles: where lots were mixed, nobody knows better."""

    low: int
    high: int


@dataclass(frozen=True)
class NodeSeen:
    """A place. `passed`: the start's bottles that came through; `there`: those that are there in the end."""

    id: int
    kind: PlaceKind
    name: str
    code: str
    winery: str
    rank: int
    passed: Bounds
    there: Bounds
    holds: int


@dataclass(frozen=True)
class EdgeSeen:
    """A movement of `quantity` bottles between two nodes, of which `share` are the start's."""

    event_id: uuid.UUID
    kind: EventKind
    day: date
    origin: int
    destination: int
    quantity: int
    share: Bounds
    defect_code: str | None


@dataclass(frozen=True)
class WaySeen:
    nodes: tuple[NodeSeen, ...]
    edges: tuple[EdgeSeen, ...]


@dataclass(frozen=True)
class Passages:
    """So many bottles had been through so many full washes."""

    passes: int
    bottles: Bounds


@dataclass(frozen=True)
class TraceSeen:
    """`start`: as it may be asked for again. `itself`: what an event moved, where the start is an event."""

    start: str
    start_kind: StartKind
    bottles: int
    starts: tuple[NodeSeen, ...]
    itself: tuple[EdgeSeen, ...]
    back: WaySeen
    forth: WaySeen
    passages: tuple[Passages, ...]


@dataclass(frozen=True)
class CaseSeen:
    """A recall, or a drill. `missing`: bottles maybe still with winemakers. `minutes`: from opening to closing."""

    code: str
    drill: bool
    start: str
    reason: str
    opened_at: datetime
    closed_at: datetime | None
    account: str
    missing: int
    minutes: int | None


@dataclass(frozen=True)
class RecalledPlaceSeen:
    """A lot, run or road in the set: what was there at the opening, the recall's own of it, and what is there now."""

    kind: PlaceKind
    name: str
    code: str
    site: str
    stage: Stage | None
    on_hand: int
    own: Bounds
    now: int


@dataclass(frozen=True)
class RecalledLineSeen:
    """An order's line in the set, in bottles."""

    order: str
    winery: str
    model: str
    grade: Grade
    delivered: int
    own: Bounds
    recovered: int
    consumed: int
    missing: int


@dataclass(frozen=True)
class CaseWithSet:
    """A case and where its bottles are: the three figures together are all `bottles`."""

    case: CaseSeen
    bottles: int
    on_hand: Bounds
    with_winemakers: Bounds
    gone: Bounds
    places: tuple[RecalledPlaceSeen, ...]
    lines: tuple[RecalledLineSeen, ...]


@answers("/traces/<start>", Permission.SEE_PLANT, refusals=(NotFound,))
def get_trace(session: Session, actor: Actor, start: str) -> TraceSeen:
    """From a lot (its code), a run (its name, or `run:` and its number), an order or an event: both ways."""
    told = trace(session, find_start(session, actor, start))
    return TraceSeen(
        start=str(told.start),
        start_kind=told.start.kind,
        bottles=told.bottles,
        starts=tuple(_node(node) for node in told.starts),
        itself=_edges(told.own),
        back=_way(told.back),
        forth=_way(told.forth),
        passages=tuple(Passages(passes, _bounds(part)) for passes, part in told.passages.items()),
    )


@answers("/recalls", Permission.SEE_PLANT)
def list_recalls(session: Session, actor: Actor) -> tuple[CaseSeen, ...]:
    """Recalls and drills, the latest first."""
    return tuple(_case(case) for case in find_cases(session, actor))


@answers("/recalls/<code>", Permission.SEE_PLANT, refusals=(NotFound,))
def get_recall(session: Session, actor: Actor, code: str) -> CaseWithSet:
    """One recall with its set: where its bottles are, and what is known of those that were delivered."""
    report = get_case(session, actor, code)
    balance = report.balance
    return CaseWithSet(
        case=_case(report.case),
        bottles=balance.bottles,
        on_hand=_bounds(balance.on_hand),
        with_winemakers=_bounds(balance.with_winemakers),
        gone=_bounds(balance.gone),
        places=tuple(
            RecalledPlaceSeen(
                held.place.kind,
                held.place.name,
                held.place.code,
                held.site_name,
                held.stage,
                held.on_hand,
                _bounds(held.own),
                held.now,
            )
            for held in report.places
        ),
        lines=_lines(report),
    )


def _bounds(part: Range) -> Bounds:
    return Bounds(part.low, part.high)


def _node(node: Node) -> NodeSeen:
    return NodeSeen(
        node.place.id,
        node.place.kind,
        node.place.name,
        node.place.code,
        node.winery,
        node.rank,
        _bounds(node.passed),
        _bounds(node.there),
        node.holds,
    )


def _edges(edges: Iterable[Edge]) -> tuple[EdgeSeen, ...]:
    return tuple(
        EdgeSeen(
            edge.event_id,
            edge.kind,
            edge.happened_on,
            edge.origin,
            edge.destination,
            edge.quantity,
            _bounds(edge.share),
            edge.defect_code,
        )
        for edge in edges
    )


def _way(way: NamedWay) -> WaySeen:
    return WaySeen(tuple(_node(node) for node in way.nodes), _edges(way.edges))


def _case(case: CaseRow) -> CaseSeen:
    return CaseSeen(
        case.code,
        case.drill,
        str(case.start),
        case.reason,
        case.opened_at,
        case.closed_at,
        case.account,
        case.missing,
        case.minutes,
    )


def _lines(report: CaseReport) -> tuple[RecalledLineSeen, ...]:
    return tuple(
        RecalledLineSeen(
            order=line.reference,
            winery=line.winery_code,
            model=line.model.code,
            grade=line.grade,
            delivered=line.told.delivered,
            own=_bounds(line.own),
            recovered=line.told.recovered,
            consumed=line.told.consumed,
            missing=line.told.missing,
        )
        for line in report.lines
    )
