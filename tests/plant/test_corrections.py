"""Corrections: the latest first, and then what came before it; never what has gone on."""

from bottletrack.errors import WrongStep
from bottletrack.stations import correction, findings, quality, storage, washing
from bottletrack.vocabulary import PlaceKind, Verdict, WashProgram
from tests.plant import stages
from tests.plant.world import World


def taken_back(world: World, event_id: object) -> None:
    mistake = correction.Correction(event_id, "it was not so")  # type: ignore[arg-type]
    world.record(correction.record_correction, mistake, "lead")


def test_mistakes_are_taken_back_one_after_the_other_the_latest_first(world: World) -> None:
    lot = stages.sorted_out(world, 50)
    first = world.record(storage.record_breakage, storage.Breakage(lot, 3), "operator")
    second = world.record(storage.record_breakage, storage.Breakage(lot, 4), "operator")
    mistake = correction.Correction(first.event_id, "it was not so")
    world.refused(WrongStep, correction.record_correction, mistake, "lead")
    taken_back(world, second.event_id)
    taken_back(world, first.event_id)
    assert (world.lot(lot).quantity, world.held(PlaceKind.BROKEN)) == (50, 0)
    assert world.audit().clean


def test_an_expired_or_held_lot_is_not_freed_by_a_correction_of_what_came_before(world: World) -> None:
    lot = stages.sorted_out(world, 50)
    broken = world.record(storage.record_breakage, storage.Breakage(lot, 3), "operator")
    world.record(storage.record_hold, storage.LotReason(lot, "odd smell"), "operator")
    mistake = correction.Correction(broken.event_id, "it was not so")
    world.refused(WrongStep, correction.record_correction, mistake, "lead")
    world.record(storage.record_hold_lift, storage.LotReason(lot, "it was the cork"), "quality")
    world.refused(WrongStep, correction.record_correction, mistake, "lead")
    assert not world.lot(lot).held


def test_a_rinse_forgets_the_pass_of_a_lot_that_is_taken_off_it(world: World) -> None:
    twice = world.make(washing.record_run_closing, washing.RunClosing(stages.running(world, stages.rework(world)), 100))
    world.record(quality.record_inspection_start, quality.InspectionStart(twice))
    world.record(findings.record_test_results, findings.TestResults(twice, stages.GOOD_RESULTS))
    world.record(quality.record_judgment, quality.Judgment(twice, Verdict.ACCEPT_A))
    once = stages.expired(world)
    world.record(storage.record_age_expiry, storage.LotReason(twice))
    run = stages.open_run(world, once, WashProgram.RINSE)
    loading = world.record(washing.record_run_loading, washing.RunLoading(run, twice))
    taken_back(world, loading.event_id)
    stages.start(world, run)
    rinsed = world.make(washing.record_run_closing, washing.RunClosing(run, 100))
    assert world.lot(rinsed).pass_number == 1
