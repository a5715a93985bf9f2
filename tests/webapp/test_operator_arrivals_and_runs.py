"""Steps that begin without a lot: collection, wash runs, dispatch, return, the stocktake by scan."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bottletrack.database import Database
from bottletrack.founding import add_site
from bottletrack.identifiers import new_event_id
from bottletrack.tables import Event, Site
from bottletrack.vocabulary import EventKind, Role, Stage
from tests.webapp.conftest import Visitor
from tests.webapp.plant_floor import CLEARED, Floor, codes_in, record, start

SignIn = Callable[[str], Visitor]


@pytest.fixture
def floor(database: Database) -> Floor:
    return Floor(database)


def test_a_collection_opens_a_lot_once(client_for: SignIn, floor: Floor, database: Database) -> None:
    driver = client_for(Role.DRIVER)
    assert driver.get("/operator/collection").status_code == 200
    form = {
        "event_id": str(new_event_id()),
        "point": "P02",
        "declared_crates": "20",
        "declared_loose": "3",
        "counted_crates": "20",
        "owner": "VIG-02",
        "container": "Palox 7",
        "kilometers": "12,5",
    }
    first, again = (record(driver, "/operator/collection", **form) for _ in range(2))
    assert (first.status_code, again.location) == (303, first.location)
    (code,) = codes_in(driver.get(first.location))
    lot = floor.lot(code)
    assert (lot.stage, lot.quantity, floor.events(EventKind.COLLECTED)) == (Stage.RECEIVED, 240, 1)
    assert lot.owner_winery_id is not None
    with database.reading() as session:
        readings = session.scalars(select(Event.readings).where(Event.kind == EventKind.COLLECTED)).one()
    assert (readings["kilometers"], readings["container"]) == ("12.5", "PALOX 7")


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"point": "P99"}, 404),
        ({"point": ""}, 422),
        ({"declared_crates": "", "declared_loose": ""}, 422),
        ({"declared_crates": "-1"}, 422),
        ({"declared_crates": "999999999"}, 422),
        ({"kilometers": "loin"}, 422),
        ({"kilometers": "125000"}, 422),
        ({"owner": "NOBODY"}, 404),
        ({"counted_crates": "2"}, 409),
    ],
)
def test_a_refused_collection_comes_back_as_it_was_filled_in(
    client_for: SignIn, floor: Floor, wrong: dict[str, str], status: int
) -> None:
    form = {"point": "P02", "declared_crates": "20", "container": "Palox 7", **wrong}
    page = record(client_for(Role.OPERATOR), "/operator/collection", **form)
    assert page.status_code == status
    assert "panel-refusal" in page.text
    assert 'value="Palox 7"' in page.text
    if form["point"] == "P02":
        assert '<option value="P02" selected>' in page.text
    assert floor.events(EventKind.COLLECTED) == 0


def test_who_works_at_several_sites_chooses_one(client_for: SignIn, floor: Floor, database: Database) -> None:
    with database.writing() as session:
        other = add_site(session, floor.actor.territory_id, code="DEUX", name="Deuxième centre")
    driver = client_for(Role.DRIVER)
    assert 'name="site_id"' in driver.get("/operator/collection").text
    form = {"point": "P01", "declared_crates": "2"}
    assert record(driver, "/operator/collection", **form).status_code == 422
    done = record(driver, "/operator/collection", site_id=str(other), **form)
    (code,) = codes_in(driver.get(done.location))
    assert floor.lot(code).site_id == other


def test_a_run_is_opened_loaded_by_scan_and_closed(client_for: SignIn, floor: Floor) -> None:
    code, operator = floor.sorted(100), client_for(Role.OPERATOR)
    opened = record(operator, "/operator/runs", program="wash", lot=code, **CLEARED)
    page = operator.get(opened.location)
    assert f'value="{code}"' in page.text
    run = opened.location.partition("?")[0]
    loading = {"event_id": str(new_event_id()), "code": f"http://127.0.0.1:8000/Q/{code}"}
    first, again = (record(operator, run, **loading) for _ in range(2))
    assert (first.status_code, again.location) == (303, first.location)
    assert "100" in operator.get(first.location).text
    assert floor.lot(code).quantity == 0
    start(operator, run)
    closing = {
        "event_id": str(new_event_id()),
        "passed_crates": "7",
        "passed_loose": "1",
        "rework_loose": "6",
        "rework_defect": "MA02",
        "broken": "2",
        "broken_zone": "Exit",
        "glass_cleared": "yes",
        "reject.MA09": "7",
    }
    closed, twice = (record(operator, f"{run}/closing", **closing) for _ in range(2))
    assert (closed.status_code, twice.location) == (303, closed.location)
    washed, rework = (floor.lot(made) for made in codes_in(operator.get(closed.location)))
    assert (washed.stage, washed.quantity) == (Stage.WASHED, 85)
    assert (rework.stage, rework.quantity) == (Stage.REWORK, 6)
    assert floor.events(EventKind.RUN_CLOSED) == 1
    assert 'name="code"' not in operator.get(run).text


def test_a_run_that_does_not_balance_stays_open_and_filled_in(client_for: SignIn, floor: Floor) -> None:
    run, operator = f"/operator/runs/{floor.running(100)}", client_for(Role.OPERATOR)
    page = record(operator, f"{run}/closing", passed_crates="8", broken="1", **{"reject.CR01": "2"})
    assert page.status_code == 409
    assert "panel-refusal" in page.text
    for kept in ('value="8"', 'value="1"', 'value="2"'):
        assert kept in page.text
    assert floor.events(EventKind.RUN_CLOSED) == 0


def test_a_lot_that_does_not_fit_the_run_is_not_loaded(client_for: SignIn, floor: Floor) -> None:
    run, operator = f"/operator/runs/{floor.loaded_run(100)}", client_for(Role.OPERATOR)
    other = floor.sorted(50, model="CL62", color="feuille morte")
    page = record(operator, run, code=other)
    assert page.status_code == 409
    assert f'value="{other}"' in page.text
    stranger = record(operator, run, code="https://elsewhere.example/q/7K3M29QX")
    assert stranger.status_code == 404
    assert floor.lot(other).quantity == 50


def test_part_of_a_lot_is_loaded_from_its_own_page(client_for: SignIn, floor: Floor) -> None:
    operator, code = client_for(Role.OPERATOR), floor.sorted(100)
    assert "/operator/runs?lot=" in operator.get(f"/operator/lots/{code}/loading").text
    record(operator, "/operator/runs", program="wash", code="MATIN", **CLEARED)
    form = {"run": "MATIN", "quantity_crates": "2"}
    assert record(operator, f"/operator/lots/{code}/loading", **form).status_code == 303
    assert floor.lot(code).quantity == 76
    missing = record(operator, f"/operator/lots/{code}/loading", run="SOIR")
    assert missing.status_code == 404


def test_a_run_needs_a_program(client_for: SignIn, floor: Floor) -> None:
    page = record(client_for(Role.OPERATOR), "/operator/runs", code="MATIN", **CLEARED)
    assert page.status_code == 422
    assert 'value="MATIN"' in page.text
    assert floor.events(EventKind.RUN_OPENED) == 0


def test_reserved_lots_leave_by_scan(client_for: SignIn, floor: Floor) -> None:
    order, code = floor.ordered(60)
    driver = client_for(Role.DRIVER)
    assert f"/operator/orders/{order}" in driver.get("/operator/orders").text
    url = f"/operator/orders/{order}"
    assert floor.lot(code).shown_code in driver.get(url).text
    too_many = record(driver, url, code=code, quantity_crates="6", packages="PAL-1")
    assert too_many.status_code == 409
    assert 'value="PAL-1"' in too_many.text
    loading = {"event_id": str(new_event_id()), "code": code, "quantity_crates": "4"}
    first, again = (record(driver, url, **loading) for _ in range(2))
    assert (first.status_code, again.location) == (303, first.location)
    assert "panel-success" in driver.get(first.location).text
    assert (floor.lot(code).quantity, floor.events(EventKind.DELIVERED)) == (52, 1)
    form = driver.get(f"/operator/lots/{code}/delivery").text
    assert f'value="{order}"' in form
    assert "12 bouteilles" in form.replace("\u00a0", " ")
    rest = record(driver, f"/operator/lots/{code}/delivery", order=order, quantity_loose="12")
    assert rest.status_code == 303
    assert order not in driver.get("/operator/orders").text


def test_a_lot_that_the_order_does_not_name_stays(client_for: SignIn, floor: Floor) -> None:
    order, _ = floor.ordered(60)
    other = floor.packed()
    page = record(client_for(Role.OPERATOR), f"/operator/orders/{order}", code=other, quantity_crates="1")
    assert page.status_code == 409
    assert "panel-refusal" in page.text
    assert floor.lot(other).quantity == 100


def test_what_a_winemaker_gives_back_is_a_lot_of_its_own(client_for: SignIn, floor: Floor) -> None:
    order, code = floor.ordered(60)
    driver = client_for(Role.DRIVER)
    assert 'name="line"' not in driver.get("/operator/return").text
    record(driver, f"/operator/orders/{order}", code=code, quantity_crates="5")
    line = f"{order} JU75"
    assert f'value="{line}"' in driver.get("/operator/return").text
    told = {"line": line, "what": "refused", "lot_unknown": "yes", "reason": "Trop livré"}
    for unclear in ({"code": code}, {"lot_unknown": ""}, {"what": ""}):
        assert record(driver, "/operator/return", **(told | unclear), quantity_crates="1").status_code == 422
    too_many = record(driver, "/operator/return", **told, quantity_crates="6")
    assert too_many.status_code == 409
    assert ">Trop livré</textarea>" in too_many.text
    back = {"event_id": str(new_event_id()), "quantity_crates": "1", **told}
    first, again = (record(driver, "/operator/return", **back) for _ in range(2))
    assert (first.status_code, again.location) == (303, first.location)
    (made,) = codes_in(driver.get(first.location))
    assert (floor.lot(made).stage, floor.lot(made).quantity) == (Stage.RETURNED, 12)
    assert floor.events(EventKind.DELIVERY_REFUSED) == 1
    known = told | {"what": "returned", "lot_unknown": "", "code": code}
    assert record(driver, "/operator/return", **known, quantity_loose="2").status_code == 303
    assert floor.events(EventKind.RETURNED) == 1


def test_the_stocktake_goes_from_scan_to_count(client_for: SignIn, floor: Floor) -> None:
    code, operator = floor.packed(), client_for(Role.OPERATOR)
    assert operator.get("/operator/stocktake").status_code == 200
    found = operator.get(f"/operator/stocktake?code={floor.lot(code).shown_code}")
    assert found.location == f"/operator/lots/{code}/stock"
    missing = operator.get("/operator/stocktake?code=W-99-XX")
    assert missing.status_code == 404
    assert 'value="W-99-XX"' in missing.text


def test_after_a_count_the_next_lot_is_scanned_for_counting(client_for: SignIn, floor: Floor) -> None:
    code, operator = floor.packed(), client_for(Role.OPERATOR)
    done = record(operator, f"/operator/lots/{code}/stock", counted_loose="100")
    assert 'action="/operator/stocktake"' in operator.get(done.location).text


def test_another_sites_lot_is_not_handled_here(client_for: SignIn, floor: Floor, database: Database) -> None:
    code, run_id = floor.sorted(), floor.loaded_run()
    with database.writing() as session:
        other = add_site(session, floor.actor.territory_id, code="DEUX", name="Deuxième centre")
        here = session.scalars(select(Site.id).where(Site.id != other)).one()
    operator = client_for(Role.OPERATOR)
    page = record(operator, f"/operator/lots/{code}/breakage", site_id=str(other), quantity_loose="1")
    assert page.status_code == 409
    assert record(operator, f"/operator/runs/{run_id}", site_id=str(other), code=code).status_code == 404
    assert record(operator, f"/operator/lots/{code}/breakage", site_id=str(here), quantity_loose="1").status_code == 303
