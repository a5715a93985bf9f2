"""People: who is in the network, what they may do, and what an administrator changes about it.

A person is never deleted, for the ledger names them; they are deactivated.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from bottletrack.access import Actor, Permission, require
from bottletrack.catalogue import get_winery
from bottletrack.errors import BadInput, Conflict, NotFound
from bottletrack.passwords import hash_password
from bottletrack.tables import Person, PersonRole, Site, Winery
from bottletrack.vocabulary import Role

LANGUAGES = ("fr", "en", "ar")


@dataclass(frozen=True)
class Profile:
    """What an administrator says of a person. `site_code` None: works at all sites of the territory."""

    name: str
    roles: frozenset[Role]
    site_code: str | None = None
    winery_code: str | None = None


@dataclass(frozen=True)
class PersonOnFile:
    """A person as an administrator sees them. `can_sign_in` False: a service, or no password was set."""

    id: int
    email: str
    name: str
    language: str
    active: bool
    locked_until: datetime | None
    can_sign_in: bool
    has_pin: bool
    site_code: str | None
    winery_code: str | None
    roles: frozenset[Role]


def installer(territory_id: int) -> Actor:
    """Who sits at the server itself: may do there what an administrator may. Not a person, so records nothing."""
    return Actor(person_id=0, territory_id=territory_id, roles=frozenset({Role.ADMINISTRATOR}))


def get_service(session: Session, territory_id: int, mailbox: str, name: str, roles: frozenset[Role]) -> Actor:
    """A program in whose name events are recorded: it has a number, these roles, and no way to sign in."""
    email = f"{mailbox}@territory-{territory_id}.invalid"
    person_id = session.scalar(select(Person.id).where(Person.email == email))
    if person_id is None:
        person = Person(territory_id=territory_id, email=email, name=name)
        session.add(person)
        session.flush()
        session.add_all(PersonRole(person_id=person.id, role=role) for role in roles)
        session.flush()
        person_id = person.id
    return Actor(person_id=person_id, territory_id=territory_id, roles=roles)


def list_people(session: Session, actor: Actor) -> list[PersonOnFile]:
    """Everybody of the territory, by name, those who left at the end."""
    require(actor, Permission.MANAGE_PEOPLE)
    return _people(session, _select_people(actor))


def get_person(session: Session, actor: Actor, person_id: int) -> PersonOnFile:
    """One person of the territory. Raises NotFound."""
    require(actor, Permission.MANAGE_PEOPLE)
    found = _people(session, _select_people(actor).where(Person.id == person_id))
    if not found:
        raise _no_such_person()
    return found[0]


def add_person(
    session: Session, actor: Actor, email: str, profile: Profile, password: str, *, language: str = "fr"
) -> int:
    """A new person who can sign in; returns their number. Raises BadInput, and Conflict for an address in use."""
    require(actor, Permission.MANAGE_PEOPLE)
    address = _checked_email(email)
    if language not in LANGUAGES:
        raise BadInput("This language is not known here.", "Choose one of the list.", field="language")
    if session.scalar(select(Person.id).where(Person.email == address)) is not None:
        raise Conflict("“%(email)s” is in use already.", "Use another address.", field="email", email=address)
    person = Person(
        territory_id=actor.territory_id,
        email=address,
        language=language,
        password_hash=hash_password(password, address),
        **_columns(session, actor, profile),
    )
    session.add(person)
    session.flush()
    _set_roles(session, person.id, profile.roles)
    return person.id


def change_person(session: Session, actor: Actor, person_id: int, profile: Profile) -> None:
    """New name, roles, site or winery. Their sessions end, so that nobody keeps a right that was taken away."""
    require(actor, Permission.MANAGE_PEOPLE)
    person = _get_row(session, actor, person_id)
    if person_id == actor.person_id and Role.ADMINISTRATOR not in profile.roles:
        raise BadInput(
            "You cannot take the administrator's role from yourself.",
            "Ask another administrator to do it.",
            field="roles",
        )
    old_roles = set(session.scalars(select(PersonRole.role).where(PersonRole.person_id == person_id)))
    columns = _columns(session, actor, profile)
    if old_roles != profile.roles or (person.site_id, person.winery_id) != (columns["site_id"], columns["winery_id"]):
        person.session_epoch += 1
    for column, value in columns.items():
        setattr(person, column, value)
    session.execute(delete(PersonRole).where(PersonRole.person_id == person_id))
    _set_roles(session, person_id, profile.roles)


def reset_password(session: Session, actor: Actor, person_id: int, password: str) -> None:
    """Another password, given by an administrator; ends the person's sessions and opens a locked account."""
    require(actor, Permission.MANAGE_PEOPLE)
    replace_password(_get_row(session, actor, person_id), password)


def replace_password(person: Person, password: str) -> None:
    """Whoever's decision it was: the old password, the sessions begun with it and a lock end together."""
    person.password_hash = hash_password(password, person.email)
    person.session_epoch += 1
    person.failed_sign_ins = 0
    person.locked_until = None


def deactivate(session: Session, actor: Actor, person_id: int) -> None:
    """They cannot sign in any more, and their sessions and keys end; what they recorded stays."""
    require(actor, Permission.MANAGE_PEOPLE)
    person = _get_row(session, actor, person_id)
    if person_id == actor.person_id:
        raise BadInput("You cannot deactivate yourself.", "Ask another administrator to do it.")
    person.active = False
    person.session_epoch += 1


def reactivate(session: Session, actor: Actor, person_id: int) -> None:
    """They may sign in again, with the password they had."""
    require(actor, Permission.MANAGE_PEOPLE)
    _get_row(session, actor, person_id).active = True


def _columns(session: Session, actor: Actor, profile: Profile) -> dict[str, Any]:
    """The checked columns of a profile. Raises BadInput, NotFound."""
    name = profile.name.strip()
    if not name or len(name) > 200:
        raise BadInput("A person needs a name.", "Enter a name of at most 200 characters.", field="name")
    if not profile.roles:
        raise BadInput("A person needs a role.", "Choose at least one role.", field="roles")
    # A winemaker without a winery could order for nobody; a winery for others would show them its orders.
    if (Role.WINEMAKER in profile.roles) != (profile.winery_code is not None):
        raise BadInput(
            "A winemaker belongs to a winery, and nobody else does.",
            "Choose the winery for a winemaker, and none for others.",
            field="winery",
        )
    winery = get_winery(session, actor.territory_id, profile.winery_code) if profile.winery_code else None
    site_id = None
    if profile.site_code:
        site_id = session.scalar(
            select(Site.id).where(Site.territory_id == actor.territory_id, Site.code == profile.site_code)
        )
        if site_id is None:
            raise NotFound("There is no such site.", "Choose a site of your territory.", field="site")
    return {"name": name, "site_id": site_id, "winery_id": winery.id if winery else None}


def _checked_email(email: str) -> str:
    """In lower case. Only what could never be delivered is refused: the rest shows when one writes to it."""
    address = email.strip().lower()
    local, _, domain = address.rpartition("@")
    if not local or not domain or len(address) > 254 or any(c.isspace() or not c.isprintable() for c in address):
        raise BadInput("This is not an email address.", "Enter an address such as name@example.org.", field="email")
    return address


def _set_roles(session: Session, person_id: int, roles: frozenset[Role]) -> None:
    session.add_all(PersonRole(person_id=person_id, role=role) for role in roles)
    session.flush()


def _get_row(session: Session, actor: Actor, person_id: int) -> Person:
    person = session.get(Person, person_id, with_for_update=True)
    if person is None or person.territory_id != actor.territory_id:
        raise _no_such_person()
    return person


def _no_such_person() -> NotFound:
    return NotFound("There is no such person here.", "Choose a person of the list.")


def _select_people(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Person.id,
            Person.email,
            Person.name,
            Person.language,
            Person.active,
            Person.locked_until,
            Person.password_hash.is_not(None),
            Person.pin_hash.is_not(None),
            Site.code,
            Winery.code,
        )
        .outerjoin(Site, Site.id == Person.site_id)
        .outerjoin(Winery, Winery.id == Person.winery_id)
        .where(Person.territory_id == actor.territory_id)
        .order_by(Person.active.desc(), func.lower(Person.name), Person.id)
    )


def _people(session: Session, statement: Select[*tuple[Any, ...]]) -> list[PersonOnFile]:
    rows = session.execute(statement).all()
    roles: dict[int, set[Role]] = {row[0]: set() for row in rows}
    for person_id, role in session.execute(
        select(PersonRole.person_id, PersonRole.role).where(PersonRole.person_id.in_(roles))
    ):
        roles[person_id].add(role)
    return [PersonOnFile(*(*row, frozenset(roles[row[0]]))) for row in rows]
