"""Badges and the PINs that go with them: made, printed again and revoked by an administrator.

The token on a badge is its number and a code that only this server can have made (HMAC-SHA256 under a key of its own,
derived from the server's secret). It is not kept: whoever reads the database learns no badge.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from bottletrack.access import Actor, Permission, may, require
from bottletrack.errors import BadInput, NotFound
from bottletrack.identifiers import ALPHABET
from bottletrack.passwords import hash_pin
from bottletrack.tables import Badge, Person, PersonRole, Site, Sitting
from bottletrack.vocabulary import Role

#: What the key is for, so that no other signature of this server can ever pass as a badge.
_PURPOSE = b"bottletrack badge"
#: 80 bits in Crockford's base 32: nobody guesses one, and the QR stays small.
_MAC_BYTES, _MAC_CHARACTERS = 10, 16
_MOST_NUMBER_CHARACTERS = 7
_LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


@dataclass(frozen=True)
class BadgeOnFile:
    """A badge, with what stands on it. `site_name` None: its person works at all sites."""

    id: int
    person_id: int
    person_name: str
    site_name: str | None
    made_at: datetime
    revoked_at: datetime | None


def token_of(badge_id: int, secret: str) -> str:
    """What the QR of this badge holds: its number, then 16 characters that prove it; all in Crockford's base 32."""
    key = hmac.digest(secret.encode(), _PURPOSE, hashlib.sha256)
    mac = hmac.digest(key, str(badge_id).encode(), hashlib.sha256)[:_MAC_BYTES]
    return _base32(badge_id) + _base32(int.from_bytes(mac), _MAC_CHARACTERS)


def read_token(text: str, secret: str) -> int | None:
    """The number of the badge that this token is of; None where this server never made it."""
    token = text.strip().upper().translate(_LOOK_ALIKES)
    number = token[:-_MAC_CHARACTERS]
    if not 0 < len(number) <= _MOST_NUMBER_CHARACTERS or not set(token) <= set(ALPHABET):
        return None
    badge_id = 0
    for character in number:
        badge_id = badge_id * len(ALPHABET) + ALPHABET.index(character)
    return badge_id if hmac.compare_digest(token, token_of(badge_id, secret)) else None


def _base32(value: int, characters: int = 1) -> str:
    digits = ""
    while value or len(digits) < characters:
        value, digit = divmod(value, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def make_badge(session: Session, actor: Actor, person_id: int, now: datetime) -> int:
    """A badge for somebody of the plant; returns its number. Raises BadInput, NotFound."""
    require(actor, Permission.MANAGE_PEOPLE)
    person = _get_person(session, actor, person_id)
    roles = frozenset(session.scalars(select(PersonRole.role).where(PersonRole.person_id == person_id)))
    if not person.active or not opens_devices(roles):
        raise BadInput(
            "A badge opens the devices of the plant, and this person does not work there.",
            "Give them a role at the plant first.",
        )
    badge = Badge(person_id=person_id, made_at=now, made_by=actor.person_id)
    session.add(badge)
    session.flush()
    return badge.id


def opens_devices(roles: frozenset[Role]) -> bool:
    """Whether people with these roles work at shared devices."""
    return may(Actor(person_id=0, territory_id=0, roles=roles), Permission.SEE_PLANT)


def list_badges(session: Session, actor: Actor, person_id: int) -> list[BadgeOnFile]:
    """A person's badges, the newest first, revoked ones too."""
    require(actor, Permission.MANAGE_PEOPLE)
    rows = session.execute(_select_badges(actor).where(Badge.person_id == person_id).order_by(Badge.id.desc()))
    return [BadgeOnFile(*row) for row in rows]


def get_open_badge(session: Session, actor: Actor, badge_id: int) -> BadgeOnFile:
    """A badge that still opens, to print it. Raises NotFound."""
    require(actor, Permission.MANAGE_PEOPLE)
    row = session.execute(_select_badges(actor).where(Badge.id == badge_id, Badge.revoked_at.is_(None))).one_or_none()
    if row is None:
        raise _no_such_badge()
    return BadgeOnFile(*row)


def badges_by_email(session: Session, emails: Iterable[str]) -> dict[str, int]:
    """The badge that opens, for each of these accounts that has one: a demonstration shows them to everybody."""
    rows = session.execute(
        select(Person.email, func.max(Badge.id))
        .join(Badge, Badge.person_id == Person.id)
        .where(Person.email.in_(emails), Badge.revoked_at.is_(None))
        .group_by(Person.email)
    )
    return {row[0]: row[1] for row in rows}


def revoke_badge(session: Session, actor: Actor, badge_id: int, now: datetime) -> None:
    """The badge opens nothing from now on, and whoever signed in with it is out. Raises NotFound."""
    require(actor, Permission.MANAGE_PEOPLE)
    badge = session.get(Badge, badge_id, with_for_update=True)
    if badge is None:
        raise _no_such_badge()
    person = _get_person(session, actor, badge.person_id)
    if badge.revoked_at is not None:
        return
    badge.revoked_at = now
    person.session_epoch += 1
    open_sittings = (Sitting.person_id == person.id, Sitting.ended_at.is_(None))
    session.execute(update(Sitting).where(*open_sittings).values(ended_at=now))


def set_pin(session: Session, actor: Actor, person_id: int, pin: str) -> None:
    """A PIN given by an administrator; ends the person's sessions and opens a locked account. Raises BadInput."""
    require(actor, Permission.MANAGE_PEOPLE)
    person = _get_person(session, actor, person_id)
    person.pin_hash = hash_pin(pin)
    person.session_epoch += 1
    person.failed_sign_ins, person.locked_until = 0, None
    session.flush()


def change_own_pin(session: Session, actor: Actor, pin: str) -> None:
    """One's own PIN, after password or PIN were asked for again. Ends one's other sessions. Raises BadInput."""
    person = session.get_one(Person, actor.person_id, with_for_update=True)
    person.pin_hash = hash_pin(pin)
    person.session_epoch += 1
    session.flush()


def has_pin(session: Session, actor: Actor) -> bool:
    """Whether a PIN goes with one's own badges."""
    return session.scalar(select(Person.pin_hash).where(Person.id == actor.person_id)) is not None


def _get_person(session: Session, actor: Actor, person_id: int) -> Person:
    person = session.get(Person, person_id, with_for_update=True)
    if person is None or person.territory_id != actor.territory_id:
        raise NotFound("There is no such person here.", "Choose a person of the list.")
    return person


def _no_such_badge() -> NotFound:
    return NotFound("There is no such badge here.", "Choose a badge of the list.")


def _select_badges(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(Badge.id, Badge.person_id, Person.name, Site.name, Badge.made_at, Badge.revoked_at)
        .join(Person, Person.id == Badge.person_id)
        .outerjoin(Site, Site.id == Person.site_id)
        .where(Person.territory_id == actor.territory_id)
    )
