"""The coordinators' face over the pilot year: figures that add up on the page, files, orders served, the audit told."""

import csv
import io
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from bottletrack.database import Database
from bottletrack.exchange.journal import import_actor, import_journal
from bottletrack.founding import DATA, add_site
from bottletrack.identifiers import new_event_id
from bottletrack.order_book import OrderOnBook, get_order
from bottletrack.orders import OrderedBottles, OrderRequest, record_order
from bottletrack.scans import Scan
from bottletrack.tables import Lot, Place, Site, Territory
from bottletrack.vocabulary import PlaceKind, Role
from tests.webapp.conftest import Visitor
from webapp.config import sqlite_url
from webapp.coordinator.auditing import RULES
from webapp.readings import readings_in_words
from webapp.spreadsheets import harmless


@pytest.fixture(scope="session")
def founded(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The founded territory with the pilot year at a second site, which delivers released lots; imported once."""
    path = Path(shutil.copy(founded, tmp_path_factory.mktemp("pilot") / "template.sqlite3"))
    database = Database(sqlite_url(path))
    with database.writing() as session:
        territory_id = session.scalars(select(Territory.id)).one()
        site_id = add_site(session, territory_id, code="PILOT", name="Pilot", relabeling_required=False)
        actor = import_actor(session, territory_id)
        import_journal(session, DATA / "pilot" / "journal.csv", actor=actor, site_id=site_id)
    database.dispose()
    return path


@pytest.fixture
def coordinator(client_for: Callable[[str], Visitor]) -> Visitor:
    return client_for(Role.COORDINATOR)


def words_of(response: TestResponse) -> str:
    """The page's text without its tags, with plain blanks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.text)).replace("\u202f", " "))


def in_english(visitor: Visitor) -> Visitor:
    visitor.send("/account/language", {"language": "en", "next": "/"})
    return visitor


def equation(response: TestResponse) -> list[int]:
    """The numbers of the page's balance line: the whole, then its terms."""
    line = re.search(r'<dl class="equation">.*?</dl>', response.text, re.DOTALL)
    assert line, "the page has no balance line"
    numbers = re.findall(r"<dd>(?:<span[^>]*>[=+]</span>)?\s*(-?[\d,\s]+)</dd>", line[0])
    return [int(re.sub(r"[,\s]", "", text)) for text in numbers]


def table(response: TestResponse, separator: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.data.decode("utf-8-sig")), delimiter=separator))


def test_the_headline_is_what_was_delivered_net_with_its_promise(coordinator: Visitor) -> None:
    page = in_english(coordinator).get("/coordinator/")
    words = words_of(page)
    assert re.search(r"<h1>4,140 bottles reused</h1>", page.text)
    assert "CO₂ saved Promise 1,242 kg" in words
    assert "Waste avoided Promise 1,656 kg" in words
    assert "the project's own claim ( claim-jura 1 )" in words
    assert "4,140 bottles washed" not in words


def test_scripts_are_told_how_figures_are_written(coordinator: Visitor) -> None:
    # The page's own words must not hide what every page says of itself.
    assert 'data-figures="fr-FR"' in coordinator.get("/coordinator/").text


def test_the_balance_adds_up_on_the_page(coordinator: Visitor) -> None:
    assert equation(coordinator.get("/coordinator/")) == [8214, 24, 144, 1667, 53, 135, 4140, 2051]
    whole, *terms = equation(coordinator.get("/coordinator/?from=2017-03-01&to=2017-05-31"))
    assert whole == sum(terms)
    assert terms[-2] not in (0, 4140)


def test_each_figure_stands_with_its_definition(coordinator: Visitor) -> None:
    words = words_of(in_english(coordinator).get("/coordinator/"))
    for name, value, definition in (
        ("First washes", "7,000", "Bottles loaded into a wash that had never been washed"),
        ("Wash passages", "8,874", "a bottle that is washed twice counts twice"),
        ("Rerinses", "1,118", "Bottles loaded into a rinse"),
        ("Delivered, gross", "4,188", "Bottles handed over to winemakers"),
        ("Bottles returned", "48", "Bottles that winemakers gave back"),
    ):
        assert re.search(f"{name} {value} [^.]*{definition}", words), name


def test_a_period_stands_in_the_address_and_in_the_files(coordinator: Visitor) -> None:
    page = coordinator.get("/coordinator/?from=2016-10-01&to=2016-12-31")
    assert "figures.csv?from=2016-10-01&amp;to=2016-12-31" in page.text
    assert 'name="from" id="from" value="2016-10-01"' in page.text
    file = coordinator.get("/coordinator/figures.csv?from=2016-10-01&to=2016-12-31")
    assert "bottletrack-figures-2016-10-01-2016-12-31.csv" in file.headers["Content-Disposition"]
    assert {tuple(row[3:5]) for row in table(file, ";")[1:]} == {("2016-10-01", "2016-12-31")}


@pytest.mark.parametrize("query", ["from=yesterday", "from=2017-02-30", "from=2017-03-02&to=2017-03-01"])
def test_a_period_that_makes_no_sense_is_refused_in_words(coordinator: Visitor, query: str) -> None:
    page = coordinator.get(f"/coordinator/?{query}")
    assert page.status_code == 422
    assert "panel-refusal" in page.text
    assert equation(page)[0] == 8214
    assert coordinator.get(f"/coordinator/figures.csv?{query}").status_code == 422


def test_the_figures_as_a_file(coordinator: Visitor) -> None:
    file = in_english(coordinator).get("/coordinator/figures.csv")
    assert file.data.startswith(b"\xef\xbb\xbf")
    heading, *rows = table(file, ",")
    assert heading == ["Figure", "Value", "Unit", "From", "To", "Definition", "Source"]
    values = {row[0]: int(row[1]) for row in rows}
    assert values["Delivered, net"] == 4140
    assert values["Wash passages"] == 8874
    assert len(rows) == 15
    assert all(len(row) == 7 and row[5] and row[6] for row in rows)


def test_the_rejects_as_a_file(coordinator: Visitor) -> None:
    _, *rows = table(coordinator.get("/coordinator/rejects.csv"), ";")
    assert rows[0][0] == "MA03"
    assert sum(int(row[3]) for row in rows) == 1667
    assert sum(int(row[4]) for row in rows) == 144
    assert int(rows[-1][6]) == 1811


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_is_run_as_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


def test_numbers_and_plain_texts_stay_as_they_are() -> None:
    assert [harmless(cell) for cell in (-24, "Jura - 75 cl", "")] == [-24, "Jura - 75 cl", ""]


def order_on_book(database: Database, reference: str) -> OrderOnBook:
    with database.reading() as session:
        territory_id = session.scalars(select(Territory.id)).one()
        return get_order(session, import_actor(session, territory_id), reference)


@pytest.fixture
def fresh(database: Database) -> Database:
    """The pilot's lots as if they had been washed this year, so that they may leave."""
    with database.writing() as session:
        session.execute(update(Lot).values(washed_on=None))
        session.execute(update(Site).values(max_age_days=100_000))
    return database


def some_lot(page: TestResponse, action: str) -> tuple[str, int]:
    """The first lot that the page offers to reserve or set free, and the quantity it proposes."""
    found = re.search(
        rf'action="[^"]*/{action}".*?name="lot" value="(\w+)".*?name="quantity" value="(\d+)"', page.text, re.DOTALL
    )
    assert found, f"the page offers no lot to {action}"
    return found[1], int(found[2])


def send(visitor: Visitor, database: Database, action: str, reference: str = "O-05", **fields: object) -> TestResponse:
    order = order_on_book(database, reference)
    form = {"event_id": str(new_event_id()), "site_id": order.site_id, **fields}
    return visitor.send(f"/coordinator/orders/{reference}/{action}", form)


def test_orders_are_listed_by_what_they_need(coordinator: Visitor) -> None:
    def listed(status: str) -> set[str]:
        page = coordinator.get(f"/coordinator/orders?status={status}")
        return set(re.findall(r"/coordinator/orders/(O-\d+)", page.text))

    assert len(listed("")) == 11
    assert listed("to_serve") == listed("partly_delivered") == {"O-01", "O-05", "O-07"}
    assert listed("cancelled") == set()
    assert coordinator.get("/coordinator/orders?status=lost").status_code == 422


def test_a_coordinator_reserves_and_sets_free(fresh: Database, coordinator: Visitor) -> None:
    lot, most = some_lot(coordinator.get("/coordinator/orders/O-05"), "reserve")
    assert order_on_book(fresh, "O-05").lines[0].reserved == 0
    answer = send(coordinator, fresh, "reserve", lot=lot, quantity=30)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/coordinator/orders/O-05")
    assert order_on_book(fresh, "O-05").lines[0].reserved == 30
    assert most > 30
    assert some_lot(coordinator.get("/coordinator/orders/O-05"), "unreserve") == (lot, 30)
    assert send(coordinator, fresh, "unreserve", lot=lot, quantity=10).status_code == 303
    assert order_on_book(fresh, "O-05").lines[0].reserved == 20


def test_the_same_form_twice_reserves_once(fresh: Database, coordinator: Visitor) -> None:
    lot, _ = some_lot(coordinator.get("/coordinator/orders/O-05"), "reserve")
    once = str(new_event_id())
    for _ in range(2):
        assert send(coordinator, fresh, "reserve", lot=lot, quantity=30, event_id=once).status_code == 303
    assert order_on_book(fresh, "O-05").lines[0].reserved == 30


@pytest.mark.parametrize(("quantity", "status"), [("100000", 409), ("", 422), ("0", 409), ("ten", 422)])
def test_a_reservation_that_cannot_be_says_why(
    fresh: Database, coordinator: Visitor, quantity: str, status: int
) -> None:
    lot, _ = some_lot(coordinator.get("/coordinator/orders/O-05"), "reserve")
    answer = send(coordinator, fresh, "reserve", lot=lot, quantity=quantity)
    assert answer.status_code == status
    assert "panel-refusal" in answer.text
    assert order_on_book(fresh, "O-05").lines[0].reserved == 0


def test_only_an_order_without_deliveries_is_cancelled(fresh: Database, coordinator: Visitor) -> None:
    assert "/cancel" not in coordinator.get("/coordinator/orders/O-05").text
    assert send(coordinator, fresh, "cancel", reason="closing down").status_code == 409
    assert not order_on_book(fresh, "O-05").cancelled


def test_an_order_is_cancelled_and_its_bottles_are_free_again(fresh: Database, coordinator: Visitor) -> None:
    with fresh.writing() as session:
        actor = import_actor(session, session.scalars(select(Territory.id)).one())
        site_id = order_on_book(fresh, "O-05").site_id
        lines = (OrderedBottles("JU75", 30),)
        request = OrderRequest(lines, winery_code="VIG-04", reference="O-77")
        record_order(session, request, Scan(new_event_id(), actor, site_id, datetime.now(UTC)))
    assert order_on_book(fresh, "O-77").lines[0].reserved == 30
    assert "/cancel" in coordinator.get("/coordinator/orders/O-77").text
    assert send(coordinator, fresh, "cancel", "O-77", reason="closing down").status_code == 303
    cancelled = order_on_book(fresh, "O-77")
    assert (cancelled.cancelled, cancelled.lines[0].reserved) == (True, 0)


def test_a_runs_rejects_are_told_by_name(coordinator: Visitor) -> None:
    runs = in_english(coordinator).get("/coordinator/runs").text
    oldest = re.findall(r'href="(/coordinator/runs/\d+)"', runs)[-1]
    assert "Wear ring above limit MA09" in words_of(coordinator.get(oldest))


def test_another_territorys_order_is_not_there(coordinator: Visitor) -> None:
    assert coordinator.get("/coordinator/orders/O-99").status_code == 404
    assert coordinator.get("/coordinator/runs/999999").status_code == 404


def test_lots_by_stage_and_by_name(coordinator: Visitor) -> None:
    def listed(query: str) -> int:
        page = coordinator.get(f"/coordinator/lots?{query}")
        assert page.status_code == 200
        return len(re.findall(r'class="code" href="/operator/lots/', page.text))

    assert listed("") == 10
    assert listed("stage=released") == 9
    assert listed("q=ju75&stage=released") == 4
    assert listed("q=W-23") == 1
    assert listed("q=W-01&all=yes") == 1
    assert listed("q=nothing") == 0
    assert coordinator.get("/coordinator/lots?stage=broken").status_code == 422


def test_stock_and_points_and_runs_add_up(coordinator: Visitor) -> None:
    in_english(coordinator)
    assert "<h1>2,051 bottles on hand</h1>" in coordinator.get("/coordinator/stock").text
    points = coordinator.get("/coordinator/points").text.split("<tbody>")[1]
    assert points.count("<tr>") == 20
    runs = coordinator.get("/coordinator/runs")
    assert set(re.findall(r"RUN-\d\d", runs.text)) == {f"RUN-{number:02d}" for number in range(1, 24)}
    latest = re.search(r'href="(/coordinator/runs/\d+)">RUN-19', runs.text)
    assert latest
    page = coordinator.get(latest[1])
    whole, *terms = equation(page)
    assert whole == sum(terms) == 625
    assert "Bath 2: temperature 78 to 82 °C 81 °C" in words_of(page)


def test_readings_have_units_and_unknown_ones_stay_as_they_are(app: Flask) -> None:
    with app.test_request_context():
        (_, known), unknown = readings_in_words({"naoh_pct": "1.6", "own_name": "ok"})
    assert known == "1,6 %"
    assert unknown == ("own_name", "ok")


def test_the_audit_says_that_everything_holds(coordinator: Visitor) -> None:
    page = in_english(coordinator).get("/coordinator/audit")
    assert "Everything holds." in page.text
    assert equation(page) == [8214, 24, 144, 1667, 53, 135, 4140, 2051]
    names = set(re.findall(r"<small>(\w+)</small>", page.text))
    assert names == set(RULES), "a rule has no words, or is not checked"


def test_the_audit_names_what_offends(database: Database, coordinator: Visitor) -> None:
    with database.writing() as session:
        session.execute(update(Place).where(Place.kind == PlaceKind.CULLET).values(quantity=Place.quantity + 1))
    page = in_english(coordinator).get("/coordinator/audit")
    words = words_of(page)
    assert "Everything holds." not in words
    assert "says it holds" in words
    assert "Broken rule" in words
    assert RULES["I1"] in words


def test_a_lead_sees_figures_but_no_orders(client_for: Callable[[str], Visitor]) -> None:
    lead = client_for(Role.LEAD)
    assert lead.get("/coordinator/").status_code == 200
    assert lead.get("/coordinator/orders").status_code == 403
    assert "/coordinator/orders" not in lead.get("/coordinator/").text
