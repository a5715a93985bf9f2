"""Cards that are cut out and kept: a command to scan in place of a menu, and a person's badge."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from labels.formats import LETTER_GAP, QUIET_SHARE, Box, Grid
from labels.label import LabelError
from labels.pictogram import draw_pictogram
from labels.press import Press, press
from labels.sheet import draw_notice
from labels.typesetting import ASCENT, BOLD, LEADING, REGULAR, fit, printable

#: A badge hangs dry at a person's neck and is held close: its code may be finer, so that its token can be long.
BADGE_VERSION = 6
#: Command cards are as large as a hand: the names of all steps fit behind any address that labels can hold.
CARD_VERSION = 4

_A4, _A6 = (210 * mm, 297 * mm), (105 * mm, 148 * mm)
#: Papers for command cards: singly, or four to cut.
CARD_FORMATS: MappingProxyType[str, Grid] = MappingProxyType(
    {"a6": Grid("a6", _A6, 1, 1, _A6, 0), "a4-4": Grid("a4-4", _A4, 2, 2, _A6, 0)}
)
#: Badges of a bank card's size (ISO/IEC 7810 ID-1), ten to cut.
BADGE_FORMAT = Grid("a4-10", _A4, 2, 5, (85.6 * mm, 54 * mm), 0)

# On a command card, from above.
CARD_PICTOGRAM = Box(7 * mm, 104 * mm, 91 * mm, 37 * mm)
CARD_WORD = Box(7 * mm, 78 * mm, 91 * mm, 24 * mm)
CARD_QR = Box(17 * mm, 5 * mm, 71 * mm, 71 * mm)

BADGE_QR = Box(3 * mm, 4 * mm, 46 * mm, 46 * mm)
_BADGE_LEFT, _BADGE_INSET = BADGE_QR.x + BADGE_QR.width + LETTER_GAP, BADGE_QR.width * QUIET_SHARE
BADGE_TEXTS = Box(
    _BADGE_LEFT,
    BADGE_QR.y + _BADGE_INSET,
    BADGE_FORMAT.label[0] - 4 * mm - _BADGE_LEFT,
    BADGE_QR.height - 2 * _BADGE_INSET,
)


@dataclass(frozen=True)
class CommandCard:
    """A command to scan: `url` as on a label but up to 50 characters, `pictogram` an SVG as text.

    `word` comes as it is to be printed.
    """

    url: str
    word: str
    pictogram: str


@dataclass(frozen=True)
class Badge:
    """A person's badge: `url` as on a label but up to 84 characters; texts as they are to be printed.

    `notice` says in reverse what must not be overlooked ("Données de démonstration").
    """

    url: str
    name: str
    site: str
    notice: str | None = None


def render_cards(cards: Sequence[CommandCard], format: Grid, progress: Callable[[int], None] | None = None) -> bytes:
    """The command cards as a PDF on one of `CARD_FORMATS`; the same cards always give the same bytes.

    `progress` hears, after each card, how many are drawn so far. Raises LabelError where there is nothing to print, a
    QR code cannot hold its address, or a pictogram cannot be drawn.
    """
    if not cards:
        raise LabelError("There is no card to print: choose at least one command.")

    def draw(sheet: Press, card: CommandCard) -> None:
        _draw_cut(sheet.canvas, format)
        draw_pictogram(sheet.canvas, card.pictogram, CARD_PICTOGRAM)
        _draw_word(sheet.canvas, card.word)
        sheet.draw_qr(card.url, CARD_QR)

    title = _title([card.word for card in cards])
    return press(cards, format, draw, title=title, largest=CARD_VERSION, progress=progress)


def render_badges(badges: Sequence[Badge], progress: Callable[[int], None] | None = None) -> bytes:
    """The badges as a PDF, ten on an A4 sheet; the same badges always give the same bytes.

    `progress` hears, after each badge, how many are drawn so far. Raises LabelError where there is nothing to print or
    a QR code cannot hold its address.
    """
    if not badges:
        raise LabelError("There is no badge to print: choose at least one person.")

    def draw(sheet: Press, badge: Badge) -> None:
        _draw_cut(sheet.canvas, BADGE_FORMAT)
        sheet.draw_qr(badge.url, BADGE_QR)
        _draw_person(sheet.canvas, badge)

    title = _title([badge.name for badge in badges])
    return press(badges, BADGE_FORMAT, draw, title=title, largest=BADGE_VERSION, progress=progress)


def _title(texts: Sequence[str]) -> str:
    """The document's title: what stands on its first and last cards."""
    return texts[0] if texts[0] == texts[-1] else f"{texts[0]} – {texts[-1]}"


def _draw_cut(canvas: Canvas, format: Grid) -> None:
    """A hair line to cut along, where a page has several cards."""
    if format.per_page == 1:
        return
    canvas.saveState()
    canvas.setStrokeGray(0.6)
    canvas.setLineWidth(0.3)
    canvas.rect(0, 0, *format.label)
    canvas.restoreState()


def _draw_word(canvas: Canvas, word: str) -> None:
    """The command's word, in the middle of its box."""
    box = CARD_WORD
    size, lines = fit(printable(word), BOLD, box.width, 34, 14, 2)
    canvas.setFont(BOLD, size)
    top = box.y + (box.height + len(lines) * size * LEADING) / 2
    for row, line in enumerate(lines):
        canvas.drawCentredString(box.x + box.width / 2, top - (row * LEADING + ASCENT) * size, line)


def _draw_person(canvas: Canvas, badge: Badge) -> None:
    """Name and site from the top of their box, the notice at its bottom."""
    box = BADGE_TEXTS
    top = box.y + box.height
    for text, font, largest, smallest, gap in (
        (badge.name, BOLD, 15, 7, 0.0),
        (badge.site, REGULAR, 11, 6, 2 * mm),
    ):
        size, lines = fit(printable(text), font, box.width, largest, smallest, 2)
        canvas.setFont(font, size)
        top -= gap
        for line in lines:
            canvas.drawString(box.x, top - ASCENT * size, line)
            top -= size * LEADING
    if badge.notice:
        draw_notice(canvas, badge.notice, box, 9)
