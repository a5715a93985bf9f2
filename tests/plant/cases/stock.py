"""Clean stock: split, merged, packed, held, counted, and on its way to other sites."""

from bottletrack.access import Permission
from bottletrack.stations import (
    cleaning,
    lot_labels,
    merging,
    relabeling,
    stocktake,
    storage,
    transfer,
)
from bottletrack.steps import Step
from bottletrack.vocabulary import LabelRemedy
from tests.plant import stages
from tests.plant.cases.case import Case
from tests.plant.world import World


def old(world: World) -> str:
    lot = stages.released(world)
    world.next_day(31)
    return lot


CASES: dict[str, Case] = {
    "relabeling": Case(
        relabeling.record_relabeling,
        Permission.RELABEL,
        lambda world: relabeling.Relabeling(stages.released(world), 60, "pallet 1"),
        Step.RELABEL,
        "quantity",
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
    "container cleaning": Case(
        cleaning.record_container_cleaning,
        Permission.CLEAN_CONTAINERS,
        lambda world: cleaning.ContainerCleaning(("PALOX-7", "PALOX-8"), "steam"),
    ),
    "label printing": Case(
        lot_labels.record_label_printing,
        Permission.PRINT_LABELS,
        lambda world: lot_labels.LabelPrinting((stages.released(world),), "100x150"),
    ),
    "label sticking": Case(
        lot_labels.record_label_sticking,
        Permission.PRINT_LABELS,
        lambda world: lot_labels.LabelSticking(stages.released(world), "PAL-1"),
    ),
    "label replacement": Case(
        lot_labels.record_label_replacement,
        Permission.REPLACE_LABEL,
        lambda world: lot_labels.LabelReplacement(stages.released(world), LabelRemedy.LOST, "fell off"),
    ),
    "label swap": Case(
        lot_labels.record_label_swap,
        Permission.SWAP_LABELS,
        lambda world: lot_labels.LabelSwap(stages.released(world), stages.released(world), "both pallets opened"),
    ),
    "age expiry": Case(
        storage.record_age_expiry,
        Permission.EXPIRE,
        lambda world: storage.LotReason(old(world)),
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
}
