"""A small founded network to record in: two sites, two wineries, a person for each role; and a stranger next door."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from bottletrack import founding
from bottletrack.access import Actor
from bottletrack.database import Database
from bottletrack.errors import Refusal
from bottletrack.identifiers import new_event_id
from bottletrack.lots import LotOnHand, get_lot
from bottletrack.reports.audit import AuditReport, run_audit
from bottletrack.scans import Recorded, Scan
from bottletrack.tables import Base, Movement, Person, PersonRole, Place
from bottletrack.vocabulary import PlaceKind, Role

#: Early enough that no clock on which the tests run is behind it.
START = datetime(2026, 1, 5, 9, tzinfo=UTC)

Verb = Callable[[Session, Any, Scan], Recorded]

# What the verbs change in place is compared row by row; of the other tables, to count the rows is to compare them.
_CHANGING = [
    text(f"SELECT '{name}', * FROM {name} WHERE territory_id IN (:ours, :theirs)")
    for name in ("site", "place", "lot", "wash_run", "purchase_order", "inspection")
]
_COUNTS = text(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in Base.metadata.tables))


@dataclass
class World:
    """A territory, and a clock that each recorded event moves on by a minute."""

    database: Database
    territory_id: int
    site_id: int
    other_site_id: int
    #: By role; and `second` and `third`, who have every role of the plant, `rival` (a winemaker), and `elsewhere`
    #: (an operator of the other site).
    people: dict[str, Actor]
    #: Has every role, in the neighboring territory.
    stranger: Actor
    stranger_site_id: int
    now: datetime = START

    def scan(
        self,
        by: str | Actor = "second",
        *,
        event_id: uuid.UUID | None = None,
        site_id: int | None = None,
        historical: bool = False,
    ) -> Scan:
        """A new scan at the first site, now."""
        actor = self.people[by] if isinstance(by, str) else by
        return Scan(event_id or new_event_id(), actor, site_id or self.site_id, self.now, historical)

    def record(self, verb: Verb, content: object, by: str | Actor = "second", **scan: Any) -> Recorded:
        """Calls the verb in a transaction of its own; the clock then moves on."""
        return self.send(verb, content, self.scan(by, **scan))

    def send(self, verb: Verb, content: object, scan: Scan) -> Recorded:
        with self.database.writing() as session:
            recorded = verb(session, content, scan)
        self.now += timedelta(minutes=1)
        return recorded

    def make(self, verb: Verb, content: object, by: str | Actor = "second", **scan: Any) -> str:
        """As `record`; answers the code of the one lot that was made."""
        (code,) = self.record(verb, content, by, **scan).lot_codes
        return code

    def refused(
        self, refusal: type[Refusal], verb: Verb, content: object, by: str | Actor = "second", **scan: Any
    ) -> Refusal:
        """The verb's refusal: of exactly this kind, said in full, and with nothing left behind."""
        with self.nothing_written(), pytest.raises(refusal) as caught:
            self.record(verb, content, by, **scan)
        assert type(caught.value) is refusal
        assert "%(" not in str(caught.value)
        return caught.value

    @contextmanager
    def nothing_written(self) -> Iterator[None]:
        before = self.everything()
        yield
        assert self.everything() == before

    def everything(self) -> set[tuple[object, ...]]:
        """The rows of both territories that may change, and the number of rows in every table."""
        territories = {"ours": self.territory_id, "theirs": self.stranger.territory_id}
        with self.database.reading() as session:
            return {tuple(row) for row in session.execute(_COUNTS)} | {
                tuple(row) for statement in _CHANGING for row in session.execute(statement, territories)
            }

    def lot(self, code: str) -> LotOnHand:
        with self.database.reading() as session:
            return get_lot(session, self.people["second"], code)

    def held(self, kind: PlaceKind) -> int:
        """Bottles in all the territory's places of a kind."""
        with self.database.reading() as session:
            where = Place.territory_id == self.territory_id, Place.kind == kind
            return session.scalar(select(func.sum(Place.quantity)).where(*where)) or 0

    def moved(self, recorded: Recorded) -> list[tuple[PlaceKind, PlaceKind, int, str | None]]:
        """What an event moved, in order: from which kind of place, to which, how many, for which defect."""
        with self.database.reading() as session:
            origin, destination = Place.__table__.alias(), Place.__table__.alias()
            rows = session.execute(
                select(origin.c.kind, destination.c.kind, Movement.quantity, Movement.defect_code)
                .join(origin, origin.c.id == Movement.from_place_id)
                .join(destination, destination.c.id == Movement.to_place_id)
                .where(Movement.event_id == recorded.event_id)
                .order_by(Movement.id)
            )
            return [(row[0], row[1], row[2], row[3]) for row in rows]

    def audit(self) -> AuditReport:
        with self.database.reading() as session:
            return run_audit(session, self.territory_id)

    def next_day(self, days: int = 1) -> None:
        self.now += timedelta(days=days)


_NUMBERS = iter(range(1, 1_000_000))


def found_world(database: Database, *, relabeling_required: bool = True) -> World:
    """A territory of its own in the database, so that many worlds share one."""
    number = next(_NUMBERS)
    with database.writing() as session:
        territory_id = founding.add_territory(session, code=f"T{number}", name="Jura")
        next_door = founding.add_territory(session, code=f"N{number}", name="Bresse")
        site_id, other_site_id, stranger_site_id = (
            founding.add_site(session, territory, code=code, name=code, relabeling_required=relabeling_required)
            for territory, code in ((territory_id, "S1"), (territory_id, "S2"), (next_door, "S3"))
        )
        for territory in (territory_id, next_door):
            founding.add_collection_points(session, territory, [{"code": "P1", "name": "Cave", "town": "Arbois"}])
        wineries = {code: founding.add_winery(session, territory_id, code=code, name=code) for code in ("V1", "V2")}
        plant = frozenset(Role) - {Role.WINEMAKER}

        def person(name: str, territory: int, roles: frozenset[Role], **at: int) -> Actor:
            row = Person(territory_id=territory, email=f"{name}-{number}@example.org", name=name, **at)
            session.add(row)
            session.flush()
            session.add_all(PersonRole(person_id=row.id, role=role) for role in roles)
            return Actor(row.id, territory, roles, **at)

        def worker(role: Role) -> Actor:
            return person(role.value, territory_id, frozenset({role}), site_id=site_id)

        people = {role.value: worker(role) for role in (Role.OPERATOR, Role.LEAD, Role.QUALITY, Role.DRIVER)} | {
            role.value: person(role.value, territory_id, frozenset({role}))
            for role in (Role.COORDINATOR, Role.ADMINISTRATOR)
        }
        people["winemaker"] = person("v1", territory_id, frozenset({Role.WINEMAKER}), winery_id=wineries["V1"])
        people["rival"] = person("v2", territory_id, frozenset({Role.WINEMAKER}), winery_id=wineries["V2"])
        people["elsewhere"] = person("s2", territory_id, frozenset({Role.OPERATOR}), site_id=other_site_id)
        people["second"] = person("second", territory_id, plant)
        people["third"] = person("third", territory_id, plant)
        stranger = person("stranger", next_door, frozenset(Role))
    return World(database, territory_id, site_id, other_site_id, people, stranger, stranger_site_id)
