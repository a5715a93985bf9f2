"""Reading forms: text as people type it, numbers, days and choices; anything else is refused in plain words."""

from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from flask import request

from bottletrack.errors import BadInput

Choice = TypeVar("Choice", bound=StrEnum)
#: Far above any count of bottles, and well within the database's integers.
_MOST_DIGITS = 9


def text(name: str, *, most: int = 500) -> str:
    """The field without surrounding blanks; empty when it is not there. Raises BadInput beyond `most` characters."""
    value = request.form.get(name, "").strip()
    if len(value) > most:
        raise BadInput("This is too long.", "Write at most %(most)s characters.", field=name, most=most)
    return value


def required_text(name: str, *, most: int = 500) -> str:
    """As `text`, and raises BadInput when it is empty."""
    value = text(name, most=most)
    if not value:
        raise BadInput("Something is missing.", "Fill in this field.", field=name)
    return value


def whole_number(name: str) -> int | None:
    """A number of things, not negative; None when left empty. Blanks between thousands are read over."""
    digits = "".join(text(name, most=40).split())
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS):
        raise BadInput("“%(text)s” is not a whole number.", "Write digits only, such as 120.", field=name, text=digits)
    return int(digits)


def bottles(name: str, *, crate_size: int = 12) -> int | None:
    """What a quantity field counted, in bottles: full crates and loose ones. None when both are empty."""
    crates, loose = whole_number(f"{name}_crates"), whole_number(f"{name}_loose")
    if crates is None and loose is None:
        return None
    return (crates or 0) * crate_size + (loose or 0)


def required_bottles(name: str, *, crate_size: int = 12) -> int:
    """As `bottles`, and raises BadInput when nothing was counted."""
    counted = bottles(name, crate_size=crate_size)
    if counted is None:
        raise BadInput("No quantity was entered.", "Count the full crates and the loose bottles.", field=name)
    return counted


def decimal(name: str) -> Decimal | None:
    """A measured value, with a comma or a point; None when left empty."""
    value = text(name, most=40)
    if not value:
        return None
    try:
        read = Decimal("".join(value.split()).replace(",", "."))
    except InvalidOperation:
        read = Decimal("NaN")
    if not read.is_finite():
        raise BadInput("“%(text)s” is not a number.", "Write a number such as 12.5.", field=name, text=value)
    return read


def a_day(name: str) -> date | None:
    """A day as the browser sends it (`2026-03-12`); None when left empty."""
    value = text(name, most=40)
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadInput("“%(text)s” is not a day.", "Choose a day.", field=name, text=value) from None


def choice(name: str, options: type[Choice]) -> Choice:
    """One word of the plant's. Raises BadInput when none, or another, was chosen."""
    try:
        return options(request.form.get(name, ""))
    except ValueError:
        raise BadInput("Nothing was chosen.", "Choose one of the possibilities.", field=name) from None


def choices(name: str, options: type[Choice]) -> frozenset[Choice]:
    """Any number of words of the plant's. Raises BadInput for one that is not of them."""
    try:
        return frozenset(options(value) for value in request.form.getlist(name))
    except ValueError:
        raise BadInput("Nothing was chosen.", "Choose one of the possibilities.", field=name) from None
