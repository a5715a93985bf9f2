"""Orders, dispatch, what comes back, and recalls."""

from bottletrack import orders
from bottletrack.errors import BadInput, Stopped, WrongQuantity, WrongStep
from bottletrack.scans import Recorded
from bottletrack.stations import dispatch, recall
from bottletrack.steps import Step
from bottletrack.vocabulary import PlaceKind, Role
from tests.plant import stages
from tests.plant.transitions.example import FLOOR, Answered, At, Done, Example, Final, Guard, Name
from tests.plant.world import World

LOT, LINE = PlaceKind.LOT, PlaceKind.ORDER_LINE
COORDINATOR = frozenset({Role.COORDINATOR})
DRIVERS = FLOOR | {Role.DRIVER}
#: A reservation is a promise, not a place: the bottles stay in their lot, at its stage.
ALSO_OTHERS_TAKE_BACK = {"who": "at the dock, whoever is there takes them off the truck"}


def _to_reserve(world: World) -> At:
    return At(stages.relabeled(world), order=stages.placed(world, 500))


def _reserved(world: World) -> At:
    order, lot = stages.reserved(world)
    return At(lot, order=order)


def _delivered(world: World) -> At:
    order, lot = stages.delivered(world)
    return At(lot, order=order)


def _reservation(_: World, at: At) -> orders.Reservation:
    return orders.Reservation(at.order, at.lot or "", 60)


def _reservation_of_all(_: World, at: At) -> orders.Reservation:
    return orders.Reservation(at.order, at.lot or "", 100)


def _again(_: World, done: Done) -> orders.Reservation:
    return orders.Reservation(done.at.order, done.lot, 60)


def _of_a_held_lot(world: World, at: At) -> dispatch.Delivery:
    return dispatch.Delivery(at.order, stages.hold(world, at.lot or ""), 60)


def _back(_: World, done: Done) -> dispatch.Return:
    return dispatch.Return(done.at.order, 60, "glue marks")


def _partly_delivered(world: World) -> At:
    """An open recall of bottles that are here in part, and in part with a winemaker."""
    order, lot = stages.reserved(world)
    world.record(dispatch.record_delivery, dispatch.Delivery(order, lot, 60))
    opened = world.record(recall.record_recall_opening, recall.RecallOpening(lot, "glass in a bottle"))
    return At(lot, order=order, case=_case(world, opened))


def _case(world: World, opened: Recorded) -> str:
    with world.database.reading() as session:
        return recall.get_case_code(session, opened)


def _recovering(_: World, at: At, quantity: int = 30) -> recall.RecallRecovery:
    return recall.RecallRecovery(at.case, at.order, quantity)


EXAMPLES: dict[Name, Example] = {
    ("RELEASED_A;RELEASED_B", "RESERVE"): Example(
        orders.record_reservation,
        COORDINATOR,
        _to_reserve,
        _reservation,
        Answered(
            orders.record_unreservation,
            _again,
            "coordinator",
            lambda world, done: world.lot(done.lot).promised == 0,
        ),
        Step.RESERVE,
        guard=Guard(WrongQuantity, lambda world, at: orders.Reservation(at.order, at.lot or "", 101)),
    ),
    ("RESERVED", "UNRESERVE"): Example(
        orders.record_unreservation,
        COORDINATOR,
        _reserved,
        _reservation_of_all,
        Answered(
            orders.record_reservation,
            _again,
            "coordinator",
            lambda world, done: world.lot(done.lot).promised == 60,
        ),
    ),
    ("RESERVED", "DELIVER"): Example(
        dispatch.record_delivery,
        DRIVERS,
        _reserved,
        lambda world, at: dispatch.Delivery(at.order, at.lot or "", 60),
        Answered(dispatch.record_return, _back, "operator", lambda world, done: world.held(LINE) == 0),
        Step.DELIVER,
        ((LOT, LINE, 60),),
        guard=Guard(Stopped, _of_a_held_lot),
    ),
    ("DELIVERED", "DELIVERY_REFUSED"): Example(
        dispatch.record_return,
        DRIVERS,
        _delivered,
        lambda world, at: dispatch.Return(at.order, 30, "the cellar was closed", refused=True),
        Final(),
        moves=((LINE, LOT, 30),),
        makes=1,
        guard=Guard(BadInput, lambda world, at: dispatch.Return(at.order, 30, " ", refused=True)),
        departs=ALSO_OTHERS_TAKE_BACK,
    ),
    ("DELIVERED", "RETURN"): Example(
        dispatch.record_return,
        DRIVERS,
        _delivered,
        lambda world, at: dispatch.Return(at.order, 30, "glue marks", lot_code=at.lot),
        Final(),
        moves=((LINE, LOT, 30),),
        makes=1,
        guard=Guard(
            WrongStep, lambda world, at: dispatch.Return(at.order, 30, "glue marks", lot_code=stages.released(world))
        ),
        departs=ALSO_OTHERS_TAKE_BACK,
    ),
    ("any lot in the recall set", "RECALL"): Example(
        recall.record_recall_opening,
        COORDINATOR | {Role.QUALITY},
        lambda world: At(stages.released(world)),
        lambda world, at: recall.RecallOpening(at.lot or "", "glass in a bottle"),
        Answered(
            recall.record_recall_closing,
            lambda world, done: recall.RecallClosing(_case(world, done.recorded), "it was another lot"),
            "coordinator",
            lambda world, done: not world.lot(done.lot).recalled,
        ),
        guard=Guard(BadInput, lambda world, at: recall.RecallOpening(at.lot or "", " ")),
    ),
    ("lot with recall flag", "RECALL_RECOVER"): Example(
        recall.record_recall_recovery,
        DRIVERS,
        _partly_delivered,
        _recovering,
        Final(),
        moves=((LINE, LOT, 30),),
        makes=1,
        guard=Guard(WrongQuantity, lambda world, at: _recovering(world, at, 61)),
    ),
    ("lot with recall flag", "CLOSE_RECALL"): Example(
        recall.record_recall_closing,
        COORDINATOR,
        _partly_delivered,
        lambda world, at: recall.RecallClosing(at.case, "sixty are drunk"),
        Final(),
        guard=Guard(WrongQuantity, lambda world, at: recall.RecallClosing(at.case, " ")),
    ),
}
