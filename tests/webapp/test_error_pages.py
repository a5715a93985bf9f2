"""What goes wrong is told in plain words, with a way back, and never as a technical text."""

import sqlite3
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from bottletrack.database import Database
from bottletrack.vocabulary import Role
from tests.webapp.conftest import Visitor
from webapp.security import allow_anyone

Fault = Callable[[], Exception]


def locked() -> Exception:
    return OperationalError("INSERT …", {}, sqlite3.OperationalError("database is locked"))


def schema_missing() -> Exception:
    return OperationalError("SELECT …", {}, sqlite3.OperationalError("no such table: person"))


def no_connection() -> Exception:
    return NoFreeConnection("QueuePool limit reached")


def a_fault_of_ours() -> Exception:
    return KeyError("secret detail")


@pytest.mark.parametrize(
    ("fault", "status", "told"),
    [
        (locked, 503, "La base de données est occupée"),
        (no_connection, 503, "La base de données est occupée"),
        (schema_missing, 500, "Quelque chose a mal tourné"),
        (a_fault_of_ours, 500, "Quelque chose a mal tourné"),
    ],
)
def test_faults_are_told_plainly(app: Flask, fault: Fault, status: int, told: str) -> None:
    @allow_anyone
    def broken() -> str:
        raise fault()

    app.add_url_rule("/broken", "broken", broken)
    app.testing = False
    answer = app.test_client().get("/broken")
    assert answer.status_code == status
    assert told in answer.text
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    assert ("Retry-After" in answer.headers) == (status == 503)


def test_a_database_that_fails_while_asking_who_is_there(
    app: Flask, client_for: Callable[[str], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_for(Role.ADMINISTRATOR)

    def fail(_database: Database) -> None:
        raise locked()

    monkeypatch.setattr(Database, "reading", fail)
    answer = client.get("/administrator/people")
    assert answer.status_code == 503
    assert client.get("/healthz").status_code == 503


def test_a_missing_page(client_for: Callable[[str], Visitor], visitor: Visitor) -> None:
    for client in (visitor, client_for(Role.ADMINISTRATOR)):
        answer = client.get("/nowhere")
        assert answer.status_code == 404
        assert "Cette page n’existe pas." in answer.text


def test_a_method_that_a_page_does_not_know(visitor: Visitor) -> None:
    assert visitor.delete("/account/sign-in").status_code == 405


def test_a_form_that_is_far_too_large(visitor: Visitor) -> None:
    answer = visitor.post("/account/sign-in", data={"email": "x" * 1_100_000})
    assert answer.status_code == 413


def test_the_way_back_is_the_page_before_and_never_a_strangers(client_for: Callable[[str], Visitor]) -> None:
    client = client_for(Role.ADMINISTRATOR)
    ours = client.get("/administrator/people/999", headers={"Referer": "http://localhost/administrator/people?x=1"})
    assert 'href="/administrator/people?x=1"' in ours.text
    theirs = client.get("/administrator/people/999", headers={"Referer": "https://evil.example/administrator/people"})
    assert "evil.example" not in theirs.text


def test_health_tells_nothing_else(visitor: Visitor) -> None:
    answer = visitor.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
