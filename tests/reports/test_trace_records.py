"""The runs on the way with their readings, and the checks with their plans."""

from decimal import Decimal

from bottletrack.genealogy.start import StartKind, find_start, get_start
from bottletrack.reports.trace import trace
from bottletrack.reports.trace_records import Check, RunOnTheWay, find_checks, find_runs_on_the_way
from bottletrack.stations import findings, storage
from bottletrack.vocabulary import DefectClass, Severity, Verdict
from tests.plant import stages
from tests.reports.plant import Plant


def on_the_way(plant: Plant, code: str) -> tuple[list[RunOnTheWay], list[Check]]:
    with plant.database.reading() as session:
        told = trace(session, get_start(session, plant.actor, StartKind.LOT, code))
        return find_runs_on_the_way(session, told.run_ids), find_checks(session, told.lot_ids)


def test_runs_with_readings_and_checks_with_plans(plant: Plant) -> None:
    released = stages.released(plant.world)
    part = plant.world.make(storage.record_split, storage.Split(released, 30))
    ((run,), (check,)) = on_the_way(plant, part)
    assert {reading.code: reading.value for reading in run.readings} == {
        code: Decimal(value) for code, value in stages.GOOD_READINGS.items()
    }
    assert all(reading.inside and reading.name_fr != reading.code for reading in run.readings)
    assert run.closed_at is not None
    assert not run.held
    assert (check.verdict, check.severity, check.verdict_only, check.lot_size) == (
        Verdict.ACCEPT_A,
        Severity.NORMAL,
        False,
        100,
    )
    assert [plan.defect_class for plan in check.plans] == list(DefectClass)
    # Critical defects: every bottle, and none may have one.
    assert (check.plans[0].aql_percent, check.plans[0].sample_size, check.plans[0].accept) == (None, 100, 0)
    assert check.tests
    assert all(test.inside for test in check.tests)


def test_what_was_outside_and_what_was_found(plant: Plant) -> None:
    world = plant.world
    lot = stages.in_control(world)
    world.record(findings.record_defects_found, findings.DefectsFound(lot, (findings.DefectFound("MI01", 3),)))
    ((run,), (check,)) = on_the_way(plant, lot)
    assert {plan.defect_class: plan.found for plan in check.plans} == {
        DefectClass.CRITICAL: 0,
        DefectClass.MAJOR: 0,
        DefectClass.MINOR: 3,
    }
    assert (check.verdict, check.judged_at) == (None, None)
    held = stages.running(world, stages.sorted_out(world))
    stages.take_readings(world, held, bath2_temperature_celsius="60")
    with plant.database.reading() as session:
        (cold,) = find_runs_on_the_way(session, find_start(session, plant.actor, held).place_ids)
    outside = [reading for reading in cold.readings if not reading.inside]
    assert [(reading.code, reading.value) for reading in outside] == [("bath2_temperature_celsius", Decimal(60))]
    assert cold.held
    assert not run.held
