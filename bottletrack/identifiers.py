"""Identifiers: event ids in time order, and lot codes that survive dirt and typing."""

import secrets
import uuid
from collections.abc import Callable

import uuid_utils.compat
from stdnum.iso7064 import mod_37_36

from bottletrack.errors import BadInput

#: Crockford's base 32: no I, L, O or U, so that a code read aloud or half torn away has one reading.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BODY = 7
_LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_event_id() -> uuid.UUID:
    """A UUIDv7: unique wherever it is made, and ordered by time."""
    return uuid_utils.compat.uuid7()


def new_lot_code(pick: Callable[[str], str] = secrets.choice) -> str:
    """Seven random characters and an ISO 7064 check character, e.g. `7K3M29QX`; shown as `7K3M-29QX`."""
    body = "".join(pick(ALPHABET) for _ in range(_BODY))
    return body + mod_37_36.calc_check_digit(body, ALPHABET)


def show_code(code: str) -> str:
    """The code as people read it: two groups of four."""
    return f"{code[:4]}-{code[4:]}"


def looks_like_lot_code(text: str) -> bool:
    """Whether the text has the length and letters of a lot code, whatever its check character."""
    return len(_tidy(text)) == _BODY + 1 and set(_tidy(text)) <= set(ALPHABET)


def read_lot_code(text: str) -> str:
    """The code that somebody typed or scanned, in capitals and without separators.

    Reads O as 0 and I and L as 1, as Crockford's alphabet has it. Raises BadInput when the check character does not
    fit: a character was misread, so no lot is guessed.
    """
    code = _tidy(text)
    if not looks_like_lot_code(text):
        raise BadInput(
            "“%(text)s” is not a lot code.",
            "A lot code has 8 letters and digits, such as 7K3M-29QX. Scan the label again or type its code.",
            field="code",
            text=text[:40],
        )
    if not mod_37_36.is_valid(code, ALPHABET):
        raise BadInput(
            "One character of “%(text)s” was misread.",
            "Check the code on the label, character by character.",
            field="code",
            text=show_code(code),
        )
    return code


def _tidy(text: str) -> str:
    return "".join(character for character in text.upper() if character not in " -").translate(_LOOK_ALIKES)
