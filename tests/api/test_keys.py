"""Keys: got with a password, kept as a hash, and dead once expired, revoked or orphaned. Cookies open nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from bottletrack.database import Database
from bottletrack.passwords import hash_key, hash_password
from bottletrack.sign_in import MOST_FAILURES
from bottletrack.tables import ApiToken, Person
from bottletrack.vocabulary import Role
from tests.api.conftest import Caller, add_key

Callers = Callable[..., Caller]
PASSWORD = "vendange tardive 1976"
one_database = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)


@pytest.fixture
def email(database: Database, caller: Callers) -> str:
    """The address of an operator who has a password."""
    person_id = caller(Role.OPERATOR).person_id
    address = "operator@example.org"
    with database.writing() as session:
        values = {"email": address, "password_hash": hash_password(PASSWORD, address)}
        session.execute(update(Person).where(Person.id == person_id).values(**values))
    return address


def test_a_password_buys_a_key_for_thirty_days(app: Flask, database: Database, email: str) -> None:
    client = app.test_client()
    answer = client.post("/api/v1/tokens", json={"email": email.upper(), "password": PASSWORD})
    assert answer.status_code == 201
    token = answer.get_json()["token"]
    expires_at = datetime.fromisoformat(answer.get_json()["expires_at"])
    assert timedelta(days=29) < expires_at - datetime.now(UTC) <= timedelta(days=30)
    with database.reading() as session:
        kept = session.scalars(select(ApiToken).where(ApiToken.token_hash == hash_key(token))).one()
        assert expires_at <= kept.expires_at < expires_at + timedelta(minutes=1)
        assert token not in {str(value) for value in vars(kept).values()}
    assert Caller(client, token).get("/stock").status_code == 200


def test_five_wrong_passwords_lock_the_account(app: Flask, email: str) -> None:
    client = app.test_client()
    for _ in range(MOST_FAILURES):
        answer = client.post("/api/v1/tokens", json={"email": email, "password": "wrong"})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert client.post("/api/v1/tokens", json={"email": email, "password": PASSWORD}).status_code == 401


@one_database
def test_an_unknown_account_is_told_nothing_else(app: Flask, email: str) -> None:
    client = app.test_client()
    wrong = client.post("/api/v1/tokens", json={"email": email, "password": "wrong"})
    unknown = client.post("/api/v1/tokens", json={"email": "nobody@example.org", "password": "wrong"})
    assert (wrong.status_code, wrong.json) == (unknown.status_code, unknown.json)


@one_database
def test_an_eleventh_key_is_refused(app: Flask, email: str) -> None:
    client = app.test_client()
    answers = [client.post("/api/v1/tokens", json={"email": email, "password": PASSWORD}) for _ in range(10)]
    # The person's first key was made with the person.
    assert [answer.status_code for answer in answers] == [201] * 9 + [422]
    assert answers[-1].get_json()["code"] == "bad_input"


def test_a_key_that_is_given_back_opens_nothing(caller: Callers) -> None:
    floor = caller(Role.OPERATOR)
    assert floor.client.delete("/api/v1/tokens/current", headers=floor.headers).status_code == 204
    assert floor.get("/stock").status_code == 401
    assert floor.client.delete("/api/v1/tokens/current", headers=floor.headers).status_code == 401


@pytest.mark.parametrize("expires_in", [timedelta(seconds=-1), timedelta(days=1)])
def test_a_key_opens_until_it_expires(caller: Callers, database: Database, expires_in: timedelta) -> None:
    floor = caller(Role.OPERATOR)
    with database.writing() as session:
        add_key(session, floor.person_id, "bt_another", expires_in=expires_in)
    status = Caller(floor.client, "bt_another").get("/stock").status_code
    assert status == (200 if expires_in > timedelta(0) else 401)


def test_the_keys_of_somebody_who_left_die(caller: Callers, database: Database) -> None:
    floor = caller(Role.OPERATOR)
    with database.writing() as session:
        session.execute(update(Person).where(Person.id == floor.person_id).values(active=False))
    assert floor.get("/stock").status_code == 401


@one_database
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer bt_wrong", "Basic b3BlcmF0b3I6eA==", "Bearer é"])
def test_anything_else_is_no_key(app: Flask, header: str) -> None:
    answer = app.test_client().get("/api/v1/stock", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["code"] == "no_key"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@one_database
def test_a_session_opens_nothing_here(app: Flask, caller: Callers) -> None:
    floor = caller(Role.OPERATOR)
    with floor.client.session_transaction() as cookie:
        cookie["person"], cookie["epoch"] = floor.person_id, 0
    assert floor.client.get("/account/").status_code == 200
    assert floor.client.get("/api/v1/stock").status_code == 401
    body = {"event_id": "018f0000-0000-7000-8000-000000000000", "input": {"point_code": "P01", "declared": 1}}
    assert floor.client.post("/api/v1/collections", json=body).status_code == 401
