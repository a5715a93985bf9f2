"""What stands on one label, and the refusal of a label that could not be read."""

from dataclasses import dataclass


class LabelError(ValueError):
    """A label that cannot be printed so that a reader gets it back; the message says what to do."""


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
