"""From any lot, run, order or event back to every reception and forward to every delivery."""

import uuid

import pytest

from bottletrack.errors import BadInput, NotFound
from bottletrack.genealogy.bounds import Range
from bottletrack.genealogy.start import StartKind, get_start
from bottletrack.reports.trace import NamedWay, Trace, trace
from bottletrack.scans import Recorded
from bottletrack.stations import dispatch, storage
from bottletrack.stations.washing import RunClosing, RunReject
from bottletrack.vocabulary import EventKind, PlaceKind, WashProgram
from tests.reports.plant import Plant


def traced(plant: Plant, kind: StartKind, key: str) -> Trace:
    with plant.database.reading() as session:
        return trace(session, get_start(session, plant.actor, kind, key))


def of_lot(plant: Plant, name: str) -> Trace:
    return traced(plant, StartKind.LOT, plant.lots[name])


def passed(plant: Plant, way: NamedWay) -> dict[str, tuple[int, int]]:
    """How many of the start's bottles came through each place, lots by the names this test gives them."""
    names = {code: name for name, code in plant.lots.items()}
    told: dict[str, tuple[int, int]] = {}
    for node in way.nodes:
        name = names.get(node.place.code) or node.place.code or node.place.name or node.place.kind.value
        told[name] = (node.passed.low, node.passed.high)
    return told


def deliver(plant: Plant, name: str, reference: str, quantity: int) -> Recorded:
    return plant.record(dispatch.record_delivery, dispatch.Delivery(reference, plant.lots[name], quantity))


@pytest.fixture
def way(plant: Plant) -> Plant:
    """Two receptions (100 and 60) that one run merges; 90 of its 150 bottles go to an order, 10 come back."""
    plant.collect("first", 100)
    plant.collect("second", 60)
    plant.sort("first", {"a": 100})
    plant.sort("second", {"b": 55}, {"CR02": 5})
    plant.open_run("RUN-1")
    plant.load("RUN-1", "a")
    plant.load("RUN-1", "b")
    plant.close_run(RunClosing("RUN-1", passed=150, rejects=(RunReject("MA09", 3),), broken=2), "washed")
    plant.release("washed")
    plant.pack("washed", 120, "packed")
    plant.order("O-1", 100)
    deliver(plant, "packed", "O-1", 90)
    plant.record(dispatch.record_return, dispatch.Return("O-1", 10, "refused"), "returned")
    return plant


def test_back_to_the_receptions_and_forward_to_the_deliveries(way: Plant) -> None:
    told = of_lot(way, "packed")
    assert told.bottles == 120
    assert passed(way, told.back) == {
        "washed": (120, 120),
        "RUN-1": (120, 120),
        # 155 were loaded, 35 of them are not in this lot: they may have come from either.
        "a": (65, 100),
        "b": (20, 55),
        "first": (65, 100),
        "second": (20, 55),
        "Cave": (120, 120),
    }
    assert passed(way, told.forth) == {"O-1": (90, 90), "returned": (10, 10)}
    assert [(node.place.kind, node.there) for node in told.forth.nodes] == [
        (PlaceKind.ORDER_LINE, Range(80, 80)),
        (PlaceKind.LOT, Range(10, 10)),
    ]
    (start,) = told.starts
    assert (start.place.code, start.there) == (way.lots["packed"], Range(30, 30))
    assert told.passages == {1: Range(120, 120)}


def test_ranks_count_the_steps_from_the_start(way: Plant) -> None:
    told = of_lot(way, "washed")
    ranks = {node.place.kind: node.rank for node in told.back.nodes}
    assert ranks == {PlaceKind.WASH_RUN: 1, PlaceKind.LOT: 3, PlaceKind.COLLECTION_POINT: 4}
    assert [node.rank for node in told.forth.nodes] == [1, 2, 3]


def test_edges_tell_quantity_event_and_day(way: Plant) -> None:
    told = of_lot(way, "first")
    first, *_, last = told.forth.edges
    assert (first.kind, first.quantity, first.share, first.happened_on) == (
        EventKind.SORTED,
        100,
        Range(100, 100),
        way.now.date(),
    )
    # Of the 10 that came back, any may have been from the first reception; 35 of the 155 were not delivered at most.
    assert (last.kind, last.quantity, last.share) == (EventKind.RETURNED, 10, Range(0, 10))
    assert {edge.defect_code for edge in told.forth.edges} == {None, "MA09"}


def test_from_a_run_an_order_and_an_event(way: Plant) -> None:
    with way.database.reading() as session:
        run_id = next(node.place.id for node in of_lot(way, "washed").back.of_kind(PlaceKind.WASH_RUN))
        run = trace(session, get_start(session, way.actor, StartKind.RUN, str(run_id)))
    assert (run.start.name, run.bottles) == ("RUN-1", 155)
    assert passed(way, run.back)["a"] == (100, 100)
    assert passed(way, run.forth) | {"lots": (0, 0)} == {
        "washed": (150, 150),
        "cullet": (3, 3),
        "broken": (2, 2),
        "packed": (120, 120),
        "O-1": (90, 90),
        "returned": (10, 10),
        "lots": (0, 0),
    }
    order = traced(way, StartKind.ORDER, "o-1")
    assert (order.bottles, passed(way, order.forth)) == (90, {"returned": (10, 10)})
    assert passed(way, order.back)["packed"] == (90, 90)


def test_from_a_delivery_and_from_a_reception(way: Plant) -> None:
    second = deliver(way, "packed", "O-1", 10)
    told = traced(way, StartKind.EVENT, str(second.event_id))
    assert (told.bottles, [edge.quantity for edge in told.own]) == (10, [10])
    assert passed(way, told.back)["packed"] == (10, 10)
    assert passed(way, told.forth) == {"O-1": (10, 10)}
    assert told.passages == {1: Range(10, 10)}
    received = way.collect("third", 44)
    told = traced(way, StartKind.EVENT, str(received.event_id))
    assert (passed(way, told.back), passed(way, told.forth)) == ({"Cave": (44, 44)}, {"third": (44, 44)})
    assert told.passages == {0: Range(44, 44)}


def test_what_was_delivered_later_did_not_come_back_before(way: Plant) -> None:
    """The second delivery ends on the line that the returned lot came from, but after it came back."""
    second = deliver(way, "packed", "O-1", 10)
    told = traced(way, StartKind.EVENT, str(second.event_id))
    assert "returned" not in passed(way, told.forth)


def test_what_was_taken_back_does_not_count(plant: Plant) -> None:
    plant.collect("first", 100)
    plant.collect("second", 60)
    plant.sort("second", {"b": 60})
    plant.take_back(plant.sort("first", {"wrong": 100}))
    plant.sort("first", {"a": 98}, {"CR02": 2})
    plant.open_run("RUN-1")
    plant.take_back(plant.load("RUN-1", "b"))
    plant.load("RUN-1", "a")
    closing = plant.close_run(RunClosing("RUN-1", passed=90, broken=8), "mistaken")
    plant.take_back(closing)
    plant.close_run(RunClosing("RUN-1", passed=98), "washed")
    told = of_lot(plant, "washed")
    assert passed(plant, told.back) == {"RUN-1": (98, 98), "a": (98, 98), "first": (98, 98), "Cave": (98, 98)}
    assert passed(plant, of_lot(plant, "first").forth).keys() == {"a", "cullet", "RUN-1", "washed"}
    assert of_lot(plant, "second").forth.nodes[-1].place.code == plant.lots["b"]
    gone = traced(plant, StartKind.EVENT, str(closing.event_id))
    assert (gone.bottles, gone.own, gone.back.edges, gone.forth.edges) == (0, (), (), ())


def test_passages_through_splits_and_merges(plant: Plant) -> None:
    """40 of 100 once washed bottles are washed again and released with others: a rinse is no passage."""
    plant.collect("received", 200)
    plant.sort("received", {"a": 100, "b": 100})
    plant.open_run("RUN-1")
    plant.load("RUN-1", "a")
    closing = RunClosing("RUN-1", passed=60, rework=40, rework_defect_code="MA01")
    plant.close_run(closing, "once", "again")
    plant.open_run("RUN-2")
    plant.load("RUN-2", "again")
    plant.close_run(RunClosing("RUN-2", passed=40), "twice")
    for name in ("once", "twice"):
        plant.release(name)
    plant.next_day(31)
    for name in ("once", "twice"):
        plant.record(storage.record_age_expiry, storage.LotReason(plant.lots[name]))
    plant.open_run("RUN-3", WashProgram.RINSE)
    plant.load("RUN-3", "once")
    plant.load("RUN-3", "twice")
    plant.close_run(RunClosing("RUN-3", passed=95, broken=5), "rinsed")
    assert of_lot(plant, "twice").passages == {2: Range(40, 40)}
    assert of_lot(plant, "rinsed").passages == {1: Range(55, 60), 2: Range(35, 40)}
    assert of_lot(plant, "a").passages == {0: Range(100, 100)}


def test_bottles_found_at_a_count_are_as_their_lot(plant: Plant) -> None:
    from bottletrack.stations import stocktake

    plant.collect("received", 50)
    plant.sort("received", {"a": 50})
    plant.open_run("RUN-1")
    plant.load("RUN-1", "a")
    plant.close_run(RunClosing("RUN-1", passed=50), "washed")
    plant.record(stocktake.record_stock_count, stocktake.StockCount(plant.lots["washed"], 53, "found behind"))
    told = of_lot(plant, "washed")
    assert (told.bottles, told.passages) == (53, {1: Range(53, 53)})
    assert told.back.of_kind(PlaceKind.COUNT_OVER)[0].passed == Range(3, 3)


def test_nothing_of_another_territory_is_found(way: Plant) -> None:
    stranger = way.world.stranger
    run_id = of_lot(way, "washed").run_ids[0]
    event_id = of_lot(way, "washed").back.edges[0].event_id
    keys = {
        StartKind.LOT: way.lots["washed"],
        StartKind.RUN: str(run_id),
        StartKind.ORDER: "O-1",
        StartKind.EVENT: str(event_id),
    }
    for kind, key in keys.items():
        with way.database.reading() as session, pytest.raises(NotFound):
            get_start(session, stranger, kind, key)


@pytest.mark.parametrize(
    ("kind", "key", "refusal"),
    [
        (StartKind.RUN, "RUN-1", NotFound),
        (StartKind.RUN, "9" * 30, NotFound),
        (StartKind.EVENT, "nonsense", BadInput),
        (StartKind.EVENT, str(uuid.UUID(int=7)), NotFound),
    ],
)
def test_a_start_that_there_is_not(plant: Plant, kind: StartKind, key: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        traced(plant, kind, key)
