"""Recalls: nothing that may hold a case's bottles moves, and what had left is told to the last bottle."""

from sqlalchemy import select

from bottletrack.errors import BadInput, NotFound, Stopped, WrongQuantity, WrongStep
from bottletrack.orders import OrderedBottles, OrderRequest, get_reference, record_order
from bottletrack.recalled import RecalledLine, find_recalled_lines
from bottletrack.stations import correction, dispatch, quality, recall, storage, transfer, washing
from bottletrack.tables import RecallCase, RecallPlace, Transit, WashRun
from bottletrack.vocabulary import EventKind, PlaceKind, Stage
from tests.plant import stages
from tests.plant.world import World


def opened(world: World, start: str, *, drill: bool = False) -> str:
    """Opens a case from there; returns its code."""
    recorded = world.record(recall.record_recall_opening, recall.RecallOpening(start, "glass", drill))
    with world.database.reading() as session:
        return recall.get_case_code(session, recorded)


def in_set(world: World, case_code: str) -> dict[int, tuple[int, int, int]]:
    """What was there and of that the case's own, at least and at most, by place."""
    with world.database.reading() as session:
        rows = session.scalars(
            select(RecallPlace)
            .join(RecallCase, RecallCase.id == RecallPlace.case_id)
            .where(RecallCase.code == case_code, RecallCase.territory_id == world.territory_id)
        )
        return {row.place_id: (row.on_hand, row.low, row.high) for row in rows}


def only_line(world: World, case_code: str) -> RecalledLine:
    with world.database.reading() as session:
        named = RecallCase.code == case_code, RecallCase.territory_id == world.territory_id
        case_id = session.scalars(select(RecallCase.id).where(*named)).one()
        (line,) = find_recalled_lines(session, case_id).values()
        return line


def closed(world: World, case_code: str, account: str = "") -> None:
    world.record(recall.record_recall_closing, recall.RecallClosing(case_code, account))


def test_nothing_in_the_set_moves_until_the_case_is_closed(world: World) -> None:
    order, lot = stages.reserved(world)
    case = opened(world, lot)
    assert world.lot(lot).recalled
    assert in_set(world, case) == {world.lot(lot).id: (100, 100, 100)}
    world.refused(Stopped, dispatch.record_delivery, dispatch.Delivery(order, lot, 60))
    world.refused(Stopped, storage.record_split, storage.Split(lot, 10))
    world.refused(Stopped, transfer.record_sending, transfer.Sending(lot, "S2", 10))
    closed(world, case)
    assert not world.lot(lot).recalled
    world.record(dispatch.record_delivery, dispatch.Delivery(order, lot, 60))
    assert world.audit().clean


def test_it_reaches_all_that_was_made_of_a_start_and_no_more(world: World) -> None:
    parent = stages.released(world)
    part = world.make(storage.record_split, storage.Split(parent, 30))
    other = stages.released(world)
    case = opened(world, parent)
    assert in_set(world, case) == {world.lot(parent).id: (70, 70, 70), world.lot(part).id: (30, 30, 30)}
    assert not world.lot(other).recalled
    # What breaks is told all the same.
    world.record(storage.record_breakage, storage.Breakage(part, 1))


def test_through_a_run_that_merged_others(world: World) -> None:
    """Half of the washed bottles are the reception's; which, nobody knows: all of them are recalled."""
    first, second = stages.sorted_out(world), stages.sorted_out(world)
    run = stages.open_run(world, first)
    world.record(washing.record_run_loading, washing.RunLoading(run, second))
    stages.start(world, run)
    washed = world.make(washing.record_run_closing, washing.RunClosing(run, 200))
    case = opened(world, first)
    assert in_set(world, case) == {world.lot(washed).id: (200, 100, 100)}


def test_a_run_in_the_set_hands_the_recall_on(world: World) -> None:
    lot = stages.sorted_out(world)
    run = stages.running(world, lot)
    case = opened(world, run)
    with world.database.reading() as session:
        run_id = session.scalars(select(WashRun.id).where(WashRun.code == run, WashRun.site_id == world.site_id)).one()
    assert set(in_set(world, case)) == {run_id}
    washed = world.make(washing.record_run_closing, washing.RunClosing(run, 100))
    assert world.lot(washed).recalled
    world.refused(Stopped, quality.record_inspection_start, quality.InspectionStart(washed))


def test_what_is_on_the_road_arrives_recalled(world: World) -> None:
    lot = stages.released(world)
    sent = world.record(transfer.record_sending, transfer.Sending(lot, "S2"))
    opened(world, lot)
    with world.database.reading() as session:
        transit_id = session.scalars(select(Transit.id).where(Transit.sent_by == sent.event_id)).one()
    arrived = world.make(transfer.record_arrival, transfer.Arrival(transit_id, 100), site_id=world.other_site_id)
    assert world.lot(arrived).recalled


def test_recovered_bottles_join_the_set_and_the_rest_is_accounted_for(world: World) -> None:
    case, order = stages.recalled(world)
    back = world.make(recall.record_recall_recovery, recall.RecallRecovery(case, order, 60))
    assert (world.lot(back).stage, world.lot(back).quantity, world.lot(back).recalled) == (Stage.RETURNED, 60, True)
    assert world.lot(back).washed_on is not None
    assert only_line(world, case).missing == 40
    world.record(recall.record_recall_consumption, recall.RecallConsumption(case, order, 30, "drunk"))
    assert only_line(world, case).missing == 10
    world.refused(WrongQuantity, recall.record_recall_recovery, recall.RecallRecovery(case, order, 11))
    world.refused(WrongQuantity, recall.record_recall_closing, recall.RecallClosing(case))
    # What comes back by the usual way is recalled as well, and missing no more.
    usual = world.make(dispatch.record_return, dispatch.Return(order, 10, "we heard of it"))
    assert world.lot(usual).recalled
    assert only_line(world, case).missing == 0
    closed(world, case)
    world.refused(WrongStep, recall.record_recall_recovery, recall.RecallRecovery(case, order, 1))
    world.refused(WrongStep, recall.record_recall_closing, recall.RecallClosing(case))
    assert world.audit().clean


def test_what_is_missing_is_explained_or_the_case_stays_open(world: World) -> None:
    case, _ = stages.recalled(world)
    refusal = world.refused(WrongQuantity, recall.record_recall_closing, recall.RecallClosing(case, "  "))
    assert refusal.values["missing"] == 100
    closed(world, case, "exported; the importer was told")


def test_a_drill_moves_and_stops_nothing(world: World) -> None:
    lot = stages.relabeled(world)
    ordered = world.record(record_order, OrderRequest((OrderedBottles("JU75", 40),), "V1"))
    with world.database.reading() as session:
        order = get_reference(session, ordered)
    world.record(dispatch.record_delivery, dispatch.Delivery(order, lot, 40))
    case = opened(world, lot, drill=True)
    assert not world.lot(lot).recalled
    located = world.record(recall.record_recall_recovery, recall.RecallRecovery(case, order, 40))
    assert (located.kind, located.lot_codes) == (EventKind.RECALL_RECOVERED, ())
    assert world.held(PlaceKind.ORDER_LINE) == 40
    assert only_line(world, case).missing == 0
    world.record(storage.record_split, storage.Split(lot, 10))
    closed(world, case, "all located")
    assert world.audit().clean


def test_a_correction_does_not_bring_bottles_out_of_a_recall(world: World) -> None:
    lot = stages.released(world)
    split = world.record(storage.record_split, storage.Split(lot, 30))
    opened(world, lot)
    wrong = correction.Correction(split.event_id, "not split")
    world.refused(Stopped, correction.record_correction, wrong, "third")


def test_cases_are_numbered_and_found_in_their_territory_only(world: World) -> None:
    lot = stages.released(world)
    assert [opened(world, lot, drill=True), opened(world, lot, drill=True)] == ["R-0001", "R-0002"]
    closing = recall.RecallClosing("R-0001", "x")
    world.refused(NotFound, recall.record_recall_closing, closing, world.stranger, site_id=world.stranger_site_id)


def test_what_cannot_be_recalled_is_refused(world: World) -> None:
    lot = stages.released(world)
    world.refused(NotFound, recall.record_recall_opening, recall.RecallOpening("RUN-NONE", "glass"))
    world.refused(BadInput, recall.record_recall_opening, recall.RecallOpening(lot, " "))
    gone = stages.announced(world)
    world.refused(WrongStep, recall.record_recall_opening, recall.RecallOpening(gone, "glass"))
    case, order = stages.recalled(world)
    world.refused(BadInput, recall.record_recall_consumption, recall.RecallConsumption(case, order, 3, " "))
    other, _ = stages.delivered(world)
    world.refused(BadInput, recall.record_recall_recovery, recall.RecallRecovery(case, other, 3))
