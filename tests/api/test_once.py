"""What is sent again counts once, and gets the same answer; also when it is sent eight times at the same moment."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from bottletrack.database import Database
from bottletrack.reports.audit import run_audit
from bottletrack.tables import Event, Movement, Order
from bottletrack.vocabulary import Role
from tests.api.conftest import Caller, wash_a_lot

Callers = Callable[..., Caller]
AT_ONCE = 8


def at_once(caller: Caller, app: Flask, path: str, content: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    """The same scan from eight threads; each waits for the others before it sends."""
    event_id, gate = str(uuid.uuid4()), threading.Barrier(AT_ONCE)

    def send(_number: int) -> tuple[int, dict[str, Any]]:
        own = Caller(app.test_client(), caller.key)
        gate.wait(timeout=30)
        answer = own.post(path, content, event_id)
        return answer.status_code, dict(answer.json or {})

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(send, range(AT_ONCE)))


def test_a_scan_sent_eight_times_at_once_is_one_event(app: Flask, database: Database, caller: Callers) -> None:
    answers = at_once(caller(Role.DRIVER), app, "/collections", {"point_code": "P01", "declared": 240})
    assert sorted(status for status, _ in answers) == [200] * (AT_ONCE - 1) + [201]
    assert sorted(body["again"] for _, body in answers) == [False] + [True] * (AT_ONCE - 1)
    told = {tuple((name, str(value)) for name, value in body.items() if name != "again") for _, body in answers}
    assert len(told) == 1
    with database.reading() as session:
        assert session.scalar(select(func.count(Event.id))) == 1
        assert session.scalar(select(func.sum(Movement.quantity))) == 240
        assert run_audit(session, 1).clean


def test_an_order_sent_eight_times_at_once_is_one_order(app: Flask, database: Database, caller: Callers) -> None:
    wash_a_lot(caller(Role.OPERATOR), caller(Role.QUALITY))
    answers = at_once(caller(Role.WINEMAKER), app, "/orders", {"lines": [{"model_code": "BG75", "quantity": 100}]})
    assert sorted(status for status, _ in answers) == [200] * (AT_ONCE - 1) + [201]
    assert {body["order_reference"] for _, body in answers} == {"O-0001"}
    with database.reading() as session:
        assert session.scalar(select(func.count(Order.id))) == 1
        assert run_audit(session, 1).clean


def test_orders_at_once_promise_no_more_than_there_is(app: Flask, database: Database, caller: Callers) -> None:
    wash_a_lot(caller(Role.OPERATOR), caller(Role.QUALITY), quantity=240)
    callers = [caller(Role.WINEMAKER) for _ in range(AT_ONCE)]
    gate = threading.Barrier(AT_ONCE)

    def order(winemaker: Caller) -> int:
        gate.wait(timeout=30)
        return winemaker.post("/orders", {"lines": [{"model_code": "BG75", "quantity": 45}]}).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert list(pool.map(order, callers)) == [201] * AT_ONCE
    orders = caller(Role.COORDINATOR).get("/orders").json
    assert orders is not None
    assert sum(line["reserved"] for order in orders["orders"] for line in order["lines"]) == 240
    with database.reading() as session:
        assert run_audit(session, 1).clean


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_the_same_id_with_another_content_or_person_is_refused(caller: Callers) -> None:
    driver, event_id = caller(Role.DRIVER), str(uuid.uuid4())
    assert driver.post("/collections", {"point_code": "P01", "declared": 240}, event_id).status_code == 201
    for who, declared in ((driver, 241), (caller(Role.DRIVER), 240)):
        answer = who.post("/collections", {"point_code": "P01", "declared": declared}, event_id)
        assert answer.status_code == 409
        assert answer.json is not None
        assert answer.json["code"] == "conflict"
