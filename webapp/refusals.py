"""Refusals for people and programs: one table of refusal → HTTP status, and their texts in the reader's language."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bottletrack.access import Permission
from bottletrack.errors import (
    BadInput,
    Conflict,
    NotAllowed,
    NotFound,
    Refusal,
    Stopped,
    WrongQuantity,
    WrongStep,
)
from webapp.languages import gettext, number
from webapp.words import WORDS, word

STATUS: dict[type[Refusal], int] = {
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    WrongStep: 409,
    WrongQuantity: 409,
    Stopped: 409,
    BadInput: 422,
}


@dataclass(frozen=True)
class Explanation:
    """A refusal in the reader's language: what was refused, what to do now, and the input it is about, if any."""

    what: str
    remedy: str
    field: str | None


def status_of(refusal: Refusal) -> int:
    """The HTTP status that answers this refusal, in HTML and JSON alike."""
    return next(status for kind, status in STATUS.items() if isinstance(refusal, kind))


def explain(refusal: Refusal) -> Explanation:
    """Translates the refusal's templates, then fills in its values, those of the vocabulary in words."""
    values = {name: _shown(name, value) for name, value in refusal.values.items()}
    what, remedy = (gettext(template) % values if template else "" for template in (refusal.what, refusal.remedy))
    return Explanation(what, remedy, refusal.field)


def _shown(name: str, value: object) -> object:
    if name == "permission":
        return word(Permission(str(value)))
    if isinstance(value, StrEnum) and type(value) in WORDS:
        return word(value)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return number(value, 4)
    return value
