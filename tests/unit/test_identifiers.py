"""Lot codes survive dirt and typing: a misread character is refused, never taken for another lot."""

import random
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from bottletrack.errors import BadInput
from bottletrack.identifiers import (
    ALPHABET,
    looks_like_lot_code,
    new_event_id,
    new_lot_code,
    read_lot_code,
    show_code,
)

codes = st.lists(st.sampled_from(ALPHABET), min_size=7, max_size=7).map(
    lambda body: new_lot_code(pick=lambda _: body.pop())
)


@given(codes)
def test_a_code_is_read_as_it_is_printed(code: str) -> None:
    assert len(code) == 8
    assert set(code) <= set(ALPHABET)
    for typed in (code, show_code(code), code.lower(), f" {show_code(code).lower()} ", " ".join(code)):
        assert read_lot_code(typed) == code


@given(codes)
def test_every_misreading_of_one_character_is_refused(code: str) -> None:
    for place, right in enumerate(code):
        for wrong in ALPHABET.replace(right, ""):
            misread = code[:place] + wrong + code[place + 1 :]
            with pytest.raises(BadInput):
                read_lot_code(misread)


def test_two_neighbors_swapped_are_mostly_refused() -> None:
    pick = random.Random(7).choice
    swapped = []
    for _ in range(500):
        code = new_lot_code(pick)
        pairs = [(place, code[place], code[place + 1]) for place in range(7) if code[place] != code[place + 1]]
        swapped += [code[:place] + second + first + code[place + 2 :] for place, first, second in pairs]
    refused = sum(not mod_37_36.is_valid(code, ALPHABET) for code in swapped)
    assert refused / len(swapped) > 0.95


def test_look_alikes_are_read_as_what_is_printed() -> None:
    code = next(code for code in iter(new_lot_code, "") if {"0", "1"} <= set(code))
    assert read_lot_code(code.replace("0", "O").replace("1", "l")) == code
    assert read_lot_code(code.replace("0", "o").replace("1", "I")) == code


@pytest.mark.parametrize("text", ["", "7K3M", "7K3M29QX9", "7K3M-29QU", "7K3M_29QX", "é" * 8, "٧K3M29QX", "x" * 5000])
def test_what_is_no_code_is_refused(text: str) -> None:
    assert not looks_like_lot_code(text)
    with pytest.raises(BadInput) as caught:
        read_lot_code(text)
    assert len(str(caught.value)) < 200


def test_codes_do_not_repeat_themselves() -> None:
    assert len({new_lot_code() for _ in range(2000)}) == 2000


def test_event_ids_are_in_the_order_of_their_making() -> None:
    ids = [new_event_id() for _ in range(1000)]
    assert ids == sorted(set(ids))
    assert {(event.version, event.variant) for event in ids} == {(7, uuid.RFC_4122)}
