"""The washer's screens: a cleared line, readings asked about, the locked start, holds, stops, a run given up."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bottletrack.database import Database
from bottletrack.founding import add_winery
from bottletrack.tables import Event, LabelRemains, Measurement, Washer
from bottletrack.vocabulary import EventKind, Role, Stage
from tests.webapp.conftest import Visitor
from tests.webapp.plant_floor import CLEARED, READ, Floor, codes_in, record, start

SignIn = Callable[[str], Visitor]


@pytest.fixture
def floor(database: Database) -> Floor:
    return Floor(database)


def address(run_id: int) -> str:
    return f"/operator/runs/{run_id}"


def test_a_run_is_opened_on_a_cleared_line_only(client_for: SignIn, floor: Floor) -> None:
    operator = client_for(Role.OPERATOR)
    page = record(operator, "/operator/runs", program="wash", infeed_empty="yes", exit_empty="yes")
    assert page.status_code == 422
    assert 'name="infeed_empty" value="yes" required checked' in page.text
    assert record(operator, "/operator/runs", program="wash", **CLEARED).status_code == 303
    assert floor.events(EventKind.RUN_OPENED) == 1


def test_one_of_several_washers_is_chosen(client_for: SignIn, floor: Floor, database: Database) -> None:
    operator = client_for(Role.OPERATOR)
    assert 'name="washer"' not in operator.get("/operator/runs").text
    with database.writing() as session:
        session.add(Washer(site_id=floor.site_id, code="L2", name="Laveuse 2"))
    assert 'name="washer"' in operator.get("/operator/runs").text
    opened = record(operator, "/operator/runs", program="wash", washer="L2", **CLEARED)
    assert "Laveuse 2" in operator.get(opened.location).text


def test_the_start_stays_locked_until_the_readings_are_inside(client_for: SignIn, floor: Floor) -> None:
    run, operator = address(floor.loaded_run()), client_for(Role.OPERATOR)
    assert "start-locked" in operator.get(run).text
    assert record(operator, f"{run}/start").status_code == 409
    cold = READ | {"value.bath2_temperature_celsius": "60"}
    assert record(operator, f"{run}/readings", **cold).status_code == 303
    page = operator.get(run).text
    assert "start-locked" in page
    assert "measure-outside-card" in page
    start(operator, run)
    page = operator.get(run).text
    assert "start-locked" not in page
    assert 'name="code"' not in page  # nothing is loaded any more
    assert f'href="{run}/output"' in page


def test_a_slip_of_the_decimal_point_is_asked_about(client_for: SignIn, floor: Floor, database: Database) -> None:
    run, operator = address(floor.loaded_run()), client_for(Role.OPERATOR)
    slip = READ | {"value.bath2_naoh_percent": "23,5"}
    asked = record(operator, f"{run}/readings", **slip)
    assert asked.status_code == 422
    assert 'name="first.bath2_naoh_percent" value="23,5"' in asked.text
    assert 'id="value.bath2_naoh_percent" value=""' in asked.text
    assert 'id="value.final_rinse_ph" value="7"' in asked.text
    again = READ | {"value.bath2_naoh_percent": "2,35", "first.bath2_naoh_percent": "23,5"}
    assert record(operator, f"{run}/readings", **again).status_code == 303
    with database.reading() as session:
        kept = session.execute(
            select(Measurement.value, Measurement.first_typed).where(Measurement.code == "bath2_naoh_percent")
        ).one()
    assert [str(float(value)) for value in kept] == ["2.35", "23.5"]
    assert "23,5" in operator.get(run).text


def test_readings_that_are_no_numbers_come_back_as_typed(client_for: SignIn, floor: Floor) -> None:
    run, operator = address(floor.loaded_run()), client_for(Role.OPERATOR)
    page = record(operator, f"{run}/readings", **(READ | {"value.final_rinse_ph": "sept"}))
    assert page.status_code == 422
    assert 'value="sept"' in page.text
    assert record(operator, f"{run}/readings").status_code == 422


def test_a_bad_bath_holds_what_comes_off(client_for: SignIn, floor: Floor) -> None:
    run, operator = address(floor.running()), client_for(Role.OPERATOR)
    first = record(operator, f"{run}/output", passed_crates="2")
    (before,) = codes_in(operator.get(first.location))
    record(operator, f"{run}/readings", **(READ | {"value.bath2_temperature_celsius": "70"}))
    assert "panel-refusal" in operator.get(run).text
    assert "panel-warning" in operator.get(f"{run}/output").text
    second = record(operator, f"{run}/closing", passed_loose="76", water_m3="1,2", electricity_kwh="14")
    (after,) = codes_in(operator.get(second.location))
    assert floor.lot(before).held
    assert floor.lot(after).held
    # Who took the reading has not the right to lift; somebody else lifts it.
    assert record(operator, f"/operator/lots/{after}/lift", reason="Rien vu").status_code == 403
    assert record(client_for(Role.QUALITY), f"/operator/lots/{after}/lift", reason="Revu").status_code == 303
    told = client_for(Role.COORDINATOR).get(f"/coordinator/runs/{run.rpartition('/')[2]}").text
    for said in ("reading-outside", "m³", "kWh"):
        assert said in told


def test_the_line_stops_for_a_reason(client_for: SignIn, floor: Floor, database: Database) -> None:
    run, operator = address(floor.running()), client_for(Role.OPERATOR)
    assert record(operator, f"{run}/stop", minutes="5").status_code == 422
    stopped = record(operator, f"{run}/stop", reason="Bottles jammed", minutes="12", flushed="yes")
    assert stopped.status_code == 303
    assert record(operator, f"{run}/stop", other="Fourmis", reason="Bottles jammed", minutes="3").status_code == 303
    with database.reading() as session:
        reasons = session.scalars(
            select(Event.reason).where(Event.kind == EventKind.LINE_STOPPED).order_by(Event.sequence)
        ).all()
    assert reasons == ["Bottles jammed", "Fourmis"]
    assert "Fourmis" in operator.get(run).text


def test_broken_bottles_need_a_place_and_a_cleared_line(client_for: SignIn, floor: Floor) -> None:
    run, operator = address(floor.running()), client_for(Role.OPERATOR)
    page = record(operator, f"{run}/output", broken="2", broken_zone="Exit")
    assert page.status_code == 422
    assert 'value="Exit" checked' in " ".join(page.text.split())
    done = record(operator, f"{run}/output", broken="2", broken_zone="Exit", glass_cleared="yes")
    assert done.status_code == 303


def test_labels_that_remain_are_credited(client_for: SignIn, floor: Floor, database: Database) -> None:
    run, operator = address(floor.running()), client_for(Role.OPERATOR)
    with database.writing() as session:
        winery = add_winery(session, floor.actor.territory_id, code="VIG-77", name="Domaine 77")
    form = {"rework_loose": "5", "rework_defect": "MA01", "reject.MA03": "2", "reject.CR02": "1", "winery": "VIG-77"}
    assert record(operator, f"{run}/output", **form).status_code == 303
    with database.reading() as session:
        rows = session.execute(select(LabelRemains.winery_id, LabelRemains.quantity)).all()
    assert sorted(map(tuple, rows)) == [(winery, 2), (winery, 5)]


def test_a_lead_gives_a_run_up_before_its_start(client_for: SignIn, floor: Floor) -> None:
    run, lead = address(floor.loaded_run()), client_for(Role.LEAD)
    assert f"{run}/abort" in lead.get(run).text
    assert f"{run}/abort" not in client_for(Role.OPERATOR).get(run).text
    assert record(lead, f"{run}/abort").status_code == 422
    given_up = record(lead, f"{run}/abort", reason="Bain trop froid")
    assert given_up.status_code == 303
    assert "Bain trop froid" in lead.get(given_up.location).text
    assert floor.events(EventKind.RUN_ABORTED) == 1
    # There is nothing to give up about one that runs.
    running = address(floor.running())
    assert record(lead, f"{running}/abort", reason="Trop tard").status_code == 409


def test_a_lot_soaks_before_its_wash(client_for: SignIn, floor: Floor) -> None:
    code, operator = floor.sorted(), client_for(Role.OPERATOR)
    assert f"/operator/lots/{code}/presoak" in operator.get(f"/operator/lots/{code}").text
    assert record(operator, f"/operator/lots/{code}/presoak").status_code == 422
    assert record(operator, f"/operator/lots/{code}/presoak", bath="B1").status_code == 303
    assert floor.lot(code).stage is Stage.PRESOAKING
    assert record(operator, f"/operator/lots/{code}/presoak-end").status_code == 303
    assert floor.lot(code).stage is Stage.SORTED


def test_a_run_of_another_network_is_none_of_ones_business(client_for: SignIn) -> None:
    operator = client_for(Role.OPERATOR)
    for page in ("", "/readings", "/stop", "/output", "/closing"):
        assert operator.get(f"/operator/runs/424242{page}").status_code == 404
