"""Wash runs with their loads and outputs; the lots behind an order."""

from bottletrack import orders
from bottletrack.database import Database
from bottletrack.order_book import get_order
from bottletrack.reports.orders import find_candidates, find_lots_of_order
from bottletrack.reports.runs import RunRow, find_runs
from bottletrack.stations import dispatch, storage
from bottletrack.stations.washing import RunClosing, RunReject
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
