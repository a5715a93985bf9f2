"""Badges and command cards on paper: what stands on one, and the address that its QR code holds."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from bottletrack.badges import BadgeOnFile, token_of
from labels import CARD_FORMATS, Badge, CommandCard, render_badges, render_cards
from webapp.config import secret_of, settings_of
from webapp.languages import N_, gettext, paper_language
from webapp.signed_in import current_person

_PICTOGRAMS = Path(__file__).parent / "static" / "pictograms.svg"


@dataclass(frozen=True)
class Command:
    """A command card. `word`: English, marked with `N_()`; `sign`: the name of its pictogram."""

    word: str
    sign: str


#: All that the station obeys (station/src/commands.ts), by what a card's code says; a test holds the two together.
COMMANDS = {
    "UNDO": Command(N_("Undo"), "return"),
    "HOLD": Command(N_("Put on hold"), "hold"),
    "YES": Command(N_("Yes"), "check"),
    "NO": Command(N_("No"), "cross"),
    "MANY": Command(N_("Many"), "stock"),
    "NEXT": Command(N_("Next"), "start"),
    "STEP-COLLECT": Command(N_("Collect"), "collection"),
    "STEP-COUNT": Command(N_("Count at reception"), "count-difference"),
    "STEP-SORT": Command(N_("Sort"), "sorting"),
    "STEP-PRESOAK": Command(N_("Into the bath"), "soaking"),
    "STEP-END-PRESOAK": Command(N_("Out of the bath"), "soaking"),
    "STEP-LOAD": Command(N_("Load the washer"), "infeed"),
    "STEP-OUTPUT": Command(N_("Off the washer"), "exit"),
    "STEP-PACK": Command(N_("Pack"), "packing"),
    "STEP-DELIVER": Command(N_("Deliver"), "dispatch"),
    "STEP-BREAK": Command(N_("Broken"), "broken"),
    "STEP-TAKE-STOCK": Command(N_("Count the stock"), "stocktake"),
    "STEP-CLEAN": Command(N_("Clean crates"), "clean"),
}


def badge_address(badge_id: int) -> str:
    """What the QR of this badge holds; in capitals it makes a smaller code."""
    settings = settings_of()
    return f"{settings.label_url}/B/{token_of(badge_id, secret_of(settings))}".upper()


@paper_language()
def print_badge(badge: BadgeOnFile) -> bytes:
    """The badge as a PDF, printed by somebody of its territory."""
    printer = current_person()
    card = Badge(
        badge_address(badge.id),
        badge.person_name,
        badge.site_name or printer.territory_name,
        gettext("Demonstration data") if printer.demonstration else None,
    )
    return render_badges([card])


@paper_language()
def draw_cards(names: Iterable[str]) -> list[CommandCard]:
    """The cards of these `COMMANDS`."""
    address = settings_of().label_url.upper()
    return [
        CommandCard(f"{address}/X/{name}", gettext(COMMANDS[name].word), _pictograms()[COMMANDS[name].sign])
        for name in names
    ]


def press_cards(cards: Sequence[CommandCard], paper: str, progress: Callable[[int], None] | None = None) -> bytes:
    """The cards as a PDF on one of `labels.CARD_FORMATS`; `progress` hears how many are drawn so far."""
    return render_cards(cards, CARD_FORMATS[paper], progress)


@cache
def _pictograms() -> dict[str, str]:
    """All our pictograms as SVG, by name."""
    sprite = ElementTree.fromstring(_PICTOGRAMS.read_text(encoding="utf-8"))  # noqa: S314 - our own file
    symbols = {symbol.get("id", ""): symbol for symbol in sprite}
    return {name: ElementTree.tostring(symbol, encoding="unicode") for name, symbol in symbols.items()}
