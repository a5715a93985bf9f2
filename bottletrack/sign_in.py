"""Signing in: by a person with a password, by a program with a key. Five wrong passwords lock for a quarter of an hour.

A PIN at a shared device (`sittings`) is counted together with the passwords.

An attempt is counted before its password is looked at, in a transaction of its own: a hundred attempts at once are
then still a hundred attempts, and the slow look at the password holds up no station's writing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from bottletrack.access import Actor
from bottletrack.errors import BadInput, NotFound
from bottletrack.passwords import hash_key, make_key, password_fits
from bottletrack.people import LANGUAGES, replace_password
from bottletrack.tables import ApiToken, Person, PersonRole, Site, Sitting, Territory
from bottletrack.vocabulary import Role

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
MOST_KEYS = 10
#: A key that nobody remembers should not open a door for ever.
KEY_DAYS = 365


@dataclass(frozen=True)
class SignedIn:
    """A person who has shown who they are, with what every page wants to know of them."""

    id: int
    email: str
    name: str
    language: str
    session_epoch: int
    territory_id: int
    site_id: int | None
    winery_id: int | None
    territory_name: str
    #: The territory's data are made up, and every page says so.
    demonstration: bool
    #: Of their site, or of the territory's first.
    timezone: str
    roles: frozenset[Role]

    @property
    def actor(self) -> Actor:
        return Actor(self.id, self.territory_id, self.roles, self.site_id, self.winery_id)


@dataclass(frozen=True)
class Attempt:
    """One attempt to sign in, counted. Without `password_hash`: there is no such account, or it is locked or closed.

    At a device, the hash is the PIN's.
    """

    person_id: int | None = None
    password_hash: str | None = None


def count_attempt(session: Session, email: str, now: datetime) -> Attempt:
    """Counts an attempt before its password is looked at, and locks the account with the fifth in a row."""
    person = session.scalar(
        select(Person).where(Person.email == email.strip().lower(), Person.active).with_for_update()
    )
    if person is None or person.password_hash is None or not count_try(session, person, now):
        return Attempt()
    return Attempt(person.id, person.password_hash)


def count_try(session: Session, person: Person, now: datetime) -> bool:
    """Counts a try to be this person, whose row is locked for update; False while the account is closed."""
    if person.locked_until is not None:
        if person.locked_until > now:
            return False
        person.locked_until, person.failed_sign_ins = None, 0
    person.failed_sign_ins += 1
    if person.failed_sign_ins >= MOST_FAILURES:
        person.locked_until = now + LOCKED_FOR
    session.flush()
    return True


def attempt_fits(attempt: Attempt, password: str) -> bool:
    """Whether the password is the account's; slow on purpose, and as slow for accounts that there are not."""
    return password_fits(attempt.password_hash, password)


def complete_sign_in(session: Session, attempt: Attempt) -> SignedIn | None:
    """After a password that fits: forgets the failures. None when the account was closed in the meantime."""
    assert attempt.person_id is not None, "an attempt without an account cannot have fitted"
    session.execute(update(Person).where(Person.id == attempt.person_id).values(failed_sign_ins=0, locked_until=None))
    return find_signed_in(session, attempt.person_id)


def count_own_attempt(session: Session, actor: Actor, now: datetime) -> tuple[Attempt, ...]:
    """Counts an attempt to show again who one is, by password or PIN; none while the account is closed.

    A PIN is short: an open page must not be enough to try them all.
    """
    person = session.get_one(Person, actor.person_id, with_for_update=True)
    if not count_try(session, person, now):
        return ()
    return tuple(Attempt(person.id, known) for known in (person.password_hash, person.pin_hash) if known)


def find_signed_in(session: Session, person_id: int) -> SignedIn | None:
    """An active person, by number."""
    return _signed_in(session, _BY_NUMBER, {"person_id": person_id})


def get_password_hash(session: Session, actor: Actor) -> str | None:
    """What one's own password is compared with."""
    return session.scalar(select(Person.password_hash).where(Person.id == actor.person_id))


def change_own_password(session: Session, actor: Actor, new: str) -> None:
    """Sets one's own password, after the old one was asked for again. Ends one's other sessions."""
    replace_password(session.get_one(Person, actor.person_id, with_for_update=True), new)
    session.flush()


def change_own_language(session: Session, actor: Actor, language: str) -> None:
    """The language in which pages come from now on, in every browser."""
    if language not in LANGUAGES:
        raise BadInput("This language is not known here.", "Choose one of the list.", field="language")
    session.execute(update(Person).where(Person.id == actor.person_id).values(language=language))


def sign_out_everywhere(session: Session, actor: Actor) -> None:
    """Ends all sessions of the actor, and their sittings at shared devices."""
    open_sittings = (Sitting.person_id == actor.person_id, Sitting.ended_at.is_(None))
    session.execute(update(Sitting).where(*open_sittings).values(ended_at=datetime.now(UTC)))
    session.execute(update(Person).where(Person.id == actor.person_id).values(session_epoch=Person.session_epoch + 1))


@dataclass(frozen=True)
class KeyOnFile:
    """A key to the API, without the key itself: only its hash is kept."""

    id: int
    created_at: datetime
    expires_at: datetime


def make_own_key(session: Session, actor: Actor, lifetime: timedelta = timedelta(days=KEY_DAYS)) -> str:
    """A new key to the API that acts as this person for so long; shown once. Raises BadInput beyond ten keys."""
    if len(list_own_keys(session, actor)) >= MOST_KEYS:
        raise BadInput("You have %(most)s keys already.", "Revoke one that is not used any more.", most=MOST_KEYS)
    key, now = make_key(), datetime.now(UTC)
    session.add(
        ApiToken(
            person_id=actor.person_id,
            token_hash=hash_key(key),
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    session.flush()
    return key


def list_own_keys(session: Session, actor: Actor) -> list[KeyOnFile]:
    """The actor's keys that still open, oldest first."""
    rows = session.execute(
        select(ApiToken.id, ApiToken.created_at, ApiToken.expires_at)
        .where(ApiToken.person_id == actor.person_id, *_open_key())
        .order_by(ApiToken.id)
    )
    return [KeyOnFile(*row) for row in rows]


def revoke_own_key(session: Session, actor: Actor, key_id: int) -> None:
    """The key opens nothing from now on. Raises NotFound for a key that is not the actor's."""
    token = session.get(ApiToken, key_id)
    if token is None or token.person_id != actor.person_id:
        raise NotFound("You have no such key.", "Choose a key of the list.")
    if token.revoked_at is None:
        token.revoked_at = datetime.now(UTC)


def revoke_key(session: Session, key: str) -> None:
    """This very key opens nothing from now on: whoever has it may give it back."""
    session.execute(update(ApiToken).where(ApiToken.token_hash == hash_key(key)).values(revoked_at=datetime.now(UTC)))


def find_key_holder(session: Session, key: str) -> SignedIn | None:
    """The active person whose open key this is."""
    return _signed_in(session, _BY_KEY, {"token_hash": hash_key(key), "now": datetime.now(UTC)})


def _open_key() -> tuple[Any, ...]:
    return (ApiToken.revoked_at.is_(None), ApiToken.expires_at > datetime.now(UTC))


def _select_signed_in() -> Select[*tuple[Any, ...]]:
    first_site = (
        select(func.min(Site.id)).where(Site.territory_id == Person.territory_id).correlate(Person).scalar_subquery()
    )
    return (
        select(
            Person.id,
            Person.email,
            Person.name,
            Person.language,
            Person.session_epoch,
            Person.territory_id,
            Person.site_id,
            Person.winery_id,
            Territory.name,
            Territory.demonstration,
            func.coalesce(Site.timezone, "UTC"),
            PersonRole.role,
        )
        .join(Territory, Territory.id == Person.territory_id)
        .outerjoin(Site, Site.id == func.coalesce(Person.site_id, first_site))
        .outerjoin(PersonRole, PersonRole.person_id == Person.id)
        .where(Person.active)
    )


# Built once: one of them is asked with every click and every scan.
_BY_NUMBER = _select_signed_in().where(Person.id == bindparam("person_id"))
_BY_KEY = _select_signed_in().where(
    Person.id
    == select(ApiToken.person_id)
    .where(
        ApiToken.token_hash == bindparam("token_hash"),
        ApiToken.revoked_at.is_(None),
        ApiToken.expires_at > bindparam("now"),
    )
    .scalar_subquery()
)


def _signed_in(session: Session, statement: Select[*tuple[Any, ...]], values: Mapping[str, object]) -> SignedIn | None:
    """One row for each role, in one query, and without the ORM's share of the time."""
    rows = session.connection().execute(statement, values).all()
    if not rows:
        return None
    roles = frozenset(row[-1] for row in rows if row[-1] is not None)
    return SignedIn(*(*rows[0][:-1], roles))
