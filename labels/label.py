"""What stands on a lot's label and on a container's, and the refusal of one that could not be read."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import ClassVar


class LabelError(ValueError):
    """Something that cannot be printed so that a reader gets it back; the message says what to do."""


class Rank(Enum):
    """How much room a text of a label may claim."""

    HEADLINE = auto()  # never cut short: a quantity cut short would be another quantity
    TITLE = auto()
    CODE = auto()
    LINE = auto()


@dataclass(frozen=True)
class Label:
    """One lot's label; every text comes as it is to be printed, already translated.

    `code` is the lot's code as people read it ("7K3M-29QX", check character included), `url` what the
    QR code holds: at most 35 characters of 0-9, A-Z, space and $ % * + - . / :, uppercase.
    `lines` are short facts (stage, owner, date), the most important first: the last give way where
    room is short.
    `notice` is printed in reverse, such as "Données de démonstration".
    """

    code: str
    url: str
    title: str
    quantity: str
    lines: tuple[str, ...] = ()
    partner_code: str | None = None
    notice: str | None = None

    #: Its code is black on white.
    reverse: ClassVar[bool] = False

    @property
    def texts(self) -> tuple[tuple[Rank, str], ...]:
        """What stands beside the code, from the top."""
        named = ((Rank.HEADLINE, self.quantity), (Rank.TITLE, self.title), (Rank.CODE, self.partner_code or ""))
        return (*named, *((Rank.LINE, line) for line in self.lines))


@dataclass(frozen=True)
class ContainerLabel:
    """The lasting label of a crate, palox or pallet that comes back; texts, `code` and `url` as on a `Label`.

    Its code stands white on black: nobody, whatever they read, takes the crate's label for the lot's in it.
    `kind` says what it is ("Palox"), `lines` where it belongs and what it holds.
    """

    code: str
    url: str
    kind: str
    lines: tuple[str, ...] = ()
    notice: str | None = None

    reverse: ClassVar[bool] = True

    @property
    def texts(self) -> tuple[tuple[Rank, str], ...]:
        """What stands beside the code, from the top."""
        return ((Rank.HEADLINE, self.kind), *((Rank.LINE, line) for line in self.lines))


AnyLabel = Label | ContainerLabel
