"""A pictogram is drawn as its SVG says, within its box, or refused."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

import webapp
from labels import LabelError
from labels.formats import Box
from labels.pictogram import draw_pictogram
from tests.labels.printing import pictures

OURS = (Path(webapp.__file__).parent / "static" / "pictograms.svg").read_text(encoding="utf-8")
SYMBOLS = {found[1]: found[0] for found in re.finditer(r'<symbol id="([^"]+)".*?</symbol>', OURS, re.DOTALL)}


def drawn(markup: str, width: float = 96, height: float = 96, margin: float = 10) -> Image.Image:
    """The pictogram in a box of so many points, `margin` from the picture's edges, a dot a point."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(width + 2 * margin, height + 2 * margin))
    draw_pictogram(canvas, markup, Box(margin, margin, width, height))
    canvas.save()
    return pictures(buffer.getvalue(), 72)[0]


def symbol(inner: str) -> str:
    return f'<symbol viewBox="0 0 48 48">{inner}</symbol>'


def shades(inner: str, *points: tuple[int, int]) -> list[int]:
    """The gray levels at these places of a drawing of 48 by 48."""
    picture = drawn(symbol(inner))
    return [int(picture.getpixel((10 + 2 * x, 10 + 2 * y))) for x, y in points]  # type: ignore[arg-type]


@pytest.mark.parametrize("name", SYMBOLS)
def test_each_of_ours_is_drawn_in_its_box(name: str) -> None:
    assert len(SYMBOLS) > 50
    picture = drawn(SYMBOLS[name])
    assert min(picture.tobytes()) < 60
    # A line's round end may reach half its width beyond its drawing.
    picture.paste(255, (6, 6, picture.width - 6, picture.height - 6))
    assert picture.getextrema() == (255, 255)


def test_it_stands_upright_in_the_middle_of_its_box() -> None:
    wide = drawn(symbol('<path d="M0 0h48v12H0Z"/>'), width=196)
    assert wide.getpixel((108, 12)) == 0
    assert wide.getpixel((108, 90)) == 255
    assert wide.getpixel((50, 12)) == wide.getpixel((166, 12)) == 255


def test_shapes_and_styles() -> None:
    assert shades('<circle cx="24" cy="24" r="10"/>', (24, 24), (24, 40)) == [0, 255]
    assert shades('<ellipse cx="24" cy="24" rx="20" ry="5"/>', (40, 24), (24, 34)) == [0, 255]
    pale = '<g fill="none" stroke="currentColor" stroke-width="4"><path fill="currentColor" fill-opacity=".2" '
    assert shades(pale + 'd="M4 4h40v40H4Z"/></g>', (24, 24), (4, 24)) == [204, 0]
    hole = '<path {}d="M4 4h40v40H4ZM16 16h16v16H16Z"/>'
    assert shades(hole.format('fill-rule="evenodd" '), (24, 24), (8, 24)) == [255, 0]
    assert shades(hole.format(""), (24, 24)) == [0]
    dashes = '<path fill="none" stroke="currentColor" stroke-width="4" stroke-dasharray="8 8" d="M0 24h48"/>'
    assert shades(dashes, (4, 24), (12, 24), (20, 24)) == [0, 255, 0]


def test_it_turns_around_its_point_clockwise() -> None:
    bar = '<path transform="rotate(90 24 24)" d="M22 2h4v16h-4Z"/>'
    assert shades(bar, (38, 24), (24, 8), (10, 24)) == [0, 255, 255]


@pytest.mark.parametrize(
    "markup",
    [
        "no SVG",
        "<symbol><path d='M0 0'/></symbol>",
        symbol('<rect width="4" height="4"/>'),
        symbol('<path style="fill:red" d="M0 0h4"/>'),
        symbol('<path transform="scale(2)" d="M0 0h4"/>'),
    ],
)
def test_what_it_cannot_draw_is_refused(markup: str) -> None:
    with pytest.raises(LabelError, match="A pictogram"):
        drawn(markup)
