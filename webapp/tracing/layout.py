"""Where boxes and arrows of a drawing stand: rows from top to bottom, few crossings. Pure geometry, in pixels."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

#: A box, the room beside it and the room between two rows: the figures on the arrows stand there.
BOX_WIDTH = 204
GAP = 18
ROW_GAP = 58
MARGIN = 12
#: What an arrow takes in a row that it only crosses.
_CROSSING_WIDTH = 26
_SWEEPS = 6

Point = tuple[float, float]


@dataclass(frozen=True)
class Cell:
    """A box to place: its row, from the top, and how high it is."""

    key: str
    row: int
    height: int


@dataclass(frozen=True)
class Layout:
    """The left upper corner of every box, and for every arrow the points that it passes."""

    width: int
    height: int
    corners: dict[str, tuple[int, int]]
    paths: dict[tuple[str, str], list[Point]]


def lay_out(cells: Sequence[Cell], arrows: Iterable[tuple[str, str]]) -> Layout:
    """Every cell in its row; each arrow leaves below its origin and ends above its destination."""
    widths: dict[str, int] = {cell.key: BOX_WIDTH for cell in cells}
    row_of = {cell.key: cell.row for cell in cells}
    chains: dict[tuple[str, str], list[str]] = {}
    for origin, destination in arrows:
        chain = [origin]
        for row in range(row_of[origin] + 1, row_of[destination]):
            crossing = f"{origin}>{destination}@{row}"
            widths[crossing], row_of[crossing] = _CROSSING_WIDTH, row
            chain.append(crossing)
        chains[origin, destination] = [*chain, destination]
    rows: defaultdict[int, list[str]] = defaultdict(list)
    for key, row in row_of.items():
        rows[row].append(key)
    neighbors: defaultdict[str, list[str]] = defaultdict(list)
    for chain in chains.values():
        for above, below in pairwise(chain):
            neighbors[above].append(below)
            neighbors[below].append(above)
    centers = _place(rows, widths, neighbors)
    left = min((centers[key] - widths[key] / 2 for key in centers), default=0) - MARGIN
    tops, bottoms = _row_edges(cells)
    heights = {cell.key: cell.height for cell in cells}
    paths: dict[tuple[str, str], list[Point]] = {
        ends: [
            (centers[key] - left, float(y))
            for key in chain
            for y in _levels(key, ends, tops[row_of[key]], heights.get(key), bottoms[row_of[key]])
        ]
        for ends, chain in chains.items()
    }
    return Layout(
        width=round(max((centers[key] + widths[key] / 2 for key in centers), default=0) - left + MARGIN),
        height=max(bottoms.values(), default=0) + MARGIN,
        corners={cell.key: (round(centers[cell.key] - BOX_WIDTH / 2 - left), tops[cell.row]) for cell in cells},
        paths=paths,
    )


def _levels(key: str, ends: tuple[str, str], top: int, height: int | None, bottom: int) -> tuple[int, ...]:
    """At which heights an arrow passes: under its origin, straight through a row it crosses, above its end."""
    if key == ends[0]:
        return (top + (height or 0),)
    return (top,) if key == ends[1] else (top, bottom)


def _row_edges(cells: Sequence[Cell]) -> tuple[dict[int, int], dict[int, int]]:
    """The upper and the lower edge of every row, also of those that arrows only cross."""
    heights: defaultdict[int, int] = defaultdict(int)
    for cell in cells:
        heights[cell.row] = max(heights[cell.row], cell.height)
    tops, bottoms, y = {}, {}, MARGIN
    for row in range(min(heights, default=0), max(heights, default=-1) + 1):
        tops[row], bottoms[row] = y, y + heights[row]
        y = bottoms[row] + ROW_GAP
    return tops, bottoms


def _place(rows: dict[int, list[str]], widths: dict[str, int], neighbors: dict[str, list[str]]) -> dict[str, float]:
    """The middle of every box and crossing: near the middle of what it is joined with, row by row, down and up."""
    centers: dict[str, float] = {}
    for keys in rows.values():
        _pack(keys, {key: float(number * (BOX_WIDTH + GAP)) for number, key in enumerate(keys)}, widths, centers)
    order = sorted(rows)
    for sweep in range(_SWEEPS):
        for row in order if sweep % 2 == 0 else reversed(order):
            wanted = {
                key: sum(centers[other] for other in neighbors[key]) / len(neighbors[key])
                if neighbors[key]
                else centers[key]
                for key in rows[row]
            }
            rows[row].sort(key=lambda key: wanted[key])
            _pack(rows[row], wanted, widths, centers)
    return centers


def _pack(keys: list[str], wanted: dict[str, float], widths: dict[str, int], centers: dict[str, float]) -> None:
    """In their order, side by side without touching, each as near as may be to where it is wanted."""
    edge = float("-inf")
    for key in keys:
        centers[key] = max(wanted[key], edge + widths[key] / 2)
        edge = centers[key] + widths[key] / 2 + GAP
    # Pushed to the right one after the other; the row as a whole goes back by what it was pushed on average.
    pushed = sum(centers[key] - wanted[key] for key in keys) / len(keys)
    for key in keys:
        centers[key] -= pushed
