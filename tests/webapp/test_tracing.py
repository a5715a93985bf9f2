"""The trace as a page, a spreadsheet and a sheet of paper."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from bottletrack.database import Database
from bottletrack.stations.sorting import SortedOut, Sorting, record_sorting
from bottletrack.tables import Event, WashRun
from bottletrack.vocabulary import EventKind, Role
from tests.webapp.conftest import Visitor
from tests.webapp.plant_floor import COLOR, MODEL, Floor


@pytest.fixture
def floor(database: Database) -> Floor:
    return Floor(database)


@pytest.fixture
def operator(client_for: Callable[[str], Visitor]) -> Visitor:
    return client_for(Role.OPERATOR)


def test_a_lot_is_drawn_with_what_came_before_and_after(floor: Floor, operator: Visitor) -> None:
    code = floor.washed(100)
    page = operator.get(f"/trace/{code}")
    assert page.status_code == 200
    boxes = re.findall(r"<title>([^<]+)</title>\s*<rect", page.text)
    assert [name for name in boxes if name.startswith("Passage")] == ["Passage en laveuse RUN-01"]
    assert any(f"{code[:4]}-{code[4:]}" in name for name in boxes)
    assert len(boxes) == 5  # point, received, sorted, run, washed
    assert "style=" not in page.text
    # The drawing is not the only way to read it.
    assert page.text.count("<table") >= 3


def test_each_way_of_naming_a_start_leads_to_its_trace(floor: Floor, operator: Visitor) -> None:
    code = floor.washed(100)
    with floor.database.reading() as session:
        run_id = session.scalars(select(WashRun.id)).one()
        event_id = session.scalars(select(Event.id).where(Event.kind == EventKind.COLLECTED)).one()
    for typed, address in {
        f"{code[:4]}-{code[4:]}": f"/trace/{code}",
        "run-01": f"/trace/run/{run_id}",
        str(event_id): f"/trace/event/{event_id}",
    }.items():
        answer = operator.get("/trace", query_string={"q": typed})
        assert (answer.status_code, answer.location) == (302, address)
        assert operator.get(address).status_code == 200


def test_an_order_that_was_placed_only_has_no_bottles_yet(floor: Floor, operator: Visitor) -> None:
    reference, _ = floor.ordered()
    page = operator.get(f"/trace/order/{reference}")
    assert page.status_code == 200
    assert "0 bouteille" in page.text


def test_a_name_that_means_nothing_is_refused_on_the_page(operator: Visitor) -> None:
    answer = operator.get("/trace", query_string={"q": "NOTHING"})
    assert answer.status_code == 404
    assert 'name="q"' in answer.text


def test_the_spreadsheet_has_every_step(floor: Floor, operator: Visitor) -> None:
    code = floor.washed(100)
    answer = operator.get(f"/trace/lot/{code}/steps.csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert [row[6:9] for row in rows[1:]] == [["100", "100", "100"]] * 4
    assert rows[1][4].startswith("Point de collecte")


def test_the_sheet_is_a_pdf_that_is_the_same_each_time(floor: Floor, operator: Visitor) -> None:
    code = floor.washed(100)
    answer = operator.get(f"/trace/lot/{code}/trace.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")


def test_many_places_in_a_row_are_told_in_one_box(floor: Floor, operator: Visitor) -> None:
    code = floor.received(900)
    parts = tuple(SortedOut(MODEL, 20 * number, COLOR) for number in range(1, 10))
    with floor.database.writing() as session:
        record_sorting(session, Sorting(code, parts), floor.scan())
    page = operator.get(f"/trace/{code}")
    boxes = re.findall(r"<title>([^<]+)</title>\s*<rect", page.text)
    assert [name for name in boxes if name.startswith("4 ")] == ["4 autres : Lot"]
    assert len(boxes) == 1 + 1 + 6


def test_the_lot_page_links_to_the_trace(floor: Floor, operator: Visitor) -> None:
    code = floor.washed(100)
    assert f'href="/trace/{code}"' in operator.get(f"/operator/lots/{code}").text
