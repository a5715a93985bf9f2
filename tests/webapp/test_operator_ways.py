"""Ways in and out on the operators' screens: pick-ups, merges, roads, other operators, hours, counts for a lead."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bottletrack.database import Database
from bottletrack.founding import add_site
from bottletrack.identifiers import new_event_id
from bottletrack.tables import Transit, WorkHours
from bottletrack.vocabulary import EventKind, Role, Stage
from tests.webapp.conftest import Visitor
from tests.webapp.plant_floor import Floor, codes_in, record

SignIn = Callable[[str], Visitor]
ANNOUNCED = {"point": "P02", "quantity_crates": "20", "owner": "pool"}


@pytest.fixture
def floor(database: Database) -> Floor:
    return Floor(database)


def announced(driver: Visitor, **form: str) -> str:
    done = record(driver, "/operator/pickups/new", **(ANNOUNCED | form))
    (code,) = codes_in(driver.get(done.location))
    return code


# Pick-ups


def test_a_pickup_is_announced_printed_and_collected(client_for: SignIn, floor: Floor) -> None:
    driver, today = client_for(Role.DRIVER), datetime.now(UTC).date()
    assert driver.get("/operator/pickups/new").status_code == 200
    wanted = (today + timedelta(days=2)).isoformat()
    code = announced(driver, wanted_on=wanted, container="Palox 7", note="Sonner au portail")
    listed = driver.get("/operator/pickups").text
    assert f"/operator/lots/{code}/collection" in listed
    assert "Sonner au portail" in listed
    page = driver.get(f"/operator/lots/{code}").text
    assert f'button-primary" href="/operator/lots/{code}/collection"' in page
    assert "panel-refusal" not in page
    assert record(driver, "/operator/labels/lots", code=code).status_code == 303
    form = driver.get(f"/operator/lots/{code}/collection").text
    assert 'name="point" value="P02"' in form
    taken = {"event_id": str(new_event_id()), "point": "P02", "declared_crates": "19", "counted_crates": "19"}
    first, again = (record(driver, f"/operator/lots/{code}/collection", **taken) for _ in range(2))
    assert (first.status_code, again.location) == (303, first.location)
    assert (floor.lot(code).stage, floor.lot(code).quantity) == (Stage.RECEIVED, 228)
    assert code not in driver.get("/operator/pickups").text


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"point": "P99"}, 404),
        ({"quantity_crates": "0"}, 422),
        ({"wanted_on": "2020-01-01"}, 422),
        ({"point": ""}, 422),
    ],
)
def test_an_announcement_is_refused(client_for: SignIn, floor: Floor, wrong: dict[str, str], status: int) -> None:
    form = ANNOUNCED | {"note": "Sonner au portail"} | wrong
    page = record(client_for(Role.DRIVER), "/operator/pickups/new", **form)
    assert page.status_code == status
    assert 'value="Sonner au portail"' in page.text
    assert floor.events(EventKind.ANNOUNCED) == 0


@pytest.mark.parametrize(("page", "role"), [("nothing", Role.DRIVER), ("void", Role.OPERATOR)])
def test_a_pickup_that_comes_to_nothing_leaves_a_dead_code(
    client_for: SignIn, floor: Floor, page: str, role: Role
) -> None:
    code, visitor = announced(client_for(Role.DRIVER)), client_for(role)
    assert visitor.get(f"/operator/lots/{code}/{page}").status_code == 200
    assert record(visitor, f"/operator/lots/{code}/{page}", reason=" ").status_code == 422
    assert record(visitor, f"/operator/lots/{code}/{page}", reason="Portail fermé").status_code == 303
    assert floor.lot(code).stage is Stage.VOIDED
    told = visitor.get(f"/operator/lots/{code}").text
    assert "panel-refusal" in told
    assert "next-step" not in told
    assert record(visitor, "/operator/labels/lots", code=code).status_code == 422


# Merging


def test_lots_of_the_same_are_offered_for_merging(client_for: SignIn, floor: Floor) -> None:
    first, second, other = floor.sorted(60), floor.sorted(40), floor.sorted(30, color="feuille morte")
    operator = client_for(Role.OPERATOR)
    form = operator.get(f"/operator/lots/{first}/merge").text
    assert f'value="{second}"' in form
    assert f'value="{other}"' not in form
    assert record(operator, f"/operator/lots/{first}/merge", reason="Palette").status_code == 422
    done = record(operator, f"/operator/lots/{first}/merge", **{"with": second})
    (merged, *_) = codes_in(operator.get(done.location))
    assert (floor.lot(merged).quantity, floor.lot(first).quantity) == (100, 0)
    alone = operator.get(f"/operator/lots/{other}/merge")
    assert (alone.status_code, "next-step" in alone.text) == (409, True)


def test_released_lots_are_merged_by_a_lead(client_for: SignIn, floor: Floor) -> None:
    first, second = floor.released(60), floor.released(40)
    url = f"/operator/lots/{first}/release-merge"
    assert client_for(Role.OPERATOR).get(url).status_code == 403
    assert record(client_for(Role.LEAD), url, **{"with": second}).status_code == 303
    assert floor.lot(second).quantity == 0


# Roads


@pytest.fixture
def neighbor(database: Database, floor: Floor) -> int:
    """A second site of the territory."""
    with database.writing() as session:
        return add_site(session, floor.actor.territory_id, code="DOLE", name="Centre de Dole")


def test_a_lot_is_not_sent_where_there_is_no_other_site(client_for: SignIn, floor: Floor) -> None:
    code = floor.sorted()
    assert f"/operator/lots/{code}/sending" not in client_for(Role.OPERATOR).get(f"/operator/lots/{code}").text


def test_a_lot_goes_to_another_site_and_is_counted_there(
    client_for: SignIn, floor: Floor, database: Database, neighbor: int
) -> None:
    code, operator = floor.sorted(), client_for(Role.OPERATOR)
    assert f"/operator/lots/{code}/sending" in operator.get(f"/operator/lots/{code}").text
    assert '<option value="DOLE">' in operator.get(f"/operator/lots/{code}/sending").text
    sending = {"site_id": str(floor.site_id), "to_site": "DOLE", "quantity_crates": "5", "note": "Camion du mardi"}
    assert record(operator, f"/operator/lots/{code}/sending", **sending).status_code == 303
    with database.reading() as session:
        road = session.scalars(select(Transit.id)).one()
    assert f"/operator/transfers/{road}" in operator.get("/operator/transfers").text
    url = f"/operator/transfers/{road}"
    assert "Camion du mardi" in operator.get(url).text
    counted = {"site_id": str(neighbor), "crate_size": "12", "counted_crates": "4", "counted_loose": "11"}
    assert record(operator, url, **counted).status_code == 422
    done = record(operator, url, **counted, reason="Une cassée")
    (arrived, *_) = codes_in(operator.get(done.location))
    assert (floor.lot(arrived).quantity, floor.lot(arrived).site_id) == (59, neighbor)
    assert operator.get(url).status_code == 404
    assert url not in operator.get("/operator/transfers").text


def test_another_operator_takes_bottles_and_gives_some_back(client_for: SignIn, floor: Floor) -> None:
    code, coordinator, operator = floor.sorted(), client_for(Role.COORDINATOR), client_for(Role.OPERATOR)
    url = f"/operator/lots/{code}/handover"
    assert coordinator.get(url).status_code == 200
    assert record(coordinator, url, quantity_crates="2", reason="Autre modèle").status_code == 422
    done = record(coordinator, url, quantity_crates="2", operator="Verrerie du Rhône")
    handover = f"/operator/handovers/{done.location.rpartition('/')[2]}"
    assert handover in operator.get("/operator/transfers").text
    assert "Verrerie du Rhône" in operator.get(handover).text
    assert record(operator, handover, quantity_crates="3", reason="Trop").status_code == 409
    assert record(operator, handover, quantity_crates="2", reason="Trop").status_code == 303
    assert operator.get(handover).status_code == 404


# Counts that wait for a lead


def test_a_lead_approves_what_an_operator_counted_twice(client_for: SignIn, floor: Floor) -> None:
    code, operator, lead = floor.sorted(), client_for(Role.OPERATOR), client_for(Role.LEAD)
    url = f"/operator/lots/{code}/stock"
    form = {"counted_crates": "5", "reason": "Deux caisses manquent"}
    assert 'name="ask_lead"' not in operator.get(url).text
    refused = record(operator, url, **form)
    assert refused.status_code == 409
    assert 'name="ask_lead"' in refused.text
    assert record(operator, url, **form, ask_lead="yes").status_code == 303
    assert floor.lot(code).quantity == 100
    for page in ("/operator/stocktake", f"/operator/lots/{code}", url):
        assert "60" in lead.get(page).text
    assert "Deux caisses manquent" in lead.get(url).text
    # Who counts again does so without the first count in view.
    assert "Deux caisses manquent" not in operator.get(url).text
    assert record(lead, url, **form).status_code == 303
    assert floor.lot(code).quantity == 60
    assert f"/operator/lots/{code}/stock" not in lead.get("/operator/stocktake").text


# Hours


def test_hours_are_entered_for_a_station_and_a_day(client_for: SignIn, floor: Floor, database: Database) -> None:
    lead, today = client_for(Role.LEAD), datetime.now(UTC).date().isoformat()
    form = {"day": today, "station": "washing", "hours": "14,5", "insertion_hours": "7"}
    for wrong in ({"day": ""}, {"hours": ""}, {"station": "nobody"}, {"hours": "2000"}, {"insertion_hours": "15"}):
        page = record(lead, "/operator/hours", **(form | wrong))
        assert page.status_code == 422
        assert "panel-refusal" in page.text
    done = record(lead, "/operator/hours", **form)
    assert done.location.startswith("/operator/hours?done=")
    shown = lead.get(done.location).text
    assert "panel-success" in shown
    assert "14,5" in shown
    with database.reading() as session:
        assert len(session.scalars(select(WorkHours.event_id)).all()) == 1


# Corrections


def test_what_is_too_late_to_take_back_is_not_offered(client_for: SignIn, floor: Floor) -> None:
    lead, fresh = client_for(Role.LEAD), floor.received()
    two_days_ago = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    form = {"point": "P01", "declared_crates": "2", "owner": "pool", "happened_at": two_days_ago}
    (stale,) = codes_in(lead.get(record(lead, "/operator/collection", **form).location))
    assert "/correction" in lead.get(f"/operator/lots/{fresh}").text
    assert "/correction" not in lead.get(f"/operator/lots/{stale}").text
