"""A plant behind the web application, on both databases, and tablets that bring what they recorded without it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from bottletrack.badges import make_badge, token_of
from bottletrack.database import Database
from bottletrack.devices import find_device, set_up_device
from bottletrack.identifiers import new_event_id
from bottletrack.sittings import begin_sitting
from bottletrack.tables import Event, LateScan
from bottletrack.vocabulary import LateState, SignInProof, Station
from tests.plant.conftest import shared_database as shared_database  # noqa: PLC0414 - a fixture of both
from tests.plant.world import World, found_world
from tests.webapp.conftest import SECRET, Visitor, new_visitor
from webapp import create_app
from webapp.config import Settings
from webapp.database import attach_database
from webapp.signed_in import DEVICE_COOKIE

Given = dict[str, Any]


@dataclass
class Tablet:
    """A device with somebody at it; what it recorded and what it was told."""

    app: Flask
    world: World
    key: str
    sitting: uuid.UUID
    visitor: Visitor = field(init=False)

    def __post_init__(self) -> None:
        self.visitor = new_visitor(self.app)
        self.visitor.set_cookie(DEVICE_COOKIE, self.key, path="/station")

    def row(self, verb: str, given: Given, **other: Any) -> Given:
        """One row, happening now by the world's clock, which then moves on."""
        row = {
            "event_id": str(new_event_id()),
            "verb": verb,
            "input": given,
            "sitting": str(self.sitting),
            "happened_at": self.world.now.isoformat(),
            "live": False,
        }
        self.world.now += timedelta(seconds=1)
        return row | other

    def send(self, rows: list[Any], **other: Any) -> TestResponse:
        return self.visitor.ask("/station/sync", {"client": "test", "sittings": [], "rows": rows} | other)

    def bring(self, *rows: Any, **other: Any) -> list[Given]:
        """The verdicts on a batch."""
        answer = self.send(list(rows), **other)
        assert answer.status_code == 200, answer.text
        verdicts: list[Given] = answer.get_json()["verdicts"]
        assert [verdict["event_id"] for verdict in verdicts] == [_id_of(row) for row in rows]
        return verdicts

    def verdicts(self, *rows: Any, **other: Any) -> list[str]:
        return [verdict["verdict"] for verdict in self.bring(*rows, **other)]


def _id_of(row: Any) -> Any:
    return row.get("event_id") if isinstance(row, dict) else None


@dataclass
class Plant:
    """The plant, its application, and what stands in its books and on its list."""

    app: Flask
    world: World

    def tablet(self, by: str = "operator", *, name: str = "Tablette") -> Tablet:
        """A new device of the first site, with this person at it."""
        now = datetime.now(UTC)
        with self.world.database.writing() as session:
            actor = self.world.people["operator"]
            key = set_up_device(session, actor, self.world.site_id, name, Station.WASHING, now)
            device = find_device(session, key)
            assert device is not None
            sitter = self.world.people[by].person_id
            sitting = begin_sitting(session, device, sitter, SignInProof.BADGE_AND_PIN, now - timedelta(hours=8))
        return Tablet(self.app, self.world, key, sitting)

    def badge(self, who: str) -> str:
        """The token on somebody's badge."""
        with self.world.database.writing() as session:
            administrator = self.world.people["administrator"]
            number = make_badge(session, administrator, self.world.people[who].person_id, datetime.now(UTC))
        return token_of(number, SECRET)

    def visitor(self, who: str) -> Visitor:
        """Somebody who is signed in at the pages."""
        visitor = new_visitor(self.app)
        with visitor.session_transaction() as cookie:
            cookie.permanent = True
            cookie["person"], cookie["epoch"] = self.world.people[who].person_id, 0
        return visitor

    def recorded(self) -> dict[str, Event]:
        """All events of the site, by id."""
        with self.world.database.reading() as session:
            events = session.scalars(select(Event).where(Event.site_id == self.world.site_id)).all()
            session.expunge_all()
            return {str(event.id): event for event in events}

    def late(self, state: LateState = LateState.WAITING) -> dict[str, LateScan]:
        """The site's list, by the ids that devices gave."""
        where = LateScan.site_id == self.world.site_id, LateScan.state == state
        with self.world.database.reading() as session:
            found = session.scalars(select(LateScan).where(*where)).all()
            session.expunge_all()
            return {str(late.event_id): late for late in found}


@pytest.fixture(scope="session")
def shared_app(shared_database: Database) -> Flask:
    """The application over the database that all tests of a worker share."""
    settings = Settings(database_url=shared_database.url, secret_key=SECRET)  # type: ignore[arg-type]
    app = create_app(settings)
    app.testing = True
    app.test_client_class = Visitor
    # Threads of one process queue for SQLite's one writer in its own database object.
    attach_database(app, shared_database)
    return app


@pytest.fixture
def new_plant(shared_app: Flask, shared_database: Database) -> Callable[[], Plant]:
    """Makes plants of their own, each a territory."""

    def make() -> Plant:
        world = found_world(shared_database)
        world.now = datetime.now(UTC) - timedelta(hours=6)
        return Plant(shared_app, world)

    return make


@pytest.fixture
def plant(new_plant: Callable[[], Plant]) -> Plant:
    return new_plant()
