"""The wash run: what goes in, what comes out, and a run that is given up."""

from collections.abc import Callable

from bottletrack.errors import BadInput, Stopped, WrongQuantity, WrongStep
from bottletrack.stations import quality, second_look, settings, storage, washer, washing
from bottletrack.steps import Step
from bottletrack.vocabulary import PlaceKind, Role, WashProgram
from tests.plant import stages
from tests.plant.transitions.example import FLOOR, At, Done, Example, Final, Guard, Name, TakenBack
from tests.plant.world import World

LOT, RUN = PlaceKind.LOT, PlaceKind.WASH_RUN
INTO_THE_RUN = ((LOT, RUN, 100),)


def _before(bring: Callable[[World], str], program: WashProgram = WashProgram.WASH) -> Callable[[World], At]:
    """A lot at its stage, and an open run that waits for it."""

    def both(world: World) -> At:
        lot = bring(world)
        return At(lot, stages.open_run(world, program=program))

    return both


def _loading(_: World, at: At) -> washing.RunLoading:
    return washing.RunLoading(at.run, at.lot or "")


def _loading_held(world: World, at: At) -> washing.RunLoading:
    return washing.RunLoading(at.run, stages.hold(world, at.lot or ""))


def _loading_after_the_last_pass(world: World, at: At) -> washing.RunLoading:
    change = settings.SettingChange("max_passes", "1", "the glue is too old")
    world.record(settings.record_setting_change, change)
    return _loading(world, at)


def _loading_uninspected(world: World, at: At) -> washing.RunLoading:
    return washing.RunLoading(at.run, stages.returned(world))


def _start(world: World, done: Done) -> None:
    stages.start(world, done.at.run)


def _inspected_return(world: World) -> str:
    lot = stages.returned(world)
    world.record(second_look.record_return_inspection, second_look.ReturnInspection(lot, wash_again=True))
    return lot


def _running(world: World) -> At:
    lot = stages.sorted_out(world)
    return At(lot, stages.running(world, lot))


def _loaded(world: World) -> At:
    lot = stages.sorted_out(world)
    return At(lot, stages.open_run(world, lot))


def _into_control(world: World, done: Done) -> None:
    world.record(washing.record_run_closing, washing.RunClosing(done.at.run, 40))
    world.record(quality.record_inspection_start, quality.InspectionStart(done.lot))


def _into_the_next_run(world: World, done: Done) -> None:
    world.record(washing.record_run_loading, washing.RunLoading(stages.open_run(world), done.lot))


def _next_shift(world: World, _: Done) -> None:
    world.next_day()


def _too_many(_: World, at: At) -> washing.RunOutput:
    return washing.RunOutput(at.run, 101)


EXAMPLES: dict[Name, Example] = {
    ("SORTED", "RUN_LOAD"): Example(
        washing.record_run_loading,
        FLOOR,
        _before(stages.sorted_out),
        _loading,
        TakenBack(_start),
        Step.LOAD,
        INTO_THE_RUN,
        guard=Guard(Stopped, _loading_held),
    ),
    ("REWORK", "RUN_LOAD"): Example(
        washing.record_run_loading,
        FLOOR,
        _before(stages.rework),
        _loading,
        TakenBack(_start),
        Step.LOAD,
        INTO_THE_RUN,
        guard=Guard(WrongStep, _loading_after_the_last_pass),
    ),
    ("EXPIRED", "RUN_LOAD"): Example(
        washing.record_run_loading,
        FLOOR,
        _before(stages.expired, WashProgram.RINSE),
        _loading,
        TakenBack(_start),
        Step.LOAD,
        INTO_THE_RUN,
        # Only what is clean is rinsed.
        guard=Guard(WrongStep, lambda world, at: washing.RunLoading(at.run, stages.sorted_out(world))),
    ),
    ("RETURNED", "RUN_LOAD"): Example(
        washing.record_run_loading,
        FLOOR,
        _before(_inspected_return),
        _loading,
        TakenBack(_start),
        Step.LOAD,
        INTO_THE_RUN,
        guard=Guard(WrongStep, _loading_uninspected),
    ),
    ("BLOCKED", "RUN_LOAD"): Example(
        washing.record_refused_loading,
        frozenset({Role.QUALITY}),
        _before(stages.blocked),
        _loading,
        Final(),
        Step.LOAD_REFUSED,
        INTO_THE_RUN,
        guard=Guard(Stopped, _loading_held),
    ),
    ("TRIAL", "RUN_LOAD"): Example(
        washing.record_refused_loading,
        frozenset({Role.QUALITY}),
        _before(stages.trial),
        _loading,
        TakenBack(_start),
        Step.LOAD_REFUSED,
        INTO_THE_RUN,
        guard=Guard(Stopped, _loading_held),
    ),
    ("IN_RUN", "RUN_PASS"): Example(
        washing.record_run_output,
        FLOOR,
        _running,
        lambda world, at: washing.RunOutput(at.run, 60),
        TakenBack(_into_control),
        moves=((RUN, LOT, 60),),
        makes=1,
        guard=Guard(WrongQuantity, _too_many),
    ),
    ("IN_RUN", "RUN_REWORK"): Example(
        washing.record_run_output,
        FLOOR,
        _running,
        lambda world, at: washing.RunOutput(at.run, rework=30, rework_defect_code="MA01"),
        TakenBack(_into_the_next_run),
        moves=((RUN, LOT, 30),),
        makes=1,
        guard=Guard(WrongQuantity, _too_many),
    ),
    ("IN_RUN", "RUN_REJECT"): Example(
        washing.record_run_output,
        FLOOR,
        _running,
        lambda world, at: washing.RunOutput(at.run, rejects=(washing.RunReject("CR02", 5),)),
        TakenBack(_next_shift),
        moves=((RUN, PlaceKind.CULLET, 5),),
        guard=Guard(WrongQuantity, _too_many),
    ),
    ("IN_RUN", "RUN_BREAK"): Example(
        washing.record_run_output,
        FLOOR,
        _running,
        lambda world, at: washing.RunOutput(at.run, broken=3, broken_zone="infeed", glass_cleared=True),
        TakenBack(_next_shift),
        moves=((RUN, PlaceKind.BROKEN, 3),),
        guard=Guard(BadInput, lambda world, at: washing.RunOutput(at.run, broken=3, broken_zone="infeed")),
    ),
    ("IN_RUN", "RUN_ABORT"): Example(
        washer.record_run_abort,
        frozenset({Role.LEAD}),
        _loaded,
        lambda world, at: washer.RunAbort(at.run, "the pump failed"),
        Final(),
        moves=((RUN, LOT, 100),),
        guard=Guard(WrongStep, lambda world, at: washer.RunAbort(stages.start(world, at.run), "the pump failed")),
    ),
    # Bottles break anywhere else, too.
    ("any open state", "BREAK"): Example(
        storage.record_breakage,
        FLOOR | {Role.QUALITY, Role.COORDINATOR, Role.DRIVER},
        lambda world: At(stages.washed(world)),
        lambda world, at: storage.Breakage(at.lot or "", 2, "forklift"),
        TakenBack(_next_shift),
        Step.BREAK,
        ((LOT, PlaceKind.BROKEN, 2),),
        guard=Guard(WrongQuantity, lambda world, at: storage.Breakage(at.lot or "", 101, "forklift")),
    ),
}
