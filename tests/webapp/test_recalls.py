"""Recalls on the screen: opened from a trace, told by the floor, closed by a coordinator."""

from collections.abc import Callable

import pytest

from bottletrack.database import Database
from bottletrack.stations.dispatch import Delivery, record_delivery
from bottletrack.vocabulary import EventKind, Role
from tests.webapp.conftest import Visitor
from tests.webapp.plant_floor import Floor, record


@pytest.fixture
def floor(database: Database) -> Floor:
    return Floor(database)


@pytest.fixture
def coordinator(client_for: Callable[[str], Visitor]) -> Visitor:
    return client_for(Role.COORDINATOR)


@pytest.fixture
def operator(client_for: Callable[[str], Visitor]) -> Visitor:
    return client_for(Role.OPERATOR)


@pytest.fixture
def delivered(floor: Floor) -> tuple[str, str]:
    """An order of 60 bottles, delivered, and the lot of 100 that they came from."""
    reference, code = floor.ordered(60)
    with floor.database.writing() as session:
        record_delivery(session, Delivery(reference, code, 60), floor.scan())
    return reference, code


def test_a_recall_from_a_trace_to_its_closing(
    floor: Floor, coordinator: Visitor, operator: Visitor, delivered: tuple[str, str]
) -> None:
    reference, code = delivered
    assert f"/recalls/new?start=lot:{code}" in coordinator.get(f"/trace/{code}").text
    assert "/recalls/new" not in operator.get(f"/trace/{code}").text
    form = coordinator.get(f"/recalls/new?start=lot:{code}").text
    assert f'value="lot:{code}"' in form
    answer = record(coordinator, "/recalls", start=f"lot:{code}", drill="recall", reason="glass")
    assert (answer.status_code, answer.location) == (303, "/recalls/R-0001")
    page = coordinator.get("/recalls/R-0001").text
    assert "Domaine VIG-01" in page
    assert "winemaker@example.org" in page
    assert floor.lot(code).recalled
    assert "/recalls/R-0001" in operator.get(f"/operator/lots/{code}").text
    assert operator.get("/recalls").status_code == 200
    line = f"{reference} JU75 A"
    told = record(operator, "/recalls/R-0001/tallies", line=line, what="recovered", quantity="50")
    assert told.status_code == 303
    # Closing asks to explain what is missing, on the same page.
    refused = record(coordinator, "/recalls/R-0001/closing")
    assert refused.status_code == 409
    gone = record(operator, "/recalls/R-0001/tallies", line=line, what="consumed", quantity="10", reason="bues")
    assert gone.status_code == 303
    assert record(coordinator, "/recalls/R-0001/closing").status_code == 303
    assert not floor.lot(code).recalled
    assert floor.events(EventKind.RECALL_CLOSED) == 1


def test_a_drill_says_so_and_stops_nothing(floor: Floor, coordinator: Visitor) -> None:
    code = floor.released(100)
    assert record(coordinator, "/recalls", start=code, drill="drill", reason="yearly").status_code == 303
    assert not floor.lot(code).recalled
    assert "Exercice" in coordinator.get("/recalls").text


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"start": "", "reason": "x"}, 422),
        ({"start": "NOTHING", "reason": "x"}, 404),
    ],
)
def test_an_opening_that_is_refused_shows_its_form_again(
    coordinator: Visitor, fields: dict[str, str], status: int
) -> None:
    answer = record(coordinator, "/recalls", drill="recall", **fields)
    assert answer.status_code == status
    assert 'name="reason"' in answer.text


def test_a_tally_that_is_refused_shows_the_case_again(
    coordinator: Visitor, operator: Visitor, delivered: tuple[str, str]
) -> None:
    reference, code = delivered
    record(coordinator, "/recalls", start=code, drill="recall", reason="glass")
    line = f"{reference} JU75 A"
    for fields, status in (
        ({"line": line, "what": "recovered", "quantity": "61"}, 409),
        ({"line": line, "what": "recovered", "quantity": ""}, 422),
        ({"line": line, "quantity": "1"}, 422),
        ({"line": "nonsense", "what": "consumed", "quantity": "1", "reason": "x"}, 422),
        ({"line": line, "what": "consumed", "quantity": "1"}, 422),
    ):
        answer = record(operator, "/recalls/R-0001/tallies", **fields)
        assert answer.status_code == status, fields
        assert 'name="line"' in answer.text


def test_the_sheet_is_a_pdf(coordinator: Visitor, delivered: tuple[str, str]) -> None:
    record(coordinator, "/recalls", start=delivered[0], drill="drill", reason="yearly")
    answer = coordinator.get("/recalls/R-0001/recall.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")


def test_a_case_that_there_is_not(coordinator: Visitor) -> None:
    assert coordinator.get("/recalls/R-0099").status_code == 404
