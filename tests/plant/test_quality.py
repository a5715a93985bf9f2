"""Quality control: the frozen plan, what is found, verdicts that follow it, and those that need a second person."""

import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from bottletrack.errors import BadInput, NotAllowed, NotFound, Stopped, WrongQuantity, WrongStep
from bottletrack.inspections import InspectionNow, find_inspection, severity_at
from bottletrack.measuring import Reading
from bottletrack.stations import findings, quality, washing
from bottletrack.stations.correction import Correction, record_correction
from bottletrack.tables import Inspection, SiteDefect
from bottletrack.vocabulary import DefectClass, EventKind, Grade, PlaceKind, Role, Severity, Stage, Verdict
from tests.plant import stages
from tests.plant.world import World

CRITICAL, MAJOR, MINOR = DefectClass.CRITICAL, DefectClass.MAJOR, DefectClass.MINOR
#: A defect of each class of the reference list.
CODES = {CRITICAL: "CR01", MAJOR: "MA01", MINOR: "MI01"}


def inspection_of(world: World, lot: str) -> InspectionNow:
    with world.database.reading() as session:
        found = find_inspection(session, world.lot(lot).id)
        session.expunge_all()
    assert found is not None
    return found


def found(world: World, lot: str, **counts: int) -> None:
    """Counts defects, e.g. MA01=2."""
    defects = tuple(findings.DefectFound(code, quantity) for code, quantity in counts.items())
    world.record(findings.record_defects_found, findings.DefectsFound(lot, defects))


def severity(world: World) -> Severity:
    with world.database.reading() as session:
        return severity_at(session, world.site_id)


def test_the_plan_is_frozen_at_the_start(world: World) -> None:
    inspection = inspection_of(world, stages.in_control(world, 900))
    assert {kind: (plan.sample_size, plan.accept) for kind, plan in inspection.plans.items()} == {
        CRITICAL: (900, 0),
        MAJOR: (80, 1),
        MINOR: (80, 5),
    }
    assert (inspection.row.severity, inspection.row.first_time) == (Severity.NORMAL, True)
    assert set(inspection.assessment.missing) == {reading.code for reading in stages.GOOD_RESULTS}


def test_a_lot_is_not_inspected_while_its_run_is_open(world: World) -> None:
    run = stages.running(world, stages.sorted_out(world))
    lot = world.make(washing.record_run_output, washing.RunOutput(run, passed=60))
    start = quality.InspectionStart(lot)
    assert run in str(world.refused(WrongStep, quality.record_inspection_start, start))
    world.record(washing.record_run_closing, washing.RunClosing(run, passed=40))
    world.record(quality.record_inspection_start, start)


@pytest.mark.parametrize(
    ("counts", "alone", "stage", "grade"),
    [
        ({}, Verdict.ACCEPT_A, Stage.RELEASED, Grade.A),
        ({}, Verdict.ACCEPT_B, Stage.RELEASED, Grade.B),
        ({"MA01": 1, "MI01": 5}, Verdict.ACCEPT_A, Stage.RELEASED, Grade.A),
        ({"MI01": 6}, Verdict.ACCEPT_B, Stage.RELEASED, Grade.B),
        ({"MI01": 6}, Verdict.REWASH, Stage.BLOCKED, None),
        ({"MA01": 2}, Verdict.REWASH, Stage.BLOCKED, None),
        ({"CR01": 1}, Verdict.SORT_100, Stage.REWORK, None),
    ],
)
def test_a_verdict_that_follows_the_plan(
    world: World, counts: dict[str, int], alone: Verdict, stage: Stage, grade: Grade | None
) -> None:
    lot = stages.all_tests_done(world, 900)
    if counts:
        found(world, lot, **counts)
    world.record(quality.record_judgment, quality.Judgment(lot, alone, "MA01", "as found"), "quality")
    assert (world.lot(lot).stage, world.lot(lot).grade) == (stage, grade)
    row = inspection_of(world, lot).row
    assert (row.verdict, row.passed) == (alone, grade is Grade.A or (alone is Verdict.ACCEPT_B and not counts))


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ({"MI01": 6}, Verdict.ACCEPT_A),
        ({"MA01": 2}, Verdict.ACCEPT_A),
        ({"MA01": 2}, Verdict.ACCEPT_B),
        ({}, Verdict.REWASH),
        ({}, Verdict.SORT_100),
        ({"CR01": 1}, Verdict.SCRAP),
    ],
)
def test_a_verdict_against_the_plan_waits_for_a_second_person(
    world: World, counts: dict[str, int], verdict: Verdict
) -> None:
    lot = stages.all_tests_done(world, 900)
    if counts:
        found(world, lot, **counts)
    judgment = quality.Judgment(lot, verdict, "MA01", "we know better")
    assert "second person" in str(world.refused(Stopped, quality.record_judgment, judgment))
    world.record(quality.record_verdict_proposal, judgment, "quality")
    assert world.lot(lot).stage is Stage.IN_QUALITY_CONTROL
    confirmation = quality.JudgmentConfirmation(lot, verdict)
    world.refused(NotAllowed, quality.record_judgment_confirmation, confirmation, "quality")
    world.record(quality.record_judgment_confirmation, confirmation, "coordinator")
    assert inspection_of(world, lot).row.verdict is verdict
    assert inspection_of(world, lot).proposal is None
    assert (world.lot(lot).quantity == 0) == (verdict is Verdict.SCRAP)
    report = world.audit()
    assert report.clean, report.findings


def test_a_verdict_that_follows_the_plan_is_not_proposed(world: World) -> None:
    judgment = quality.Judgment(stages.all_tests_done(world), Verdict.ACCEPT_A, reason="fine")
    world.refused(WrongStep, quality.record_verdict_proposal, judgment)


def test_a_proposal_says_why(world: World) -> None:
    lot = stages.all_tests_done(world, 900)
    found(world, lot, MI01=6)
    world.refused(BadInput, quality.record_verdict_proposal, quality.Judgment(lot, Verdict.ACCEPT_A, reason=" "))


@pytest.mark.parametrize("verdict", [Verdict.ACCEPT_A, Verdict.ACCEPT_B])
def test_nobody_accepts_a_critical_defect_or_an_untested_lot(world: World, verdict: Verdict) -> None:
    failing = stages.all_tests_done(world)
    found(world, failing, CR01=1)
    for lot in (failing, stages.in_control(world)):
        for verb in (quality.record_judgment, quality.record_verdict_proposal):
            world.refused(Stopped, verb, quality.Judgment(lot, verdict, reason="they are fine"))


def test_a_proposal_does_not_outlive_a_critical_defect(world: World) -> None:
    lot = stages.all_tests_done(world, 900)
    found(world, lot, MA01=2)
    judgment = quality.Judgment(lot, Verdict.ACCEPT_B, reason="labels come off by hand")
    world.record(quality.record_verdict_proposal, judgment)
    found(world, lot, CR01=1)
    world.refused(
        Stopped, quality.record_judgment_confirmation, quality.JudgmentConfirmation(lot, Verdict.ACCEPT_B), "third"
    )


def test_who_does_not_agree_takes_the_proposal_back(world: World) -> None:
    lot = stages.proposed(world, by="quality")
    no = quality.JudgmentConfirmation(lot, Verdict.SCRAP, agree=False, reason="wash it")
    world.refused(NotAllowed, quality.record_judgment_confirmation, no, "quality")
    world.record(quality.record_judgment_confirmation, no, "coordinator")
    assert inspection_of(world, lot).proposal is None
    yes = quality.JudgmentConfirmation(lot, Verdict.SCRAP)
    world.refused(WrongStep, quality.record_judgment_confirmation, yes, "coordinator")
    world.record(quality.record_judgment, quality.Judgment(lot, Verdict.REWASH, "CR08", "liquid inside"))
    assert world.lot(lot).stage is Stage.BLOCKED
    assert world.audit().clean


def test_a_lot_is_scrapped_by_quality_and_a_coordinator(world: World) -> None:
    lot = stages.proposed(world, 100, by="quality")
    confirmation = quality.JudgmentConfirmation(lot, Verdict.SCRAP)
    colleague = replace(world.people["third"], roles=frozenset({Role.QUALITY}))
    world.refused(NotAllowed, quality.record_judgment_confirmation, confirmation, colleague)
    recorded = world.record(quality.record_judgment_confirmation, confirmation, "coordinator")
    assert recorded.kind is EventKind.LOT_SCRAPPED
    assert world.moved(recorded) == [(PlaceKind.LOT, PlaceKind.CULLET, 100, "CR08")]


def test_a_part_to_look_at_again_leaves_the_rest_to_a_new_inspection(world: World) -> None:
    lot = stages.all_tests_done(world, 900)
    found(world, lot, MA01=2)
    judgment = quality.Judgment(lot, Verdict.SORT_100, "MA01", "label remains on a corner of the pallet", 60)
    part = world.make(quality.record_judgment, judgment)
    assert (world.lot(part).stage, world.lot(part).quantity) == (Stage.REWORK, 60)
    assert (world.lot(lot).stage, world.lot(lot).quantity) == (Stage.WASHED, 840)
    world.record(quality.record_inspection_start, quality.InspectionStart(lot))
    again = inspection_of(world, lot)
    assert not again.row.first_time
    assert not again.counted
    report = world.audit()
    assert report.clean, report.findings


@pytest.mark.parametrize("verdict", [Verdict.REWASH, Verdict.ACCEPT_A])
def test_only_a_part_to_look_at_again_has_a_quantity(world: World, verdict: Verdict) -> None:
    lot = stages.all_tests_done(world, 900)
    if verdict is Verdict.REWASH:
        found(world, lot, MA01=2)
    world.refused(BadInput, quality.record_judgment, quality.Judgment(lot, verdict, "MA01", "some", 60))


def test_more_bottles_with_defects_than_were_looked_at_are_refused(world: World) -> None:
    lot = stages.in_control(world, 900)
    found(world, lot, MA01=50)
    defects = findings.DefectsFound(lot, (findings.DefectFound("MA02", 31),))
    refusal = world.refused(WrongQuantity, findings.record_defects_found, defects)
    assert (refusal.values["found"], refusal.values["sample"]) == (81, 80)
    found(world, lot, CR01=200)
    assert inspection_of(world, lot).by_class == {MAJOR: 50, CRITICAL: 200}


@pytest.mark.parametrize("codes", [(), ("MA01", "MA01")])
def test_each_defect_is_counted_once(world: World, codes: tuple[str, ...]) -> None:
    defects = tuple(findings.DefectFound(code, 1) for code in codes)
    content = findings.DefectsFound(stages.in_control(world), defects)
    world.refused(BadInput, findings.record_defects_found, content)


def test_a_site_may_class_a_defect_otherwise_or_not_use_it(own_world: World) -> None:
    world = own_world
    lot = stages.all_tests_done(world, 900)
    with world.database.writing() as session:
        for code, in_use, kind in (("MA01", True, MINOR), ("MA02", False, MAJOR)):
            session.add(SiteDefect(site_id=world.site_id, defect_code=code, in_use=in_use, defect_class=kind))
    found(world, lot, MA01=6)
    assert inspection_of(world, lot).assessment.grade is Grade.B
    unused = findings.DefectsFound(lot, (findings.DefectFound("MA02", 1),))
    world.refused(NotFound, findings.record_defects_found, unused)


def test_a_test_outside_its_limits_counts_as_its_defect(world: World) -> None:
    lot = stages.all_tests_done(world)
    pink = findings.TestResults(lot, (Reading("caustic_pink_bottles", Decimal(1)),))
    world.record(findings.record_test_results, pink)
    assert inspection_of(world, lot).assessment.failed == {CRITICAL}
    # A second try does not undo the first.
    again = findings.TestResults(lot, (Reading("caustic_pink_bottles", Decimal(0)),))
    recorded = world.record(findings.record_test_results, again)
    assert not inspection_of(world, lot).assessment.may_be_accepted
    assert recorded.kind is EventKind.TESTS_RECORDED


def test_a_slip_of_the_decimal_point_is_asked_about(world: World) -> None:
    lot = stages.all_tests_done(world)
    slip = findings.TestResults(lot, (Reading("residual_water_ml", Decimal(15)),))
    world.refused(BadInput, findings.record_test_results, slip)


def fail(world: World, times: int) -> None:
    for _ in range(times):
        stages.blocked(world, 30)


def test_failures_tighten_inspection_and_then_stop_it_until_it_is_resumed(world: World) -> None:
    fail(world, 2)
    assert severity(world) is Severity.TIGHTENED
    lot = stages.in_control(world, 900)
    tightened = inspection_of(world, lot)
    assert tightened.row.severity is Severity.TIGHTENED
    assert (tightened.plans[MAJOR].sample_size, tightened.plans[MAJOR].accept) == (125, 1)
    assert tightened.plans[MINOR].accept == 3
    resumption = quality.InspectionsResumption("new brushes")
    world.refused(WrongStep, quality.record_inspections_resumption, resumption)
    fail(world, 5)
    assert severity(world) is Severity.DISCONTINUED
    start = quality.InspectionStart(stages.washed(world))
    world.refused(Stopped, quality.record_inspection_start, start)
    world.refused(BadInput, quality.record_inspections_resumption, quality.InspectionsResumption(" "))
    world.record(quality.record_inspections_resumption, resumption)
    assert severity(world) is Severity.TIGHTENED
    world.record(quality.record_inspection_start, start)


def test_what_was_refused_before_does_not_count_again(world: World) -> None:
    lot = stages.blocked(world)
    run = stages.open_run(world)
    world.record(washing.record_refused_loading, washing.RunLoading(run, lot))
    stages.start(world, run)
    washed = world.make(washing.record_run_closing, washing.RunClosing(run, passed=100))
    world.record(quality.record_inspection_start, quality.InspectionStart(washed))
    assert not inspection_of(world, washed).row.first_time
    found(world, washed, CR08=1)
    world.record(quality.record_judgment, quality.Judgment(washed, Verdict.REWASH, "CR08", "still"))
    assert severity(world) is Severity.NORMAL


def test_a_verdict_that_is_taken_back_does_not_count(world: World) -> None:
    lots = [stages.released(world, 30), stages.blocked(world, 30)]
    reopened = released_event(world, lots[0])
    world.record(record_correction, Correction(reopened, "a shard was seen"), "third")
    assert inspection_of(world, lots[0]).proposal is None
    found(world, lots[0], CR01=1)
    world.record(quality.record_judgment, quality.Judgment(lots[0], Verdict.REWASH, "CR01", "shard"))
    assert severity(world) is Severity.TIGHTENED


def released_event(world: World, lot: str) -> uuid.UUID:
    with world.database.reading() as session:
        return session.scalars(select(Inspection.judged_by).where(Inspection.lot_id == world.lot(lot).id)).one()  # type: ignore[return-value]


def test_what_a_journal_tells_is_a_verdict_only(world: World) -> None:
    lot = stages.washed(world)
    for verb, content in (
        (quality.record_inspection_start, quality.InspectionStart(lot)),
        (quality.record_judgment, quality.Judgment(lot, Verdict.REWASH, "MA01", "label remains")),
    ):
        world.record(verb, content, historical=True)
    inspection = inspection_of(world, lot)
    assert (inspection.row.verdict_only, inspection.row.passed) == (True, False)
    assert inspection.plans[MAJOR].sample_size > 0
