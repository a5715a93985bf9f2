"""What holds for every verb alike: it counts once, asks for its permission, and a refusal leaves nothing behind."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from bottletrack import orders
from bottletrack.access import PERMISSIONS, Actor, Permission
from bottletrack.errors import BadInput, Conflict, NotAllowed, NotFound, Stopped, WrongQuantity, WrongStep
from bottletrack.stations import (
    collection,
    correction,
    dispatch,
    quality,
    recall,
    relabeling,
    sorting,
    stocktake,
    storage,
    washing,
)
from bottletrack.steps import STEPS, Step
from bottletrack.vocabulary import Role, Stage, Verdict, WashProgram
from tests.plant import stages
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
        lambda world: washing.RunOpening(WashProgram.WASH, "RUN-X"),
    ),
    "run loading": Case(
        washing.record_run_loading,
        Permission.WASH,
        lambda world: washing.RunLoading(stages.open_run(world), stages.sorted_out(world), 40),
        Step.LOAD,
        "quantity",
    ),
    "run closing": Case(
        washing.record_run_closing,
        Permission.WASH,
        lambda world: washing.RunClosing(
            stages.open_run(world, stages.sorted_out(world)), 80, 12, "MA01", None, (washing.RunReject("CR02", 5),), 3
        ),
        quantity="passed",
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
        lambda world: quality.Judgment(stages.in_control(world), Verdict.ACCEPT_A),
        Step.JUDGE,
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
    "trial start": Case(
        storage.record_trial_start,
        Permission.START_TRIAL,
        lambda world: storage.TrialStart(stages.released(world), 40),
        Step.START_TRIAL,
        "quantity",
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
    "recall drill": Case(
        recall.record_recall_drill,
        Permission.RECALL,
        lambda world: recall.RecallDrill("all located in two hours"),
    ),
    "correction": Case(correction.record_correction, Permission.CORRECT, _mistake),
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
        collection, correction, dispatch, orders, quality, recall, relabeling, sorting, stocktake, storage, washing
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
    if case not in (CASES["collection"], CASES["run opening"], CASES["recall drill"]):
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
    if case.verb is washing.record_run_loading:
        opening = washing.RunOpening(code=content.run_code)
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


@cases(lambda case: case.step)
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
    holding = stages.hold(world, stages.BRING[stage](world))
    run = stages.open_run(world)
    order = stages.placed(world, 10)
    examples: dict[Step, Any] = {
        Step.COUNT: collection.ReceptionCount(lot, 99),
        Step.SORT: sorting.Sorting(lot, (sorting.SortedOut("JU75", 100),)),
        Step.LOAD: washing.RunLoading(run, lot),
        Step.INSPECT: quality.InspectionStart(lot),
        Step.SAMPLE: quality.Sampling(lot, 1),
        Step.JUDGE: quality.Judgment(lot, Verdict.ACCEPT_A),
        Step.RELABEL: relabeling.Relabeling(lot, 10),
        Step.DELIVER: dispatch.Delivery(order, lot, 1),
        Step.RESERVE: orders.Reservation(order, lot, 1),
        Step.SPLIT: storage.Split(lot, 10),
        Step.EXPIRE: storage.LotReason(lot),
        Step.START_TRIAL: storage.TrialStart(lot, 10),
        Step.DECIDE_HELD_ASIDE: storage.HeldAsideDecision(holding, 1, "MA03", "no release"),
    }
    verbs = {case.step: case.verb for case in CASES.values() if case.step}
    elsewhere = [step for step, rule in STEPS.items() if stage not in rule.stages]
    assert set(elsewhere) <= set(examples)
    for step in elsewhere:
        refusal = world.refused(WrongStep, verbs[step], examples[step])
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
