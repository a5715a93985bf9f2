"""The web application over a small founded territory, with one person for each role and a rival winemaker."""

import secrets
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.test import TestResponse

from bottletrack.database import Database
from bottletrack.devices import set_up_device
from bottletrack.founding import (
    DATA,
    add_collection_points,
    add_site,
    add_territory,
    add_winery,
    load_catalogue,
    read_rows,
)
from bottletrack.people import Profile, add_person, installer
from bottletrack.sign_in import find_signed_in, make_own_key
from bottletrack.tables import Person, Site
from bottletrack.vocabulary import Role, Station
from webapp import create_app
from webapp.config import Settings, sqlite_url
from webapp.database import database_of
from webapp.signed_in import DEVICE_COOKIE

SECRET = "only-for-tests-" * 3
#: Everybody's, for tests that sign in through the page.
PASSWORD = "vendange tardive 1976"


class Visitor(FlaskClient):
    """A test client that sends forms as a page of ours does: with its CSRF token, and in French."""

    def send(self, url: str, data: dict[str, Any] | None = None, **arguments: Any) -> TestResponse:
        """POST a form."""
        return self.post(url, data={"csrf_token": self.token(), **(data or {})}, **arguments)

    def ask(self, url: str, content: Any = None, *, method: str = "POST", **arguments: Any) -> TestResponse:
        """What the station's program asks for: JSON with its own header."""
        return self.open(url, method=method, json=content, headers={"X-Station": "1"}, **arguments)

    def token(self) -> str:
        """What the pages of this visitor's session would carry."""
        with self.session_transaction() as session:
            secret = session.setdefault("csrf_token", secrets.token_hex(20))
        return str(URLSafeTimedSerializer(self.application.config["SECRET_KEY"], salt="wtf-csrf-token").dumps(secret))


@pytest.fixture(scope="session")
def founded(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the territory and its people, to copy from: hashing eight passwords takes a while."""
    path = Path(shutil.copy(migrated_sqlite, tmp_path_factory.mktemp("founded") / "template.sqlite3"))
    database = Database(sqlite_url(path))
    with database.writing() as session:
        load_catalogue(session)
        territory = add_territory(session, code="JURA", name="Jura")
        add_site(session, territory, code="SITE", name="Centre de lavage")
        add_collection_points(session, territory, read_rows(DATA / "collection_points.csv"))
        for winery in ("VIG-01", "VIG-02"):
            add_winery(session, territory, code=winery, name=f"Domaine {winery}")
        for role in Role:
            winery_code = "VIG-01" if role is Role.WINEMAKER else None
            profile = Profile(role.value.title(), frozenset({role}), winery_code=winery_code)
            add_person(session, installer(territory), email_of(role), profile, PASSWORD)
        rival = Profile("Rival", frozenset({Role.WINEMAKER}), winery_code="VIG-02")
        add_person(session, installer(territory), email_of("rival"), rival, PASSWORD)
    database.dispose()
    return path


def email_of(who: str) -> str:
    """The address of the person with this role, or of the `rival` winemaker."""
    return f"{who}@example.org"


@pytest.fixture
def settings(founded: Path, tmp_path: Path) -> Settings:
    """Settings over a fresh copy of the founded territory."""
    path = shutil.copy(founded, tmp_path / "founded.sqlite3")
    return Settings(database_url=f"sqlite:///{path}", secret_key=SECRET)  # type: ignore[arg-type]


@pytest.fixture
def app(settings: Settings) -> Flask:
    """The application; a fault in a view fails the test instead of becoming a page."""
    app = create_app(settings)
    app.testing = True
    app.test_client_class = Visitor
    return app


@pytest.fixture
def database(app: Flask) -> Database:
    """What the application writes to."""
    return database_of(app)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody who is not signed in."""
    return new_visitor(app)


@pytest.fixture
def client_for(app: Flask) -> Callable[[str], Visitor]:
    """Signs in the person with a role, or the `rival` winemaker: `client_for(Role.OPERATOR)`."""

    def sign_in(who: str) -> Visitor:
        visitor = new_visitor(app)
        number, epoch = _number_and_epoch(app, who)
        with visitor.session_transaction() as cookie:
            cookie.permanent = True
            cookie["person"], cookie["epoch"] = number, epoch
        return visitor

    return sign_in


@pytest.fixture
def key_for(app: Flask) -> Callable[[str], str]:
    """A key to the API for the person with a role, or the `rival` winemaker."""

    def make(who: str) -> str:
        number, _ = _number_and_epoch(app, who)
        with database_of(app).writing() as session:
            signed_in = find_signed_in(session, number)
            assert signed_in is not None
            return make_own_key(session, signed_in.actor)

    return make


@pytest.fixture
def at_device(app: Flask) -> Visitor:
    """Nobody in particular, in front of a device that was set up for the site's washing."""
    return new_visitor_at_device(app)


def new_visitor_at_device(app: Flask, name: str = "Tablette lavage") -> Visitor:
    """A browser of its own that was set up by the operator."""
    number, _ = _number_and_epoch(app, Role.OPERATOR)
    with database_of(app).writing() as session:
        operator = find_signed_in(session, number)
        assert operator is not None
        site_id = session.scalars(select(Site.id).where(Site.code == "SITE")).one()
        key = set_up_device(session, operator.actor, site_id, name, Station.WASHING, datetime.now(UTC))
    visitor = new_visitor(app)
    visitor.set_cookie(DEVICE_COOKIE, key, path="/station")
    return visitor


def _number_and_epoch(app: Flask, who: str) -> tuple[int, int]:
    with database_of(app).reading() as session:
        statement = select(Person.id, Person.session_epoch).where(Person.email == email_of(who))
        return session.execute(statement).one()


def new_visitor(app: Flask) -> Visitor:
    client = app.test_client()
    assert isinstance(client, Visitor)
    return client
