"""The way to each stage: a lot is brought there by the verbs, as in the plant."""

from collections.abc import Callable
from typing import TypedDict, Unpack

from sqlalchemy import func, select

from bottletrack.orders import (
    OrderedBottles,
    OrderRequest,
    Reservation,
    record_order,
    record_reservation,
    record_unreservation,
)
from bottletrack.stations import collection, dispatch, quality, relabeling, sorting, storage, washing
from bottletrack.tables import Order, OrderLine, Promise
from bottletrack.vocabulary import Grade, Stage, Verdict, WashProgram
from tests.plant.world import World

#: Names that a territory uses once: runs and orders.
_NUMBERS = iter(range(1, 1_000_000))


class Way(TypedDict, total=False):
    """What a lot is besides a quantity, and the site where it is not the first."""

    model: str
    owner: str | None
    at: int | None


def collected(world: World, quantity: int = 100, *, owner: str | None = None, at: int | None = None) -> str:
    taken = collection.Collection("P1", quantity, owner_winery_code=owner)
    return world.make(collection.record_collection, taken, site_id=at)


def sorted_out(
    world: World, quantity: int = 100, *, model: str = "JU75", owner: str | None = None, at: int | None = None
) -> str:
    lot = collected(world, quantity, owner=owner, at=at)
    out = sorting.Sorting(lot, (sorting.SortedOut(model, quantity),))
    return world.make(sorting.record_sorting, out, site_id=world.lot(lot).site_id)


def open_run(world: World, lot: str | None = None, program: WashProgram = WashProgram.WASH) -> str:
    """The code of a new run, loaded with the lot where one is given."""
    code = f"RUN-{next(_NUMBERS)}"
    site_id = world.lot(lot).site_id if lot else world.site_id
    world.record(washing.record_run_opening, washing.RunOpening(program, code), site_id=site_id)
    if lot:
        world.record(washing.record_run_loading, washing.RunLoading(code, lot), site_id=site_id)
    return code


def washed(world: World, quantity: int = 100, **way: Unpack[Way]) -> str:
    lot = sorted_out(world, quantity, **way)
    run = open_run(world, lot)
    closing = washing.RunClosing(run, passed=quantity)
    return world.make(washing.record_run_closing, closing, site_id=world.lot(lot).site_id)


def in_control(world: World, quantity: int = 100, **way: Unpack[Way]) -> str:
    lot = washed(world, quantity, **way)
    start = quality.InspectionStart(lot)
    world.record(quality.record_inspection_start, start, site_id=world.lot(lot).site_id)
    return lot


def released(world: World, quantity: int = 100, *, verdict: Verdict = Verdict.ACCEPT_A, **way: Unpack[Way]) -> str:
    lot = in_control(world, quantity, **way)
    judgment = quality.Judgment(lot, verdict, "CR08", "liquid inside")
    world.record(quality.record_judgment, judgment, site_id=world.lot(lot).site_id)
    return lot


def blocked(world: World, quantity: int = 100) -> str:
    return released(world, quantity, verdict=Verdict.REWASH)


def relabeled(world: World, quantity: int = 100, **way: Unpack[Way]) -> str:
    lot = released(world, quantity, **way)
    packed = relabeling.Relabeling(lot, quantity)
    return world.make(relabeling.record_relabeling, packed, site_id=world.lot(lot).site_id)


def rework(world: World, quantity: int = 100) -> str:
    closing = washing.RunClosing(open_run(world, sorted_out(world, quantity)), 0, quantity, "MA01")
    return world.make(washing.record_run_closing, closing)


def expired(world: World, quantity: int = 100) -> str:
    lot = released(world, quantity)
    world.next_day(31)
    world.record(storage.record_age_expiry, storage.LotReason(lot))
    return lot


def trial(world: World, quantity: int = 100) -> str:
    return world.make(storage.record_trial_start, storage.TrialStart(released(world, quantity), quantity))


def returned(world: World, quantity: int = 100) -> str:
    order, _ = delivered(world, quantity)
    return world.make(dispatch.record_return, dispatch.Return(order, quantity, "glue marks"))


def placed(world: World, quantity: int, *, winery: str = "V1", model: str = "JU75", grade: Grade = Grade.A) -> str:
    """The reference of an order with nothing reserved."""
    reference = f"O-{next(_NUMBERS)}"
    lines = (OrderedBottles(model, quantity, grade),)
    world.record(record_order, OrderRequest(lines, winery, reserve=False, reference=reference))
    return reference


def reserved(world: World, quantity: int = 100) -> tuple[str, str]:
    """An order, and the relabeled lot that is reserved for it."""
    lot, order = relabeled(world, quantity), placed(world, quantity)
    world.record(record_reservation, Reservation(order, lot, quantity))
    return order, lot


def delivered(world: World, quantity: int = 100) -> tuple[str, str]:
    order, lot = reserved(world, quantity)
    world.record(dispatch.record_delivery, dispatch.Delivery(order, lot, quantity))
    return order, lot


BRING: dict[Stage, Callable[[World], str]] = {
    Stage.RECEIVED: collected,
    Stage.SORTED: sorted_out,
    Stage.WASHED: washed,
    Stage.IN_QUALITY_CONTROL: in_control,
    Stage.RELEASED: released,
    Stage.RELABELED: relabeled,
    Stage.REWORK: rework,
    Stage.BLOCKED: blocked,
    Stage.EXPIRED: expired,
    Stage.TRIAL: trial,
    Stage.RETURNED: returned,
}


def hold(world: World, lot: str, by: str = "operator") -> str:
    world.record(storage.record_hold, storage.LotReason(lot, "look at it"), by, site_id=world.lot(lot).site_id)
    return lot


def emptied(world: World, lot: str) -> str:
    """The code of a lot that is dead now."""
    there = world.lot(lot)
    world.record(storage.record_breakage, storage.Breakage(lot, there.quantity, "fell"), site_id=there.site_id)
    return lot


def free(world: World, lot: str) -> None:
    """Sets free what is reserved of a lot."""
    with world.database.reading() as session:
        promised = session.execute(
            select(Order.reference, func.sum(Promise.quantity))
            .join(OrderLine, OrderLine.order_id == Order.id)
            .join(Promise, Promise.order_line_id == OrderLine.id)
            .where(Promise.lot_id == world.lot(lot).id)
            .group_by(Order.reference)
        ).all()
    for order, quantity in promised:
        world.record(record_unreservation, Reservation(order, lot, quantity))
