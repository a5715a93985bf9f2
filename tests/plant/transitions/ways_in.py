"""Collection, reception and sorting, and the ways out before the wash."""

from bottletrack.errors import BadInput, NotFound, Stopped, WrongQuantity, WrongStep
from bottletrack.stations import collection, merging, presoak, sorting, storage, transfer, washing
from bottletrack.steps import Step
from bottletrack.vocabulary import PlaceKind, Role
from tests.plant import stages
from tests.plant.transitions.example import FLOOR, Answered, At, Done, Example, Final, Guard, Name, TakenBack
from tests.plant.world import World

LOT = PlaceKind.LOT
COLLECTORS = FLOOR | {Role.DRIVER, Role.COORDINATOR}
ALSO_OTHERS_COLLECT = {"who": "whoever is at the dock takes bottles in: at a small site, drivers are not always there"}
#: Made anew under a code of its own, which the table's "closed" parent then points to.
A_NEW_LOT = {"new_lot_id": "a merge makes a new lot, so that what a lot is (its age, its passes) never changes"}


def _next_day(world: World, _: Done) -> None:
    world.next_day()


def _load(world: World, done: Done) -> None:
    world.record(washing.record_run_loading, washing.RunLoading(stages.open_run(world), done.lot))


def _break_one(world: World, done: Done) -> None:
    world.record(storage.record_breakage, storage.Breakage(done.lot, 1))


def _count_again(_: World, done: Done) -> collection.ReceptionCount:
    return collection.ReceptionCount(done.lot, 100, "all are there after all")


def _two_sorted(world: World) -> At:
    return At(stages.sorted_out(world), order=stages.sorted_out(world, 40))


def _held_and_another(world: World, at: At) -> merging.Merge:
    return merging.Merge(stages.hold(world, stages.sorted_out(world)), (at.order,), "one pallet")


def _give_back(_: World, done: Done) -> transfer.HandingBack:
    return transfer.HandingBack(done.recorded.event_id, 60, "too many")


EXAMPLES: dict[Name, Example] = {
    ("-", "ANNOUNCE"): Example(
        collection.record_announcement,
        frozenset({Role.LEAD, Role.DRIVER, Role.COORDINATOR}),
        lambda world: At(),
        lambda world, at: collection.Announcement("P1", 120),
        Answered(
            collection.record_lot_void,
            lambda world, done: collection.EmptyCode(done.lot, "announced twice"),
            "operator",
            lambda world, done: world.lot(done.lot).stage == "voided",
        ),
        makes=1,
        guard=Guard(NotFound, lambda world, at: collection.Announcement("P9", 120)),
        departs={"who": "a lead takes the telephone too"},
    ),
    ("EXPECTED", "COLLECT"): Example(
        collection.record_collection,
        COLLECTORS,
        lambda world: At(stages.announced(world)),
        lambda world, at: collection.Collection("P1", 100, lot_code=at.lot),
        TakenBack(_next_day),
        Step.COLLECT,
        ((PlaceKind.COLLECTION_POINT, LOT, 100),),
        guard=Guard(NotFound, lambda world, at: collection.Collection("P1", 100, lot_code="T-UNKNOWN")),
        departs=ALSO_OTHERS_COLLECT,
    ),
    ("-", "COLLECT"): Example(
        collection.record_collection,
        COLLECTORS,
        lambda world: At(),
        lambda world, at: collection.Collection("P1", 100),
        TakenBack(_next_day),
        moves=((PlaceKind.COLLECTION_POINT, LOT, 100),),
        makes=1,
        departs=ALSO_OTHERS_COLLECT,
    ),
    ("EXPECTED", "NOT_COLLECTED"): Example(
        collection.record_nothing_collected,
        COLLECTORS,
        lambda world: At(stages.announced(world)),
        lambda world, at: collection.EmptyCode(at.lot or "", "the gate was closed"),
        Final(),
        Step.GIVE_UP,
        guard=Guard(BadInput, lambda world, at: collection.EmptyCode(at.lot or "", " ")),
        departs=ALSO_OTHERS_COLLECT,
    ),
    ("lot with no movement", "VOID"): Example(
        collection.record_lot_void,
        FLOOR,
        lambda world: At(stages.announced(world)),
        lambda world, at: collection.EmptyCode(at.lot or "", "misprinted"),
        Final(),
        Step.VOID,
        guard=Guard(WrongStep, lambda world, at: collection.EmptyCode(stages.collected(world), "misprinted")),
    ),
    # The screens' tests and test_what_moves.py have the differences that only a lead records.
    ("RECEIVED", "COUNT_ADJUST"): Example(
        collection.record_reception_count,
        FLOOR,
        lambda world: At(stages.collected(world)),
        lambda world, at: collection.ReceptionCount(at.lot or "", 98),
        Answered(
            collection.record_reception_count,
            _count_again,
            "lead",
            lambda world, done: world.lot(done.lot).quantity == 100,
        ),
        Step.COUNT,
        ((LOT, PlaceKind.COUNT_SHORT, 2),),
        guard=Guard(BadInput, lambda world, at: collection.ReceptionCount(at.lot or "", -1)),
    ),
    ("RECEIVED", "SORT"): Example(
        sorting.record_sorting,
        FLOOR,
        lambda world: At(stages.collected(world)),
        lambda world, at: sorting.Sorting(at.lot or "", (sorting.SortedOut("JU75", 60),), finished=False),
        TakenBack(_load),
        Step.SORT,
        ((LOT, LOT, 60),),
        1,
        Guard(WrongQuantity, lambda world, at: sorting.Sorting(at.lot or "", (sorting.SortedOut("JU75", 101),))),
    ),
    # No event says that the cullet bin was emptied; so it is "until the lot has gone on".
    ("RECEIVED", "SORT_REJECT"): Example(
        sorting.record_sorting,
        FLOOR,
        lambda world: At(stages.collected(world)),
        lambda world, at: sorting.Sorting(at.lot or "", rejects=(sorting.SortingReject("CR01", 5),), finished=False),
        TakenBack(_break_one),
        Step.SORT,
        ((LOT, PlaceKind.CULLET, 5),),
        guard=Guard(
            NotFound,
            lambda world, at: sorting.Sorting(
                at.lot or "", rejects=(sorting.SortingReject("ZZ99", 5),), finished=False
            ),
        ),
    ),
    ("RECEIVED", "TRANSFER"): Example(
        transfer.record_handing_over,
        frozenset({Role.COORDINATOR}),
        lambda world: At(stages.collected(world)),
        lambda world, at: transfer.HandingOver(at.lot or "", 60, "Verrerie du Rhône", "not our models"),
        Answered(
            transfer.record_handing_back,
            _give_back,
            "operator",
            lambda world, done: world.held(PlaceKind.TRANSFERRED) == 0,
        ),
        Step.HAND_OVER,
        ((LOT, PlaceKind.TRANSFERRED, 60),),
        guard=Guard(BadInput, lambda world, at: transfer.HandingOver(at.lot or "", 60, " ", "not our models")),
    ),
    ("SORTED", "MERGE"): Example(
        merging.record_merge,
        FLOOR,
        _two_sorted,
        lambda world, at: merging.Merge(at.lot or "", (at.order,), "one pallet"),
        TakenBack(_load),
        Step.MERGE,
        ((LOT, LOT, 100), (LOT, LOT, 40)),
        1,
        Guard(Stopped, _held_and_another),
        A_NEW_LOT,
    ),
    # "Merge back": the correction moves the part into its own parent again.
    ("SORTED", "SPLIT"): Example(
        storage.record_split,
        FLOOR,
        lambda world: At(stages.sorted_out(world)),
        lambda world, at: storage.Split(at.lot or "", 40),
        TakenBack(_load),
        Step.SPLIT,
        ((LOT, LOT, 40),),
        1,
        Guard(WrongQuantity, lambda world, at: storage.Split(at.lot or "", 101)),
    ),
    ("SORTED", "PRESOAK_START"): Example(
        presoak.record_presoak_start,
        FLOOR,
        lambda world: At(stages.sorted_out(world)),
        lambda world, at: presoak.PresoakStart(at.lot or "", "B1"),
        TakenBack(lambda world, done: world.record(presoak.record_presoak_end, presoak.PresoakEnd(done.lot))),
        Step.PRESOAK,
        guard=Guard(BadInput, lambda world, at: presoak.PresoakStart(at.lot or "", " ")),
    ),
    ("PRESOAK", "PRESOAK_END"): Example(
        presoak.record_presoak_end,
        FLOOR,
        lambda world: At(stages.soaking(world)),
        lambda world, at: presoak.PresoakEnd(at.lot or ""),
        Final(),
        Step.END_PRESOAK,
    ),
}
