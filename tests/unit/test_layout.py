"""Drawings: every box in its row without touching another, every arrow from box to box."""

from hypothesis import given
from hypothesis import strategies as st

from webapp.tracing.layout import BOX_WIDTH, Cell, lay_out


@st.composite
def drawings(draw: st.DrawFn) -> tuple[list[Cell], list[tuple[str, str]]]:
    rows = draw(st.lists(st.tuples(st.integers(-4, 4), st.integers(40, 120)), min_size=1, max_size=14))
    cells = [Cell(f"c{number}", row, height) for number, (row, height) in enumerate(rows)]
    pairs = [(a.key, b.key) for a in cells for b in cells if a.row < b.row]
    return cells, draw(st.lists(st.sampled_from(pairs), unique=True, max_size=25)) if pairs else []


@given(drawings())
def test_boxes_stand_in_their_rows_and_do_not_touch(drawing: tuple[list[Cell], list[tuple[str, str]]]) -> None:
    cells, arrows = drawing
    layout = lay_out(cells, arrows)
    for cell in cells:
        x, y = layout.corners[cell.key]
        assert x >= 0
        assert x + BOX_WIDTH <= layout.width
        assert y >= 0
        assert y + cell.height <= layout.height
        for other in cells:
            left, top = layout.corners[other.key]
            if other.row == cell.row and other.key != cell.key:
                assert abs(left - x) >= BOX_WIDTH
            if other.row > cell.row:
                assert top > y + cell.height


@given(drawings())
def test_arrows_go_down_from_under_their_origin_to_above_their_end(
    drawing: tuple[list[Cell], list[tuple[str, str]]],
) -> None:
    cells, arrows = drawing
    layout = lay_out(cells, arrows)
    heights = {cell.key: cell.height for cell in cells}
    for origin, destination in arrows:
        path = layout.paths[origin, destination]
        levels = [y for _, y in path]
        assert levels == sorted(levels)
        assert levels[0] == layout.corners[origin][1] + heights[origin]
        assert levels[-1] == layout.corners[destination][1]
        for (x, _), key in ((path[0], origin), (path[-1], destination)):
            assert layout.corners[key][0] < x < layout.corners[key][0] + BOX_WIDTH


def test_one_below_the_other_stands_straight() -> None:
    layout = lay_out([Cell("above", 0, 50), Cell("below", 1, 50)], [("above", "below")])
    assert layout.corners["above"][0] == layout.corners["below"][0]
    assert len({x for x, _ in layout.paths["above", "below"]}) == 1
