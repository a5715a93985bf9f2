"""What each verb moves, which lots it makes, and the refusals that are its own."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import update

from bottletrack.errors import BadInput, NotAllowed, Refusal, Stopped, WrongQuantity, WrongStep
from bottletrack.orders import (
    OrderedBottles,
    OrderRequest,
    Reservation,
    get_reference,
    record_order,
    record_reservation,
)
from bottletrack.stations import collection, dispatch, quality, relabeling, sorting, stocktake, storage
from bottletrack.tables import Event, Site
from bottletrack.vocabulary import Grade, PlaceKind, Stage, Verdict
from tests.plant import stages
from tests.plant.world import World

POINT, OVER, SHORT = PlaceKind.COLLECTION_POINT, PlaceKind.COUNT_OVER, PlaceKind.COUNT_SHORT
LOT, RUN, LINE = PlaceKind.LOT, PlaceKind.WASH_RUN, PlaceKind.ORDER_LINE
CULLET, BROKEN, SAMPLED, AWAY = PlaceKind.CULLET, PlaceKind.BROKEN, PlaceKind.SAMPLED, PlaceKind.TRANSFERRED


# Collection and stocktake


@pytest.mark.parametrize(
    ("counted", "moves"),
    [
        (None, [(POINT, LOT, 100, None)]),
        (100, [(POINT, LOT, 100, None)]),
        (98, [(POINT, LOT, 100, None), (LOT, SHORT, 2, None)]),
        (102, [(POINT, LOT, 100, None), (OVER, LOT, 2, None)]),
    ],
)
def test_a_collection(world: World, counted: int | None, moves: list[tuple[object, ...]]) -> None:
    taken = collection.Collection("P1", 100, counted, kilometers=Decimal("12.5"), owner_winery_code="V1")
    recorded = world.record(collection.record_collection, taken, "driver" if counted is None else "operator")
    assert world.moved(recorded) == moves
    lot = world.lot(recorded.lot_codes[0])
    assert (lot.stage, lot.quantity, lot.model_id, lot.held) == (Stage.RECEIVED, counted or 100, None, False)
    with world.database.reading() as session:
        readings = session.get_one(Event, recorded.event_id).readings
    assert (readings["declared"], readings["kilometers"]) == (100, "12.5")


@pytest.mark.parametrize(("declared", "counted"), [(100, 97), (1000, 989), (1000, 1011), (100, 0)])
def test_a_large_difference_is_a_leads(world: World, declared: int, counted: int) -> None:
    taken = collection.Collection("P1", declared, counted)
    world.refused(WrongQuantity, collection.record_collection, taken, "operator")
    lot = world.make(collection.record_collection, taken, "coordinator")
    assert world.lot(lot).quantity == counted


def test_a_reception_count(world: World) -> None:
    lot = stages.collected(world)
    recorded = world.record(collection.record_reception_count, collection.ReceptionCount(lot, 99), "operator")
    assert world.moved(recorded) == [(LOT, SHORT, 1, None)]
    world.refused(BadInput, collection.record_reception_count, collection.ReceptionCount(lot, -1), "lead")


def test_a_stock_count(world: World) -> None:
    _, lot = stages.reserved(world)
    fits = world.record(stocktake.record_stock_count, stocktake.StockCount(lot, 100), "operator")
    assert world.moved(fits) == []
    world.refused(BadInput, stocktake.record_stock_count, stocktake.StockCount(lot, 101), "operator")
    found = world.record(stocktake.record_stock_count, stocktake.StockCount(lot, 101, "behind a pallet"), "operator")
    assert world.moved(found) == [(OVER, LOT, 1, None)]
    world.refused(WrongQuantity, stocktake.record_stock_count, stocktake.StockCount(lot, 99, "gone"), "lead")


@pytest.mark.parametrize("name", ["P99", ""])
def test_an_unknown_point_model_or_defect(world: World, name: str) -> None:
    lot = stages.collected(world)
    for verb, content in (
        (collection.record_collection, collection.Collection(name, 10)),
        (collection.record_collection, collection.Collection("P1", 10, owner_winery_code=name or "V9")),
        (sorting.record_sorting, sorting.Sorting(lot, (sorting.SortedOut(name, 100),))),
        (sorting.record_sorting, sorting.Sorting(lot, rejects=(sorting.SortingReject(name, 100),))),
    ):
        with world.nothing_written(), pytest.raises(Refusal):
            world.record(verb, content)


def test_a_partners_name_is_taken_once(world: World) -> None:
    named = collection.Collection("P1", 10, partner_code=" r-001 ")
    lot = world.make(collection.record_collection, named)
    assert world.lot("R-001").code == world.lot("r-001").code == lot
    world.refused(BadInput, collection.record_collection, replace(named, partner_code="R-001"))
    world.refused(BadInput, collection.record_collection, replace(named, partner_code="R" * 41))


# Sorting


def test_a_sorting(world: World) -> None:
    lot = stages.collected(world, owner="V1")
    recorded = world.record(
        sorting.record_sorting,
        sorting.Sorting(
            lot,
            (sorting.SortedOut("JU75", 60, "vert"), sorting.SortedOut("CL62", 20)),
            (sorting.SortingReject("CR01", 10), sorting.SortingReject("MA06", 6, PlaceKind.TRANSFERRED)),
            (sorting.HeldAside("MA03", 4),),
        ),
        "operator",
    )
    assert world.moved(recorded) == [
        (LOT, LOT, 60, None),
        (LOT, LOT, 20, None),
        (LOT, CULLET, 10, "CR01"),
        (LOT, AWAY, 6, "MA06"),
        (LOT, LOT, 4, "MA03"),
    ]
    jura, clavelin, aside = map(world.lot, recorded.lot_codes)
    assert (jura.stage, jura.color, clavelin.color) == (Stage.SORTED, "vert", "")
    assert (aside.stage, aside.held, aside.model_id) == (Stage.RECEIVED, True, None)
    assert jura.owner_winery_id == aside.owner_winery_id == world.lot(lot).owner_winery_id is not None
    assert world.lot(lot).quantity == 0


def test_a_lot_is_filled_by_several_sortings(world: World) -> None:
    first, second, other = stages.collected(world), stages.collected(world), stages.collected(world, owner="V1")
    into = world.make(sorting.record_sorting, sorting.Sorting(first, (sorting.SortedOut("JU75", 60),), finished=False))
    assert world.lot(first).quantity == 40
    more = sorting.Sorting(second, (sorting.SortedOut("JU75", 100, "", into),))
    world.record(sorting.record_sorting, more)
    assert world.lot(into).quantity == 160
    for mixed in (
        sorting.Sorting(first, (sorting.SortedOut("CL62", 40, "", into),)),
        sorting.Sorting(first, (sorting.SortedOut("JU75", 40, "vert", into),)),
        sorting.Sorting(other, (sorting.SortedOut("JU75", 100, "", into),)),
    ):
        world.refused(WrongStep, sorting.record_sorting, mixed)
    stages.hold(world, into)
    world.refused(WrongStep, sorting.record_sorting, sorting.Sorting(first, (sorting.SortedOut("JU75", 40, "", into),)))


@pytest.mark.parametrize(
    ("parts", "refusal"),
    [
        ((sorting.SortedOut("JU75", 99),), WrongQuantity),
        ((sorting.SortedOut("JU75", 101),), WrongQuantity),
        ((sorting.SortedOut("JU75", 105), sorting.SortedOut("CL62", -5)), BadInput),
        ((sorting.SortedOut("JU75", 100, "blue"),), BadInput),
        ((sorting.SortedOut("CR75", 100),), BadInput),  # sparkling is refused
        ((), BadInput),
    ],
)
def test_a_sorting_that_does_not_add_up(
    world: World, parts: tuple[sorting.SortedOut, ...], refusal: type[Refusal]
) -> None:
    world.refused(refusal, sorting.record_sorting, sorting.Sorting(stages.collected(world), parts))


def test_a_reject_goes_to_cullet_or_to_another_operator(world: World) -> None:
    rejects = (sorting.SortingReject("CR01", 100, PlaceKind.SAMPLED),)
    world.refused(BadInput, sorting.record_sorting, sorting.Sorting(stages.collected(world), (), rejects))


def test_bottles_held_aside_are_given_up(world: World) -> None:
    aside = stages.hold(world, stages.collected(world))
    decision = storage.HeldAsideDecision(aside, 30, "MA03", "no release")
    recorded = world.record(storage.record_held_aside_decision, decision, "quality")
    assert world.moved(recorded) == [(LOT, CULLET, 30, "MA03")]
    assert world.lot(aside).held


# Quality and storage


def test_samples_and_verdicts(world: World) -> None:
    lot = stages.in_control(world)
    sampled = world.record(quality.record_sampling, quality.Sampling(lot, 8), "quality")
    assert world.moved(sampled) == [(LOT, SAMPLED, 8, None)]
    for verdict in (Verdict.REWASH, Verdict.SCRAP):
        for defect, reason in ((None, "why"), ("CR08", " ")):
            world.refused(BadInput, quality.record_judgment, quality.Judgment(lot, verdict, defect, reason))
    world.record(quality.record_verdict_proposal, quality.Judgment(lot, Verdict.SCRAP, "CR14", "lab"), "quality")
    yes = quality.JudgmentConfirmation(lot, Verdict.SCRAP)
    scrap = world.record(quality.record_judgment_confirmation, yes, "coordinator")
    assert world.moved(scrap) == [(LOT, CULLET, 92, "CR14")]


@pytest.mark.parametrize(("verdict", "grade"), [(Verdict.ACCEPT_A, Grade.A), (Verdict.ACCEPT_B, Grade.B)])
def test_a_release_gives_a_grade(world: World, verdict: Verdict, grade: Grade) -> None:
    lot = world.lot(stages.released(world, verdict=verdict))
    assert (lot.stage, lot.grade, lot.quantity) == (Stage.RELEASED, grade, 100)


def test_a_split_keeps_everything_but_the_grade(world: World) -> None:
    parent = stages.released(world, owner="V1")
    kept, lowered = (
        world.lot(world.make(storage.record_split, storage.Split(parent, 10, grade))) for grade in (None, Grade.B)
    )
    lot = world.lot(parent)
    assert lot.quantity == 80
    for part in (kept, lowered):
        assert (part.model_id, part.owner_winery_id, part.pass_number, part.washed_on, part.stage) == (
            lot.model_id, lot.owner_winery_id, lot.pass_number, lot.washed_on, lot.stage
        )  # fmt: skip
    assert (kept.grade, lowered.grade) == (Grade.A, Grade.B)
    world.refused(BadInput, storage.record_split, storage.Split(lowered.code, 5, Grade.A))
    # To lower a grade is a judgment.
    world.refused(NotAllowed, storage.record_split, storage.Split(parent, 5, Grade.B), "operator")


def test_a_hold_is_lifted_by_another_person(world: World) -> None:
    lot = stages.hold(world, stages.released(world), "second")
    fine = storage.LotReason(lot, "it was the cellar")
    world.refused(NotAllowed, storage.record_hold_lift, fine, "second")
    world.refused(BadInput, storage.record_hold_lift, storage.LotReason(lot), "third")
    world.record(storage.record_hold_lift, fine, "third")
    assert not world.lot(lot).held
    world.refused(BadInput, storage.record_hold, storage.LotReason(lot, " "))


def test_a_lot_expires_on_the_thirty_first_day(world: World) -> None:
    lot = stages.released(world)
    world.next_day(30)
    world.refused(WrongStep, storage.record_age_expiry, storage.LotReason(lot))
    world.next_day()
    world.refused(Stopped, relabeling.record_relabeling, relabeling.Relabeling(lot, 10))
    world.record(storage.record_age_expiry, storage.LotReason(lot))
    assert world.lot(lot).stage is Stage.EXPIRED


def test_a_promised_lot_does_not_expire(world: World) -> None:
    _, lot = stages.reserved(world, 100)
    world.next_day(31)
    world.refused(WrongStep, storage.record_age_expiry, storage.LotReason(lot))


# Orders and dispatch


def test_an_order_takes_the_oldest_wash_first(world: World) -> None:
    first = stages.relabeled(world, 50)
    world.next_day(3)
    second = stages.relabeled(world, 50)
    wanted = OrderRequest((OrderedBottles("JU75", 70),))
    recorded = world.record(record_order, wanted, "winemaker")
    assert (world.lot(first).free, world.lot(second).free) == (0, 30)
    with world.database.reading() as session:
        assert get_reference(session, recorded) == "O-0001"


def test_an_order_leaves_what_may_not_leave(world: World) -> None:
    lots = [
        stages.hold(world, stages.relabeled(world)),
        stages.released(world),
        stages.relabeled(world, owner="V2"),
        stages.relabeled(world, model="CL62"),
        stages.relabeled(world, at=world.other_site_id),
        stages.sorted_out(world),
    ]
    world.record(record_order, OrderRequest((OrderedBottles("JU75", 100),)), "winemaker")
    assert [world.lot(lot).promised for lot in lots] == [0] * len(lots)


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (OrderedBottles("JU75", 0),),
        (OrderedBottles("JU75", -5),),
        (OrderedBottles("JU75", 10), OrderedBottles("JU75", 20)),
        (OrderedBottles("CR75", 10),),
        tuple(OrderedBottles("JU75", 1) for _ in range(21)),
    ],
)
def test_an_order_that_makes_no_sense(world: World, lines: tuple[OrderedBottles, ...]) -> None:
    world.refused(BadInput, record_order, OrderRequest(lines), "winemaker")


def test_an_order_of_the_past_or_of_a_taken_name(world: World) -> None:
    lines = (OrderedBottles("JU75", 10),)
    yesterday = world.now.date().replace(day=1)
    world.refused(BadInput, record_order, OrderRequest(lines, wanted_on=yesterday), "winemaker")
    world.record(record_order, OrderRequest(lines, reference="mine"), "winemaker")
    for reference in ("MINE", " ", "x" * 21):
        world.refused(BadInput, record_order, OrderRequest(lines, reference=reference), "rival")


def test_a_delivery_and_a_return(world: World) -> None:
    order, lot = stages.reserved(world)
    delivered = world.record(dispatch.record_delivery, dispatch.Delivery(order, lot, 60), "driver")
    assert world.moved(delivered) == [(LOT, LINE, 60, None)]
    assert (world.lot(lot).quantity, world.lot(lot).promised) == (40, 40)
    too_many = dispatch.Return(order, 61, "glue marks")
    world.refused(WrongQuantity, dispatch.record_return, too_many)
    world.refused(BadInput, dispatch.record_return, replace(too_many, quantity=5, reason=""))
    back = world.record(dispatch.record_return, replace(too_many, quantity=5), "driver")
    assert world.moved(back) == [(LINE, LOT, 5, None)]
    returned = world.lot(back.lot_codes[0])
    assert (returned.stage, returned.pass_number, returned.washed_on) == (Stage.RETURNED, 1, world.lot(lot).washed_on)


def test_bottles_of_an_owner_go_back_to_that_owner_only(world: World) -> None:
    lot = stages.relabeled(world, owner="V1")
    own, foreign = stages.placed(world, 50), stages.placed(world, 50, winery="V2")
    world.refused(WrongStep, record_reservation, Reservation(foreign, lot, 10))
    world.record(record_reservation, Reservation(own, lot, 10))
    world.refused(WrongStep, dispatch.record_delivery, dispatch.Delivery(foreign, lot, 10))


def test_packing_is_asked_for_by_the_site(world: World) -> None:
    lot, order = stages.released(world), stages.placed(world, 100)
    world.refused(WrongStep, record_reservation, Reservation(order, lot, 10))
    with world.database.writing() as session:
        session.execute(update(Site).where(Site.id == world.site_id).values(relabeling_required=False))
    world.record(record_reservation, Reservation(order, lot, 10))
    world.record(dispatch.record_delivery, dispatch.Delivery(order, lot, 10))
    assert world.audit().clean
