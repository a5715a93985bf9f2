"""What a station asks of a lot, on values alone."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest

from bottletrack.access import Actor, may
from bottletrack.errors import Stopped, WrongQuantity, WrongStep
from bottletrack.lots import (
    LeavingRules,
    LotOnHand,
    is_too_old,
    next_steps,
    require_fit_to_leave,
    require_free,
    require_step,
)
from bottletrack.steps import OPEN, READY, STEPS, Step
from bottletrack.vocabulary import Role, Stage

TODAY = date(2026, 3, 31)
EVERYBODY = Actor(1, 1, frozenset(Role))


def lot(stage: Stage = Stage.RELEASED, *, held: bool = False, **other: Any) -> LotOnHand:
    values: dict[str, Any] = {
        "id": 1,
        "territory_id": 1,
        "site_id": 1,
        "code": "7K3M29QX",
        "partner_code": None,
        "stage": stage,
        "grade": None,
        "hold_event_id": uuid.uuid4() if held else None,
        "model_id": 5,
        "color": "",
        "owner_winery_id": None,
        "pass_number": 1,
        "washed_on": TODAY,
        "waived_until": None,
        "quantity": 100,
        "promised": 0,
        "recalled": False,
    }
    return LotOnHand(**(values | other))


def takes(step: Step, given: LotOnHand) -> bool:
    try:
        require_step(given, step)
    except (WrongStep, Stopped):
        return False
    return True


def test_every_step_has_a_rule_and_every_stage_a_way_on() -> None:
    assert set(STEPS) == set(Step)
    anywhere = {Step.TAKE_STOCK, Step.BREAK, Step.HOLD, Step.LIFT_HOLD, Step.SEND}
    assert {stage for step, rule in STEPS.items() if step not in anywhere for stage in rule.stages} == OPEN | {
        Stage.EXPECTED
    }
    assert {Stage.RELEASED, Stage.RELABELED} == READY


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("recalled", [False, True])
def test_the_menu_offers_what_the_verbs_take(stage: Stage, held: bool, recalled: bool) -> None:
    given = lot(stage, held=held, recalled=recalled)
    assert set(next_steps(given, EVERYBODY)) == {step for step in Step if takes(step, given)}


@pytest.mark.parametrize(
    ("stage", "step"),
    [
        (Stage.EXPECTED, Step.COLLECT),
        (Stage.RECEIVED, Step.SORT),
        (Stage.SORTED, Step.LOAD),
        (Stage.PRESOAKING, Step.END_PRESOAK),
        (Stage.WASHED, Step.INSPECT),
        (Stage.IN_QUALITY_CONTROL, Step.CONFIRM),
        (Stage.RELEASED, Step.RELABEL),
        (Stage.RELABELED, Step.DELIVER),
        (Stage.REWORK, Step.LOAD),
        (Stage.BLOCKED, Step.LOAD_REFUSED),
        (Stage.EXPIRED, Step.LOAD),
        (Stage.TRIAL, Step.EXAMINE_LABELS),
        (Stage.RETURNED, Step.INSPECT_RETURN),
    ],
)
def test_what_a_lot_needs_next_comes_first(stage: Stage, step: Step) -> None:
    assert next_steps(lot(stage), EVERYBODY)[0] is step


def test_the_menu_is_the_persons_own() -> None:
    assert next_steps(lot(), Actor(1, 1, frozenset({Role.WINEMAKER}))) == []
    operator = Actor(1, 1, frozenset({Role.OPERATOR}))
    assert all(may(operator, STEPS[step].permission) for step in next_steps(lot(), operator))
    assert Step.START_TRIAL not in next_steps(lot(), operator)


@pytest.mark.parametrize("stage", sorted(OPEN))
def test_a_held_lot_may_be_counted_broken_and_freed_only(stage: Stage) -> None:
    allowed = {step for step in Step if takes(step, lot(stage, held=True))}
    more = {Step.COUNT, Step.DECIDE_HELD_ASIDE} if stage is Stage.RECEIVED else set()
    assert allowed == {Step.TAKE_STOCK, Step.BREAK, Step.LIFT_HOLD} | more


@pytest.mark.parametrize("stage", sorted(OPEN))
def test_a_recalled_lot_may_be_counted_and_broken_only(stage: Stage) -> None:
    allowed = {step for step in Step if takes(step, lot(stage, recalled=True))}
    more = {Step.COUNT} if stage is Stage.RECEIVED else set()
    assert allowed == {Step.TAKE_STOCK, Step.BREAK} | more


def test_a_code_waits_for_its_bottles_until_it_is_voided() -> None:
    assert next_steps(lot(Stage.EXPECTED, quantity=0), EVERYBODY) == [Step.COLLECT, Step.GIVE_UP, Step.VOID]
    assert next_steps(lot(Stage.VOIDED, quantity=0), EVERYBODY) == []


@pytest.mark.parametrize("step", [step for step in Step if STEPS[step].stages & OPEN])
def test_a_dead_code_takes_no_step(step: Step) -> None:
    dead = lot(min(STEPS[step].stages), held=STEPS[step].held is None, quantity=0)
    with pytest.raises(WrongStep, match="dead"):
        require_step(dead, step)
    assert next_steps(dead, EVERYBODY) == []


def test_promised_bottles_are_not_free() -> None:
    given = lot(promised=70)
    assert given.free == 30
    require_free(given, 30)
    with pytest.raises(WrongQuantity, match="30 free bottles, not 31"):
        require_free(given, 31)


@pytest.mark.parametrize(("days", "too_old"), [(0, False), (30, False), (31, True), (3000, True)])
def test_a_lot_leaves_until_the_thirtieth_day(days: int, too_old: bool) -> None:
    given = lot(Stage.RELABELED, washed_on=TODAY - timedelta(days=days))
    assert is_too_old(given, TODAY, 30) is too_old
    if too_old:
        with pytest.raises(Stopped, match="too old"):
            require_fit_to_leave(given, TODAY, LeavingRules(30, True))
    else:
        require_fit_to_leave(given, TODAY, LeavingRules(30, True))


def test_packing_is_asked_for_where_the_site_asks_for_it() -> None:
    require_fit_to_leave(lot(Stage.RELEASED), TODAY, LeavingRules(30, False))
    with pytest.raises(WrongStep, match="not relabeled yet"):
        require_fit_to_leave(lot(Stage.RELEASED), TODAY, LeavingRules(30, True))
