"""Quality looks again: at what came back, at a grade, at an age."""

from datetime import timedelta

import pytest

from bottletrack.errors import BadInput, NotFound, Stopped, WrongQuantity, WrongStep
from bottletrack.orders import Reservation, record_reservation
from bottletrack.stations import dispatch, relabeling, second_look, storage
from bottletrack.vocabulary import Grade, PlaceKind, Stage
from tests.plant import stages
from tests.plant.world import World


def test_a_return_goes_on_as_washed_and_never_straight_to_released(world: World) -> None:
    lot = stages.returned(world, 100)
    rejected = (second_look.ReturnReject("CR01", 4), second_look.ReturnReject("MA01", 6))
    inspection = second_look.ReturnInspection(lot, wash_again=False, rejected=rejected)
    recorded = world.record(second_look.record_return_inspection, inspection, "quality")
    assert world.moved(recorded) == [
        (PlaceKind.LOT, PlaceKind.CULLET, 4, "CR01"),
        (PlaceKind.LOT, PlaceKind.CULLET, 6, "MA01"),
    ]
    after = world.lot(lot)
    assert (after.stage, after.quantity) == (Stage.WASHED, 90)
    assert after.washed_on == world.now.date()
    report = world.audit()
    assert report.clean, report.findings


def test_a_return_to_wash_again_stays_returned(world: World) -> None:
    lot = stages.returned(world)
    world.record(second_look.record_return_inspection, second_look.ReturnInspection(lot, wash_again=True))
    assert world.lot(lot).stage is Stage.RETURNED


def test_a_return_may_be_rejected_as_a_whole_and_no_more(world: World) -> None:
    lot = stages.returned(world, 100)
    for quantity, refusal in ((101, WrongQuantity), (0, BadInput), (-1, BadInput)):
        rejected = (second_look.ReturnReject("CR01", quantity),)
        inspection = second_look.ReturnInspection(lot, wash_again=True, rejected=rejected)
        world.refused(refusal, second_look.record_return_inspection, inspection)
    unknown = second_look.ReturnInspection(lot, wash_again=True, rejected=(second_look.ReturnReject("ZZ99", 1),))
    world.refused(NotFound, second_look.record_return_inspection, unknown)
    whole = second_look.ReturnInspection(lot, wash_again=True, rejected=(second_look.ReturnReject("CR01", 100),))
    world.record(second_look.record_return_inspection, whole)
    assert world.lot(lot).quantity == 0


def test_a_lot_is_downgraded_once_nothing_of_it_is_promised(world: World) -> None:
    order, lot = stages.reserved(world, 60)
    downgrade = second_look.Downgrade(lot, "wear rings seen in daylight")
    world.refused(WrongQuantity, second_look.record_downgrade, downgrade)
    stages.free(world, lot)
    world.refused(BadInput, second_look.record_downgrade, second_look.Downgrade(lot, " "))
    world.record(second_look.record_downgrade, downgrade)
    assert world.lot(lot).grade is Grade.B
    world.refused(WrongStep, second_look.record_downgrade, downgrade)
    world.refused(WrongStep, record_reservation, Reservation(order, lot, 60))


def test_a_waiver_lets_an_old_lot_leave_until_its_last_day(world: World) -> None:
    order, lot = stages.reserved(world, 60)
    world.next_day(31)
    until = world.now.date() + timedelta(days=2)
    waiver = second_look.AgeWaiver(lot, until, "cool cellar, rinse test clean")
    world.record(second_look.record_age_waiver, waiver, "quality")
    world.record(dispatch.record_delivery, dispatch.Delivery(order, lot, 20))
    world.next_day(2)
    world.record(dispatch.record_delivery, dispatch.Delivery(order, lot, 20))
    report = world.audit()
    assert report.clean, report.findings
    world.next_day()
    world.refused(Stopped, dispatch.record_delivery, dispatch.Delivery(order, lot, 20))


@pytest.mark.parametrize("packed", [False, True])
def test_a_waiver_makes_an_expired_lot_what_it_was(world: World, packed: bool) -> None:
    lot = stages.relabeled(world) if packed else stages.released(world)
    world.next_day(31)
    world.record(storage.record_age_expiry, storage.LotReason(lot))
    waiver = second_look.AgeWaiver(lot, world.now.date() + timedelta(days=30), "rinse test clean")
    world.record(second_look.record_age_waiver, waiver)
    assert world.lot(lot).stage is (Stage.RELABELED if packed else Stage.RELEASED)
    if not packed:
        # What is packed from it keeps the waiver.
        part = world.make(relabeling.record_relabeling, relabeling.Relabeling(lot, 40))
        assert world.lot(part).waived_until == waiver.until


def test_a_waiver_has_a_reason_and_an_end(world: World) -> None:
    lot = stages.released(world)
    today = world.now.date()
    young = second_look.AgeWaiver(lot, today, "why not")
    world.refused(WrongStep, second_look.record_age_waiver, young)
    world.next_day(31)
    today = world.now.date()
    for days, reason in ((-1, "late"), (31, "long"), (1, " ")):
        waiver = second_look.AgeWaiver(lot, today + timedelta(days=days), reason)
        world.refused(BadInput, second_look.record_age_waiver, waiver)
