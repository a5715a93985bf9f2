"""The table of transitions, row by row: where it begins, who does it, what becomes of the bottles, and what undoes it.

Where we depart from the table, the example says in which column and why; a departure that is none fails too.
"""

from collections.abc import Mapping

import pytest

from bottletrack.errors import NotAllowed, WrongStep
from bottletrack.stations import correction
from bottletrack.steps import STEPS, Step
from bottletrack.vocabulary import Role, Stage
from tests.plant.transitions import quality, stock, washing, ways_in, ways_out
from tests.plant.transitions.example import (
    MAKES,
    UNDO,
    UNMOVED,
    Answered,
    At,
    Done,
    Example,
    Final,
    Guard,
    Name,
    Row,
    became,
    read_table,
    stages_of,
    stands,
    who,
)
from tests.plant.world import World

TABLE = read_table()
ROOMS: tuple[Mapping[Name, Example], ...] = tuple(
    room.EXAMPLES for room in (ways_in, washing, quality, stock, ways_out)
)
EXAMPLES = {name: example for room in ROOMS for name, example in room.items()}
#: Steps that the table does not name: parts of an inspection or a trial, roads between sites, and stations of ours.
OURS = {
    Step.COUNT_DEFECTS,
    Step.TEST,
    Step.EXAMINE_LABELS,
    Step.DECIDE_HELD_ASIDE,
    Step.TAKE_STOCK,
    Step.SEND,
    Step.WAIVE_AGE,
    Step.RELABEL,
}
#: Stages at which we let a step begin and the table does not, or the other way round.
OTHERWISE = {
    Step.HAND_OVER: {Stage.SORTED},  # one finds out at sorting whose bottles they are
    Step.START_TRIAL: {Stage.RELABELED},  # what is packed for an order is not unpacked for a trial
}


def test_every_row_of_the_table_has_an_example() -> None:
    assert len(TABLE) == 52
    assert set(EXAMPLES) == set(TABLE)
    assert sum(map(len, ROOMS)) == len(EXAMPLES)


def test_steps_begin_where_the_table_says() -> None:
    """With that every other step is refused at a stage: see test_no_step_begins_at_another_stage."""
    table: dict[Step, set[Stage]] = {step: set() for step in Step}
    for (state, _), example in EXAMPLES.items():
        if example.step:
            table[example.step] |= stages_of(state)
    assert {step for step, stages in table.items() if not stages} == OURS
    assert {
        step: stages ^ STEPS[step].stages
        for step, stages in table.items()
        if step not in OURS and stages != STEPS[step].stages
    } == OTHERWISE


rows = pytest.mark.parametrize(
    ("row", "example"), [pytest.param(TABLE[name], example, id=" ".join(name)) for name, example in EXAMPLES.items()]
)


def _carry_out(world: World, example: Example, at: At, by: str = "second") -> Done:
    return Done(at, world.record(example.verb, example.content(world, at), by))


def _correction_of(done: Done) -> correction.Correction:
    return correction.Correction(done.recorded.event_id, "it was not so")


@rows
def test_whoever_may_do_it_does_it_as_the_table_says(world: World, row: Row, example: Example) -> None:
    for role in sorted(example.roles):
        at = example.bring(world)
        assert stands(world, row["from_state"], at)
        done = _carry_out(world, example, at, role)
        assert tuple(move[:3] for move in world.moved(done.recorded)) == example.moves
        assert len(done.recorded.lot_codes) == example.makes
        assert became(world, row, done)
    report = world.audit()
    assert report.clean, report.findings


@rows
def test_nobody_else_may(world: World, row: Row, example: Example) -> None:
    content = example.content(world, example.bring(world))
    for role in set(Role) - example.roles:
        world.refused(NotAllowed, example.verb, content, role)


@rows
def test_we_depart_from_the_table_only_where_we_say_so(row: Row, example: Example) -> None:
    departs = {
        "who": example.roles != who(row["who"]),
        "new_lot_id": example.makes not in MAKES[row["new_lot_id"]],
        "quantity_effect": bool(example.moves) != (row["quantity_effect"] not in UNMOVED),
        "undo": type(example.undo) is not UNDO[row["undo"]],
    }
    assert {column for column, otherwise in departs.items() if otherwise} == set(example.departs)


@pytest.mark.parametrize(
    ("example", "guard"),
    [pytest.param(example, example.guard, id=" ".join(name)) for name, example in EXAMPLES.items() if example.guard],
)
def test_its_guard_refuses(world: World, example: Example, guard: Guard) -> None:
    content = guard.content(world, example.bring(world))
    world.refused(guard.refusal, example.verb, content)


@rows
def test_it_is_undone_as_the_table_says(world: World, row: Row, example: Example) -> None:
    if isinstance(example.undo, Answered):
        done = _carry_out(world, example, example.bring(world))
        world.record(example.undo.verb, example.undo.content(world, done), example.undo.by)
        assert example.undo.holds(world, done)
    elif isinstance(example.undo, Final):
        done = _carry_out(world, example, example.bring(world))
        world.refused(WrongStep, correction.record_correction, _correction_of(done), "lead")
    else:
        at = example.bring(world)
        before = world.lot(at.lot) if at.lot else None
        done = _carry_out(world, example, at)
        world.record(correction.record_correction, _correction_of(done), "lead")
        assert before is None or world.lot(before.code) == before
        assert all(world.lot(code).quantity == 0 for code in done.recorded.lot_codes)
        late = _carry_out(world, example, example.bring(world))
        example.undo.until(world, late)
        world.refused(WrongStep, correction.record_correction, _correction_of(late), "lead")
    report = world.audit()
    assert report.clean, report.findings
