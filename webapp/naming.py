"""What models, defects, colors and quantities are called in the reader's language."""

from typing import Protocol

from webapp.languages import N_, current_language, gettext, ngettext, number


class TwoNames(Protocol):
    """A bottle model or a defect."""

    @property
    def name_fr(self) -> str: ...
    @property
    def name_en(self) -> str: ...


#: The reference data name colors in French: an English word, and the sprite's class for a silhouette of that glass.
_COLORS = {
    "feuille morte": (N_("dead-leaf green"), "dead-leaf"),
    "vert": (N_("green"), "green"),
    "vert antique": (N_("antique green"), "green"),
    "blanc": (N_("clear"), "white"),
    "ambre": (N_("amber"), "amber"),
    "brun": (N_("brown"), "amber"),
}


def name_of(thing: TwoNames) -> str:
    """The name in the language of this answer; in one that it has no name in, French: colleagues say it so."""
    return thing.name_en if current_language() == "en" else thing.name_fr


def color_word(color: str) -> str:
    """The color in words; one that is not known stays as it was written."""
    return gettext(_COLORS[color][0]) if color in _COLORS else color


def glass_of(color: str) -> str:
    """The class of a silhouette in that color; empty for an unknown one."""
    return _COLORS[color][1] if color in _COLORS else ""


def in_bottles(quantity: int) -> str:
    """So many bottles, as this language writes it."""
    return ngettext("%(number)s bottle", "%(number)s bottles", quantity) % {"number": number(quantity)}
