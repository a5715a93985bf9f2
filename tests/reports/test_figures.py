"""Each figure counts what its definition says, with corrections taken off, and the balance always adds up."""

from datetime import date

import pytest
from sqlalchemy import select

from bottletrack.reports.figures import DEFINITIONS, WHERE_IT_WENT, FigureKey, Figures, find_figures
from bottletrack.reports.movements import ALL_TIME, Period
from bottletrack.stations import dispatch, quality, stocktake, storage
from bottletrack.stations.collection import ReceptionCount, record_reception_count
from bottletrack.stations.washing import RunClosing, RunReject
from bottletrack.tables import Place
from bottletrack.vocabulary import PlaceKind, Verdict, WashProgram
from tests.reports.plant import Plant, found_plant


def figures(plant: Plant, period: Period = ALL_TIME) -> Figures:
    with plant.database.reading() as session:
        return find_figures(session, plant.territory_id, period)


def values(plant: Plant, period: Period = ALL_TIME) -> dict[str, int]:
    """The figures that are not zero."""
    return {figure.key.value: figure.value for figure in figures(plant, period).rows if figure.value}


def held_by_balances(plant: Plant, *kinds: PlaceKind) -> int:
    with plant.database.reading() as session:
        places = session.scalars(
            select(Place.quantity).where(Place.territory_id == plant.territory_id, Place.kind.in_(kinds))
        )
        return sum(places)


def wash_round(plant: Plant) -> None:
    """100 declared and 98 counted; 90 washed, 10 of them twice; 80 released and packed; 30 delivered, 5 returned."""
    plant.collect("received", 100, 98)
    plant.sort("received", {"sorted": 90}, {"CR01": 8})
    plant.open_run("RUN-1")
    plant.load("RUN-1", "sorted")
    plant.close_run(
        RunClosing("RUN-1", passed=75, rework=10, rework_defect_code="MA01", rejects=(RunReject("MA09", 3),), broken=2),
        "washed",
        "rework",
    )
    plant.next_day()
    plant.open_run("RUN-2")
    plant.load("RUN-2", "rework")
    plant.close_run(RunClosing("RUN-2", passed=9, broken=1), "washed twice")
    plant.inspect("washed")
    plant.record(quality.record_sampling, quality.Sampling(plant.lots["washed"], 4))
    plant.record(quality.record_judgment, quality.Judgment(plant.lots["washed"], Verdict.ACCEPT_A))
    plant.release("washed twice")
    plant.pack("washed", 70, "packed")
    plant.next_day()
    plant.order("O-1", 30)
    plant.record(dispatch.record_delivery, dispatch.Delivery("O-1", plant.lots["packed"], 30))
    plant.next_day()
    plant.record(dispatch.record_return, dispatch.Return("O-1", 5, "too many"), "returned")


def test_a_round(plant: Plant) -> None:
    wash_round(plant)
    assert values(plant) == {
        "collected": 100,
        "counted": 98,
        "count_differences": 2,
        "first_washes": 90,
        "wash_passages": 100,
        "released": 80,
        "delivered_gross": 30,
        "returned": 5,
        "delivered_net": 25,
        "cullet": 11,
        "broken": 3,
        "sampled": 4,
        "stock": 55,
    }
    assert figures(plant).difference == 0


def test_sums_of_movements_agree_with_balances(plant: Plant) -> None:
    wash_round(plant)
    told = figures(plant)
    for key, kinds in {
        FigureKey.STOCK: (PlaceKind.LOT, PlaceKind.WASH_RUN),
        FigureKey.DELIVERED_NET: (PlaceKind.ORDER_LINE,),
        FigureKey.CULLET: (PlaceKind.CULLET,),
        FigureKey.BROKEN: (PlaceKind.BROKEN,),
        FigureKey.SAMPLED: (PlaceKind.SAMPLED,),
        FigureKey.COUNT_DIFFERENCES: (PlaceKind.COUNT_SHORT, PlaceKind.COUNT_OVER),
    }.items():
        assert told[key].value == held_by_balances(plant, *kinds), key
    assert told[FigureKey.COLLECTED].value == -held_by_balances(plant, PlaceKind.COLLECTION_POINT)


def test_each_day_apart_and_all_days_together(plant: Plant) -> None:
    wash_round(plant)
    days = [Period(date(2026, 3, day), date(2026, 3, day)) for day in (2, 3, 4, 5)]
    told = [figures(plant, day) for day in days]
    assert [day[FigureKey.WASH_PASSAGES].value for day in told] == [90, 10, 0, 0]
    assert [day[FigureKey.RELEASED].value for day in told] == [0, 80, 0, 0]
    assert [day[FigureKey.DELIVERED_NET].value for day in told] == [0, 0, 30, -5]
    assert [day[FigureKey.STOCK].value for day in told] == [85, 80, 50, 55]
    assert [day.opening_stock for day in told] == [0, 85, 80, 50]
    assert [day.difference for day in told] == [0, 0, 0, 0]
    whole = figures(plant)
    for figure in whole.rows:
        if figure.key is not FigureKey.STOCK:
            assert sum(day[figure.key].value for day in told) == figure.value, figure.key


def test_a_load_taken_back_is_no_wash(plant: Plant) -> None:
    plant.collect("received", 50)
    plant.sort("received", {"sorted": 50})
    plant.open_run("RUN-1")
    load = plant.load("RUN-1", "sorted", 50)
    assert values(plant)["first_washes"] == 50
    plant.take_back(load)
    assert values(plant) == {"collected": 50, "counted": 50, "stock": 50}
    plant.load("RUN-1", "sorted", 40)
    assert values(plant)["wash_passages"] == 40


def test_a_closing_taken_back_is_no_second_load(plant: Plant) -> None:
    """Its bottles go back into the run, which is not a wash; and what it rejected is stock again."""
    plant.collect("received", 50)
    plant.sort("received", {"sorted": 50})
    plant.open_run("RUN-1")
    plant.load("RUN-1", "sorted")
    closing = plant.close_run(RunClosing("RUN-1", passed=40, broken=10), "washed")
    plant.take_back(closing)
    assert values(plant) == {"collected": 50, "counted": 50, "first_washes": 50, "wash_passages": 50, "stock": 50}


def test_a_collection_and_a_release_taken_back(plant: Plant) -> None:
    plant.take_back(plant.collect("typo", 1000, 990))
    assert values(plant) == {}
    plant.collect("received", 50)
    plant.sort("received", {"sorted": 50})
    plant.open_run("RUN-1")
    plant.load("RUN-1", "sorted")
    plant.close_run(RunClosing("RUN-1", passed=50), "washed")
    release = plant.release("washed")
    assert values(plant)["released"] == 50
    plant.take_back(release)
    assert "released" not in values(plant)


def test_a_correction_counts_on_its_own_day(plant: Plant) -> None:
    plant.collect("received", 50)
    counted = plant.record(record_reception_count, ReceptionCount(plant.lots["received"], 48, "two are missing"))
    plant.next_day()
    plant.take_back(counted)
    first, second = (Period(day, day) for day in (date(2026, 3, 2), date(2026, 3, 3)))
    assert values(plant, first) == {"collected": 50, "counted": 48, "count_differences": 2, "stock": 48}
    assert values(plant, second) == {"counted": 2, "count_differences": -2, "stock": 50}
    assert figures(plant, second).difference == 0


def test_the_day_is_the_sites_own(plant: Plant) -> None:
    """23:30 in UTC is the next day at the site."""
    plant.now = plant.now.replace(hour=23, minute=30)
    plant.collect("received", 50)
    assert values(plant, Period(date(2026, 3, 3), date(2026, 3, 3)))["collected"] == 50


def test_rinses_and_stock_counts_are_told_apart(plant: Plant) -> None:
    plant.collect("received", 50)
    plant.sort("received", {"sorted": 50})
    plant.open_run("RUN-1")
    plant.load("RUN-1", "sorted")
    plant.close_run(RunClosing("RUN-1", passed=50), "washed")
    plant.release("washed")
    plant.next_day(31)
    plant.record(storage.record_age_expiry, storage.LotReason(plant.lots["washed"]))
    plant.open_run("RUN-2", WashProgram.RINSE)
    plant.load("RUN-2", "washed")
    plant.close_run(RunClosing("RUN-2", passed=50), "rinsed")
    plant.release("rinsed")
    plant.record(stocktake.record_stock_count, stocktake.StockCount(plant.lots["rinsed"], 53, "found later"))
    told = values(plant)
    assert (told["first_washes"], told["wash_passages"], told["rerinses"], told["released"]) == (50, 50, 50, 100)
    # A stocktake does not change what was counted at reception.
    assert (told["collected"], told["counted"], told["count_differences"], told["stock"]) == (50, 50, -3, 53)


def test_another_territory_is_another_ledger(plant: Plant) -> None:
    other = found_plant(plant.database)
    other.collect("theirs", 70)
    plant.collect("ours", 50)
    assert values(plant)["collected"] == 50
    assert values(other)["collected"] == 70


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_every_figure_has_one_definition(plant: Plant) -> None:
    assert [definition.key for definition in DEFINITIONS] == list(FigureKey)
    assert all(figure.definition and figure.source and figure.unit for figure in figures(plant).rows)
    assert set(WHERE_IT_WENT) <= set(FigureKey)
