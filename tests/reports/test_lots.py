"""A lot's page: everything that touched it, where it came from and went, and why it is held."""

import pytest

from bottletrack.errors import NotFound
from bottletrack.reports.lots import LotPage, get_lot_page, list_lots
from bottletrack.stations import dispatch, storage
from bottletrack.stations.washing import RunClosing
from bottletrack.vocabulary import EventKind, PlaceKind, Stage
from tests.reports.plant import Plant, found_plant


def page(plant: Plant, name: str) -> LotPage:
    with plant.database.reading() as session:
        return get_lot_page(session, plant.actor, plant.lots[name])


def listed(plant: Plant, stage: Stage | None = None, text: str = "", open_only: bool = True) -> list[str]:
    """The names of the lots in the list, in its order."""
    names = {code: name for name, code in plant.lots.items()}
    with plant.database.reading() as session:
        found = list_lots(session, plant.territory_id, stage=stage, text=text, open_only=open_only)
    return [names[row.code] for row in found.rows]


def delivered_lot(plant: Plant) -> None:
    plant.collect("first", 30)
    plant.collect("second", 20)
    plant.sort("first", {"sorted": 30})
    plant.sort("second", {"sorted too": 18}, {"CR01": 2})
    plant.open_run("RUN-1")
    plant.load("RUN-1", "sorted")
    plant.load("RUN-1", "sorted too")
    plant.close_run(RunClosing("RUN-1", passed=45, broken=3), "washed")
    plant.release("washed")
    plant.pack("washed", 45, "packed")
    plant.order("O-1", 40)
    plant.record(dispatch.record_delivery, dispatch.Delivery("O-1", plant.lots["packed"], 40))


def test_history_tells_every_event_with_what_it_moved(plant: Plant) -> None:
    delivered_lot(plant)
    told = page(plant, "packed")
    assert [row.kind for row in told.history] == [EventKind.DELIVERED, EventKind.ORDER_PLACED, EventKind.RELABELED]
    delivered, ordered, packed = told.history
    assert [(leg.quantity, leg.other.kind, leg.other.name) for leg in delivered.legs] == [
        (-40, PlaceKind.ORDER_LINE, "O-1")
    ]
    assert delivered.promised == (("O-1", -40),)
    assert ordered.promised == (("O-1", 40),)
    assert [(leg.quantity, leg.other.code) for leg in packed.legs] == [(45, plant.lots["washed"])]
    assert (packed.stage, packed.by, told.lot.quantity) == (Stage.RELABELED, "second", 5)
    assert told.model is not None
    assert told.model.code == "JU75"


def test_a_run_is_looked_through_to_the_lots_beyond(plant: Plant) -> None:
    delivered_lot(plant)
    (run,) = page(plant, "washed").came_from
    assert (run.place.name, run.quantity) == ("RUN-1", 45)
    assert {(link.place.code, link.quantity) for link in run.through} == {
        (plant.lots["sorted"], 30),
        (plant.lots["sorted too"], 18),
    }
    (onward,) = page(plant, "sorted").went_to
    assert [(link.place.kind, link.quantity) for link in onward.through] == [(PlaceKind.LOT, 45), (PlaceKind.BROKEN, 3)]
    assert [(link.place.name, link.quantity) for link in page(plant, "packed").went_to] == [("O-1", 40)]


def test_what_was_taken_back_stays_in_the_history_and_leaves_no_link(plant: Plant) -> None:
    plant.collect("received", 50)
    plant.take_back(plant.sort("received", {"wrong": 50}))
    told = page(plant, "received")
    assert [(row.kind, row.reversed, row.takes_back) for row in told.history] == [
        (EventKind.REVERSED, False, EventKind.SORTED),
        (EventKind.SORTED, True, None),
        (EventKind.COLLECTED, False, None),
    ]
    assert told.went_to == ()
    assert told.history[0].reason == "entered by mistake"
    assert page(plant, "wrong").came_from == ()


def test_a_hold_says_who_and_why(plant: Plant) -> None:
    plant.collect("received", 50)
    assert page(plant, "received").hold is None
    plant.record(storage.record_hold, storage.LotReason(plant.lots["received"], "smells of petrol"))
    hold = page(plant, "received").hold
    assert hold is not None
    assert (hold.by, hold.reason) == ("second", "smells of petrol")


def test_lots_are_listed_by_stage_and_found_by_what_people_know(plant: Plant) -> None:
    delivered_lot(plant)
    plant.collect("third", 12)
    assert listed(plant) == ["third", "packed"]
    assert listed(plant, stage=Stage.RECEIVED) == ["third"]
    assert listed(plant, stage=Stage.SORTED) == []
    assert listed(plant, text="ju75") == ["packed"]
    code = plant.lots["washed"]
    assert listed(plant, text=f" {code[:4].lower()}-{code[4:]}") == []
    assert listed(plant, text=code, open_only=False) == ["washed"]
    assert listed(plant, text="%") == []
    assert len(listed(plant, open_only=False)) == 7


def test_a_long_list_says_that_there_is_more(plant: Plant) -> None:
    for number in range(3):
        plant.collect(f"lot {number}", 10)
    with plant.database.reading() as session:
        short = list_lots(session, plant.territory_id, limit=2)
        whole = list_lots(session, plant.territory_id, limit=3)
    assert (len(short.rows), short.more) == (2, True)
    assert (len(whole.rows), whole.more) == (3, False)


def test_another_territorys_lot_is_not_there(plant: Plant) -> None:
    other = found_plant(plant.database)
    other.collect("theirs", 70)
    plant.lots["theirs"] = other.lots["theirs"]
    assert listed(plant, open_only=False) == []
    with pytest.raises(NotFound):
        page(plant, "theirs")
