"""Draws labels onto the pages of a format, as one PDF."""

from collections.abc import Callable, Sequence

from reportlab.pdfgen.canvas import Canvas

from labels.blocks import set_code, set_notice, set_texts
from labels.formats import Arrangement, Box, Format
from labels.label import AnyLabel, LabelError
from labels.press import Press, press
from labels.typesetting import ASCENT, BOLD, CAP_HEIGHT, LEADING, TAIL, printable


def render(labels: Sequence[AnyLabel], format: Format, progress: Callable[[int], None] | None = None) -> bytes:
    """The labels as a PDF, in order, row by row; the same labels always give the same bytes.

    `progress` hears, after each label, how many are drawn so far. Raises LabelError where there is
    nothing to print or a QR code cannot hold its address; nothing is printed then.
    """
    check(labels)

    def draw(sheet: Press, label: AnyLabel) -> None:
        _draw_code(sheet.canvas, label, format.arrangement)
        sheet.draw_qr(label.url, format.arrangement.qr)
        _draw_texts(sheet.canvas, label, format.arrangement)

    return press(labels, format, draw, title=_title(labels), progress=progress)


def check(labels: Sequence[AnyLabel]) -> None:
    """Refuse before the first page is drawn, not after a long job."""
    if not labels:
        raise LabelError("There is no label to print: choose at least one lot.")
    for label in labels:
        if not printable(label.code):
            raise LabelError(f"The label of {label.url} has no readable code: give it its lot's code.")


def _title(labels: Sequence[AnyLabel]) -> str:
    """The document's title: its first and last codes, in no language."""
    first, last = labels[0].code, labels[-1].code
    return first if first == last else f"{first} – {last}"


def _draw_code(canvas: Canvas, label: AnyLabel, arrangement: Arrangement) -> None:
    """The readable code; on a container's label white on a black band."""
    band = arrangement.code
    code, box = set_code(label, arrangement)
    line_height = box.height / arrangement.code_lines
    drop = 0.0
    canvas.saveState()
    if label.reverse:
        canvas.rect(band.x, band.y, band.width, band.height, stroke=0, fill=1)
        canvas.setFillGray(1)
        # In the band's middle, the tails of letters included: white on white they would be lost.
        drop = (line_height - code.size * (CAP_HEIGHT + TAIL)) / 2
    canvas.setFont(code.font, code.size)
    for row, line in enumerate(code.lines):
        canvas.drawString(box.x, box.y + box.height - row * line_height - drop - code.size * CAP_HEIGHT, line)
    canvas.restoreState()


def _draw_texts(canvas: Canvas, label: AnyLabel, arrangement: Arrangement) -> None:
    """The texts from the top of the box, the notice at its bottom."""
    box = arrangement.texts
    floor = draw_notice(canvas, label.notice, box, arrangement.line_size) if label.notice else 0.0
    top = box.y + box.height
    for block in set_texts(label, arrangement, box.width, box.height - floor):
        canvas.setFont(block.font, block.size)
        top -= block.gap
        for line in block.lines:
            canvas.drawString(box.x, top - ASCENT * block.size, line)
            top -= block.size * LEADING


def draw_notice(canvas: Canvas, text: str, box: Box, largest: float) -> float:
    """The notice, white on black, at the bottom of the box; returns the height it takes."""
    notice = set_notice(text, box.width, largest)
    canvas.rect(box.x, box.y, box.width, notice.height, stroke=0, fill=1)
    canvas.saveState()
    canvas.setFillGray(1)
    canvas.setFont(BOLD, notice.size)
    top = box.y + notice.height - notice.padding / 2
    for row, line in enumerate(notice.lines):
        canvas.drawString(box.x + notice.padding, top - (row * LEADING + ASCENT) * notice.size, line)
    canvas.restoreState()
    return notice.height + notice.padding
