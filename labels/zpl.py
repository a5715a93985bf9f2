"""Labels in ZPL II, the language of label printers: the printer draws the QR and the letters itself, at once and sharp.

What is told holds for every printer: nothing about its speed, heat or cutter, which its own set-up knows.
Source: Zebra's ZPL II programming guide.
"""

from collections.abc import Callable, Iterator, Sequence

from labels import qr
from labels.blocks import Block, set_code, set_notice, set_texts
from labels.formats import MOST_DOTS_A_MODULE, SHIFT_DOTS, Box, Printer
from labels.label import AnyLabel
from labels.sheet import check
from labels.typesetting import BOLD, CAP_HEIGHT, LEADING, load_fonts

MIMETYPE = "application/vnd.zebra-zpl"

#: The printer's own letters (font 0, a condensed bold) are narrower than those we measure by: what fits, fits there.
_FONTS = (BOLD, BOLD)

# `^` and `~` begin a command and `_` a hexadecimal byte. Letters beyond ASCII go as their UTF-8 bytes, so that no
# spooler on the way can spoil them.
_COMMANDS = frozenset("^~_")


def render_zpl(labels: Sequence[AnyLabel], printer: Printer, progress: Callable[[int], None] | None = None) -> bytes:
    """The labels as one job of a label printer, in order, in plain ASCII; each is a format of its own.

    `progress` hears, after each label, how many are done so far. Raises LabelError as `render`.
    """
    load_fonts()
    check(labels)
    for label in labels:
        qr.version_for(label.url)
    job: list[str] = []
    for number, label in enumerate(labels, 1):
        job += _label(label, printer)
        if progress:
            progress(number)
    return ("\n".join(job) + "\n").encode("ascii")


def _label(label: AnyLabel, printer: Printer) -> Iterator[str]:
    """One label from ^XA to ^XZ."""
    width, height = printer.format.label
    yield "^XA"
    yield "^CI28"  # texts are UTF-8
    yield f"^PW{printer.dots(width)}"
    yield f"^LL{printer.dots(height)}"
    yield "^LH0,0"
    yield from _code(label, printer)
    yield _qr(label.url, printer)
    yield from _texts(label, printer)
    yield "^PQ1"
    yield "^XZ"


def _code(label: AnyLabel, printer: Printer) -> Iterator[str]:
    """The readable code; on a container's label white on a black band."""
    arrangement = printer.format.arrangement
    if label.reverse:
        yield _band(arrangement.code, printer)
    code, box = set_code(label, arrangement)
    # A field begins at the top of its capitals.
    top = box.y + box.height / 2 + code.size * CAP_HEIGHT / 2
    yield _text(code, box, top, printer, reverse=label.reverse)


def _qr(content: str, printer: Printer) -> str:
    """The QR code, drawn by the printer: model 2, level H, data as it comes ("A").

    Many printers draw it 10 dots lower than told; its quiet zone is free either way.
    """
    box = printer.format.arrangement.qr
    modules = qr.side_modules(qr.version_for(content))
    room = printer.dots(min(box.width, box.height)) - SHIFT_DOTS
    magnification = min(MOST_DOTS_A_MODULE, room // (modules + 2 * qr.QUIET_MODULES))
    left = printer.dots(box.x + box.width / 2) - modules * magnification // 2
    top = _down(box.y + box.height, printer) + qr.QUIET_MODULES * magnification
    return f"^FO{left},{top}^BQN,2,{magnification}^FDHA,{content}^FS"


def _texts(label: AnyLabel, printer: Printer) -> Iterator[str]:
    """The texts from the top of their box, the notice in reverse at its bottom."""
    arrangement = printer.format.arrangement
    box, floor = arrangement.texts, 0.0
    if label.notice:
        notice = set_notice(label.notice, box.width, arrangement.line_size)
        floor = notice.height + notice.padding
        band = Box(box.x, box.y, box.width, notice.height)
        yield _band(band, printer)
        inside = Box(box.x + notice.padding, box.y, box.width - 2 * notice.padding, notice.height)
        top = box.y + notice.height - notice.padding
        yield _text(Block(BOLD, notice.size, notice.lines, 0.0), inside, top, printer, reverse=True)
    top = box.y + box.height
    for block in set_texts(label, arrangement, box.width, box.height - floor, _FONTS):
        top -= block.gap
        yield _text(block, box, top, printer)
        top -= len(block.lines) * block.size * LEADING


def _text(block: Block, box: Box, top: float, printer: Printer, *, reverse: bool = False) -> str:
    """A field of as many lines as the block, broken by the printer itself, its first letters' top at `top` points."""
    height = int(block.size * printer.dpi / 72)  # never wider than measured
    leading = printer.dots(block.size * (LEADING - 1))
    field = f"^FO{printer.dots(box.x)},{_down(top, printer)}" + ("^FR" if reverse else "")
    width = printer.dots(box.width)
    return f"{field}^A0N,{height}^FB{width},{len(block.lines)},{leading},L,0^FH^FD{_data(' '.join(block.lines))}^FS"


def _band(box: Box, printer: Printer) -> str:
    """A black band: a frame as thick as it is high."""
    width, height = printer.dots(box.width), printer.dots(box.height)
    return f"^FO{printer.dots(box.x)},{_down(box.y + box.height, printer)}^GB{width},{height},{height}^FS"


def _down(y: float, printer: Printer) -> int:
    """Dots from the label's top to `y` points from its bottom."""
    return printer.dots(printer.format.label[1]) - printer.dots(y)


def _data(text: str) -> str:
    """The text as data that can never be a command, whatever a partner typed."""
    # In a block of lines a backslash begins a command too, and printers differ in how to write a plain one.
    plain = text.replace("\u00a0", " ").replace("\\", "/")
    return "".join(
        letter if letter.isascii() and letter not in _COMMANDS else "".join(f"_{byte:02X}" for byte in letter.encode())
        for letter in plain
    )
