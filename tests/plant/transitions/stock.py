"""Clean stock: split and merged, tried with labels, held, and emptied."""

from collections.abc import Callable
from dataclasses import replace

from bottletrack.errors import BadInput, NotAllowed, WrongQuantity, WrongStep
from bottletrack.stations import labels, merging, relabeling, sorting, storage
from bottletrack.steps import Step
from bottletrack.vocabulary import PlaceKind, Role
from tests.plant import stages
from tests.plant.transitions.example import FLOOR, WHO, Answered, At, Done, Example, Final, Guard, Name, TakenBack
from tests.plant.transitions.ways_in import A_NEW_LOT
from tests.plant.trials import GOOD_RESULT
from tests.plant.world import World

LOT, CULLET = PlaceKind.LOT, PlaceKind.CULLET
QUALITY = frozenset({Role.QUALITY})
#: "Closed" is no stage: a lot is closed while it holds nothing, so a correction that brings bottles back reopens it.
EMPTIED = {
    "who": "nobody empties a lot for its own sake: whoever takes the last bottle does",
    "quantity_effect": "the lot ends with its last bottle, in the event that takes it",
}


def _pack(world: World, done: Done) -> None:
    world.record(relabeling.record_relabeling, relabeling.Relabeling(done.lot, 10))


def _two_released(world: World) -> At:
    return At(stages.released(world), order=stages.released(world, 40))


def _another_owners(world: World, at: At) -> merging.Merge:
    return merging.Merge(at.lot or "", (stages.released(world, owner="V1"),), "one pallet")


def _examine(world: World, done: Done) -> None:
    world.record(labels.record_trial_examination, replace(GOOD_RESULT, lot_code=done.lot))


def _held(world: World) -> At:
    return At(stages.hold(world, stages.released(world)))


def _of_a_trial(world: World, at: At, defect: str = "ET01", quantity: int = 5) -> labels.TrialReject:
    return labels.TrialReject(at.lot or "", quantity, defect)


def _sort_all(world: World, at: At) -> sorting.Sorting:
    return sorting.Sorting(at.lot or "", (sorting.SortedOut("JU75", 100),))


def _break_one(world: World, done: Done) -> None:
    world.record(storage.record_breakage, storage.Breakage(done.lot, 1))


def _reason(text: str) -> Callable[[World, At], storage.LotReason]:
    return lambda world, at: storage.LotReason(at.lot or "", text)


EXAMPLES: dict[Name, Example] = {
    ("RELEASED_A;RELEASED_B", "SPLIT"): Example(
        storage.record_split,
        FLOOR,
        lambda world: At(stages.released(world)),
        lambda world, at: storage.Split(at.lot or "", 40),
        TakenBack(_pack),
        Step.SPLIT,
        ((LOT, LOT, 40),),
        1,
        # What is reserved stays with the lot.
        Guard(WrongQuantity, lambda world, at: storage.Split(stages.reserved(world)[1], 1)),
    ),
    ("RELEASED_A;RELEASED_B", "MERGE"): Example(
        merging.record_release_merge,
        frozenset({Role.LEAD}),
        _two_released,
        lambda world, at: merging.Merge(at.lot or "", (at.order,), "one pallet"),
        TakenBack(_pack),
        Step.MERGE_RELEASED,
        ((LOT, LOT, 100), (LOT, LOT, 40)),
        1,
        Guard(WrongStep, _another_owners),
        A_NEW_LOT | {"undo": "both parents are known to the bottle, so a slip of the hand can be taken back"},
    ),
    ("RELEASED_A", "TRIAL_START"): Example(
        labels.record_trial_start,
        QUALITY,
        lambda world: At(stages.released(world)),
        lambda world, at: stages.trial_start(world, at.lot or "", 40),
        TakenBack(_examine),
        Step.START_TRIAL,
        ((LOT, LOT, 40),),
        1,
        Guard(BadInput, lambda world, at: labels.TrialStart(at.lot or "", 40)),
    ),
    ("TRIAL", "TRIAL_REJECT"): Example(
        labels.record_trial_reject,
        QUALITY,
        lambda world: At(stages.trial(world)),
        _of_a_trial,
        Final(),
        Step.REJECT_TRIAL,
        ((LOT, CULLET, 5),),
        guard=Guard(BadInput, lambda world, at: _of_a_trial(world, at, "CR02")),
    ),
    ("any open state", "HOLD"): Example(
        storage.record_hold,
        WHO["anyone"],
        lambda world: At(stages.released(world)),
        _reason("smells"),
        Answered(
            storage.record_hold_lift,
            lambda world, done: storage.LotReason(done.lot, "it was the cellar"),
            "quality",
            lambda world, done: not world.lot(done.lot).held,
        ),
        Step.HOLD,
        guard=Guard(BadInput, _reason(" ")),
    ),
    ("any state with hold flag", "RELEASE_HOLD"): Example(
        storage.record_hold_lift,
        frozenset({Role.QUALITY, Role.LEAD}),
        _held,
        _reason("it was the cellar"),
        Answered(
            storage.record_hold,
            lambda world, done: storage.LotReason(done.lot, "it was not"),
            "operator",
            lambda world, done: world.lot(done.lot).held,
        ),
        Step.LIFT_HOLD,
        guard=Guard(
            NotAllowed,
            lambda world, at: storage.LotReason(stages.hold(world, stages.released(world), by="second"), "fine"),
        ),
    ),
    ("RECEIVED", "EMPTY"): Example(
        sorting.record_sorting,
        FLOOR,
        lambda world: At(stages.collected(world)),
        _sort_all,
        TakenBack(_break_one),
        Step.SORT,
        ((LOT, LOT, 100),),
        1,
        departs=EMPTIED
        | {"new_lot_id": "the event that takes the last bottle makes what it makes", "undo": "as of that event"},
    ),
    ("any open state with 0 on hand", "EMPTY"): Example(
        storage.record_breakage,
        WHO["anyone"],
        lambda world: At(stages.released(world)),
        lambda world, at: storage.Breakage(at.lot or "", 100, "the pallet fell"),
        TakenBack(lambda world, done: world.next_day()),
        Step.BREAK,
        ((LOT, PlaceKind.BROKEN, 100),),
        departs=EMPTIED,
    ),
}
