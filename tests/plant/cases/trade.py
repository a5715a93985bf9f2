"""Orders, dispatch and recalls."""

from bottletrack import orders
from bottletrack.access import Permission
from bottletrack.stations import (
    dispatch,
    recall,
)
from bottletrack.steps import Step
from tests.plant import stages
from tests.plant.cases.case import Case
from tests.plant.world import World


def _stock(world: World) -> int:
    stages.relabeled(world)
    return 250


CASES: dict[str, Case] = {
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
