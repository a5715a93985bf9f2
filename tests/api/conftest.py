"""The API over a small plant on either database, and a caller for each role."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from bottletrack.access import Actor
from bottletrack.database import Database
from bottletrack.founding import add_collection_points, add_site, add_territory, add_winery, load_catalogue
from bottletrack.passwords import hash_key
from bottletrack.sign_in import make_own_key
from bottletrack.tables import ApiToken, Person, PersonRole, Winery
from bottletrack.vocabulary import Role
from tests.plant.stages import GOOD_READINGS, GOOD_RESULTS, LINE_CLEAR
from webapp import create_app
from webapp.config import Settings
from webapp.database import database_of


@dataclass
class Caller:
    """A program with a key. `key` empty: without one."""

    client: FlaskClient
    key: str
    person_id: int = 0

    def get(self, path: str, **arguments: Any) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self.headers, **arguments)

    def post(self, path: str, content: dict[str, Any], event_id: str | None = None, **around: Any) -> TestResponse:
        """Post a verb's input with a scan around it."""
        body = {"event_id": event_id or str(uuid.uuid4()), "input": content, **around}
        return self.client.post(f"/api/v1{path}", headers=self.headers, json=body)

    def done(self, path: str, content: dict[str, Any], **around: Any) -> dict[str, Any]:
        """As `post`, for what has to work."""
        response = self.post(path, content, **around)
        assert response.status_code == 201, response.text
        return dict(response.json or {})

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}


@pytest.fixture
def app(migrated_url: str) -> Iterator[Flask]:
    """The application over one territory with a site, and another with its own."""
    settings = Settings(database_url=migrated_url, secret_key="only-for-tests-" * 3)  # type: ignore[arg-type]
    app = create_app(settings)
    app.testing = True
    with database_of(app).writing() as session:
        load_catalogue(session)
        for code in ("JURA", "DOUBS"):
            territory = add_territory(session, code=code, name=code.title())
            add_site(session, territory, code="SITE", name="Centre de lavage", relabeling_required=False)
            add_collection_points(session, territory, [{"code": "P01", "name": "Cave", "deposit_cents": "0"}])
            for winery in ("VIG-01", "VIG-02"):
                add_winery(session, territory, code=winery, name=f"Domaine {winery}")
    yield app
    database_of(app).dispose()


@pytest.fixture
def database(app: Flask) -> Database:
    return database_of(app)


@pytest.fixture
def caller(app: Flask, database: Database) -> Callable[..., Caller]:
    """A new person with a key: `caller(Role.OPERATOR, winery=…, territory=…)`."""

    def come(*roles: Role, winery: int | None = None, territory: int = 1) -> Caller:
        with database.writing() as session:
            person_id = add_caller(session, territory, roles, winery)
            key = make_own_key(session, Actor(person_id, territory, frozenset(roles)))
        return Caller(app.test_client(), key, person_id)

    return come


def add_caller(session: Session, territory: int, roles: tuple[Role, ...], winery: int | None) -> int:
    """A person without a password: only a key opens for them."""
    if Role.WINEMAKER in roles and winery is None:
        winery = session.query(Winery.id).filter(Winery.territory_id == territory).order_by(Winery.id).limit(1).scalar()
    person = Person(territory_id=territory, winery_id=winery, email=f"{uuid.uuid4()}@example.org", name="Programme")
    session.add(person)
    session.flush()
    session.add_all(PersonRole(person_id=person.id, role=role) for role in roles)
    return person.id


def add_key(session: Session, person_id: int, key: str, *, expires_in: timedelta) -> None:
    now = datetime.now(UTC)
    session.add(
        ApiToken(
            person_id=person_id,
            token_hash=hash_key(key),
            created_at=now - timedelta(days=40),
            expires_at=now + expires_in,
        )
    )


def wash_a_lot(floor: Caller, quality: Caller, quantity: int = 240) -> str:
    """Takes bottles from collection to released, as grade A; returns the lot's code. Each step by its own endpoint."""
    received = floor.done("/collections", {"point_code": "P01", "declared": quantity})["lot_codes"][0]
    parts = [{"model_code": "BG75", "quantity": quantity, "color": "vert antique"}]
    sorted_lot = floor.done("/sortings", {"lot_code": received, "sorted_out": parts})["lot_codes"][0]
    run = floor.done("/runs", {"line_clear": vars(LINE_CLEAR)})["run_code"]
    floor.done("/loadings", {"run_code": run, "lot_code": sorted_lot})
    readings = [{"code": code, "value": value} for code, value in GOOD_READINGS.items()]
    floor.done("/readings", {"run_code": run, "readings": readings})
    floor.done("/starts", {"run_code": run})
    washed: str = floor.done("/closings", {"run_code": run, "passed": quantity})["lot_codes"][0]
    quality.done("/inspections", {"lot_code": washed})
    results = [{"code": reading.code, "value": str(reading.value)} for reading in GOOD_RESULTS]
    quality.done("/test-results", {"lot_code": washed, "results": results})
    quality.done("/judgments", {"lot_code": washed, "verdict": "accept_a"})
    return washed
