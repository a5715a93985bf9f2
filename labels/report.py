"""Reports on A4: a title, facts, a drawing of boxes and arrows, and tables that run over pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, black, white
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from labels.typesetting import BOLD, REGULAR, load_fonts, printable, shorten

MARGIN = 16 * mm
#: A drawing's text is 14 units high; below this scale it is no longer read and the drawing is left out.
SMALLEST_SCALE = 0.36
_STONE = Color(0.96, 0.94, 0.9)
_LINE = Color(0.6, 0.56, 0.5)
#: What reportlab leaves free inside a page's frame, on each side.
_FRAME_PADDING = 6
_TEXT, _LINE_HEIGHT, _PADDING = 14, 19, 9


@dataclass(frozen=True)
class Table:
    """`rows` of texts under `headings`; the columns in `numbers` (from 0) stand at the right."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class FigureBox:
    """A box, `x` and `y` being its left upper corner; its `title` lines are bold."""

    x: float
    y: float
    width: float
    height: float
    title: tuple[str, ...]
    lines: tuple[str, ...]
    strong: bool = False


@dataclass(frozen=True)
class FigureArrow:
    """Through its points from above to below, with a label in the middle of its last stretch."""

    points: tuple[tuple[float, float], ...]
    label: str


@dataclass(frozen=True)
class Figure:
    """A drawing in units of its own, `y` downward."""

    width: float
    height: float
    boxes: tuple[FigureBox, ...]
    arrows: tuple[FigureArrow, ...]


@dataclass(frozen=True)
class Report:
    """Every text comes as it is to be printed, already translated. `footer` stands on each page with its number."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    footer: str
    figure: Figure | None = None
    notice: str | None = None


def render_report(report: Report) -> bytes:
    """The report as a PDF; the same report always gives the same bytes."""
    load_fonts()
    buffer = BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=printable(report.title),
        invariant=1,
    )

    def foot(canvas: Canvas, _: object) -> None:
        canvas.setFont(REGULAR, 8)
        canvas.setFillColor(black)
        canvas.drawString(MARGIN, MARGIN / 2, printable(report.footer))
        canvas.drawRightString(A4[0] - MARGIN, MARGIN / 2, str(canvas.getPageNumber()))

    document.build(_story(report, document.width, document.height), onFirstPage=foot, onLaterPages=foot)
    return buffer.getvalue()


def _story(report: Report, width: float, height: float) -> list[Flowable]:
    story: list[Flowable] = []
    if report.notice:
        story += [_paragraph(report.notice, 9, bold=True), Spacer(0, 2 * mm)]
    story += [_paragraph(report.title, 18, bold=True), Spacer(0, 1 * mm), _paragraph(report.subtitle, 10)]
    story.append(Spacer(0, 4 * mm))
    if report.facts:
        facts = [[_paragraph(name, 9), _paragraph(value, 9, bold=True)] for name, value in report.facts]
        story += [LongTable(facts, colWidths=[width * 0.35, width * 0.65], style=_rules(heading=False))]
    if report.figure is not None:
        drawing = _Drawing(report.figure, width - 2 * _FRAME_PADDING, height - 2 * _FRAME_PADDING - 5 * mm)
        if drawing.scale >= SMALLEST_SCALE:
            story += [Spacer(0, 5 * mm), drawing]
    for table in report.tables:
        story += _table(table, width)
    return story


def _table(table: Table, width: float) -> list[Flowable]:
    # A caption does not stand alone at the foot of a page.
    caption = [CondPageBreak(30 * mm), _paragraph(table.caption, 12, bold=True, above=6 * mm, below=1.5 * mm)]
    rows = [
        [_paragraph(text, 8.5, bold=heading, right=column in table.numbers) for column, text in enumerate(row)]
        for heading, row in [(True, table.headings), *((False, row) for row in table.rows)]
    ]
    shares = [0.8 if column in table.numbers else 1.0 for column in range(len(table.headings))]
    widths = [width * share / sum(shares) for share in shares]
    return [*caption, LongTable(rows, colWidths=widths, repeatRows=1, style=_rules(heading=True))]


def _rules(*, heading: bool) -> TableStyle:
    commands: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    if heading:
        commands.append(("BACKGROUND", (0, 0), (-1, 0), _STONE))
    return TableStyle(commands)


def _paragraph(
    text: str, size: float, *, bold: bool = False, right: bool = False, above: float = 0, below: float = 0
) -> Paragraph:
    style = ParagraphStyle(
        "text",
        fontName=BOLD if bold else REGULAR,
        fontSize=size,
        leading=size * 1.3,
        splitLongWords=1,
        alignment=TA_RIGHT if right else TA_LEFT,
        spaceBefore=above,
        spaceAfter=below,
    )
    return Paragraph(escape(printable(text)), style)


class _Drawing(Flowable):
    """The figure, made to fit the page's width and height."""

    def __init__(self, figure: Figure, width: float, height: float) -> None:
        super().__init__()
        self.figure = figure
        self.scale = min(1.0, width / figure.width, height / figure.height)
        self.width, self.height = figure.width * self.scale, figure.height * self.scale

    def draw(self) -> None:
        canvas: Canvas = self.canv
        canvas.scale(self.scale, self.scale)
        canvas.translate(0, self.figure.height)
        canvas.setLineWidth(1.2)
        canvas.setStrokeColor(_LINE)
        for arrow in self.figure.arrows:
            self._arrow(canvas, arrow.points)
        for arrow in self.figure.arrows:
            self._label(canvas, arrow)
        for box in self.figure.boxes:
            self._box(canvas, box)

    @staticmethod
    def _arrow(canvas: Canvas, points: Sequence[tuple[float, float]]) -> None:
        for (x1, y1), (x2, y2) in pairwise(points):
            middle = -(y1 + y2) / 2
            canvas.bezier(x1, -y1, x1, middle, x2, middle, x2, -y2)

    @staticmethod
    def _label(canvas: Canvas, arrow: FigureArrow) -> None:
        (x1, y1), (x2, y2) = arrow.points[-2:]
        text = printable(arrow.label)
        width = canvas.stringWidth(text, REGULAR, _TEXT)
        x, y = (x1 + x2) / 2, -(y1 + y2) / 2
        canvas.setFillColor(white)
        canvas.rect(x - width / 2 - 2, y - 8, width + 4, 16, stroke=0, fill=1)
        canvas.setFillColor(black)
        canvas.setFont(REGULAR, _TEXT)
        canvas.drawCentredString(x, y - 5, text)

    @staticmethod
    def _box(canvas: Canvas, box: FigureBox) -> None:
        canvas.setFillColor(_STONE if box.strong else white)
        canvas.setStrokeColor(black if box.strong else _LINE)
        canvas.roundRect(box.x, -box.y - box.height, box.width, box.height, 6, stroke=1, fill=1)
        canvas.setFillColor(black)
        y = -box.y - _PADDING
        fonts = [*((BOLD, text) for text in box.title), *((REGULAR, text) for text in box.lines)]
        for font, text in fonts:
            y -= _LINE_HEIGHT
            canvas.setFont(font, _TEXT)
            canvas.drawString(box.x + _PADDING, y + 5, shorten(printable(text), font, _TEXT, box.width - 2 * _PADDING))
