"""Draws labels onto the pages of a format, as one PDF."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas

from labels import qr
from labels.formats import Arrangement, Box, Format
from labels.label import Label, LabelError
from labels.typesetting import (
    ASCENT,
    BOLD,
    CAP_HEIGHT,
    ELLIPSIS,
    LEADING,
    REGULAR,
    fit,
    load_fonts,
    printable,
    shorten,
    unit_width,
)

# ASCII85 armor serves mail programs of the last century and makes every stream a quarter larger.
rl_config.useA85 = 0

SMALLEST_LINE = 5.5  # points; below it a label is no longer read
SMALLEST_QUANTITY = 4  # a quantity cut short would be another quantity: it shrinks further


@dataclass(frozen=True)
class _Block:
    """Lines of one text, set: at `size` points, `gap` points below what stands above."""

    font: str
    size: float
    lines: tuple[str, ...]
    gap: float

    @property
    def height(self) -> float:
        return self.gap + len(self.lines) * self.size * LEADING


def render(labels: Sequence[Label], format: Format, progress: Callable[[int], None] | None = None) -> bytes:
    """The labels as a PDF, in order, row by row; the same labels always give the same bytes.

    `progress` hears, after each label, how many are drawn so far. Raises LabelError where there is
    nothing to print or a QR code cannot hold its address; nothing is printed then.
    """
    load_fonts()
    _check(labels)
    buffer = BytesIO()
    canvas = Canvas(
        buffer,
        pagesize=format.page,
        pageCompression=1,
        invariant=1,
        initialFontName=BOLD,  # type: ignore[arg-type]  # the stub says float; reportlab takes a name
    )
    canvas.setTitle(_title(labels))
    # A viewer that scales the page to fit would move every label off its cut.
    canvas.setViewerPreference("PrintScaling", "None")
    copies = Counter(label.url for label in labels)
    forms: dict[str, str] = {}
    for number, label in enumerate(labels):
        position = number % format.per_page
        if number and not position:
            canvas.showPage()
        canvas.saveState()
        canvas.translate(*format.corner(position))
        if copies[label.url] > 1 and label.url not in forms:
            forms[label.url] = _define_form(canvas, label.url, f"code{len(forms)}")
        _draw_code(canvas, label.code, format.arrangement)
        _draw_qr(canvas, label.url, format.arrangement.qr, forms.get(label.url))
        _draw_texts(canvas, label, format.arrangement)
        canvas.restoreState()
        if progress:
            progress(number + 1)
    canvas.save()
    return buffer.getvalue()


def _check(labels: Sequence[Label]) -> None:
    """Refuse before the first page is drawn, not after a long job."""
    if not labels:
        raise LabelError("There is no label to print: choose at least one lot.")
    for label in labels:
        qr.version_for(label.url)
        if not printable(label.code):
            raise LabelError(f"The label of {label.url} has no readable code: give it its lot's code.")


def _title(labels: Sequence[Label]) -> str:
    """The document's title: its first and last codes, in no language."""
    first, last = labels[0].code, labels[-1].code
    return printable(first if first == last else f"{first} – {last}")


def _define_form(canvas: Canvas, content: str, name: str) -> str:
    """Store a code that repeats once; every copy then costs a few bytes."""
    side = qr.side_modules(qr.version_for(content))
    canvas.beginForm(name, 0, 0, side, side)
    canvas.addLiteral(qr.path(content))
    canvas.endForm()
    return name


def _draw_qr(canvas: Canvas, content: str, box: Box, form: str | None) -> None:
    """The QR code with its quiet zone, as large as the box allows."""
    modules = qr.side_modules(qr.version_for(content)) + 2 * qr.QUIET_MODULES
    scale = min(box.width, box.height) / modules
    canvas.saveState()
    canvas.translate(box.x + (box.width - modules * scale) / 2, box.y + (box.height - modules * scale) / 2)
    canvas.scale(scale, scale)
    canvas.translate(qr.QUIET_MODULES, qr.QUIET_MODULES)
    if form:
        canvas.doForm(form)
    else:
        canvas.addLiteral(qr.path(content))
    canvas.restoreState()


def _draw_code(canvas: Canvas, code: str, arrangement: Arrangement) -> None:
    """The readable code, as large as its box allows, on one line or broken after its hyphen."""
    box, text = arrangement.code, printable(code)
    head, hyphen, tail = text.partition("-")
    lines = [head + hyphen, tail] if arrangement.code_lines == 2 and tail else [text]
    size = min(arrangement.code_size, *(box.width / unit_width(line, BOLD) for line in lines))
    if size < SMALLEST_LINE:
        size, lines = SMALLEST_LINE, [shorten(line, BOLD, SMALLEST_LINE, box.width) for line in lines]
    line_height = box.height / arrangement.code_lines
    canvas.setFont(BOLD, size)
    for row, line in enumerate(lines):
        canvas.drawString(box.x, box.y + box.height - row * line_height - size * CAP_HEIGHT, line)


def _draw_texts(canvas: Canvas, label: Label, arrangement: Arrangement) -> None:
    """Quantity, model and lines from the top of the box, the notice at its bottom."""
    box = arrangement.texts
    floor = _draw_notice(canvas, label.notice, box, arrangement.line_size) if label.notice else 0.0
    top = box.y + box.height
    for block in _set_texts(label, arrangement, box.width, box.height - floor):
        canvas.setFont(block.font, block.size)
        top -= block.gap
        for line in block.lines:
            canvas.drawString(box.x, top - ASCENT * block.size, line)
            top -= block.size * LEADING


def _draw_notice(canvas: Canvas, notice: str, box: Box, largest: float) -> float:
    """The notice, white on black, at the bottom of the box; returns the height it takes."""
    padding = largest * 0.4
    size, lines = fit(printable(notice), BOLD, box.width - 2 * padding, largest, SMALLEST_LINE, 2)
    height = len(lines) * size * LEADING + padding
    canvas.rect(box.x, box.y, box.width, height, stroke=0, fill=1)
    canvas.saveState()
    canvas.setFillGray(1)
    canvas.setFont(BOLD, size)
    for row, line in enumerate(lines):
        canvas.drawString(box.x + padding, box.y + height - padding / 2 - (row * LEADING + ASCENT) * size, line)
    canvas.restoreState()
    return height + padding


def _set_texts(label: Label, arrangement: Arrangement, width: float, height: float) -> list[_Block]:
    """The texts at the largest sizes at which all stand within the height; else the last lines give way."""
    for scale in (1, 0.93, 0.86, 0.8, 0.74, 0.68, 0.62):
        blocks = _blocks(label, arrangement, width, scale)
        if sum(block.height for block in blocks) <= height:
            return blocks
    while len(blocks) > 1 and sum(block.height for block in blocks) > height:
        blocks.pop()
    last = blocks[-1]
    cut = shorten(f"{last.lines[-1]} {ELLIPSIS}", last.font, last.size, width)
    blocks[-1] = _Block(last.font, last.size, (*last.lines[:-1], cut), last.gap)
    return blocks


def _blocks(label: Label, arrangement: Arrangement, width: float, scale: float) -> list[_Block]:
    """Every text of the label, set within the width at `scale` times the sizes wanted."""
    quantity, title, line = (
        size * scale for size in (arrangement.quantity_size, arrangement.title_size, arrangement.line_size)
    )
    least = SMALLEST_LINE
    wanted = [
        (label.quantity, BOLD, quantity, SMALLEST_QUANTITY, 1, 0.0),
        (label.title, REGULAR, title, max(least, 0.6 * title), 2, 0.1 * title),
        (label.partner_code or "", BOLD, line, max(least, 0.6 * line), 1, 0.5 * line),
    ]
    for row, text in enumerate(label.lines):
        gap = 0.0 if row or label.partner_code else 0.5 * line
        wanted.append((text, REGULAR, line, max(least, 0.8 * line), 1, gap))
    blocks = []
    for text, font, largest, smallest, max_lines, gap in wanted:
        if shown := printable(text):
            size, lines = fit(shown, font, width, largest, smallest, max_lines)
            blocks.append(_Block(font, size, tuple(lines), gap))
    return blocks
