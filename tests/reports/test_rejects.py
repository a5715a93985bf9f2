"""Rejects by cause in Pareto order; their sum is the figures' own cullet and transferred."""

from datetime import date

from bottletrack.database import Database
from bottletrack.reports.figures import FigureKey, find_figures
from bottletrack.reports.movements import ALL_TIME, Period
from bottletrack.reports.rejects import Rejects, find_rejects
from bottletrack.stations import sorting
from bottletrack.stations.washing import RunClosing, RunReject
from bottletrack.vocabulary import DefectClass, EventKind, PlaceKind
from tests.reports.plant import Plant


def rejects(plant: Plant, period: Period = ALL_TIME) -> Rejects:
    with plant.database.reading() as session:
        return find_rejects(session, plant.territory_id, period)


def test_causes_with_their_class_and_cumulative_count(plant: Plant) -> None:
    plant.collect("received", 100)
    content = sorting.Sorting(
        plant.lots["received"],
        (sorting.SortedOut("JU75", 70),),
        (sorting.SortingReject("CR01", 9), sorting.SortingReject("MA06", 21, PlaceKind.TRANSFERRED)),
    )
    plant.record(sorting.record_sorting, content, "sorted")
    plant.next_day()
    plant.open_run("RUN-1")
    plant.load("RUN-1", "sorted")
    plant.close_run(RunClosing("RUN-1", passed=64, rejects=(RunReject("CR01", 4),), broken=2), "washed")
    told = rejects(plant)
    assert [(c.defect_code, c.defect_class, c.cullet, c.transferred, c.total, c.cumulative) for c in told.causes] == [
        ("MA06", DefectClass.MAJOR, 0, 21, 21, 21),
        ("CR01", DefectClass.CRITICAL, 13, 0, 13, 34),
    ]
    assert [(station.kind, station.total) for station in told.stations] == [
        (EventKind.SORTED, 30),
        (EventKind.RUN_CLOSED, 4),
    ]
    assert told.total == 34
    assert rejects(plant, Period(date(2026, 3, 3))).total == 4


def test_a_sorting_taken_back_rejected_nothing(plant: Plant) -> None:
    plant.collect("received", 100)
    plant.take_back(plant.sort("received", {"sorted": 90}, {"CR01": 10}))
    assert rejects(plant).causes == ()
    assert rejects(plant).stations == ()


def test_causes_of_the_pilot_year(database: Database, pilot_territory: int) -> None:
    with database.reading() as session:
        told = find_rejects(session, pilot_territory)
        figures = find_figures(session, pilot_territory)
    assert sum(cause.cullet for cause in told.causes) == figures[FigureKey.CULLET].value == 1667
    assert sum(cause.transferred for cause in told.causes) == figures[FigureKey.TRANSFERRED].value == 144
    assert sum(station.total for station in told.stations) == told.total == told.causes[-1].cumulative == 1811
    # Permanent labels are the main cause of failure, as the pilot's source says.
    assert told.causes[0].defect_code == "MA03"
    assert [cause.total for cause in told.causes] == sorted((cause.total for cause in told.causes), reverse=True)
