"""A strict reader of ZPL II: knows only the commands our labels use, refuses everything else, and draws what it reads.

It stands in for a label printer: letters are drawn as bars as wide as a wider font would make them, the QR code by
the library of its inventor's standard, a given number of dots lower than told.
"""

import re
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from labels.qr import modules
from labels.typesetting import BOLD, load_fonts, unit_width, wrap


class ZplError(ValueError):
    """Not what a printer should be sent."""


@dataclass
class Field:
    """What one ^FO … ^FS prints."""

    x: int
    y: int
    reverse: bool = False
    letters: int = 0
    block: tuple[int, int, int] = (0, 0, 0)  # width, most lines, added leading
    band: tuple[int, int] = (0, 0)
    magnification: int = 0
    hexadecimal: bool = False
    data: str | None = None

    @property
    def lines(self) -> list[str]:
        """The text as the printer breaks it, if its letters were as wide as a bold Vera."""
        return wrap(self.data or "", BOLD, self.letters, self.block[0] + 1)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in dots."""
        if self.magnification:
            return (len(modules(self.data or "")) * self.magnification,) * 2
        if self.band != (0, 0):
            return self.band
        width = max(unit_width(line, BOLD) for line in self.lines) * self.letters
        # The last line's descenders are its own affair: they end above the cell's.
        return round(width), len(self.lines) * (self.letters + self.block[2]) - self.block[2]


@dataclass
class Paper:
    """One label, from ^XA to ^XZ."""

    width: int = 0
    height: int = 0
    copies: int = 0
    utf8: bool = False
    fields: list[Field] = field(default_factory=list)

    @property
    def qr(self) -> Field:
        (code,) = (field for field in self.fields if field.magnification)
        return code

    @property
    def texts(self) -> list[str]:
        return [field.data or "" for field in self.fields if field.letters]

    def draw(self, shift: int = 0) -> Image.Image:
        """The label as printed, the QR `shift` dots lower than told."""
        paper = Image.new("L", (self.width, self.height), 255)
        for one in self.fields:
            if one.magnification:
                _draw_qr(paper, one, shift)
                continue
            for x, y, width, height in _bars(one):
                ImageDraw.Draw(paper).rectangle((x, y, x + width - 1, y + height - 1), fill=255 if one.reverse else 0)
        return paper


def _bars(one: Field) -> list[tuple[int, int, int, int]]:
    """The bars that stand for a field's ink."""
    if one.band != (0, 0):
        return [(one.x, one.y, *one.band)]
    pitch = one.letters + one.block[2]
    return [
        (one.x, one.y + row * pitch, round(unit_width(line, BOLD) * one.letters), one.letters)
        for row, line in enumerate(one.lines)
    ]


def _draw_qr(paper: Image.Image, one: Field, shift: int) -> None:
    rows = modules(one.data or "")
    symbol = Image.new("L", (len(rows), len(rows)), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                symbol.putpixel((x, y), 0)
    paper.paste(symbol.resize(one.size, Image.Resampling.NEAREST), (one.x, one.y + shift))


_COMMAND = re.compile(r"\^([A-Z][A-Z0-9])([^^~]*)")


def read_zpl(job: bytes) -> list[Paper]:
    """The labels of a job; ZplError where a printer would be told anything but these labels."""
    load_fonts()
    text = job.decode("ascii").replace("\n", "")
    papers: list[Paper] = []
    paper: Paper | None = None
    one: Field | None = None
    at = 0
    while at < len(text):
        found = _COMMAND.match(text, at)
        if not found:
            raise ZplError(f"no command at {text[at : at + 20]!r}")
        at = found.end()
        name, told = found.groups()
        if name == "XA":
            if paper is not None or told:
                raise ZplError("a label begins within a label")
            paper = Paper()
        elif paper is None:
            raise ZplError(f"^{name} outside a label")
        elif name == "XZ":
            if one is not None or told:
                raise ZplError("a label ends within a field")
            papers.append(_checked(paper))
            paper = None
        elif name == "FO":
            if one is not None:
                raise ZplError("a field begins within a field")
            x, y = _numbers(told, 2)
            one = Field(x, y)
        elif name == "FS":
            if one is None or told:
                raise ZplError("^FS without a field")
            paper.fields.append(_closed(one))
            one = None
        elif one is None:
            _set_up(paper, name, told)
        else:
            _tell(one, name, told)
    if paper is not None:
        raise ZplError("a label without end")
    return papers


def _set_up(paper: Paper, name: str, told: str) -> None:
    match name, told:
        case "CI", "28":
            paper.utf8 = True
        case "PW", _:
            (paper.width,) = _numbers(told, 1)
        case "LL", _:
            (paper.height,) = _numbers(told, 1)
        case "LH", "0,0":
            pass
        case "PQ", _:
            (paper.copies,) = _numbers(told, 1)
        case _:
            raise ZplError(f"unknown outside a field: ^{name}{told}")


def _tell(one: Field, name: str, told: str) -> None:
    if one.data is not None:
        raise ZplError(f"^{name} after a field's data")
    match name, told:
        case "A0", _ if told.startswith("N,"):
            (one.letters,) = _numbers(told[2:], 1)
        case "FB", _ if told.endswith(",L,0"):
            width, lines, leading = _numbers(told[:-4], 3)
            one.block = width, lines, leading
        case "GB", _:
            width, height, thickness = _numbers(told, 3)
            if thickness < min(width, height):
                raise ZplError("a frame, not a band")
            one.band = width, height
        case "BQ", _ if told.startswith("N,2,"):
            (one.magnification,) = _numbers(told[4:], 1)
        case "FR", "":
            one.reverse = True
        case "FH", "":
            one.hexadecimal = True
        case "FD", _:
            one.data = told
        case _:
            raise ZplError(f"unknown in a field: ^{name}{told}")


def _numbers(told: str, count: int) -> list[int]:
    if not re.fullmatch(r"\d{1,5}(,\d{1,5})" + f"{{{count - 1}}}", told):
        raise ZplError(f"{count} numbers expected: {told!r}")
    return [int(number) for number in told.split(",")]


def _closed(one: Field) -> Field:
    """The field, once complete: one thing printed, its data as text."""
    if sum((bool(one.letters), bool(one.magnification), one.band != (0, 0))) != 1:
        raise ZplError("a field prints one thing")
    if (one.data is None) != (one.band != (0, 0)):
        raise ZplError("data where there is something to write, and only there")
    if one.magnification:
        if one.magnification > 10 or one.hexadecimal or not (one.data or "").startswith("HA,"):
            raise ZplError("a code of level H with modules of at most 10 dots")
        one.data = (one.data or "")[3:]
    elif one.data is not None:
        one.data = _text(one)
    return one


def _text(one: Field) -> str:
    """A field's data as printed."""
    told = one.data or ""
    if not one.hexadecimal or one.block[1] < 1 or "\\" in told:
        raise ZplError(f"a text that could be a command: {told!r}")
    if re.search(r"_(?![0-9A-F]{2})", told):
        raise ZplError(f"half a hexadecimal byte: {told!r}")
    plain = re.sub(r"_([0-9A-F]{2})", lambda byte: chr(int(byte[1], 16)), told).encode("latin-1")
    text = plain.decode("utf-8")
    if any(ord(letter) < 32 for letter in text):
        raise ZplError(f"a control character: {text!r}")
    return text


def _checked(paper: Paper) -> Paper:
    """The label, once complete: UTF-8, one copy, and everything on the paper."""
    if not paper.utf8 or paper.copies != 1:
        raise ZplError("a label is printed once, its texts are UTF-8")
    for one in paper.fields:
        width, height = one.size
        if one.x + width > paper.width or one.y + height > paper.height:
            raise ZplError(f"off the paper: {one}")
        if one.letters and len(one.lines) > one.block[1]:
            raise ZplError(f"lines upon one another: {one}")
    return paper
