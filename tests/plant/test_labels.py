"""Labels and their trials: what is asked before one is approved, and that only approved ones are packed for."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bottletrack.errors import BadInput, NotAllowed, NotFound, Stopped, WrongStep
from bottletrack.reports.labels import LabelSeen, find_labels, find_usable_labels
from bottletrack.stations import correction, labels, relabeling, settings, washing
from bottletrack.vocabulary import PlaceKind, Stage
from bottletrack.washability import Change, LabelStatus, Obstacle
from tests.plant import stages, trials
from tests.plant.trials import GOOD_RESULT
from tests.plant.world import World


def judgment(world: World, code: str, **other: Any) -> labels.LabelJudgment:
    return replace(labels.LabelJudgment(code, True, trials.end_of_approval(world)), **other)


def seen(world: World, code: str) -> LabelSeen:
    with world.database.reading() as session:
        (label,) = find_labels(session, world.territory_id, world.now.date(), code=code)
        return label


def usable(world: World, owner: str | None = None) -> list[str]:
    winery_id = world.people["winemaker"].winery_id if owner else None
    with world.database.reading() as session:
        return [label.code for label in find_usable_labels(session, world.territory_id, world.now.date(), winery_id)]


def test_the_way_of_a_label_from_its_registration_to_a_packed_lot(world: World) -> None:
    code = stages.label(world, "V1")
    assert (code, seen(world, code).status) == ("E-0001", LabelStatus.UNTRIED)
    lot = world.make(labels.record_trial_start, stages.trial_start(world, stages.released(world), 20, code))
    assert (world.lot(lot).stage, world.lot(lot).quantity, world.lot(lot).grade) == (Stage.TRIAL, 20, None)
    world.record(labels.record_trial_examination, replace(GOOD_RESULT, lot_code=lot), "operator")
    assert seen(world, code).status is LabelStatus.IN_TRIAL
    world.record(labels.record_trial_examination, replace(GOOD_RESULT, lot_code=lot), "quality")
    assert seen(world, code).status is LabelStatus.TO_JUDGE
    assert usable(world) == []
    world.record(labels.record_label_judgment, judgment(world, code.lower()), "quality")
    assert seen(world, code).status is LabelStatus.APPROVED
    assert usable(world) == usable(world, "V1") == [code]

    packed = relabeling.Relabeling(stages.released(world), 60, label_code=code)
    assert world.lot(world.make(relabeling.record_relabeling, packed)).stage is Stage.RELABELED
    # The bottles themselves go through the washer again.
    run = stages.open_run(world)
    world.record(washing.record_refused_loading, washing.RunLoading(run, lot), "quality")
    assert world.held(PlaceKind.WASH_RUN) == 20
    report = world.audit()
    assert report.clean, report.findings


@pytest.mark.parametrize(
    ("other", "obstacle"),
    [
        ({"minutes_100": None}, Obstacle.NOT_RELEASED),
        ({"minutes_100": Decimal("12.5")}, Obstacle.TOO_SLOW),
        ({"pulp": True}, Obstacle.PULP),
        ({"residue": 1}, Obstacle.RESIDUE),
        ({"holds_in_ice_water": False}, Obstacle.FALLS_OFF),
    ],
)
def test_one_examiner_who_saw_it_is_enough_to_stop_a_label(
    world: World, other: dict[str, Any], obstacle: Obstacle
) -> None:
    code = trials.tried_label(world, None, GOOD_RESULT, replace(GOOD_RESULT, **other))
    refusal = world.refused(WrongStep, labels.record_label_judgment, judgment(world, code, reason="it will do"))
    assert refusal.values["obstacle"] is obstacle
    assert seen(world, code).changes
    world.refused(BadInput, labels.record_label_judgment, labels.LabelJudgment(code, False))
    world.record(labels.record_label_judgment, labels.LabelJudgment(code, False, reason="told the printer"))
    assert seen(world, code).status is LabelStatus.REFUSED


def test_a_site_says_how_long_its_line_gives_a_label(world: World) -> None:
    code = trials.tried_label(world, None, GOOD_RESULT, replace(GOOD_RESULT, minutes_100=Decimal(14)))
    world.refused(WrongStep, labels.record_label_judgment, judgment(world, code))
    slower = settings.SettingChange("label_release_minutes", "14", "a longer bath")
    world.record(settings.record_setting_change, slower)
    world.record(labels.record_label_judgment, judgment(world, code))


def test_two_people_look_at_the_same_trial(world: World) -> None:
    code = stages.label(world)
    lots = [
        world.make(labels.record_trial_start, stages.trial_start(world, stages.released(world), 20, code))
        for _ in range(2)
    ]
    for lot, person in zip(lots, ("second", "third"), strict=True):
        world.record(labels.record_trial_examination, replace(GOOD_RESULT, lot_code=lot), person)
    world.refused(WrongStep, labels.record_label_judgment, judgment(world, code))
    # Nor does one person count for two.
    again = replace(GOOD_RESULT, lot_code=lots[0], minutes_90=Decimal(4))
    world.refused(NotAllowed, labels.record_trial_examination, again, "second")
    world.record(labels.record_trial_examination, again, "third")
    world.record(labels.record_label_judgment, judgment(world, code))


def test_a_result_that_was_taken_back_does_not_count(world: World) -> None:
    code = stages.label(world)
    lot = world.make(labels.record_trial_start, stages.trial_start(world, stages.released(world), 20, code))
    world.record(labels.record_trial_examination, replace(GOOD_RESULT, lot_code=lot), "second")
    slip = replace(GOOD_RESULT, lot_code=lot, minutes_100=Decimal(50))
    wrong = world.record(labels.record_trial_examination, slip, "third")
    world.refused(WrongStep, labels.record_label_judgment, judgment(world, code))
    world.record(correction.record_correction, correction.Correction(wrong.event_id, "5, not 50"))
    assert len(seen(world, code).trials[0].results) == 1
    world.record(labels.record_trial_examination, replace(slip, minutes_100=Decimal(5)), "third")
    world.record(labels.record_label_judgment, judgment(world, code))


def test_unused_trial_bottles_go_back_to_their_lot(world: World) -> None:
    code, released = stages.label(world), stages.released(world)
    start = world.record(labels.record_trial_start, stages.trial_start(world, released, 20, code))
    world.record(correction.record_correction, correction.Correction(start.event_id, "the labels did not come"))
    assert world.lot(released).quantity == 100
    assert (seen(world, code).trials, seen(world, code).status) == ((), LabelStatus.UNTRIED)
    report = world.audit()
    assert report.clean, report.findings


def test_ink_that_runs_is_approved_on_a_condition_only(world: World) -> None:
    code = trials.tried_label(world, None, GOOD_RESULT, replace(GOOD_RESULT, ink_bleed=True))
    world.refused(BadInput, labels.record_label_judgment, judgment(world, code, reason=" "))
    world.record(labels.record_label_judgment, judgment(world, code, reason="white wines only"))
    assert seen(world, code).changes == (Change.INK_FASTNESS,)
    assert seen(world, code).reason == "white wines only"


def test_an_approval_has_an_end(world: World) -> None:
    code, today = trials.tried_label(world), world.now.date()
    for end in (None, today - timedelta(days=1)):
        world.refused(BadInput, labels.record_label_judgment, judgment(world, code, valid_until=end))
    world.record(labels.record_label_judgment, judgment(world, code, valid_until=today))
    lot = stages.released(world)
    world.record(relabeling.record_relabeling, relabeling.Relabeling(lot, 10, label_code=code))
    world.next_day()
    assert seen(world, code).status is LabelStatus.EXPIRED
    world.refused(Stopped, relabeling.record_relabeling, relabeling.Relabeling(lot, 10, label_code=code))
    # What two people saw still counts: the label has not changed.
    world.record(labels.record_label_judgment, judgment(world, code))
    world.record(relabeling.record_relabeling, relabeling.Relabeling(lot, 10, label_code=code))


def test_bottles_are_packed_for_approved_labels_only(world: World) -> None:
    lot = stages.released(world)
    refused = trials.tried_label(world)
    world.record(labels.record_label_judgment, labels.LabelJudgment(refused, False, reason="changed our mind"))
    for code in (stages.label(world), trials.tried_label(world), refused):
        world.refused(Stopped, relabeling.record_relabeling, relabeling.Relabeling(lot, 10, label_code=code))
    world.refused(NotFound, relabeling.record_relabeling, relabeling.Relabeling(lot, 10, label_code="E-9999"))
    world.record(relabeling.record_relabeling, relabeling.Relabeling(lot, 10))


def test_own_bottles_carry_their_owners_labels_or_those_for_all(world: World) -> None:
    lot = stages.released(world, owner="V1")
    own, others, for_all = (trials.approved_label(world, winery) for winery in ("V1", "V2", None))
    assert usable(world, "V1") == [own, for_all]
    world.refused(Stopped, relabeling.record_relabeling, relabeling.Relabeling(lot, 10, label_code=others))
    for code in (own, for_all):
        world.record(relabeling.record_relabeling, relabeling.Relabeling(lot, 10, label_code=code))


@pytest.mark.parametrize(
    "other",
    [
        {"label_code": None},
        {"label_code": " "},
        {"bath_naoh_percent": None},
        {"bath_naoh_percent": Decimal(0)},
        {"bath_naoh_percent": Decimal("10.1")},
        {"bath_temperature_celsius": None},
        {"bath_temperature_celsius": Decimal(101)},
    ],
)
def test_a_trial_says_which_label_and_which_bath(world: World, other: dict[str, Any]) -> None:
    start = stages.trial_start(world, stages.released(world), 20)
    world.refused(BadInput, labels.record_trial_start, replace(start, **other))


def test_a_journal_may_not_know_the_label_and_nobody_examines_such_bottles(world: World) -> None:
    start = labels.TrialStart(stages.released(world), 20, reason="trial 3")
    lot = world.send(labels.record_trial_start, start, replace(world.scan(), historical=True)).lot_codes[0]
    assert world.lot(lot).stage is Stage.TRIAL
    world.refused(WrongStep, labels.record_trial_examination, replace(GOOD_RESULT, lot_code=lot))


@pytest.mark.parametrize(
    "other",
    [
        {"minutes_90": Decimal(6)},
        {"minutes_90": Decimal(-1)},
        {"minutes_100": Decimal(601)},
        {"minutes_90": Decimal(601), "minutes_100": None},
        {"residue": 4},
        {"residue": -1},
    ],
)
def test_a_result_that_makes_no_sense_is_refused(world: World, other: dict[str, Any]) -> None:
    result = replace(GOOD_RESULT, lot_code=stages.trial(world), **other)
    world.refused(BadInput, labels.record_trial_examination, result)


def test_trial_bottles_are_given_up_for_what_their_label_did(world: World) -> None:
    lot = stages.trial(world)
    world.refused(BadInput, labels.record_trial_reject, labels.TrialReject(lot, 5, "CR01"))
    world.refused(NotFound, labels.record_trial_reject, labels.TrialReject(lot, 5, "ET99"))
    rejected = world.record(labels.record_trial_reject, labels.TrialReject(lot, 5, "ET03"))
    assert world.moved(rejected) == [(PlaceKind.LOT, PlaceKind.CULLET, 5, "ET03")]


@pytest.mark.parametrize(
    ("other", "refusal"),
    [
        ({"name": " "}, BadInput),
        ({"paper": "p" * 101}, BadInput),
        ({"glue": ""}, BadInput),
        ({"printer": ""}, BadInput),
        ({"ink_coverage_percent": 101}, BadInput),
        ({"ink_coverage_percent": -1}, BadInput),
        ({"code": "e-0001"}, BadInput),
        ({"code": ""}, BadInput),
        ({"code": "E" * 21}, BadInput),
        ({"winery_code": "V9"}, NotFound),
    ],
)
def test_a_label_that_is_not_well_told_is_refused(world: World, other: dict[str, Any], refusal: type[Any]) -> None:
    assert stages.label(world) == "E-0001"
    told = labels.LabelRegistration("Vin jaune", "wet strength", "casein", "Dole", 40)
    world.refused(refusal, labels.record_label_registration, replace(told, **other))


def test_labels_are_numbered_past_names_that_are_taken(world: World) -> None:
    assert stages.label(world, code="e-0002") == "E-0002"
    assert stages.label(world) == "E-0003"


def test_another_territorys_labels_are_out_of_sight(world: World) -> None:
    code = trials.approved_label(world)
    with world.database.reading() as session:
        assert find_labels(session, world.stranger.territory_id, world.now.date()) == []
    stranger = world.stranger
    refused = labels.LabelJudgment(code, False, reason="mine")
    world.refused(NotFound, labels.record_label_judgment, refused, stranger, site_id=world.stranger_site_id)
