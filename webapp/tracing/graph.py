"""A trace as a drawing: a box for each place, in rows by distance; what was lost is written into the boxes."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap

from bottletrack.genealogy.bounds import NONE, Range
from bottletrack.genealogy.walk import Edge
from bottletrack.reports.trace import Node, Trace
from bottletrack.vocabulary import SITE_PLACES, PlaceKind
from webapp.languages import gettext, number
from webapp.naming import in_bottles
from webapp.tracing.layout import BOX_WIDTH, Cell, Layout, lay_out
from webapp.tracing.telling import in_range, page_of, title_of
from webapp.words import word

#: More boxes of one kind in a row are told in one box: the largest few stay.
MOST_IN_ROW = 6
LINE_HEIGHT, PADDING = 19, 9
#: Characters of a box's title on one line, at its size.
_TITLE_WIDTH = 20
_START = "start"


@dataclass(frozen=True)
class Box:
    """`kind` is the look: start, lot, run, order, point, other. `full`: the title, however long."""

    x: int
    y: int
    width: int
    height: int
    kind: str
    title: tuple[str, ...]
    lines: tuple[str, ...]
    full: str
    url: str


@dataclass(frozen=True)
class Arrow:
    """`path`: the points it passes; `label` stands at the last but one's end of it."""

    path: str
    points: tuple[tuple[float, float], ...]
    label: str
    label_x: float
    label_y: float


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


@dataclass
class _Draft:
    """A box before it has a place."""

    row: int
    kind: str
    full: str
    lines: list[str]
    url: str = ""

    @property
    def title(self) -> tuple[str, ...]:
        lines = wrap(self.full, _TITLE_WIDTH, break_long_words=True) or [""]
        return tuple(lines[:2]) if len(lines) <= 2 else (lines[0], lines[1][: _TITLE_WIDTH - 1] + "…")

    @property
    def height(self) -> int:
        return (len(self.title) + len(self.lines)) * LINE_HEIGHT + 2 * PADDING


_LOOKS = {
    PlaceKind.LOT: "lot",
    PlaceKind.WASH_RUN: "run",
    PlaceKind.ORDER_LINE: "order",
    PlaceKind.COLLECTION_POINT: "point",
}


def draw(trace: Trace, most_in_row: int = MOST_IN_ROW) -> Drawing:
    """The drawing of a trace: receptions above, the start in the middle, deliveries below."""
    drafts, key_of = _drafts(trace, most_in_row)
    arrows: defaultdict[tuple[str, str], Range] = defaultdict(lambda: NONE)
    for edge, back in _steps(trace):
        origin, destination = key_of.get((edge.origin, back)), key_of.get((edge.destination, back))
        if origin and destination and origin != destination:
            arrows[origin, destination] = arrows[origin, destination].plus(edge.share)
    layout = lay_out([Cell(key, draft.row, draft.height) for key, draft in drafts.items()], list(arrows))
    return Drawing(
        width=layout.width,
        height=layout.height,
        boxes=tuple(_box(draft, *layout.corners[key]) for key, draft in drafts.items()),
        arrows=tuple(_arrow(layout, ends, share.at_most(trace.bottles)) for ends, share in arrows.items()),
    )


def _steps(trace: Trace) -> Iterable[tuple[Edge, bool]]:
    """Every edge, and whether it is one of the way back; an event's own are one of each, through the start's box."""
    yield from ((edge, True) for edge in (*trace.back.edges, *trace.own))
    yield from ((edge, False) for edge in (*trace.own, *trace.forth.edges))


def _drafts(trace: Trace, most_in_row: int) -> tuple[dict[str, _Draft], dict[tuple[int, bool], str]]:
    """Every box by its key, and the key of each place on the way back (True) and forth (False)."""
    drafts = {_START: _Draft(0, "start", title_of(trace.start), [in_bottles(trace.bottles)])}
    key_of: dict[tuple[int, bool], str] = {}
    for back in (True, False):
        for node in trace.starts:
            key_of[node.place.id, back] = _START
        for edge in trace.own:
            key_of.setdefault((edge.destination if back else edge.origin, back), _START)
        ends: defaultdict[str, dict[PlaceKind, Range]] = defaultdict(dict)
        nodes = (trace.back if back else trace.forth).nodes
        for row, kind, members in _rows([node for node in nodes if node.place.kind not in SITE_PLACES]):
            for group in _groups(members, most_in_row):
                key = f"{'b' if back else 'f'}{group[0].place.id}"
                drafts[key] = _draft(-row if back else row, kind, group, trace.bottles)
                key_of |= {(node.place.id, back): key for node in group}
        shared = {node.place.id: node.place.kind for node in nodes if node.place.kind in SITE_PLACES}
        for edge, is_back in _steps(trace):
            near, far = (edge.destination, edge.origin) if back else (edge.origin, edge.destination)
            key = key_of.get((near, back), "")
            if is_back is back and far in shared and key:
                ends[key][shared[far]] = ends[key].get(shared[far], NONE).plus(edge.share)
        for key, told in ends.items():
            drafts[key].lines += [f"{'+' if back else '−'}{in_range(part)} {word(kind)}" for kind, part in told.items()]
    return drafts, key_of


def _rows(nodes: list[Node]) -> list[tuple[int, PlaceKind, list[Node]]]:
    rows: defaultdict[tuple[int, PlaceKind], list[Node]] = defaultdict(list)
    for node in nodes:
        rows[node.rank, node.place.kind].append(node)
    return [(rank, kind, members) for (rank, kind), members in rows.items()]


def _groups(members: list[Node], most: int) -> list[list[Node]]:
    """Each by itself, where they are not too many; else the largest by themselves and all others together."""
    if len(members) <= most:
        return [[node] for node in members]
    ordered = sorted(members, key=lambda node: -node.passed.high)
    return [*([node] for node in ordered[: most - 1]), ordered[most - 1 :]]


def _draft(row: int, kind: PlaceKind, group: list[Node], bottles: int) -> _Draft:
    passed = NONE
    for node in group:
        passed = passed.plus(node.passed).at_most(bottles)
    look = _LOOKS.get(kind, "other")
    if len(group) > 1:
        title = gettext("%(number)s others: %(kind)s") % {"number": number(len(group)), "kind": word(kind)}
        return _Draft(row, look, title, [_bottles(passed)], "#steps")
    (node,) = group
    lines = [_bottles(passed)]
    if node.winery:
        lines.insert(0, node.winery)
    if row > 0 and node.there.high and kind is PlaceKind.LOT:
        lines.append(gettext("%(number)s still here") % {"number": in_range(node.there)})
    title = node.place.name or word(kind)
    if kind is PlaceKind.WASH_RUN:
        title = f"{word(kind)} {title}"
    return _Draft(row, "stop" if node.held else look, title, lines, page_of(node.place))


def _bottles(part: Range) -> str:
    return in_bottles(part.low) if part.exact else gettext("%(range)s bottles") % {"range": in_range(part)}


def _box(draft: _Draft, x: int, y: int) -> Box:
    return Box(x, y, BOX_WIDTH, draft.height, draft.kind, draft.title, tuple(draft.lines), draft.full, draft.url)


def _arrow(layout: Layout, ends: tuple[str, str], share: Range) -> Arrow:
    points = layout.paths[ends]
    path = f"M{points[0][0]:.0f} {points[0][1]:.0f}"
    for (x1, y1), (x2, y2) in pairwise(points):
        middle = (y1 + y2) / 2
        path += f" C{x1:.0f} {middle:.0f} {x2:.0f} {middle:.0f} {x2:.0f} {y2:.0f}"
    (x1, y1), (x2, y2) = points[-2:]
    return Arrow(path, tuple(points), in_range(share), (x1 + x2) / 2, (y1 + y2) / 2)
