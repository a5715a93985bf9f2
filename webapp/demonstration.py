"""The demonstration: the pilot year in a database of its own, moved so that its last day is today.

Its accounts and their passwords are written down here for everybody. They exist in no other database, and the
demonstration is served on this machine only.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from bottletrack.access import Actor
from bottletrack.badges import make_badge, set_pin
from bottletrack.database import Database, upgrade
from bottletrack.exchange.journal import import_actor, import_journal
from bottletrack.exchange.journal_rows import read_journal
from bottletrack.founding import (
    DATA,
    add_collection_points,
    add_site,
    add_territory,
    load_catalogue,
    read_rows,
)
from bottletrack.people import Profile, add_person, installer, list_people
from bottletrack.schema import is_current
from bottletrack.tables import Event, Territory
from bottletrack.vocabulary import Role
from webapp.config import DemonstrationAccount, sqlite_url
from webapp.demonstration_today import set_the_scene
from webapp.languages import N_

JOURNAL = DATA / "pilot" / "journal.csv"
TIMEZONE = "Europe/Paris"
SITE = "PILOT"
NEIGHBOR = "VOISIN"


class NotADemonstration(Exception):  # noqa: N818 - told to the person who starts it, in plain words
    """The file holds somebody's real bottles, or something else altogether: it is left as it is."""


@dataclass(frozen=True)
class _Character:
    """Somebody of the demonstration."""

    account: DemonstrationAccount
    profile: Profile


def _character(
    what: str, email: str, name: str, *roles: Role, site: str = "", winery: str = "", pin: str = ""
) -> _Character:
    # The password says what it is, so that nobody takes it for a secret worth copying.
    account = DemonstrationAccount(email, f"demonstration-{email.partition('@')[0]}", what, pin)
    return _Character(account, Profile(name, frozenset(roles), site or None, winery or None))


#: The operator is lead and quality too, so that one person can take a lot all the way round.
CHARACTERS = (
    _character(
        N_("Operator"),
        "operator@demo.example",
        "Camille Roy",
        Role.OPERATOR,
        Role.LEAD,
        Role.QUALITY,
        site=SITE,
        pin="2580",
    ),
    _character(
        N_("Quality, as the second person"), "quality@demo.example", "Lou Morel", Role.QUALITY, site=SITE, pin="1973"
    ),
    _character(
        N_("Operator of the neighboring site"),
        "neighbor@demo.example",
        "Sacha Blanc",
        Role.OPERATOR,
        site=NEIGHBOR,
        pin="4817",
    ),
    _character(N_("Winemaker"), "winemaker@demo.example", "Domaine VIG-01", Role.WINEMAKER, winery="VIG-01"),
    _character(N_("Rival winemaker"), "rival@demo.example", "Domaine VIG-02", Role.WINEMAKER, winery="VIG-02"),
    _character(N_("Coordinator"), "coordinator@demo.example", "Dominique Petit", Role.COORDINATOR, pin="6174"),
    _character(N_("Administrator"), "administrator@demo.example", "Alex Martin", Role.ADMINISTRATOR),
)
ACCOUNTS = tuple(character.account for character in CHARACTERS)


def prepare(path: Path, say: Callable[[str], None], progress: Callable[[int, int], None]) -> None:
    """Makes the demonstration's SQLite file, or makes it anew when its last day is not today any more.

    `say` is told what is going on; `progress`, rows done and rows in all. Raises NotADemonstration for a file that
    holds anything else.
    """
    today = datetime.now(ZoneInfo(TIMEZONE)).date()
    if path.exists():
        last_day = _last_day(path)
        if last_day == today and is_current(sqlite_url(path)):
            return
        say("The demonstration is from another day or version: it is made anew, so that its last day is today.")
    else:
        say("Making the demonstration: the pilot year, moved so that its last day is today.")
    # Made beside and then put in place: what is interrupted half-way is never served.
    beside = path.with_name(f"{path.stem}.new-{os.getpid()}{path.suffix}")
    try:
        _build(beside, today, progress)
        _remove(path)
        beside.replace(path)
    finally:
        _remove(beside)


def _build(path: Path, today: date, progress: Callable[[int, int], None]) -> None:
    upgrade(sqlite_url(path))
    shift = today - max(row.day for row in read_journal(JOURNAL).rows)
    with _opened(path) as database, database.writing() as session:
        load_catalogue(session)
        territory = add_territory(session, code="JURA", name="Jura", demonstration=True)
        # At the pilot, bottles left from the wash: nothing was packed under a new code before.
        site = add_site(
            session,
            territory,
            code=SITE,
            name="Centre de lavage pilote",
            timezone=TIMEZONE,
            relabeling_required=False,
            own_measures=read_rows(JOURNAL.with_name("measures.csv")),
        )
        add_collection_points(session, territory, read_rows(DATA / "collection_points.csv"))
        actor = import_actor(session, territory)
        import_journal(session, JOURNAL, actor=actor, site_id=site, shift=shift, progress=progress)
        add_site(session, territory, code=NEIGHBOR, name="Centre de lavage voisin", timezone=TIMEZONE)
        people: dict[Role, Actor] = {}
        for character in CHARACTERS:
            account, roles = character.account, character.profile.roles
            person_id = add_person(session, installer(territory), account.email, character.profile, account.password)
            people |= dict.fromkeys(roles, Actor(person_id, territory, roles))
        _give_badges(session, people[Role.ADMINISTRATOR])
        set_the_scene(session, site, people, today)


def _give_badges(session: Session, administrator: Actor) -> None:
    pins = {character.account.email: character.account.pin for character in CHARACTERS}
    for person in list_people(session, administrator):
        if pin := pins.get(person.email):
            set_pin(session, administrator, person.id, pin)
            make_badge(session, administrator, person.id, datetime.now(UTC))


def _last_day(path: Path) -> date | None:
    """The last day of the pilot year in this file; None where there is none. Raises NotADemonstration."""
    with _opened(path) as database, database.reading() as session:
        if not inspect(session.connection()).has_table(Territory.__tablename__):
            raise NotADemonstration(f"{path} is not a demonstration database.")
        flags = session.scalars(select(Territory.demonstration)).all()
        if not all(flags):
            raise NotADemonstration(f"{path} holds a real territory: the demonstration does not touch it.")
        if not flags:
            return None
        # Later events are visitors' own: the pilot year came first, in the name of its import.
        first_actor = select(Event.actor_id).order_by(Event.happened_at).limit(1).scalar_subquery()
        last = session.scalar(select(func.max(Event.happened_at)).where(Event.actor_id == first_actor))
    return last.astimezone(ZoneInfo(TIMEZONE)).date() if last else None


@contextmanager
def _opened(path: Path) -> Iterator[Database]:
    database = Database(sqlite_url(path), connections=1)
    try:
        yield database
    finally:
        database.dispose()


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            Path(f"{path}{suffix}").unlink()
