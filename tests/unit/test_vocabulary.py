"""The plant's words fit where they are stored, and one word means one thing."""

from enum import StrEnum

import pytest

from bottletrack import errors, vocabulary
from bottletrack.errors import Refusal
from bottletrack.vocabulary import SITE_PLACES, PlaceKind

ENUMS = [
    value
    for value in vars(vocabulary).values()
    if isinstance(value, type) and issubclass(value, StrEnum) and value is not StrEnum
]


@pytest.mark.parametrize("enum", ENUMS)
def test_words_fit_their_column(enum: type[StrEnum]) -> None:
    assert all(0 < len(word.value) <= 32 for word in enum)
    # S-1 to S-4 are the standard's own names.
    assert all(word.value.replace("S-", "S").isidentifier() for word in enum)


def test_only_sources_may_run_negative() -> None:
    assert {kind for kind in PlaceKind if kind.is_source} == {PlaceKind.COLLECTION_POINT, PlaceKind.COUNT_OVER}
    assert set(SITE_PLACES).isdisjoint(
        {PlaceKind.LOT, PlaceKind.WASH_RUN, PlaceKind.ORDER_LINE, PlaceKind.COLLECTION_POINT}
    )


def test_each_refusal_has_a_word_of_its_own() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Refusal)]
    assert len({kind.code for kind in kinds}) == len(kinds) == 8


def test_a_refusal_says_what_and_what_to_do() -> None:
    refusal = errors.WrongQuantity("There are %(free)s.", "Take %(free)s.", field="quantity", free=3)
    assert str(refusal) == "There are 3. Take 3."
    assert (refusal.field, refusal.code) == ("quantity", "wrong_quantity")
    assert str(errors.BadInput("Choose one.")) == "Choose one."
