"""A label's texts, set: at which sizes all stand within their boxes, and which give way."""

from dataclasses import dataclass

from labels.formats import Arrangement, Box
from labels.label import AnyLabel, Rank
from labels.typesetting import BOLD, CAP_HEIGHT, ELLIPSIS, LEADING, REGULAR, TAIL, fit, printable, shorten, unit_width

SMALLEST_LINE = 5.5  # points; below it a label is no longer read
SMALLEST_HEADLINE = 4  # never cut short: it shrinks further


@dataclass(frozen=True)
class Block:
    """Lines of one text, set: at `size` points, `gap` points below what stands above."""

    font: str
    size: float
    lines: tuple[str, ...]
    gap: float

    @property
    def height(self) -> float:
        return self.gap + len(self.lines) * self.size * LEADING


@dataclass(frozen=True)
class Notice:
    """Lines at `size` points, in reverse on a band of `height`, `padding` points from its edges."""

    size: float
    lines: tuple[str, ...]
    height: float
    padding: float


def set_code(label: AnyLabel, arrangement: Arrangement) -> tuple[Block, Box]:
    """The readable code, as large as can be, on one line or broken after its hyphen; and the box it fills.

    In reverse, the band is the arrangement's box, and the letters stand well inside it.
    """
    text, box, largest = printable(label.code), arrangement.code, arrangement.code_size
    head, hyphen, tail = text.partition("-")
    lines = [head + hyphen, tail] if arrangement.code_lines == 2 and tail else [text]
    if label.reverse:
        aside, above = 0.03 * box.width, 0.03 * box.height
        box = Box(box.x + aside, box.y + above, box.width - 2 * aside, box.height - 2 * above)
        largest = min(largest, box.height / arrangement.code_lines / (CAP_HEIGHT + TAIL))
    size = min(largest, *(box.width / unit_width(line, BOLD) for line in lines))
    if size < SMALLEST_LINE:
        size, lines = SMALLEST_LINE, [shorten(line, BOLD, SMALLEST_LINE, box.width) for line in lines]
    return Block(BOLD, size, tuple(lines), 0.0), box


def set_notice(text: str, width: float, largest: float) -> Notice:
    """The notice on at most two lines of `width` points, at `largest` points or smaller."""
    padding = largest * 0.4
    size, lines = fit(printable(text), BOLD, width - 2 * padding, largest, SMALLEST_LINE, 2)
    return Notice(size, tuple(lines), len(lines) * size * LEADING + padding, padding)


def set_texts(
    label: AnyLabel, arrangement: Arrangement, width: float, height: float, fonts: tuple[str, str] = (REGULAR, BOLD)
) -> list[Block]:
    """The texts at the largest sizes at which all stand within the height; else the last lines give way.

    `width` and `height` in points; `fonts` are those whose widths count, for plain and for strong texts.
    """
    for scale in (1, 0.93, 0.86, 0.8, 0.74, 0.68, 0.62):
        blocks = _blocks(label, arrangement, width, scale, fonts)
        if sum(block.height for block in blocks) <= height:
            return blocks
    while len(blocks) > 1 and sum(block.height for block in blocks) > height:
        blocks.pop()
    last = blocks[-1]
    cut = shorten(f"{last.lines[-1]} {ELLIPSIS}", last.font, last.size, width)
    blocks[-1] = Block(last.font, last.size, (*last.lines[:-1], cut), last.gap)
    return blocks


def _blocks(
    label: AnyLabel, arrangement: Arrangement, width: float, scale: float, fonts: tuple[str, str]
) -> list[Block]:
    """Every text of the label, set within the width at `scale` times the sizes wanted."""
    headline, title, line = (
        size * scale for size in (arrangement.headline_size, arrangement.title_size, arrangement.line_size)
    )
    regular, bold = fonts
    least = SMALLEST_LINE
    # Font, largest size, smallest size, lines at most, gap above.
    manner = {
        Rank.HEADLINE: (bold, headline, SMALLEST_HEADLINE, 1, 0.0),
        Rank.TITLE: (regular, title, max(least, 0.6 * title), 2, 0.1 * title),
        Rank.CODE: (bold, line, max(least, 0.6 * line), 1, 0.5 * line),
        Rank.LINE: (regular, line, max(least, 0.8 * line), 1, 0.5 * line),
    }
    blocks: list[Block] = []
    small = False
    for rank, text in label.texts:
        if not (shown := printable(text)):
            continue
        font, largest, smallest, max_lines, gap = manner[rank]
        size, lines = fit(shown, font, width, largest, smallest, max_lines)
        # The small print stands together, below one gap.
        blocks.append(Block(font, size, tuple(lines), 0.0 if small else gap))
        small = rank in (Rank.CODE, Rank.LINE)
    return blocks
