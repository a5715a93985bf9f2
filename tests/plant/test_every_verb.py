"""What holds for every verb alike: it counts once, asks for its permission, and a refusal leaves nothing behind."""

import dataclasses
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bottletrack import orders
from bottletrack.access import PERMISSIONS, Actor, Permission
from bottletrack.errors import BadInput, Conflict, NotAllowed, NotFound, Stopped, WrongQuantity, WrongStep
from bottletrack.stations import (
    cleaning,
    collection,
    correction,
    dispatch,
    findings,
    hours,
    labels,
    lot_labels,
    merging,
    presoak,
    quality,
    recall,
    relabeling,
    second_look,
    settings,
    sorting,
    stocktake,
    storage,
    transfer,
    washer,
    washing,
)
from bottletrack.steps import OPEN, STEPS, Step
from bottletrack.vocabulary import Role, Stage, Verdict
from tests.plant import stages, trials
from tests.plant.cases import CASES
from tests.plant.cases.case import Case
from tests.plant.world import World


def cases(chosen: Callable[[Case], object] = bool) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "case", [pytest.param(case, id=name) for name, case in CASES.items() if chosen(case)]
    )


def changed(content: Any) -> Any:
    """The same content, save for one text."""
    texts = [field.name for field in dataclasses.fields(content) if isinstance(getattr(content, field.name), str)]
    return replace(content, **{texts[-1]: getattr(content, texts[-1]) + "X"})


def test_every_verb_is_here() -> None:
    modules = (
        cleaning, collection, correction, dispatch, findings, hours, labels, lot_labels, merging, orders,
        presoak, quality, recall, relabeling, second_look, settings, sorting, stocktake, storage, transfer, washer,
        washing
    )  # fmt: skip
    verbs = {value for module in modules for name, value in vars(module).items() if name.startswith("record_")}
    assert verbs == {case.verb for case in CASES.values()}
    # Unreserving asks for no step: bottles are freed whatever has become of their lot.
    assert {case.step for case in CASES.values()} - {None} == set(Step)


@cases()
def test_it_counts_once(world: World, case: Case) -> None:
    scan, content = world.scan(), case.content(world)
    scan = replace(scan, happened_at=world.now)
    first = world.send(case.verb, content, scan)
    assert not first.again
    with world.nothing_written():
        assert world.send(case.verb, content, scan) == replace(first, again=True)
        with pytest.raises(Conflict):
            world.send(case.verb, changed(content), scan)
        with pytest.raises(Conflict):
            world.send(case.verb, content, replace(scan, by=world.people["third"]))
        # A correction looks for its event first, and finds none at the other site.
        with pytest.raises(NotFound if case.verb is correction.record_correction else Conflict):
            world.send(case.verb, content, replace(scan, site_id=world.other_site_id))
    report = world.audit()
    assert report.clean, report.findings


@cases()
def test_it_asks_for_its_permission(world: World, case: Case) -> None:
    content = case.content(world)
    allowed = PERMISSIONS[case.permission]
    if case.permission is Permission.ORDER_FOR_OTHERS:
        allowed |= PERMISSIONS[Permission.ORDER]
    for role in set(Role) - allowed:
        refusal = world.refused(NotAllowed, case.verb, content, role.value)
        assert refusal.values["permission"] == case.permission.value


@cases()
def test_it_is_out_of_reach_of_others(world: World, case: Case) -> None:
    content = case.content(world)
    # Neither by scanning at our site, nor by naming our things at one's own.
    world.refused(NotFound, case.verb, content, world.stranger)
    if case not in (
        CASES["collection"],
        CASES["announcement"],
        CASES["hours"],
        CASES["inspections resumption"],
        CASES["run opening"],
        CASES["container cleaning"],
        *(case for case in CASES.values() if case.permission is Permission.CHANGE_SETTINGS),
    ):
        world.refused(NotFound, case.verb, content, world.stranger, site_id=world.stranger_site_id)
    # Nor do people of another site of ours.
    bound = replace(world.people["second"], site_id=world.other_site_id)
    world.refused(NotFound, case.verb, content, bound)
    # And not before it has happened.
    world.now += timedelta(days=36_500)
    world.refused(BadInput, case.verb, content)


@cases(lambda case: case.step)
def test_a_lot_is_handled_where_it_stands(world: World, case: Case) -> None:
    content = case.content(world)
    if case.step in (Step.LOAD, Step.LOAD_REFUSED):
        opening = washing.RunOpening(code=content.run_code, line_clear=stages.LINE_CLEAR)
        world.record(washing.record_run_opening, opening, site_id=world.other_site_id)
    world.refused(WrongStep, case.verb, content, site_id=world.other_site_id)


@cases(lambda case: case.step)
def test_a_dead_code_is_refused(world: World, case: Case) -> None:
    content = case.content(world)
    stages.free(world, content.lot_code)
    stages.emptied(world, content.lot_code)
    assert "is dead" in str(world.refused(WrongStep, case.verb, content))


@cases(lambda case: case.step)
def test_an_unknown_or_misread_code_is_refused(world: World, case: Case) -> None:
    content = case.content(world)
    for code, refusal in (("T-UNKNOWN", NotFound), ("", BadInput), ("0000-0000", BadInput)):
        world.refused(refusal, case.verb, replace(content, lot_code=code))


@cases(lambda case: case.step and STEPS[case.step].stages & OPEN)
def test_a_held_lot_is_stopped(world: World, case: Case) -> None:
    assert case.step is not None
    content = case.content(world)
    rule = STEPS[case.step]
    if rule.held is None:
        world.record(storage.record_hold_lift, storage.LotReason(content.lot_code, "fine"))
        world.refused(WrongStep, case.verb, content)
        return
    stages.hold(world, content.lot_code)
    if rule.held:
        world.record(case.verb, content)
    else:
        world.refused(Stopped, case.verb, content)


@pytest.mark.parametrize("stage", Stage)
def test_no_step_begins_at_another_stage(world: World, stage: Stage) -> None:
    lot = stages.BRING[stage](world)
    holding = stages.hold(world, stages.BRING[stage](world)) if stage in OPEN else lot
    run = stages.open_run(world)
    order = stages.placed(world, 10)
    examples: dict[Step, Any] = {
        Step.COLLECT: collection.Collection("P1", 100, lot_code=lot),
        Step.GIVE_UP: collection.EmptyCode(lot, "closed"),
        Step.VOID: collection.EmptyCode(lot, "misprinted"),
        Step.MERGE: merging.Merge(lot, (lot,)),
        Step.MERGE_RELEASED: merging.Merge(lot, (lot,)),
        Step.SEND: transfer.Sending(lot, "S2", 10),
        Step.HAND_OVER: transfer.HandingOver(lot, 10, "Verrerie"),
        Step.TAKE_STOCK: stocktake.StockCount(lot, 100),
        Step.BREAK: storage.Breakage(lot, 1),
        Step.HOLD: storage.LotReason(lot, "smells"),
        Step.LIFT_HOLD: storage.LotReason(holding, "fine"),
        Step.COUNT: collection.ReceptionCount(lot, 99),
        Step.SORT: sorting.Sorting(lot, (sorting.SortedOut("JU75", 100),)),
        Step.LOAD: washing.RunLoading(run, lot),
        Step.LOAD_REFUSED: washing.RunLoading(run, lot),
        Step.PRESOAK: presoak.PresoakStart(lot, "B1"),
        Step.END_PRESOAK: presoak.PresoakEnd(lot),
        Step.INSPECT: quality.InspectionStart(lot),
        Step.SAMPLE: quality.Sampling(lot, 1),
        Step.COUNT_DEFECTS: findings.DefectsFound(lot, (findings.DefectFound("MA01", 1),)),
        Step.TEST: findings.TestResults(lot, stages.GOOD_RESULTS),
        Step.JUDGE: quality.Judgment(lot, Verdict.ACCEPT_A),
        Step.CONFIRM: quality.JudgmentConfirmation(lot, Verdict.SCRAP),
        Step.INSPECT_RETURN: second_look.ReturnInspection(lot, wash_again=True),
        Step.DOWNGRADE: second_look.Downgrade(lot, "wear rings"),
        Step.WAIVE_AGE: second_look.AgeWaiver(lot, world.now.date(), "rinse test clean"),
        Step.RELABEL: relabeling.Relabeling(lot, 10),
        Step.DELIVER: dispatch.Delivery(order, lot, 1),
        Step.RESERVE: orders.Reservation(order, lot, 1),
        Step.SPLIT: storage.Split(lot, 10),
        Step.EXPIRE: storage.LotReason(lot),
        Step.START_TRIAL: stages.trial_start(world, lot, 10),
        Step.EXAMINE_LABELS: replace(trials.GOOD_RESULT, lot_code=lot),
        Step.REJECT_TRIAL: labels.TrialReject(lot, 1, "ET03"),
        Step.DECIDE_HELD_ASIDE: storage.HeldAsideDecision(holding, 1, "MA03", "no release"),
    }
    verbs = {case.step: case.verb for case in CASES.values() if case.step}
    elsewhere = [step for step, rule in STEPS.items() if stage not in rule.stages]
    assert set(elsewhere) <= set(examples)
    for step in elsewhere:
        refusal = world.refused(WrongStep, verbs[step], examples[step])
        if stage is Stage.VOIDED:
            assert "is dead" in str(refusal), step
        elif stage in OPEN or STEPS[step].held is not None:
            assert refusal.values["stage"] == stage, step


@cases(lambda case: case.quantity)
def test_it_takes_no_more_than_there_is_and_no_less_than_one(world: World, case: Case) -> None:
    assert case.quantity is not None
    content = case.content(world)
    world.refused(WrongQuantity, case.verb, replace(content, **{case.quantity: 101}))
    for quantity in (0, -1, -100):
        with world.nothing_written(), pytest.raises((BadInput, WrongQuantity)):
            world.record(case.verb, replace(content, **{case.quantity: quantity}))


@pytest.mark.parametrize("name", ["order", "cancellation"])
def test_a_winemaker_orders_for_the_own_house_only(world: World, name: str) -> None:
    case = CASES[name]
    content = case.content(world)
    rival: Actor = world.people["rival"]
    world.refused(NotAllowed if name == "order" else NotFound, case.verb, content, rival)
