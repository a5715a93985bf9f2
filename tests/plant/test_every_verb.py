"""What holds for every verb alike: it counts once, asks for its permission, and a refusal leaves nothing behind."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bottletrack import orders
from bottletrack.access import PERMISSIONS, Actor, Permission
from bottletrack.errors import BadInput, Conflict, NotAllowed, NotFound, Stopped, WrongQuantity, WrongStep
from bottletrack.measuring import Reading
from bottletrack.stations import (
    cleaning,
    collection,
    correction,
    dispatch,
    findings,
    hours,
    labels,
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
from bottletrack.vocabulary import DefectClass, MeasuredAt, Role, Stage, Station, Verdict, WashProgram
from tests.plant import stages, trials
from tests.plant.world import Verb, World


@dataclass(frozen=True)
class Case:
    """One verb, with content that it takes. `step`: the step of the lot named by `lot_code`, where there is one."""

    verb: Verb
    permission: Permission
    content: Callable[[World], Any]
    step: Step | None = None
    #: A field that asks for more bottles than there are when it says 101.
    quantity: str | None = None


def _mistake(world: World) -> correction.Correction:
    lot = stages.released(world)
    broken = world.record(storage.record_breakage, storage.Breakage(lot, 3))
    return correction.Correction(broken.event_id, "they were not broken")


CASES = {
    "collection": Case(
        collection.record_collection,
        Permission.COLLECT,
        lambda world: collection.Collection("P1", 100, 98, note="rain"),
    ),
    "announcement": Case(
        collection.record_announcement,
        Permission.ANNOUNCE,
        lambda world: collection.Announcement("P1", 240, note="behind the barn"),
    ),
    "announced collection": Case(
        collection.record_collection,
        Permission.COLLECT,
        lambda world: collection.Collection("P1", 100, 98, note="rain", lot_code=stages.announced(world)),
        Step.COLLECT,
    ),
    "nothing collected": Case(
        collection.record_nothing_collected,
        Permission.COLLECT,
        lambda world: collection.EmptyCode(stages.announced(world), "the gate was closed"),
        Step.GIVE_UP,
    ),
    "lot void": Case(
        collection.record_lot_void,
        Permission.VOID,
        lambda world: collection.EmptyCode(stages.announced(world), "misprinted"),
        Step.VOID,
    ),
    "reception count": Case(
        collection.record_reception_count,
        Permission.COUNT_RECEPTION,
        lambda world: collection.ReceptionCount(stages.collected(world), 98),
        Step.COUNT,
    ),
    "sorting": Case(
        sorting.record_sorting,
        Permission.SORT,
        lambda world: sorting.Sorting(
            stages.collected(world),
            (sorting.SortedOut("JU75", 60), sorting.SortedOut("CL62", 20)),
            (sorting.SortingReject("CR01", 15),),
            (sorting.HeldAside("MA03", 5),),
        ),
        Step.SORT,
    ),
    "run opening": Case(
        washing.record_run_opening,
        Permission.WASH,
        lambda world: washing.RunOpening(WashProgram.WASH, "RUN-X", line_clear=stages.LINE_CLEAR),
    ),
    "run loading": Case(
        washing.record_run_loading,
        Permission.WASH,
        lambda world: washing.RunLoading(stages.open_run(world), stages.sorted_out(world), 40),
        Step.LOAD,
        "quantity",
    ),
    "refused loading": Case(
        washing.record_refused_loading,
        Permission.LOAD_REFUSED,
        lambda world: washing.RunLoading(stages.open_run(world), stages.blocked(world), 40),
        Step.LOAD_REFUSED,
        "quantity",
    ),
    "run readings": Case(
        washer.record_run_readings,
        Permission.WASH,
        lambda world: washer.RunReadings(stages.open_run(world), (Reading("final_rinse_ph", Decimal(7)),)),
    ),
    "run start": Case(washer.record_run_start, Permission.WASH, lambda world: washer.RunStart(_ready_run(world))),
    "line stop": Case(
        washer.record_line_stop,
        Permission.WASH,
        lambda world: washer.LineStop(stages.running(world, stages.sorted_out(world)), "jam at the infeed", 12),
    ),
    "run output": Case(
        washing.record_run_output,
        Permission.WASH,
        lambda world: washing.RunOutput(stages.running(world, stages.sorted_out(world)), 60),
        quantity="passed",
    ),
    "run closing": Case(
        washing.record_run_closing,
        Permission.WASH,
        lambda world: washing.RunClosing(
            stages.running(world, stages.sorted_out(world)),
            80,
            12,
            "MA01",
            None,
            (washing.RunReject("CR02", 5),),
            3,
            "exit",
            glass_cleared=True,
        ),
        quantity="passed",
    ),
    "run abort": Case(
        washer.record_run_abort,
        Permission.ABORT_RUN,
        lambda world: washer.RunAbort(stages.open_run(world, stages.sorted_out(world)), "the bath stays cold"),
    ),
    "presoak start": Case(
        presoak.record_presoak_start,
        Permission.WASH,
        lambda world: presoak.PresoakStart(stages.sorted_out(world), "B1"),
        Step.PRESOAK,
    ),
    "presoak end": Case(
        presoak.record_presoak_end,
        Permission.WASH,
        lambda world: presoak.PresoakEnd(stages.soaking(world)),
        Step.END_PRESOAK,
    ),
    "inspection start": Case(
        quality.record_inspection_start,
        Permission.INSPECT,
        lambda world: quality.InspectionStart(stages.washed(world)),
        Step.INSPECT,
    ),
    "sampling": Case(
        quality.record_sampling,
        Permission.INSPECT,
        lambda world: quality.Sampling(stages.in_control(world), 8, "lab"),
        Step.SAMPLE,
        "quantity",
    ),
    "judgment": Case(
        quality.record_judgment,
        Permission.INSPECT,
        lambda world: quality.Judgment(stages.all_tests_done(world), Verdict.ACCEPT_A),
        Step.JUDGE,
    ),
    "defects found": Case(
        findings.record_defects_found,
        Permission.INSPECT,
        lambda world: findings.DefectsFound(
            stages.in_control(world), (findings.DefectFound("MA01", 1), findings.DefectFound("MI01", 3))
        ),
        Step.COUNT_DEFECTS,
    ),
    "test results": Case(
        findings.record_test_results,
        Permission.INSPECT,
        lambda world: findings.TestResults(stages.in_control(world), stages.GOOD_RESULTS, "by the lab"),
        Step.TEST,
    ),
    "verdict proposal": Case(
        quality.record_verdict_proposal,
        Permission.INSPECT,
        lambda world: quality.Judgment(stages.failing(world), Verdict.SCRAP, "CR08", "glass inside"),
        Step.JUDGE,
    ),
    "judgment confirmation": Case(
        quality.record_judgment_confirmation,
        Permission.CONFIRM_VERDICT,
        lambda world: quality.JudgmentConfirmation(stages.proposed(world), Verdict.SCRAP),
        Step.CONFIRM,
    ),
    "inspections resumption": Case(
        quality.record_inspections_resumption,
        Permission.INSPECT,
        lambda world: quality.InspectionsResumption(stages.discontinued(world)),
    ),
    "return inspection": Case(
        second_look.record_return_inspection,
        Permission.INSPECT,
        lambda world: second_look.ReturnInspection(
            stages.returned(world), False, (second_look.ReturnReject("CR01", 4),), "glue washed off by hand"
        ),
        Step.INSPECT_RETURN,
    ),
    "downgrade": Case(
        second_look.record_downgrade,
        Permission.INSPECT,
        lambda world: second_look.Downgrade(stages.released(world), "wear rings"),
        Step.DOWNGRADE,
    ),
    "age waiver": Case(
        second_look.record_age_waiver,
        Permission.WAIVE_AGE,
        lambda world: second_look.AgeWaiver(_old(world), world.now.date() + timedelta(days=9), "rinse test clean"),
        Step.WAIVE_AGE,
    ),
    "relabeling": Case(
        relabeling.record_relabeling,
        Permission.RELABEL,
        lambda world: relabeling.Relabeling(stages.released(world), 60, "pallet 1"),
        Step.RELABEL,
        "quantity",
    ),
    "delivery": Case(
        dispatch.record_delivery,
        Permission.DELIVER,
        lambda world: dispatch.Delivery(*stages.reserved(world), 60),
        Step.DELIVER,
        "quantity",
    ),
    "return": Case(
        dispatch.record_return,
        Permission.TAKE_BACK,
        lambda world: dispatch.Return(stages.delivered(world)[0], 10, "glue marks"),
        quantity="quantity",
    ),
    "split": Case(
        storage.record_split,
        Permission.SPLIT,
        lambda world: storage.Split(stages.released(world), 40),
        Step.SPLIT,
        "quantity",
    ),
    "merge": Case(
        merging.record_merge,
        Permission.MERGE,
        lambda world: merging.Merge(stages.sorted_out(world), (stages.sorted_out(world),), "one pallet"),
        Step.MERGE,
    ),
    "release merge": Case(
        merging.record_release_merge,
        Permission.MERGE_RELEASED,
        lambda world: merging.Merge(stages.released(world), (stages.released(world),), "one pallet"),
        Step.MERGE_RELEASED,
    ),
    "sending": Case(
        transfer.record_sending,
        Permission.SEND,
        lambda world: transfer.Sending(stages.released(world), "S2", 60, "by truck"),
        Step.SEND,
        "quantity",
    ),
    "arrival": Case(
        transfer.record_arrival,
        Permission.RECEIVE,
        lambda world: transfer.Arrival(stages.on_the_road(world), 99, "one broke on the way"),
    ),
    "handing over": Case(
        transfer.record_handing_over,
        Permission.HAND_OVER,
        lambda world: transfer.HandingOver(stages.sorted_out(world), 60, "Verrerie du Rhône", "other model"),
        Step.HAND_OVER,
        "quantity",
    ),
    "handing back": Case(
        transfer.record_handing_back,
        Permission.RECEIVE,
        lambda world: transfer.HandingBack(stages.handed_over(world), 30, "too many"),
        quantity="quantity",
    ),
    "hours": Case(
        hours.record_hours,
        Permission.ENTER_HOURS,
        lambda world: hours.HoursEntry(world.now.date(), Station.WASHING, Decimal("14.5"), Decimal(7)),
    ),
    "trial start": Case(
        labels.record_trial_start,
        Permission.START_TRIAL,
        lambda world: stages.trial_start(world, stages.released(world), 40),
        Step.START_TRIAL,
        "quantity",
    ),
    "trial examination": Case(
        labels.record_trial_examination,
        Permission.EXAMINE_LABELS,
        lambda world: replace(trials.GOOD_RESULT, lot_code=stages.trial(world)),
        Step.EXAMINE_LABELS,
    ),
    "trial reject": Case(
        labels.record_trial_reject,
        Permission.START_TRIAL,
        lambda world: labels.TrialReject(stages.trial(world), 40, "ET03", "the bath is full of it"),
        Step.REJECT_TRIAL,
        "quantity",
    ),
    "label registration": Case(
        labels.record_label_registration,
        Permission.REGISTER_LABEL,
        lambda world: labels.LabelRegistration("Savagnin", "wet strength", "casein", "Dole", 40, winery_code="V1"),
    ),
    "label judgment": Case(
        labels.record_label_judgment,
        Permission.JUDGE_LABEL,
        lambda world: labels.LabelJudgment(trials.tried_label(world), True, trials.end_of_approval(world)),
    ),
    "container cleaning": Case(
        cleaning.record_container_cleaning,
        Permission.CLEAN_CONTAINERS,
        lambda world: cleaning.ContainerCleaning(("PALOX-7", "PALOX-8"), "steam"),
    ),
    "age expiry": Case(
        storage.record_age_expiry,
        Permission.EXPIRE,
        lambda world: storage.LotReason(_old(world)),
        Step.EXPIRE,
    ),
    "hold": Case(
        storage.record_hold,
        Permission.HOLD,
        lambda world: storage.LotReason(stages.released(world), "smells"),
        Step.HOLD,
    ),
    "hold lift": Case(
        storage.record_hold_lift,
        Permission.LIFT_HOLD,
        lambda world: storage.LotReason(stages.hold(world, stages.released(world)), "it was the cellar"),
        Step.LIFT_HOLD,
    ),
    "held aside decision": Case(
        storage.record_held_aside_decision,
        Permission.DECIDE_HELD_ASIDE,
        lambda world: storage.HeldAsideDecision(stages.hold(world, stages.collected(world)), 40, "MA03", "no release"),
        Step.DECIDE_HELD_ASIDE,
        "quantity",
    ),
    "breakage": Case(
        storage.record_breakage,
        Permission.BREAK,
        lambda world: storage.Breakage(stages.washed(world), 2, "forklift"),
        Step.BREAK,
        "quantity",
    ),
    "stock count": Case(
        stocktake.record_stock_count,
        Permission.TAKE_STOCK,
        lambda world: stocktake.StockCount(stages.relabeled(world), 99, "one is missing"),
        Step.TAKE_STOCK,
    ),
    "recall opening": Case(
        recall.record_recall_opening,
        Permission.RECALL,
        lambda world: recall.RecallOpening(stages.delivered(world)[1], "glass in a bottle"),
    ),
    "recall recovery": Case(
        recall.record_recall_recovery,
        Permission.TAKE_BACK,
        lambda world: recall.RecallRecovery(*stages.recalled(world), 10),
        quantity="quantity",
    ),
    "recall consumption": Case(
        recall.record_recall_consumption,
        Permission.TAKE_BACK,
        lambda world: recall.RecallConsumption(*stages.recalled(world), 10, "drunk"),
        quantity="quantity",
    ),
    "recall closing": Case(
        recall.record_recall_closing,
        Permission.CLOSE_RECALL,
        lambda world: recall.RecallClosing(stages.recalled(world)[0], "sold on, all were told"),
    ),
    "correction": Case(correction.record_correction, Permission.CORRECT, _mistake),
    "setting change": Case(
        settings.record_setting_change,
        Permission.CHANGE_SETTINGS,
        lambda world: settings.SettingChange("max_age_days", "45", "cool and dark cellar"),
    ),
    "measure change": Case(
        settings.record_measure_change,
        Permission.CHANGE_SETTINGS,
        lambda world: settings.MeasureChange(
            MeasuredAt.WASH, "bath2_temperature_celsius", Decimal(70), Decimal(75), Decimal(80), True, reason="new bath"
        ),
    ),
    "defect change": Case(
        settings.record_defect_change,
        Permission.CHANGE_SETTINGS,
        lambda world: settings.DefectChange("MI03", False, DefectClass.MINOR, "nobody minds"),
    ),
    "washer change": Case(
        settings.record_washer_change,
        Permission.CHANGE_SETTINGS,
        lambda world: settings.WasherChange("L2", "Second line", 350, 100, "bought"),
    ),
    "container type change": Case(
        settings.record_container_type_change,
        Permission.CHANGE_SETTINGS,
        lambda world: settings.ContainerTypeChange("CRATE15", "Caisse de 15", "Crate of 15", 15, True, "given to us"),
    ),
    "order": Case(
        orders.record_order,
        Permission.ORDER_FOR_OTHERS,
        lambda world: orders.OrderRequest((orders.OrderedBottles("JU75", _stock(world)),), "V1", note="soon"),
    ),
    "reservation": Case(
        orders.record_reservation,
        Permission.RESERVE,
        lambda world: orders.Reservation(stages.placed(world, 500), stages.relabeled(world), 60),
        Step.RESERVE,
        "quantity",
    ),
    "unreservation": Case(
        orders.record_unreservation,
        Permission.RESERVE,
        lambda world: orders.Reservation(*stages.reserved(world), 60),
        quantity="quantity",
    ),
    "cancellation": Case(
        orders.record_cancellation,
        Permission.ORDER_FOR_OTHERS,
        lambda world: orders.Cancellation(stages.reserved(world)[0], "too late"),
    ),
}


def _ready_run(world: World) -> str:
    run = stages.open_run(world, stages.sorted_out(world))
    stages.take_readings(world, run)
    return run


def _old(world: World) -> str:
    lot = stages.released(world)
    world.next_day(31)
    return lot


def _stock(world: World) -> int:
    stages.relabeled(world)
    return 250


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
        cleaning, collection, correction, dispatch, findings, hours, labels, merging, orders, presoak, quality,
        recall, relabeling, second_look, settings, sorting, stocktake, storage, transfer, washer, washing
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
