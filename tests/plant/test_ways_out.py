"""Lots are merged, sent to another site and received there; hours are entered, and a lead approves a count."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from bottletrack.errors import BadInput, NotFound, Refusal, Stopped, WrongQuantity, WrongStep
from bottletrack.orders import Reservation, record_reservation
from bottletrack.reports.counts import WaitingCount, find_waiting_counts
from bottletrack.reports.hours import find_hours
from bottletrack.reports.roads import Road, find_roads
from bottletrack.stations import hours, merging, second_look, stocktake, storage, transfer
from bottletrack.tables import Movement
from bottletrack.vocabulary import Grade, PlaceKind, Stage, Station
from tests.plant import stages
from tests.plant.world import World

LOT, ROAD, SHORT, OVER = PlaceKind.LOT, PlaceKind.TRANSIT, PlaceKind.COUNT_SHORT, PlaceKind.COUNT_OVER


# Merging


def test_a_merged_lot_is_as_old_and_as_often_washed_as_its_oldest_bottles(world: World) -> None:
    old = stages.released(world, 40)
    world.next_day(5)
    young = stages.released(world, 60)
    recorded = world.record(merging.record_release_merge, merging.Merge(young, (old,)), "lead")
    assert world.moved(recorded) == [(LOT, LOT, 60, None), (LOT, LOT, 40, None)]
    merged, parent = world.lot(recorded.lot_codes[0]), world.lot(old)
    assert (merged.washed_on, merged.pass_number, merged.grade, merged.stage, merged.quantity) == (
        parent.washed_on, 1, Grade.A, Stage.RELEASED, 100
    )  # fmt: skip
    assert (parent.quantity, world.lot(young).quantity) == (0, 0)
    with world.database.reading() as session:
        into = select(Movement.from_place_id, Movement.quantity).where(Movement.to_place_id == merged.id)
        assert dict(session.execute(into).all()) == {parent.id: 40, world.lot(young).id: 60}
    assert world.audit().clean


def test_what_is_promised_stays_behind_when_lots_merge(world: World) -> None:
    order, lot = stages.reserved(world, 100)
    other = stages.relabeled(world, 50)
    world.refused(WrongQuantity, merging.record_release_merge, merging.Merge(other, (lot,)))
    more = stages.relabeled(world, 100)
    world.record(record_reservation, Reservation(stages.placed(world, 30), more, 30))
    merged = world.lot(world.make(merging.record_release_merge, merging.Merge(other, (more,))))
    assert (merged.quantity, world.lot(more).quantity, world.lot(more).promised) == (120, 30, 30)
    assert order


def test_only_the_same_bottles_are_merged(world: World) -> None:
    lot = stages.sorted_out(world)
    for other in (
        stages.sorted_out(world, model="CL62"),
        stages.sorted_out(world, owner="V1"),
        stages.collected(world),
        stages.released(world),
    ):
        world.refused(WrongStep, merging.record_merge, merging.Merge(lot, (other,)))
    world.refused(
        WrongStep, merging.record_merge, merging.Merge(lot, (stages.sorted_out(world, at=world.other_site_id),))
    )
    for others in ((), (lot,), (lot,) * 60):
        world.refused(BadInput, merging.record_merge, merging.Merge(lot, others))
    held = stages.hold(world, stages.sorted_out(world))
    world.refused(Stopped, merging.record_merge, merging.Merge(lot, (held,)))


def test_grades_stay_apart(world: World) -> None:
    a, b = stages.released(world), stages.released(world)
    world.record(second_look.record_downgrade, second_look.Downgrade(b, "scuffed"))
    world.refused(WrongStep, merging.record_release_merge, merging.Merge(a, (b,)))


def test_young_bottles_do_not_join_those_that_are_too_old(world: World) -> None:
    old = stages.released(world)
    world.next_day(31)
    young = stages.released(world)
    world.refused(Stopped, merging.record_release_merge, merging.Merge(young, (old,)))
    until = world.now.date() + timedelta(days=9)
    world.record(second_look.record_age_waiver, second_look.AgeWaiver(old, until, "tested again"))
    # A waiver is for the bottles that were looked at: those that join them have none.
    world.refused(Stopped, merging.record_release_merge, merging.Merge(young, (old,)))


# Between sites


def roads(world: World, site_id: int | None = None) -> list[Road]:
    with world.database.reading() as session:
        return find_roads(session, world.territory_id, site_id)


def test_bottles_are_on_the_road_until_they_are_counted(world: World) -> None:
    lot = stages.released(world, 100, owner="V1")
    before = world.audit().balance.stock
    sent = world.record(transfer.record_sending, transfer.Sending(lot, "s2", 60, "by truck"), "operator")
    assert (world.moved(sent), world.held(ROAD), world.lot(lot).quantity) == ([(LOT, ROAD, 60, None)], 60, 40)
    (road,) = roads(world, world.other_site_id)
    assert (road.quantity, road.lot_code, road.note) == (60, lot, "by truck")
    audit = world.audit()
    assert (audit.clean, audit.balance.in_transit, audit.balance.stock) == (True, 60, before)
    arrived = world.record(
        transfer.record_arrival,
        transfer.Arrival(road.transit_id, 59, "one broke"),
        "elsewhere",
        site_id=world.other_site_id,
    )
    assert world.moved(arrived) == [(ROAD, LOT, 60, None), (LOT, SHORT, 1, None)]
    here, there = world.lot(lot), world.lot(arrived.lot_codes[0])
    for name in ("stage", "grade", "model_id", "color", "owner_winery_id", "pass_number", "washed_on", "waived_until"):
        assert getattr(here, name) == getattr(there, name), name
    assert (there.site_id, there.quantity, roads(world)) == (world.other_site_id, 59, [])
    assert world.audit().clean


def test_what_is_sent_keeps_its_grade_whatever_becomes_of_the_rest(world: World) -> None:
    lot = stages.released(world, at=world.other_site_id)
    road = stages.on_the_road(world, 60, lot=lot)
    downgrade = second_look.Downgrade(lot, "scuffed")
    world.record(second_look.record_downgrade, downgrade, site_id=world.other_site_id)
    arrived = world.lot(world.make(transfer.record_arrival, transfer.Arrival(road, 60)))
    assert (arrived.grade, world.lot(lot).grade) == (Grade.A, Grade.B)


def test_more_than_was_sent_may_arrive_and_a_large_difference_needs_a_lead(world: World) -> None:
    road = stages.on_the_road(world)
    world.refused(BadInput, transfer.record_arrival, transfer.Arrival(road, 101))
    lost = transfer.Arrival(road, 60, "a crate fell")
    world.refused(WrongQuantity, transfer.record_arrival, lost, "operator")
    over = world.record(transfer.record_arrival, transfer.Arrival(road, 101, "miscounted there"), "operator")
    assert world.moved(over) == [(ROAD, LOT, 100, None), (OVER, LOT, 1, None)]
    world.refused(WrongStep, transfer.record_arrival, lost)


def test_a_road_is_received_where_it_leads_to(world: World) -> None:
    arrival = transfer.Arrival(stages.on_the_road(world), 100)
    world.refused(NotFound, transfer.record_arrival, arrival, site_id=world.other_site_id)
    world.refused(NotFound, transfer.record_arrival, replace(arrival, transit_id=10_000_000))


def test_a_lot_is_sent_to_another_site_of_the_network_whole_or_in_part(world: World) -> None:
    lot = stages.sorted_out(world)
    for code in ("S1", "S3", ""):
        world.refused(NotFound, transfer.record_sending, transfer.Sending(lot, code))
    world.refused(WrongQuantity, transfer.record_sending, transfer.Sending(lot, "S2", 101))
    world.record(transfer.record_sending, transfer.Sending(lot, "S2"))
    assert (world.lot(lot).quantity, world.held(ROAD)) == (0, 100)


@pytest.mark.parametrize("stage", [Stage.PRESOAKING, Stage.IN_QUALITY_CONTROL, Stage.TRIAL])
def test_nothing_leaves_in_the_middle_of_a_stations_work(world: World, stage: Stage) -> None:
    world.refused(WrongStep, transfer.record_sending, transfer.Sending(stages.BRING[stage](world), "S2"))


def test_an_unsorted_lot_arrives_unsorted(world: World) -> None:
    road = stages.on_the_road(world, lot=stages.collected(world, at=world.other_site_id))
    arrived = world.lot(world.make(transfer.record_arrival, transfer.Arrival(road, 100)))
    assert (arrived.stage, arrived.model_id, arrived.quantity) == (Stage.RECEIVED, None, 100)


# Counts that wait for a lead


def waiting(world: World) -> list[WaitingCount]:
    with world.database.reading() as session:
        return find_waiting_counts(session, world.territory_id)


def test_a_count_far_off_waits_for_a_lead(world: World) -> None:
    lot = stages.sorted_out(world)
    far_off = stocktake.StockCount(lot, 70, "a crate is missing")
    world.refused(WrongQuantity, stocktake.record_stock_count, far_off, "operator")
    asked = world.record(stocktake.record_stock_count, replace(far_off, ask_lead=True), "operator")
    assert (world.moved(asked), world.lot(lot).quantity) == ([], 100)
    (count,) = waiting(world)
    assert (count.lot_code, count.counted, count.quantity, count.reason) == (lot, 70, 100, "a crate is missing")
    approved = world.record(stocktake.record_stock_count, far_off, "lead")
    assert (world.moved(approved), waiting(world)) == ([(LOT, SHORT, 30, None)], [])
    assert world.audit().clean


def test_a_count_within_the_tolerance_waits_for_nobody(world: World) -> None:
    lot = stages.sorted_out(world)
    near = stocktake.StockCount(lot, 99, "one is missing", ask_lead=True)
    assert world.moved(world.record(stocktake.record_stock_count, near, "operator")) == [(LOT, SHORT, 1, None)]
    world.refused(BadInput, stocktake.record_stock_count, replace(near, counted=-1), "operator")
    world.refused(BadInput, stocktake.record_stock_count, replace(near, counted=9, reason=""), "operator")
    assert waiting(world) == []


def test_a_count_that_waits_is_overtaken_by_what_happens_next(world: World) -> None:
    lot = stages.sorted_out(world)
    far_off = stocktake.StockCount(lot, 70, "a crate is missing", ask_lead=True)
    world.record(stocktake.record_stock_count, far_off, "operator")
    world.record(storage.record_breakage, storage.Breakage(lot, 2))
    assert waiting(world) == []


# Hours


def entered(world: World, since: date, until: date) -> list[tuple[date, Station, Decimal, Decimal]]:
    with world.database.reading() as session:
        rows = find_hours(session, world.territory_id, since=since, until=until)
        return [(row.day, row.station, row.hours, row.insertion_hours) for row in rows]


def test_hours_are_a_stations_and_the_latest_entry_counts(world: World) -> None:
    today = world.now.date()
    yesterday = today - timedelta(days=1)
    for day, station, worked, insertion in (
        (today, Station.WASHING, "14", "7"),
        (today, Station.SORTING, "21.5", "21.5"),
        (yesterday, Station.WASHING, "8", "0"),
        (today, Station.WASHING, "13.25", "7"),
        (yesterday, Station.QUALITY, "3", "0"),
        (yesterday, Station.QUALITY, "0", "0"),
    ):
        world.record(hours.record_hours, hours.HoursEntry(day, station, Decimal(worked), Decimal(insertion)), "lead")
    assert entered(world, yesterday, today) == [
        (today, Station.SORTING, Decimal("21.5"), Decimal("21.5")),
        (today, Station.WASHING, Decimal("13.25"), Decimal(7)),
        (yesterday, Station.WASHING, Decimal(8), Decimal(0)),
    ]
    assert entered(world, yesterday, yesterday)[0][0] == yesterday


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"hours": Decimal(961)}, BadInput),
        ({"hours": Decimal(-1)}, BadInput),
        ({"insertion_hours": Decimal(9)}, BadInput),
        ({"insertion_hours": Decimal(-1)}, BadInput),
        ({"day": date(2036, 1, 1)}, BadInput),
    ],
)
def test_hours_that_make_no_sense(world: World, change: dict[str, object], refusal: type[Refusal]) -> None:
    plain = hours.HoursEntry(world.now.date(), Station.WASHING, Decimal(8), Decimal(4))
    world.refused(refusal, hours.record_hours, replace(plain, **change), "lead")  # type: ignore[arg-type]
