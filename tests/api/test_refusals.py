"""What programs are told when they are refused: one form, the pages' own statuses, and nothing half-written."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from bottletrack.database import Database
from bottletrack.tables import Event
from bottletrack.vocabulary import Role
from tests.api.conftest import Caller, wash_a_lot

Callers = Callable[..., Caller]
EVENT = "018f0000-0000-7000-8000-000000000000"
COLLECTION = {"point_code": "P01", "declared": 240}
pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)


def problem(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The problem told, checked for what every problem has."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    told: dict[str, Any] = dict(answer.json or {})
    assert told["status"] == status
    assert told["code"] == code
    assert told["type"] == f"urn:bottletrack:problem:{code}"
    assert told["title"]
    assert told["detail"]
    assert told["remedy"]
    return told


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"event_id": EVENT, "input": {**COLLECTION, "colour": "green"}}, 422, "input.colour"),
        ({"event_id": EVENT, "input": COLLECTION, "person": 1}, 422, "person"),
        ({"event_id": EVENT, "input": {"point_code": "P01", "declared": "240"}}, 422, "input.declared"),
        ({"event_id": EVENT, "input": {"point_code": "P01", "declared": 2.5}}, 422, "input.declared"),
        ({"event_id": EVENT, "input": {"point_code": "P01"}}, 422, "input.declared"),
        ({"event_id": EVENT, "input": {**COLLECTION, "note": "a" * 2001}}, 422, "input.note"),
        ({"event_id": EVENT, "input": {**COLLECTION, "note": "a\x00b"}}, 422, None),
        ({"event_id": EVENT, "input": COLLECTION, "happened_at": "2026-03-02T09:00:00"}, 422, "happened_at"),
        ({"event_id": EVENT, "input": COLLECTION, "happened_at": "1999-12-31T23:59:59Z"}, 422, "happened_at"),
        ({"event_id": "1", "input": COLLECTION}, 422, "event_id"),
        ({"input": COLLECTION}, 422, "event_id"),
        ([], 422, None),
    ],
)
def test_a_body_that_does_not_fit_names_the_field(
    caller: Callers, database: Database, body: object, status: int, field: str | None
) -> None:
    driver = caller(Role.DRIVER)
    told = problem(driver.client.post("/api/v1/collections", headers=driver.headers, json=body), status, "bad_input")
    assert told["field"] == field
    assert told["errors"]
    with database.reading() as session:
        assert session.scalar(select(func.count(Event.id))) == 0


@pytest.mark.parametrize(
    ("data", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "bad_json"),
        (b"\xff\xfe", "application/json", 400, "bad_json"),
        (b"", "application/json", 400, "bad_json"),
        (b"[" * 20000, "application/json", 400, "bad_json"),
        (json.dumps({"event_id": EVENT}).encode(), "text/plain", 415, "wrong_media_type"),
        (b"event_id=1", "application/x-www-form-urlencoded", 415, "wrong_media_type"),
        (b" " * 70_000, "application/json", 413, "too_large"),
    ],
)
def test_what_is_not_json_is_refused(caller: Callers, data: bytes, content_type: str, status: int, code: str) -> None:
    driver = caller(Role.DRIVER)
    answer = driver.client.post("/api/v1/collections", headers=driver.headers, data=data, content_type=content_type)
    problem(answer, status, code)


def test_unknown_addresses_and_methods_answer_in_the_same_form(caller: Callers) -> None:
    floor = caller(Role.OPERATOR)
    problem(floor.get("/nothing/here"), 404, "not_found")
    answer = floor.client.put("/api/v1/orders", headers=floor.headers)
    problem(answer, 405, "wrong_method")
    assert answer.headers["Allow"] == "GET, POST"


def test_the_plants_refusals_keep_their_words_and_status(caller: Callers, database: Database) -> None:
    floor, quality = caller(Role.OPERATOR), caller(Role.QUALITY)
    lot = wash_a_lot(floor, quality, quantity=100)
    problem(floor.post("/sortings", {"lot_code": lot, "sorted_out": []}), 409, "wrong_step")
    problem(floor.post("/breakages", {"lot_code": lot, "quantity": 101}), 409, "wrong_quantity")
    problem(floor.post("/holds", {"lot_code": "0000-0000-0"}), 422, "bad_input")
    problem(floor.post("/holds", {"lot_code": lot, "reason": "x"}, site="ELSEWHERE"), 404, "not_found")
    problem(floor.post("/collections", {"point_code": "P99", "declared": 1}), 404, "not_found")
    problem(quality.post("/collections", COLLECTION), 403, "not_allowed")
    floor.done("/holds", {"lot_code": lot, "reason": "doubt"})
    told = problem(floor.post("/relabelings", {"lot_code": lot, "quantity": 1}), 409, "stopped")
    assert told["field"] == "code"
    with database.reading() as session:
        before = session.scalar(select(func.count(Event.id)))
    assert floor.post("/breakages", {"lot_code": lot, "quantity": 101}).status_code == 409
    with database.reading() as session:
        assert session.scalar(select(func.count(Event.id))) == before


def test_a_program_chooses_the_language_of_its_reader(caller: Callers) -> None:
    floor = caller(Role.OPERATOR)
    english = floor.client.get("/api/v1/lots/NOLOT", headers={**floor.headers, "Accept-Language": "en"})
    assert problem(english, 404, "not_found")["detail"] == "No lot is called “NOLOT” here."


def test_a_name_that_is_taken_or_too_long_is_the_callers_fault(caller: Callers) -> None:
    floor = caller(Role.OPERATOR)
    floor.done("/collections", {**COLLECTION, "partner_code": "R-1"})
    problem(floor.post("/collections", {**COLLECTION, "partner_code": "R-1"}), 422, "bad_input")


def test_the_site_is_asked_for_where_there_are_several(app: Flask, caller: Callers, database: Database) -> None:
    from bottletrack.founding import add_site

    with database.writing() as session:
        add_site(session, 1, code="SECOND", name="Second")
    driver = caller(Role.DRIVER)
    assert problem(driver.post("/collections", COLLECTION), 422, "bad_input")["field"] == "site"
    lot = driver.done("/collections", COLLECTION, site="second")["lot_codes"][0]
    seen = driver.get(f"/lots/{lot}").json
    assert seen is not None
    assert seen["lot"]["site"] == "SECOND"
