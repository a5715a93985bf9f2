"""Texts that never leave their box: they shrink, wrap, and as a last resort end in an ellipsis."""

import unicodedata
from functools import cache, lru_cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "Vera", "VeraBd"

# Bitstream Vera's metrics, in parts of its size; ASCENT includes the accent of a capital (É).
CAP_HEIGHT, ASCENT, LEADING = 0.73, 0.95, 1.2
# How far its J hangs below the line, the only capital that does but for the Q's small tail.
TAIL = 0.2

ELLIPSIS = "…"

# French numbers use a narrow space that Vera lacks; the others come from pasted partners' texts.
_STAND_INS = str.maketrans({"\u202f": "\u00a0", "\u2009": "\u00a0", "\u2010": "-", "\u2011": "-"})


@cache
def _font(name: str) -> TTFont:
    """The font, embedded in the PDF so that a label looks the same on every printer."""
    font = TTFont(name, f"{name}.ttf")
    pdfmetrics.registerFont(font)
    return font


def load_fonts() -> None:
    """Make both fonts known to reportlab."""
    _font(REGULAR)
    _font(BOLD)


@lru_cache(maxsize=4096)
def printable(text: str) -> str:
    """`text` on one line, in characters the font has: a letter it lacks loses its accent or becomes "?"."""
    glyphs = _font(REGULAR).face.charToGlyph
    text = unicodedata.normalize("NFC", text.translate(_STAND_INS))
    letters = []
    for letter in text:
        if unicodedata.category(letter).startswith("C"):
            letters.append(" ")
        elif ord(letter) in glyphs:
            letters.append(letter)
        else:
            parts = unicodedata.normalize("NFKD", letter)
            letters.append("".join(part for part in parts if ord(part) in glyphs) or "?")
    return "".join(letters).strip()


@lru_cache(maxsize=16384)
def unit_width(text: str, font: str) -> float:
    """The text's width at size 1."""
    return float(pdfmetrics.stringWidth(text, font, 1))


def shorten(text: str, font: str, size: float, width: float) -> str:
    """`text` cut to `width` points, with an ellipsis where something is missing."""
    if unit_width(text, font) * size <= width:
        return text
    kept = text
    while kept and unit_width(kept + ELLIPSIS, font) * size > width:
        kept = kept[:-1].rstrip()
    return kept + ELLIPSIS


def wrap(text: str, font: str, size: float, width: float) -> list[str]:
    """`text` broken at its spaces into lines of at most `width` points; a longer word stands alone."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and unit_width(longer, font) * size <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def fit(
    text: str, font: str, width: float, largest: float, smallest: float, max_lines: int = 1
) -> tuple[float, list[str]]:
    """The size and the lines at which `text` stands within `width` points; two lines spare it small print."""
    on_one_line = width / max(unit_width(text, font), 0.01)
    if on_one_line >= (largest * 0.75 if max_lines > 1 else smallest):
        return min(largest, on_one_line), [text]
    size = largest
    while size > smallest and max_lines > 1:
        lines = wrap(text, font, size, width)
        if len(lines) <= max_lines and all(unit_width(line, font) * size <= width for line in lines):
            return size, lines
        size *= 0.94
    lines = wrap(text, font, smallest, width) if max_lines > 1 else [text]
    kept = [*lines[: max_lines - 1], " ".join(lines[max_lines - 1 :])]
    return smallest, [shorten(line, font, smallest, width) for line in kept if line]
