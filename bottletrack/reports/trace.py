"""Where bottles came from and where they went, as people read it: places by name, in rows by their distance.

From any lot, run, order or event back to every reception and forward to every delivery, with quantities.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.genealogy.bounds import Range
from bottletrack.genealogy.start import Start
from bottletrack.genealogy.walk import Edge, Stay, Way, follow
from bottletrack.reports.places import NamedPlace, name_places
from bottletrack.reports.ranks import rank_places
from bottletrack.tables import Lot, Order, OrderLine, Winery
from bottletrack.vocabulary import PlaceKind, Stage


@dataclass(frozen=True)
class Node:
    """A place on the way. `rank`: 0 at the start, one more for each step away from it (the longest way counts).

    `passed`, `there` and `holds` as the walk has them: the start's bottles that came through, that are there in the
    end, and all that it holds now. `stage` and `held` of a lot; `winery`: who an order line is for.
    """

    place: NamedPlace
    rank: int
    passed: Range
    there: Range
    holds: int
    stage: Stage | None = None
    held: bool = False
    winery: str = ""


@dataclass(frozen=True)
class NamedWay:
    """One direction, without the start. Nodes by rank, edges in the order in which they happened."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def of_kind(self, kind: PlaceKind) -> list[Node]:
        """The nodes of one kind: receptions' collection points, deliveries' order lines, cullet…"""
        return [node for node in self.nodes if node.place.kind is kind]


@dataclass(frozen=True)
class Trace:
    """`bottles`: all that ever went through the start. `passages`: how many of them had been washed how many times.

    `starts`: the start's own places. An event has none; it has edges of its `own`, from nodes of the way back to nodes
    of the way forth.
    """

    start: Start
    bottles: int
    starts: tuple[Node, ...]
    own: tuple[Edge, ...]
    back: NamedWay
    forth: NamedWay
    passages: dict[int, Range]

    @property
    def run_ids(self) -> list[int]:
        """The wash runs on the way, start included."""
        return self._ids_of(PlaceKind.WASH_RUN)

    @property
    def lot_ids(self) -> list[int]:
        """The lots on the way, start included."""
        return self._ids_of(PlaceKind.LOT)

    def _ids_of(self, kind: PlaceKind) -> list[int]:
        nodes = (*self.back.nodes, *self.starts, *self.forth.nodes)
        return list(dict.fromkeys(node.place.id for node in nodes if node.place.kind is kind))


def trace(session: Session, start: Start) -> Trace:
    """Everything before and after the start, as far as its territory's ledger goes."""
    lineage = follow(session, start)
    stays = (*lineage.starts, *lineage.back.stays, *lineage.forth.stays)
    known = _Known.of(session, {stay.place_id for stay in stays})
    back = [(edge.destination, edge.origin) for edge in reversed((*lineage.back.edges, *lineage.own))]
    forth = [(edge.origin, edge.destination) for edge in (*lineage.own, *lineage.forth.edges)]
    return Trace(
        start=start,
        bottles=lineage.bottles,
        starts=tuple(known.node(stay, 0) for stay in lineage.starts),
        own=lineage.own,
        back=known.way(lineage.back, rank_places(back, start.place_ids)),
        forth=known.way(lineage.forth, rank_places(forth, start.place_ids)),
        passages=lineage.passages,
    )


@dataclass(frozen=True)
class _Known:
    """What people know the places by."""

    named: dict[int, NamedPlace]
    lots: dict[int, tuple[Stage, bool]]
    wineries: dict[int, str]

    @classmethod
    def of(cls, session: Session, ids: set[int]) -> "_Known":
        lots = session.execute(select(Lot.id, Lot.stage, Lot.hold_event_id).where(Lot.id.in_(ids)))
        wineries = session.execute(
            select(OrderLine.id, Winery.name)
            .join(Order, Order.id == OrderLine.order_id)
            .join(Winery, Winery.id == Order.winery_id)
            .where(OrderLine.id.in_(ids))
        )
        return cls(
            name_places(session, ids),
            {row.id: (row.stage, row.hold_event_id is not None) for row in lots},
            {row.id: row.name for row in wineries},
        )

    def way(self, way: Way, ranks: dict[int, int]) -> NamedWay:
        nodes = [self.node(stay, ranks[stay.place_id]) for stay in way.stays]
        return NamedWay(tuple(sorted(nodes, key=lambda node: (node.rank, node.place.id))), way.edges)

    def node(self, stay: Stay, rank: int) -> Node:
        stage, held = self.lots.get(stay.place_id, (None, False))
        return Node(
            place=self.named[stay.place_id],
            rank=rank,
            passed=stay.passed,
            there=stay.there,
            holds=stay.holds,
            stage=stage,
            held=held,
            winery=self.wineries.get(stay.place_id, ""),
        )
