"""Badges' tokens and PINs, without a database: what is read, and what is never taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bottletrack.badges import read_token, token_of
from bottletrack.errors import BadInput
from bottletrack.identifiers import ALPHABET
from bottletrack.passwords import hash_pin, make_pin, password_fits

SECRET, OTHER = "a-secret-of-this-server-" * 2, "a-secret-of-another-one-" * 2

numbers = st.integers(min_value=1, max_value=2**31 - 1)


@given(numbers)
def test_a_token_is_read_back_however_it_is_typed(number: int) -> None:
    token = token_of(number, SECRET)
    assert set(token) <= set(ALPHABET)
    assert len(token) <= 7 + 16
    for typed in (token, token.lower(), f" {token}\n", token.replace("0", "O").replace("1", "l")):
        assert read_token(typed, SECRET) == number


@given(numbers, st.data())
def test_one_wrong_character_makes_it_nobodys(number: int, data: st.DataObject) -> None:
    token = token_of(number, SECRET)
    place = data.draw(st.integers(0, len(token) - 1))
    wrong = data.draw(st.sampled_from([letter for letter in ALPHABET if letter != token[place]]))
    assert read_token(token[:place] + wrong + token[place + 1 :], SECRET) is None


@given(numbers, numbers)
def test_a_code_proves_its_own_number_only(number: int, other: int) -> None:
    forged = token_of(other, SECRET)[:-16] + token_of(number, SECRET)[-16:]
    assert read_token(forged, SECRET) == (number if number == other else None)


@given(numbers)
def test_another_servers_token_is_nobodys(number: int) -> None:
    assert read_token(token_of(number, OTHER), SECRET) is None


@pytest.mark.parametrize("cut", [slice(1, None), slice(None, -1), slice(None, 16), slice(-16, None), slice(0)])
def test_a_torn_token_is_nobodys(cut: slice) -> None:
    assert read_token(token_of(12345, SECRET)[cut], SECRET) is None


@pytest.mark.parametrize(
    "text", ["", "0", "\x00", "é" * 20, "U" * 20, "9" * 400, "0" + token_of(7, SECRET), token_of(7, SECRET) + "0"]
)
def test_anything_else_is_nobodys(text: str) -> None:
    assert read_token(text, SECRET) is None


@pytest.mark.parametrize("pin", ["2580", "1973", "10203", "48261537"])
def test_a_good_pin_is_kept_as_a_slow_hash(pin: str) -> None:
    kept = hash_pin(pin)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert password_fits(kept, pin)
    assert not password_fits(kept, pin[:-1])


@pytest.mark.parametrize(
    "pin", ["", "123", "123456789", "12a4", "٢٥٨٠", "0000", "7777777", "1234", "4321", "9012", "1357", "2525", "252525"]
)
def test_pins_that_somebody_would_try_first_are_refused(pin: str) -> None:
    with pytest.raises(BadInput):
        hash_pin(pin)


def test_a_made_up_pin_is_never_one_that_would_be_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    digits = iter("0000123425252580")
    monkeypatch.setattr("secrets.choice", lambda _: next(digits))
    assert make_pin() == "2580"
