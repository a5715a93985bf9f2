"""The papers we print on: sheets of labels, and where code, QR and texts stand on each label."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from reportlab.lib.units import mm

# The quiet zone's share of a QR's box on one side (version 3): texts align with the dark modules by it.
QUIET_SHARE = 4 / 37

# Some letters (a bold J) reach left of where they start; they must not enter the quiet zone.
LETTER_GAP = 0.5 * mm


@dataclass(frozen=True)
class Box:
    """A rectangle in points; x and y are its lower left corner, from the label's own lower left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Arrangement:
    """How one label is laid out. Sizes are the largest wanted, in points; texts shrink from there."""

    code: Box
    code_lines: int
    code_size: float
    qr: Box
    texts: Box
    quantity_size: float
    title_size: float
    line_size: float


@dataclass(frozen=True)
class Format:
    """A page and its grid of labels, all in points; a grid is centered on its page."""

    name: str
    page: tuple[float, float]
    columns: int
    rows: int
    label: tuple[float, float]
    column_gap: float
    arrangement: Arrangement

    @property
    def per_page(self) -> int:
        """Labels on a full page."""
        return self.columns * self.rows

    def corner(self, position: int) -> tuple[float, float]:
        """The lower left corner of the label at `position` on its page, row by row from the top left."""
        row, column = divmod(position, self.columns)
        width, height = self.label
        left = (self.page[0] - self.columns * width - (self.columns - 1) * self.column_gap) / 2
        top = (self.page[1] + self.rows * height) / 2
        return left + column * (width + self.column_gap), top - (row + 1) * height


def _side_by_side(width: float, height: float) -> Arrangement:
    """A small label: the QR as high as the label, the code on two lines beside it."""
    margin = 2 * mm
    side = height - 2 * margin
    left, code_height = margin + side + LETTER_GAP, 13.5 * mm
    column = width - margin - left
    return Arrangement(
        code=Box(left, height - margin - code_height, column, code_height),
        code_lines=2,
        code_size=20,
        qr=Box(margin, margin, side, side),
        texts=Box(left, margin, column, side - code_height),
        quantity_size=16,
        title_size=8,
        line_size=6.5,
    )


def _banner(width: float, height: float) -> Arrangement:
    """A middle label: the code right across, to be read with gloves on; below it the QR and the texts."""
    margin, code_height = 3 * mm, 13 * mm
    side = height - 2 * margin - code_height
    left, inset = margin + side + LETTER_GAP, side * QUIET_SHARE
    return Arrangement(
        code=Box(margin, margin + side, width - 2 * margin, code_height),
        code_lines=1,
        code_size=38,
        qr=Box(margin, margin, side, side),
        texts=Box(left, margin + inset, width - margin - left, side - 2 * inset),
        quantity_size=30,
        title_size=14,
        line_size=10,
    )


def _poster(width: float, height: float) -> Arrangement:
    """A large label: the code, a QR to read across the room, the texts below."""
    margin, code_height, side = 4 * mm, 13 * mm, 84 * mm
    column = width - 2 * margin
    bottom = height - margin - code_height - side
    return Arrangement(
        code=Box(margin, height - margin - code_height, column, code_height),
        code_lines=1,
        code_size=38,
        qr=Box((width - side) / 2, bottom, side, side),
        texts=Box(margin, margin, column, bottom - margin),
        quantity_size=36,
        title_size=20,
        line_size=13,
    )


def _format(
    name: str,
    page: tuple[float, float],
    grid: tuple[int, int],
    label: tuple[float, float],
    arrange: Callable[[float, float], Arrangement],
) -> Format:
    """A format from millimeters."""
    columns, rows = grid
    width, height = label[0] * mm, label[1] * mm
    gap = 2.54 * mm if columns > 1 else 0.0
    return Format(name, (page[0] * mm, page[1] * mm), columns, rows, (width, height), gap, arrange(width, height))


# The two sheets are the die-cut papers sold everywhere as L7160 and L7165.
FORMATS: MappingProxyType[str, Format] = MappingProxyType(
    {
        format.name: format
        for format in (
            _format("a4-21", (210, 297), (3, 7), (63.5, 38.1), _side_by_side),
            _format("a4-8", (210, 297), (2, 4), (99.1, 67.7), _banner),
            _format("100x150", (100, 150), (1, 1), (100, 150), _poster),
        )
    }
)
