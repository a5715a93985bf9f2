"""What each collection point has brought in."""

from datetime import date

from bottletrack.database import Database
from bottletrack.reports.movements import Period
from bottletrack.reports.points import PointRow, find_points
from tests.reports.plant import Plant, found_plant


def point(plant: Plant, period: Period) -> PointRow:
    with plant.database.reading() as session:
        (row,) = find_points(session, plant.territory_id, period)
    return row


def test_a_point_adds_up_what_was_declared_there(plant: Plant) -> None:
    found_plant(plant.database).collect("theirs", 70)
    plant.collect("first", 30, 29)
    plant.next_day()
    plant.collect("second", 20)
    plant.take_back(plant.collect("typo", 2000))
    told = point(plant, Period())
    assert (told.code, told.collections, told.collected, told.last_collected_on) == ("P1", 2, 50, date(2026, 3, 3))
    first_day = point(plant, Period(last=date(2026, 3, 2)))
    assert (first_day.collections, first_day.collected) == (1, 30)


def test_a_point_without_collections_is_listed_too(plant: Plant) -> None:
    told = point(plant, Period())
    assert (told.collections, told.collected, told.last_collected_on) == (0, 0, None)


def test_points_of_the_pilot(database: Database, pilot_territory: int) -> None:
    with database.reading() as session:
        told = find_points(session, pilot_territory)
    assert len(told) == 20
    assert sum(row.collected for row in told) == 8214
    assert sum(row.collections for row in told) == 14
