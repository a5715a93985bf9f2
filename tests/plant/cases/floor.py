"""Collection, sorting and washing."""

from decimal import Decimal

from bottletrack.access import Permission
from bottletrack.measuring import Reading
from bottletrack.stations import (
    collection,
    presoak,
    sorting,
    washer,
    washing,
)
from bottletrack.steps import Step
from bottletrack.vocabulary import WashProgram
from tests.plant import stages
from tests.plant.cases.case import Case
from tests.plant.world import World


def _ready_run(world: World) -> str:
    run = stages.open_run(world, stages.sorted_out(world))
    stages.take_readings(world, run)
    return run


CASES: dict[str, Case] = {
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
}
