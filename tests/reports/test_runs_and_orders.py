"""Wash runs with their loads and outputs; the lots behind an order."""

from sqlalchemy import select

from bottletrack import orders
from bottletrack.database import Database
from bottletrack.order_book import get_order
from bottletrack.reports.orders import find_candidates, find_lots_of_order
from bottletrack.reports.run_log import find_run_log
from bottletrack.reports.runs import RunRow, find_runs
from bottletrack.stations import dispatch, storage, washer
from bottletrack.stations.washing import RunClosing, RunReject
from bottletrack.tables import WashRun
from tests.plant import stages
from tests.reports.plant import Plant


def runs(plant: Plant, is_open: bool | None = None) -> list[RunRow]:
    with plant.database.reading() as session:
        return find_runs(session, plant.territory_id, is_open=is_open)


def test_a_run_tells_what_went_in_and_came_out(plant: Plant) -> None:
    plant.collect("received", 90)
    plant.sort("received", {"sorted": 50, "sorted too": 40})
    plant.open_run("RUN-1")
    plant.load("RUN-1", "sorted")
    plant.take_back(plant.load("RUN-1", "sorted too", 30))
    (run,) = runs(plant, is_open=True)
    assert (run.loaded, run.on_the_line, run.closed_at) == (50, 50, None)
    assert [(part.place.code, part.quantity) for part in run.loads] == [(plant.lots["sorted"], 50)]
    plant.close_run(
        RunClosing(
            "RUN-1",
            passed=35,
            rework=6,
            rework_defect_code="MA01",
            rejects=(RunReject("MA09", 4), RunReject("CR02", 3)),
            broken=2,
            readings={"energy_kwh": 12},
        ),
        "washed",
        "rework",
    )
    (run,) = runs(plant, is_open=False)
    assert (run.loaded, run.passed, run.rework, run.rejected, run.broken, run.on_the_line) == (50, 35, 6, 7, 2, 0)
    assert {(part.place.name, part.defect_code, part.quantity) for part in run.outputs if part.defect_code} >= {
        ("", "MA09", 4),
        ("", "CR02", 3),
    }
    assert run.readings == {"energy_kwh": 12}
    assert runs(plant, is_open=True) == []


def test_every_run_of_the_pilot_balances(database: Database, pilot_territory: int) -> None:
    with database.reading() as session:
        told = find_runs(session, pilot_territory)
    assert len(told) == 23
    for run in told:
        assert run.loaded == run.passed + run.rework + run.rejected + run.broken + run.on_the_line, run.code
    assert sum(run.loaded for run in told) == 8874 + 1118


def packed(plant: Plant) -> None:
    plant.collect("received", 60)
    plant.sort("received", {"sorted": 60})
    plant.open_run("RUN-1")
    plant.load("RUN-1", "sorted")
    plant.close_run(RunClosing("RUN-1", passed=60), "washed")
    plant.release("washed")
    plant.pack("washed", 25, "crate 1")
    plant.pack("washed", 35, "crate 2")


def test_the_lots_behind_an_order(plant: Plant) -> None:
    packed(plant)
    plant.order("O-1", 40)
    plant.record(dispatch.record_delivery, dispatch.Delivery("O-1", plant.lots["crate 1"], 20))
    with plant.database.reading() as session:
        order = get_order(session, plant.actor, "O-1")
        told = find_lots_of_order(session, order)
        assert [(row.lot.code, row.reserved, row.delivered) for row in told] == [
            (plant.lots["crate 1"], 5, 20),
            (plant.lots["crate 2"], 15, 0),
        ]
        assert find_candidates(session, order, plant.now) == []


def test_candidates_are_what_the_order_book_takes(plant: Plant) -> None:
    packed(plant)
    request = orders.OrderRequest((orders.OrderedBottles("JU75", 30),), "V1", reserve=False, reference="O-1")
    plant.record(orders.record_order, request)
    plant.record(storage.record_hold, storage.LotReason(plant.lots["crate 1"], "odd smell"))
    with plant.database.reading() as session:
        (candidate,) = find_candidates(session, get_order(session, plant.actor, "O-1"), plant.now)
    assert (candidate.lot.code, candidate.most) == (plant.lots["crate 2"], 30)
    plant.record(orders.record_reservation, orders.Reservation("O-1", candidate.lot.code, candidate.most))
    with plant.database.reading() as session:
        assert find_candidates(session, get_order(session, plant.actor, "O-1"), plant.now) == []
        assert [row.reserved for row in find_lots_of_order(session, get_order(session, plant.actor, "O-1"))] == [30]


def test_a_run_that_was_given_up_passed_nothing(plant: Plant) -> None:
    plant.collect("received", 90)
    plant.sort("received", {"sorted": 50, "sorted too": 40})
    plant.open_run("RUN-1")
    plant.load("RUN-1", "sorted")
    plant.load("RUN-1", "sorted too", 30)
    plant.record(washer.record_run_abort, washer.RunAbort("RUN-1", "the bath stays cold"))
    (run,) = runs(plant, is_open=False)
    assert (run.loaded, run.given_back, run.passed, run.on_the_line) == (80, 80, 0, 0)
    assert (run.given_up, run.note) == (True, "the bath stays cold")


def test_the_log_of_a_run(plant: Plant) -> None:
    """As on the floor: an earlier reading stays beside the later one, with the limits it was held against."""
    lot = stages.sorted_out(plant.world)
    code = stages.open_run(plant.world, lot)
    stages.take_readings(plant.world, code, bath2_temperature_celsius="60")
    stages.start(plant.world, code)
    started_at = plant.now
    plant.world.record(washer.record_line_stop, washer.LineStop(code, "jam", 12, flushed=True))
    stages.take_readings(plant.world, code, bath2_temperature_celsius="70")
    other = stages.running(plant.world, stages.sorted_out(plant.world))
    plant.world.record(washer.record_line_stop, washer.LineStop(other, "no bottles", 40))
    with plant.database.reading() as session:
        run = session.scalars(select(WashRun).where(WashRun.code == code)).one()
        log = find_run_log(session, run)
        (row,) = find_runs(session, plant.territory_id, run_id=run.id)
    temperature = next(measure for measure in log.measures if measure.code == "bath2_temperature_celsius")
    assert [(int(reading.value), reading.inside) for reading in temperature.readings] == [
        (60, False),
        (80, True),
        (70, False),
    ]
    assert {(reading.low, reading.high) for reading in temperature.readings} == {(temperature.low, temperature.high)}
    assert [(stop.reason, stop.minutes, stop.flushed) for stop in log.stops] == [("jam", 12, True)]
    assert (log.line_clear, log.minutes_stopped) == (True, 12)
    assert (row.washer, row.given_up) == ("L1", False)
    assert row.started_at is not None
    assert row.held_since is not None
    assert row.started_at < started_at < row.held_since == log.last_read_at
