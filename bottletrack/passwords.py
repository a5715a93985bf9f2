"""Passwords, PINs and keys: what is a good one, how one is kept, and how one is made up."""

import hashlib
import secrets
import unicodedata
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bottletrack.errors import BadInput

#: NIST SP 800-63B asks for length rather than for kinds of characters.
MIN_CHARACTERS = 12
#: A hash takes as long for any length below; beyond, somebody is only keeping the server busy.
MAX_CHARACTERS = 200

#: A PIN is typed with gloves, and opens nothing without a badge at a device that was set up; five wrong ones lock.
PIN_DIGITS = range(4, 9)

#: RFC 9106's second recommended option (64 MiB, 3 passes, 4 lanes): the library's default.
_HASHER = PasswordHasher()
#: Nobody's: checked in place of an account's own, so that an unknown account costs the same time as a known one.
_NOBODYS_HASH = "$argon2id$v=19$m=65536,t=3,p=4$bm9ib2R5J3Mgc2FsdA$bm9ib2R5IGhhcyB0aGlzIGhhc2ggYXMgYSBwYXNzd28"
#: Made-up passwords are read aloud and typed: no letter or digit that looks like another.
_PLAIN_CHARACTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def hash_password(password: str, email: str) -> str:
    """The argon2id hash of a password that is good enough for this account. Raises BadInput when it is not."""
    plain = _normal(password)
    if len(plain) < MIN_CHARACTERS:
        raise BadInput(
            "This password is too short.",
            "Use at least %(least)s characters: a few words that do not belong together are easy to remember.",
            field="password",
            least=MIN_CHARACTERS,
        )
    if len(plain) > MAX_CHARACTERS:
        raise BadInput(
            "This password is too long.", "Use at most %(most)s characters.", field="password", most=MAX_CHARACTERS
        )
    if plain.casefold() in (email.casefold(), email.partition("@")[0].casefold()):
        raise BadInput("The password is the email address.", "Choose something else.", field="password")
    if len(set(plain)) < MIN_CHARACTERS // 3:
        raise BadInput("This password repeats itself.", "Choose something less regular.", field="password")
    return _HASHER.hash(plain)


def hash_pin(pin: str) -> str:
    """The argon2id hash of a PIN that is not the first one to try. Raises BadInput when it is."""
    if not (pin.isascii() and pin.isdigit() and len(pin) in PIN_DIGITS):
        raise BadInput(
            "A PIN has %(least)s to %(most)s digits.",
            "Choose digits that you can keep in mind.",
            field="pin",
            least=PIN_DIGITS[0],
            most=PIN_DIGITS[-1],
        )
    if _is_guessed_first(pin):
        raise BadInput(
            "This PIN is one of the first that somebody would try.",
            "Choose digits that neither repeat nor count up or down.",
            field="pin",
        )
    return _HASHER.hash(pin)


def _is_guessed_first(pin: str) -> bool:
    """Whether all digits follow by one step, as in 0000, 1234 or 9753, or one pair repeats, as in 2525."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return len(steps) == 1 or len(set(zip(pin[::2], pin[1::2], strict=False))) == 1


def make_pin() -> str:
    """A random PIN of four digits for a first day."""
    while _is_guessed_first(pin := "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS[0]))):
        pass
    return pin


def password_fits(password_hash: str | None, password: str) -> bool:
    """Whether this is the password; takes the same time where there is none to compare with."""
    try:
        _HASHER.verify(password_hash or _NOBODYS_HASH, _normal(password[: MAX_CHARACTERS + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def make_password() -> str:
    """A random password for a first sign-in, such as `k7wp-3mxd-q9fa-hz2c` (79 bits)."""
    groups = ("".join(secrets.choice(_PLAIN_CHARACTERS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def make_key() -> str:
    """A random key for a program (256 bits)."""
    return f"bt_{secrets.token_urlsafe(32)}"


def hash_key(key: str) -> str:
    """What is kept of a key. It is random and long, so a plain SHA-256 cannot be guessed backwards."""
    return hashlib.sha256(key.encode()).hexdigest()


def _normal(password: str) -> str:
    """The same password typed on another keyboard is the same text (RFC 8265)."""
    return unicodedata.normalize("NFC", password)
