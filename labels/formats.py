"""The papers we print on, and where code, QR and texts stand on each label: sheets, rolls, and label printers."""

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
    headline_size: float
    title_size: float
    line_size: float


@dataclass(frozen=True)
class Grid:
    """A page and its grid of labels or cards, all in points; a grid is centered on its page."""

    name: str
    page: tuple[float, float]
    columns: int
    rows: int
    label: tuple[float, float]
    column_gap: float

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


@dataclass(frozen=True)
class Format(Grid):
    """A paper for labels."""

    arrangement: Arrangement


@dataclass(frozen=True)
class Printer:
    """A label printer that speaks ZPL: the paper in it, and its dots per inch."""

    format: Format
    dpi: int

    @property
    def name(self) -> str:
        return self.format.name

    def dots(self, points: float) -> int:
        """The nearest dot."""
        return round(points * self.dpi / 72)


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
        headline_size=16,
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
        headline_size=30,
        title_size=14,
        line_size=10,
    )


def _column(
    side: float, code_height: float, code: float, headline: float, title: float, line: float
) -> Callable[[float, float], Arrangement]:
    """A label in one column: the code, a QR of `side` to read across the room, the texts below. Sizes in points."""

    def arrange(width: float, height: float) -> Arrangement:
        margin = 0.04 * width
        column, bottom = width - 2 * margin, height - margin - code_height - side
        return Arrangement(
            code=Box(margin, height - margin - code_height, column, code_height),
            code_lines=1,
            code_size=code,
            qr=Box((width - side) / 2, bottom, side, side),
            texts=Box(margin, margin, column, bottom - margin),
            headline_size=headline,
            title_size=title,
            line_size=line,
        )

    return arrange


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


_POSTER = _column(84 * mm, 13 * mm, 38, 36, 20, 13)
_STRIP = _column(54 * mm, 9 * mm, 24, 22, 12, 9)

# The two sheets are the die-cut papers sold everywhere as L7160 and L7165. From the endless roll of 62 mm, each page
# is cut off after 100 mm.
FORMATS: MappingProxyType[str, Format] = MappingProxyType(
    {
        format.name: format
        for format in (
            _format("a4-21", (210, 297), (3, 7), (63.5, 38.1), _side_by_side),
            _format("a4-8", (210, 297), (2, 4), (99.1, 67.7), _banner),
            _format("100x150", (100, 150), (1, 1), (100, 150), _POSTER),
            _format("62x100", (62, 100), (1, 1), (62, 100), _STRIP),
        )
    }
)

#: Many printers, not all, draw a QR so many dots lower than told (the bar height that ^BY starts with).
SHIFT_DOTS = 10
#: A printer's own QR has modules of at most so many dots (ZPL II programming guide, ^BQ): the texts get the room.
MOST_DOTS_A_MODULE = 10
_WIDEST_CODE = 37 * MOST_DOTS_A_MODULE  # dots: version 3 with its quiet zone


def _printer(width: float, height: float, dpi: int) -> Printer:
    """A label printer with paper of so many millimeters."""
    wide = width >= 100
    side = min((84 if wide else 54) * mm, (_WIDEST_CODE + SHIFT_DOTS) * 72 / dpi)
    arrange = _column(side, 13 * mm, 38, 50, 30, 20) if wide else _column(side, 9 * mm, 24, 26, 16, 11)
    name = f"zpl-{width}x{height}-{dpi}"
    return Printer(_format(name, (width, height), (1, 1), (width, height), arrange), dpi)


PRINTERS: MappingProxyType[str, Printer] = MappingProxyType(
    {
        printer.name: printer
        for printer in (_printer(width, height, dpi) for width, height in ((100, 150), (62, 100)) for dpi in (203, 300))
    }
)
