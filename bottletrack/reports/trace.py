"""Where bottles came from and where they went, as people read it: places by name, in rows by their distance.

From any lot, run, order or event back to every reception and forward to every delivery, with quantities.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bottletrack.genealogy.bounds import Range
from bottletrack.genealogy.start import Start
from bottletrack.genealogy.walk import Edge, Stay, Way, follow
from bottletrack.reports.places import NamedPlace, name_places
from bottletrack.reports.ranks import rank_places
from bottletrack.vocabulary import PlaceKind


@dataclass(frozen=True)
class Node:
    """A place on the way. `rank`: 0 at the start, one more for each step away from it (the longest way counts).

    `passed`, `there` and `holds` as the walk has them: the start's bottles that came through, that are there in the
    end, and all that it holds now.
    """

    place: NamedPlace
    rank: int
    passed: Range
    there: Range
    holds: int


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
        nodes = (*self.back.nodes, *self.starts, *self.forth.nodes)
        return list(dict.fromkeys(node.place.id for node in nodes if node.place.kind is PlaceKind.WASH_RUN))


def trace(session: Session, start: Start) -> Trace:
    """Everything before and after the start, as far as its territory's ledger goes."""
    lineage = follow(session, start)
    stays = (*lineage.starts, *lineage.back.stays, *lineage.forth.stays)
    named = name_places(session, (stay.place_id for stay in stays))
    back = [(edge.destination, edge.origin) for edge in reversed((*lineage.back.edges, *lineage.own))]
    forth = [(edge.origin, edge.destination) for edge in (*lineage.own, *lineage.forth.edges)]
    return Trace(
        start=start,
        bottles=lineage.bottles,
        starts=tuple(_node(stay, named, {}) for stay in lineage.starts),
        own=lineage.own,
        back=_way(lineage.back, named, rank_places(back, start.place_ids)),
        forth=_way(lineage.forth, named, rank_places(forth, start.place_ids)),
        passages=lineage.passages,
    )


def _way(way: Way, named: dict[int, NamedPlace], ranks: dict[int, int]) -> NamedWay:
    nodes: Iterable[Node] = (_node(stay, named, ranks) for stay in way.stays)
    return NamedWay(tuple(sorted(nodes, key=lambda node: (node.rank, node.place.id))), way.edges)


def _node(stay: Stay, named: dict[int, NamedPlace], ranks: dict[int, int]) -> Node:
    return Node(named[stay.place_id], ranks.get(stay.place_id, 0), stay.passed, stay.there, stay.holds)
