"""Quality control: the inspection, its verdicts, and what quality decides later."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bottletrack.errors import BadInput, NotFound, Stopped, WrongQuantity, WrongStep
from bottletrack.stations import findings, quality, relabeling, second_look, storage, washing
from bottletrack.steps import Step
from bottletrack.vocabulary import PlaceKind, Role, Verdict
from tests.plant import stages
from tests.plant.transitions.example import FLOOR, Answered, At, Done, Example, Final, Guard, Name, TakenBack
from tests.plant.world import World

LOT, CULLET = PlaceKind.LOT, PlaceKind.CULLET
QUALITY = frozenset({Role.QUALITY})


def _lot(bring: Callable[[World], str]) -> Callable[[World], At]:
    return lambda world: At(bring(world))


def _judging(verdict: Verdict, defect: str | None = None, reason: str = "") -> Callable[[World, At], Any]:
    return lambda world, at: quality.Judgment(at.lot or "", verdict, defect, reason)


def _off_a_running_line(world: World, _: At) -> quality.InspectionStart:
    run = stages.running(world, stages.sorted_out(world))
    return quality.InspectionStart(world.make(washing.record_run_output, washing.RunOutput(run, 60)))


def _take_samples(world: World, done: Done) -> None:
    world.record(quality.record_sampling, quality.Sampling(done.lot, 2))


def _pack(world: World, done: Done) -> None:
    world.record(relabeling.record_relabeling, relabeling.Relabeling(done.lot, 10))


def _untested(world: World, _: At) -> quality.Judgment:
    return quality.Judgment(stages.in_control(world), Verdict.ACCEPT_A)


def _with_a_critical_defect(world: World, _: At) -> quality.Judgment:
    return quality.Judgment(stages.failing(world), Verdict.ACCEPT_B)


def _alone(world: World, at: At) -> quality.Judgment:
    return quality.Judgment(at.lot or "", Verdict.SCRAP, "CR08", "glass inside")


def _minor_defects(world: World) -> At:
    """Too many minor defects for grade A, and nothing worse."""
    lot = stages.all_tests_done(world)
    found = findings.DefectsFound(lot, (findings.DefectFound("MI01", 5),))
    world.record(findings.record_defects_found, found)
    return At(lot)


def _old(world: World) -> At:
    lot = stages.released(world)
    world.next_day(31)
    return At(lot)


def _waiver(world: World, done: Done) -> second_look.AgeWaiver:
    return second_look.AgeWaiver(done.lot, world.now.date() + timedelta(days=10), "kept in the cold, and tested")


def _rejecting(_: World, at: At, defect: str = "CR02") -> second_look.ReturnInspection:
    rejects = (second_look.ReturnReject(defect, 4),)
    return second_look.ReturnInspection(at.lot or "", wash_again=True, rejected=rejects)


EXAMPLES: dict[Name, Example] = {
    ("WASHED", "QC_START"): Example(
        quality.record_inspection_start,
        QUALITY,
        _lot(stages.washed),
        lambda world, at: quality.InspectionStart(at.lot or ""),
        TakenBack(_take_samples),
        Step.INSPECT,
        guard=Guard(WrongStep, _off_a_running_line),
    ),
    ("IN_QC", "QC_SAMPLE"): Example(
        quality.record_sampling,
        QUALITY,
        _lot(stages.in_control),
        lambda world, at: quality.Sampling(at.lot or "", 8, "lab"),
        Final(),
        Step.SAMPLE,
        ((LOT, PlaceKind.SAMPLED, 8),),
        guard=Guard(WrongQuantity, lambda world, at: quality.Sampling(at.lot or "", 101)),
    ),
    ("IN_QC", "QC_ACCEPT_A"): Example(
        quality.record_judgment,
        QUALITY,
        _lot(stages.all_tests_done),
        _judging(Verdict.ACCEPT_A),
        TakenBack(_pack),
        Step.JUDGE,
        guard=Guard(Stopped, _untested),
    ),
    ("IN_QC", "QC_ACCEPT_B"): Example(
        quality.record_judgment,
        QUALITY,
        _minor_defects,
        _judging(Verdict.ACCEPT_B),
        TakenBack(_pack),
        Step.JUDGE,
        guard=Guard(Stopped, _with_a_critical_defect),
    ),
    ("IN_QC", "QC_FAIL_REWASH"): Example(
        quality.record_judgment,
        QUALITY,
        _lot(stages.failing),
        _judging(Verdict.REWASH, "CR08", "liquid inside"),
        Final(),
        Step.JUDGE,
        guard=Guard(BadInput, _judging(Verdict.REWASH, "CR08", " ")),
    ),
    ("IN_QC", "QC_FAIL_SORT_100"): Example(
        quality.record_judgment,
        QUALITY,
        _lot(stages.failing),
        _judging(Verdict.SORT_100, "CR08", "look at every bottle"),
        Final(),
        Step.JUDGE,
        guard=Guard(BadInput, _judging(Verdict.SORT_100, None, "look at every bottle")),
    ),
    # Quality has proposed it; the coordinator's word carries it out.
    ("IN_QC", "QC_FAIL_SCRAP"): Example(
        quality.record_judgment_confirmation,
        frozenset({Role.COORDINATOR}),
        lambda world: At(stages.proposed(world, by="quality")),
        lambda world, at: quality.JudgmentConfirmation(at.lot or "", Verdict.SCRAP),
        Final(),
        Step.CONFIRM,
        ((LOT, CULLET, 100),),
        guard=Guard(WrongStep, lambda world, at: quality.JudgmentConfirmation(stages.failing(world), Verdict.SCRAP)),
    ),
    ("RELEASED_A", "DOWNGRADE"): Example(
        second_look.record_downgrade,
        QUALITY,
        _lot(stages.released),
        lambda world, at: second_look.Downgrade(at.lot or "", "scuffed at the neck"),
        Final(),
        Step.DOWNGRADE,
        guard=Guard(BadInput, lambda world, at: second_look.Downgrade(at.lot or "", " ")),
    ),
    # There is no machine's will: a person, or the nightly command in a service's name, says what the calendar says.
    ("RELEASED_A;RELEASED_B", "AGE_EXPIRED"): Example(
        storage.record_age_expiry,
        FLOOR | QUALITY,
        _old,
        lambda world, at: storage.LotReason(at.lot or ""),
        Answered(
            second_look.record_age_waiver,
            _waiver,
            "quality",
            lambda world, done: world.lot(done.lot).stage == "released",
        ),
        Step.EXPIRE,
        guard=Guard(WrongStep, lambda world, at: storage.LotReason(stages.released(world))),
        departs={"who": "each event has a person behind it, be it a service's"},
    ),
    ("RETURNED", "INSPECT_OK"): Example(
        second_look.record_return_inspection,
        QUALITY,
        _lot(stages.returned),
        lambda world, at: second_look.ReturnInspection(at.lot or "", wash_again=False),
        Final(),
        Step.INSPECT_RETURN,
        guard=Guard(WrongStep, lambda world, at: second_look.ReturnInspection(stages.washed(world), False)),
    ),
    ("RETURNED", "INSPECT_REJECT"): Example(
        second_look.record_return_inspection,
        QUALITY,
        _lot(stages.returned),
        _rejecting,
        Final(),
        Step.INSPECT_RETURN,
        ((LOT, CULLET, 4),),
        guard=Guard(NotFound, lambda world, at: _rejecting(world, at, "ZZ99")),
    ),
}
