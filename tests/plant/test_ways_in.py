"""Bottles are announced before they are collected, come back from winemakers, and from other operators."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bottletrack.errors import BadInput, NotFound, WrongQuantity, WrongStep
from bottletrack.order_book import get_order
from bottletrack.orders import Reservation, record_reservation
from bottletrack.reports.pickups import find_pickups
from bottletrack.reports.roads import find_handovers
from bottletrack.stations import collection, correction, dispatch, findings, quality, relabeling, transfer, washing
from bottletrack.vocabulary import PlaceKind, Stage, Verdict
from tests.plant import stages
from tests.plant.world import World

LOT, LINE, AWAY, POINT = PlaceKind.LOT, PlaceKind.ORDER_LINE, PlaceKind.TRANSFERRED, PlaceKind.COLLECTION_POINT


def pickups(world: World) -> list[str]:
    with world.database.reading() as session:
        return [pickup.lot_code for pickup in find_pickups(session, world.territory_id)]


# Announced


def test_an_announced_lot_keeps_its_code_when_it_is_collected(world: World) -> None:
    announcement = collection.Announcement("P1", 240, container="palox", owner_winery_code="V1")
    code = world.make(collection.record_announcement, announcement, "driver")
    assert (world.lot(code).stage, world.lot(code).quantity, pickups(world)) == (Stage.EXPECTED, 0, [code])
    taken = collection.Collection("P1", 230, 228, lot_code=code)
    recorded = world.record(collection.record_collection, taken, "driver")
    assert recorded.lot_codes == ()
    assert world.moved(recorded) == [(POINT, LOT, 230, None), (LOT, PlaceKind.COUNT_SHORT, 2, None)]
    lot = world.lot(code)
    assert (lot.stage, lot.quantity, lot.owner_winery_id is None, pickups(world)) == (Stage.RECEIVED, 228, False, [])
    world.refused(WrongStep, collection.record_collection, taken)
    assert world.audit().clean


def test_an_announced_lot_is_collected_where_it_waits(world: World) -> None:
    code = stages.announced(world)
    for wrong in (
        collection.Collection("P1", 100, owner_winery_code="V1", lot_code=code),
        collection.Collection("P2", 100, lot_code=code),
    ):
        world.refused(WrongStep if wrong.point_code == "P1" else NotFound, collection.record_collection, wrong)
    named = collection.Collection("P1", 100, lot_code=code, partner_code="R-9")
    world.refused(BadInput, collection.record_collection, named)


def test_an_announcement_of_nothing_or_of_yesterday_is_refused(world: World) -> None:
    plain = collection.Announcement("P1", 100)
    yesterday = (world.now - timedelta(days=1)).date()
    for wrong in (replace(plain, quantity=0), replace(plain, wanted_on=yesterday)):
        world.refused(BadInput, collection.record_announcement, wrong)
    world.refused(NotFound, collection.record_announcement, replace(plain, point_code="P9"))


def test_pickups_stand_in_the_order_they_are_wanted(world: World) -> None:
    soon, later = world.now.date() + timedelta(days=1), world.now.date() + timedelta(days=9)
    made = [
        world.make(collection.record_announcement, collection.Announcement("P1", 50, day))
        for day in (None, later, soon)
    ]
    assert pickups(world) == [made[2], made[1], made[0]]


@pytest.mark.parametrize("verb", [collection.record_nothing_collected, collection.record_lot_void])
def test_a_code_that_gets_no_bottle_is_dead(world: World, verb: object) -> None:
    code = stages.announced(world)
    world.refused(BadInput, verb, collection.EmptyCode(code, " "))  # type: ignore[arg-type]
    world.record(verb, collection.EmptyCode(code, "nobody there"))  # type: ignore[arg-type]
    assert (world.lot(code).stage, pickups(world)) == (Stage.VOIDED, [])
    taken = collection.Collection("P1", 100, lot_code=code)
    assert "is dead" in str(world.refused(WrongStep, collection.record_collection, taken))


def test_a_collection_that_is_taken_back_waits_again(world: World) -> None:
    code = stages.announced(world)
    taken = world.record(collection.record_collection, collection.Collection("P1", 100, lot_code=code))
    world.record(correction.record_correction, correction.Correction(taken.event_id, "another point's"), "lead")
    assert (world.lot(code).stage, pickups(world), world.held(POINT)) == (Stage.EXPECTED, [code], 0)


# Back from winemakers


def test_a_return_is_as_old_as_its_lot(world: World) -> None:
    order, lot = stages.delivered(world)
    washed_on = world.lot(lot).washed_on
    world.next_day(3)
    refused = dispatch.Return(order, 5, "pallet fell over", lot_code=lot, refused=True)
    recorded = world.record(dispatch.record_return, refused, "driver")
    assert (recorded.kind.value, world.moved(recorded)) == ("delivery_refused", [(LINE, LOT, 5, None)])
    back = world.lot(recorded.lot_codes[0])
    assert (back.stage, back.washed_on, back.pass_number, back.grade) == (Stage.RETURNED, washed_on, 1, None)
    with world.database.reading() as session:
        (line,) = get_order(session, world.people["second"], order).lines
    assert line.delivered == 95
    assert world.audit().clean


def test_an_unknown_return_counts_as_the_oldest_of_what_was_delivered(world: World) -> None:
    order = stages.placed(world, 60)
    lots = []
    for _ in range(2):
        lot = stages.relabeled(world, 30)
        world.record(record_reservation, Reservation(order, lot, 30))
        world.record(dispatch.record_delivery, dispatch.Delivery(order, lot, 30))
        lots.append(world.lot(lot))
        world.next_day(4)
    assert lots[0].washed_on < lots[1].washed_on  # type: ignore[operator]
    unknown = world.make(dispatch.record_return, dispatch.Return(order, 5, "no label left"))
    known = world.make(dispatch.record_return, dispatch.Return(order, 5, "glue", lot_code=lots[1].code))
    assert (world.lot(unknown).washed_on, world.lot(known).washed_on) == (lots[0].washed_on, lots[1].washed_on)
    assert world.audit().clean


# To other operators and back


def test_bottles_are_handed_over_and_some_come_back(world: World) -> None:
    lot = stages.sorted_out(world, 100, owner="V1")
    world.refused(BadInput, transfer.record_handing_over, transfer.HandingOver(lot, 60, " "))
    handing = transfer.HandingOver(lot, 60, "Verrerie du Rhône", "their model")
    handed = world.record(transfer.record_handing_over, handing, "coordinator")
    assert (world.moved(handed), world.held(AWAY)) == ([(LOT, AWAY, 60, None)], 60)
    back = transfer.HandingBack(handed.event_id, 20, "too many for them")
    world.refused(BadInput, transfer.record_handing_back, replace(back, reason=""))
    came = world.lot(world.make(transfer.record_handing_back, back, "operator"))
    parent = world.lot(lot)
    assert (came.stage, came.quantity, came.model_id, came.owner_winery_id) == (
        Stage.SORTED, 20, parent.model_id, parent.owner_winery_id
    )  # fmt: skip
    world.refused(WrongQuantity, transfer.record_handing_back, replace(back, quantity=41))
    with world.database.reading() as session:
        (handover,) = find_handovers(session, world.territory_id)
    assert (handover.away, handover.operator) == (40, "Verrerie du Rhône")
    world.record(transfer.record_handing_back, replace(back, quantity=40))
    with world.database.reading() as session:
        assert find_handovers(session, world.territory_id) == []
    assert (world.held(AWAY), world.audit().clean) == (0, True)


def test_only_a_handing_over_is_given_back_to_its_site(world: World) -> None:
    handed = stages.handed_over(world)
    back = transfer.HandingBack(handed, 5, "too many")
    world.refused(NotFound, transfer.record_handing_back, back, site_id=world.other_site_id)
    sent = world.record(collection.record_collection, collection.Collection("P1", 10))
    world.refused(NotFound, transfer.record_handing_back, replace(back, handover_id=sent.event_id))


def packed_from(world: World, lot: str) -> str:
    """The code under which a sorted lot's bottles are packed, after their wash and control."""
    quantity = world.lot(lot).quantity
    closing = washing.RunClosing(stages.running(world, lot), passed=quantity)
    washed = world.make(washing.record_run_closing, closing)
    world.record(quality.record_inspection_start, quality.InspectionStart(washed))
    world.record(findings.record_test_results, findings.TestResults(washed, stages.GOOD_RESULTS))
    world.record(quality.record_judgment, quality.Judgment(washed, Verdict.ACCEPT_A))
    return world.make(relabeling.record_relabeling, relabeling.Relabeling(washed, quantity))


def test_what_came_back_is_washed_sold_and_still_traced_to_its_reception(world: World) -> None:
    back = world.make(transfer.record_handing_back, transfer.HandingBack(stages.handed_over(world), 50, "too many"))
    order, lot = stages.placed(world, 50), packed_from(world, back)
    world.record(record_reservation, Reservation(order, lot, 50))
    world.record(dispatch.record_delivery, dispatch.Delivery(order, lot, 50))
    report = world.audit()
    assert report.clean, report.findings
