"""Washing: what a run takes, when it may start, what comes off it, and what a bad bath does to it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from bottletrack.errors import BadInput, NotAllowed, NotFound, WrongQuantity, WrongStep
from bottletrack.founding import add_winery
from bottletrack.measuring import Reading
from bottletrack.runs import Run, find_run
from bottletrack.scans import Recorded
from bottletrack.stations import presoak, recall, second_look, storage, washer, washing
from bottletrack.tables import Event, LabelRemains, LotState, Measurement, Washer
from bottletrack.vocabulary import EventKind, PlaceKind, Stage, WashProgram
from tests.plant import stages
from tests.plant.world import World

LOT, RUN, CULLET, BROKEN = PlaceKind.LOT, PlaceKind.WASH_RUN, PlaceKind.CULLET, PlaceKind.BROKEN


def run_of(world: World, code: str) -> Run:
    with world.database.reading() as session:
        run = find_run(session, world.site_id, code)
    assert run is not None
    return run


def load(world: World, run: str, lot: str, quantity: int | None = None) -> Recorded:
    return world.record(washing.record_run_loading, washing.RunLoading(run, lot, quantity))


def refuse_load(world: World, run: str, lot: str) -> str:
    return str(world.refused(WrongStep, washing.record_run_loading, washing.RunLoading(run, lot)))


def event_of(world: World, recorded: Recorded) -> Event:
    with world.database.reading() as session:
        event = session.get_one(Event, recorded.event_id)
        session.expunge(event)
    return event


# Opening and loading


def test_a_run_is_opened_on_a_cleared_line(world: World) -> None:
    for clear in (None, *(replace(stages.LINE_CLEAR, **{name: False}) for name in vars(stages.LINE_CLEAR))):
        world.refused(BadInput, washing.record_run_opening, washing.RunOpening(line_clear=clear))
    recorded = world.record(washing.record_run_opening, washing.RunOpening(line_clear=stages.LINE_CLEAR), "operator")
    assert set(event_of(world, recorded).readings["line_clear"].values()) == {True}


def test_a_run_takes_one_model_owner_and_pass(world: World) -> None:
    run = stages.open_run(world, stages.sorted_out(world))
    for lot in (stages.sorted_out(world, model="CL62"), stages.sorted_out(world, owner="V1"), stages.rework(world)):
        refuse_load(world, run, lot)
    load(world, run, stages.sorted_out(world), 40)
    world.record(washing.record_run_closing, washing.RunClosing(stages.start(world, run), 140))


def test_a_bottle_too_tall_for_the_washer_is_not_loaded(world: World) -> None:
    tall = stages.sorted_out(world, model="AL75")
    assert "does not fit" in refuse_load(world, stages.open_run(world), tall)
    with world.database.writing() as session:
        session.add(Washer(site_id=world.site_id, code="L2", name="L2", below_height_mm=400, max_diameter_mm=100))
    opening = washing.RunOpening(code="RUN-TALL", washer_code="l2", line_clear=stages.LINE_CLEAR)
    world.record(washing.record_run_opening, opening)
    load(world, "RUN-TALL", tall)
    unknown = replace(opening, code="RUN-L3", washer_code="L3")
    world.refused(NotFound, washing.record_run_opening, unknown)


def test_a_rinse_is_for_clean_lots_that_are_too_old(world: World) -> None:
    rinse = stages.open_run(world, program=WashProgram.RINSE)
    refuse_load(world, rinse, stages.sorted_out(world))
    rinse = stages.running(world, stages.expired(world), WashProgram.RINSE)
    fresh = world.lot(world.make(washing.record_run_closing, washing.RunClosing(rinse, 100)))
    assert (fresh.stage, fresh.pass_number, fresh.washed_on) == (Stage.WASHED, 1, world.now.date())


def test_what_quality_refused_and_label_trials_are_loaded_by_quality_only(world: World) -> None:
    for lot in (stages.blocked(world), stages.trial(world)):
        run = stages.open_run(world)
        assert "stage" in refuse_load(world, run, lot)
        world.record(washing.record_refused_loading, washing.RunLoading(run, lot), "quality")
        world.record(washing.record_run_closing, washing.RunClosing(stages.start(world, run), 100))
    plain = washing.RunLoading(stages.open_run(world), stages.sorted_out(world))
    world.refused(WrongStep, washing.record_refused_loading, plain)


def test_a_returned_lot_is_washed_once_somebody_has_inspected_it(world: World) -> None:
    lot = stages.returned(world)
    run = stages.open_run(world)
    assert "inspected" in refuse_load(world, run, lot)
    inspected = second_look.ReturnInspection(lot, wash_again=True)
    world.record(second_look.record_return_inspection, inspected, "quality")
    load(world, run, lot)
    assert run_of(world, run).quantity == 100


def test_nothing_is_loaded_once_the_line_runs(world: World) -> None:
    run = stages.running(world, stages.sorted_out(world))
    assert "has started" in refuse_load(world, run, stages.sorted_out(world))
    world.refused(WrongStep, washer.record_run_start, washer.RunStart(run))


# Readings and the start


def test_the_start_is_locked_until_fresh_readings_are_inside(world: World) -> None:
    start = washer.RunStart(stages.open_run(world))
    assert "is empty" in str(world.refused(WrongStep, washer.record_run_start, start))
    load(world, start.run_code, stages.sorted_out(world))
    assert "was not read" in str(world.refused(WrongStep, washer.record_run_start, start))
    stages.take_readings(world, start.run_code, bath2_temperature_celsius="60")
    refusal = world.refused(WrongStep, washer.record_run_start, start)
    assert refusal.field == "bath2_temperature_celsius"
    assert "outside" in str(refusal)
    # A cold bath before the start spoils nothing: the bottles are not in it.
    assert run_of(world, start.run_code).held_by is None
    stages.take_readings(world, start.run_code)
    world.now += timedelta(minutes=30)
    assert "more than 30 minutes ago" in str(world.refused(WrongStep, washer.record_run_start, start))
    stages.take_readings(world, start.run_code)
    world.now += timedelta(minutes=29)
    recorded = world.record(washer.record_run_start, start, "operator")
    assert run_of(world, start.run_code).started_by == recorded.event_id


def test_readings_of_another_run_do_not_unlock_the_start(world: World) -> None:
    other, run = (stages.open_run(world, stages.sorted_out(world)) for _ in range(2))
    stages.take_readings(world, other)
    world.refused(WrongStep, washer.record_run_start, washer.RunStart(run))


def test_a_decimal_slip_asks_for_a_second_look_and_keeps_both_values(world: World) -> None:
    run = stages.open_run(world)
    stages.take_readings(world, run, bath2_naoh_percent="2.1")

    def soda(value: str, first: str | None = None) -> washer.RunReadings:
        first_typed = None if first is None else Decimal(first)
        return washer.RunReadings(run, (Reading("bath2_naoh_percent", Decimal(value), first_typed),))

    refusal = world.refused(BadInput, washer.record_run_readings, soda("21"))
    assert (refusal.field, refusal.values) == ("bath2_naoh_percent", {"value": Decimal(21), "last": Decimal("2.1")})
    world.refused(BadInput, washer.record_run_readings, soda("22", "21"))
    corrected = world.record(washer.record_run_readings, soda("2.1", "21"))
    confirmed = world.record(washer.record_run_readings, soda("21", "21"))
    with world.database.reading() as session:
        kept = {
            row.event_id: (row.value, row.first_typed, row.low, row.high, row.inside)
            for row in session.scalars(
                select(Measurement).where(Measurement.event_id.in_((corrected.event_id, confirmed.event_id)))
            )
        }
    low, high = Decimal(2), Decimal("2.7")
    assert kept == {
        corrected.event_id: (Decimal("2.1"), Decimal(21), low, high, True),
        confirmed.event_id: (Decimal(21), Decimal(21), low, high, False),
    }


def test_the_first_reading_of_a_site_is_compared_with_the_target(world: World) -> None:
    slip = washer.RunReadings(stages.open_run(world), (Reading("bath2_temperature_celsius", Decimal(8)),))
    refusal = world.refused(BadInput, washer.record_run_readings, slip)
    assert "The usual value is 80" in str(refusal)


def test_readings_that_make_no_sense(world: World) -> None:
    run = stages.open_run(world)
    for readings, refusal in (
        ((), BadInput),
        ((Reading("final_rinse_ph", Decimal(7)), Reading("final_rinse_ph", Decimal("7.1"))), BadInput),
        ((Reading("final_rinse_ph", Decimal("NaN")),), BadInput),
        ((Reading("final_rinse_ph", Decimal(-7)),), BadInput),
        ((Reading("bath9", Decimal(7)),), NotFound),
    ):
        world.refused(refusal, washer.record_run_readings, washer.RunReadings(run, readings))


# The hold


def test_a_reading_outside_holds_what_has_passed_and_what_will(world: World) -> None:
    run = stages.running(world, stages.sorted_out(world))
    first = world.make(washing.record_run_output, washing.RunOutput(run, 30))
    cold = stages.take_readings(world, run, "lead", bath2_temperature_celsius="71")
    stages.take_readings(world, run)
    second = world.make(washing.record_run_output, washing.RunOutput(run, 30))
    third = world.make(washing.record_run_closing, washing.RunClosing(run, 40))
    assert run_of(world, run).held_by == cold.event_id
    assert {world.lot(lot).hold_event_id for lot in (first, second, third)} == {cold.event_id}
    # Whoever took the reading does not lift the hold.
    world.refused(NotAllowed, storage.record_hold_lift, storage.LotReason(second, "fine"), "lead")
    world.record(storage.record_hold_lift, storage.LotReason(second, "washed again in the lab"), "quality")
    assert not world.lot(second).held
    report = world.audit()
    assert report.clean, report.findings


def test_a_lot_lifted_after_the_first_bad_reading_is_held_by_the_next(world: World) -> None:
    run = stages.running(world, stages.sorted_out(world))
    lot = world.make(washing.record_run_output, washing.RunOutput(run, 30))
    cold = stages.take_readings(world, run, "operator", final_rinse_ph="9")
    world.record(storage.record_hold_lift, storage.LotReason(lot, "a dirty probe"), "quality")
    colder = stages.take_readings(world, run, "operator", final_rinse_ph="9.5")
    assert (run_of(world, run).held_by, world.lot(lot).hold_event_id) == (cold.event_id, colder.event_id)


def test_a_journal_that_tells_of_a_cold_bath_holds_the_run_too(world: World) -> None:
    run = stages.open_run(world, stages.sorted_out(world))
    readings = (Reading("bath2_temperature_celsius", Decimal(60)),)
    world.send(washer.record_run_readings, washer.RunReadings(run, readings), replace(world.scan(), historical=True))
    closing = world.send(
        washing.record_run_closing, washing.RunClosing(run, 98, broken=2), replace(world.scan(), historical=True)
    )
    assert world.lot(closing.lot_codes[0]).held
    report = world.audit()
    assert report.clean, report.findings


# Stops, outputs, closing


def test_a_stop_has_a_reason_and_minutes(world: World) -> None:
    standing = stages.open_run(world, stages.sorted_out(world))
    run = stages.running(world, stages.sorted_out(world))
    stop = washer.LineStop(run, "jam at the infeed", 12, flushed=True)
    world.refused(WrongStep, washer.record_line_stop, replace(stop, run_code=standing))
    for wrong in ({"reason": " "}, {"minutes": 0}, {"minutes": 1441}):
        world.refused(BadInput, washer.record_line_stop, replace(stop, **wrong))
    event = event_of(world, world.record(washer.record_line_stop, stop, "operator"))
    assert (event.reason, event.readings) == ("jam at the infeed", {"run": run, "minutes": 12, "flushed": True})


def test_a_run(world: World) -> None:
    run = stages.running(world, stages.sorted_out(world))
    rejects = (washing.RunReject("CR02", 5), washing.RunReject("MA09", 2))
    closing = washing.RunClosing(
        run, 80, 10, "MA01", None, rejects, 3, "exit", glass_cleared=True, readings={"water_m3": "1.6"}
    )
    recorded = world.record(washing.record_run_closing, closing, "operator")
    assert world.moved(recorded) == [
        (RUN, LOT, 80, None),
        (RUN, LOT, 10, "MA01"),
        (RUN, CULLET, 5, "CR02"),
        (RUN, CULLET, 2, "MA09"),
        (RUN, BROKEN, 3, None),
    ]
    passed, rework = map(world.lot, recorded.lot_codes)
    assert (passed.stage, passed.pass_number, passed.washed_on) == (Stage.WASHED, 1, world.now.date())
    assert (rework.stage, rework.pass_number, rework.washed_on) == (Stage.REWORK, 1, None)
    assert event_of(world, recorded).readings == {"water_m3": "1.6", "broken_zone": "exit"}
    world.refused(WrongStep, washing.record_run_loading, washing.RunLoading(run, stages.sorted_out(world)))
    world.refused(WrongStep, washing.record_run_closing, closing)
    world.refused(WrongStep, washer.record_run_abort, washer.RunAbort(run, "too late"))
    again = washing.RunOpening(code=run, line_clear=stages.LINE_CLEAR)
    world.refused(BadInput, washing.record_run_opening, again)


def test_outputs_are_taken_until_nothing_is_left(world: World) -> None:
    run = stages.running(world, stages.sorted_out(world))
    world.refused(BadInput, washing.record_run_output, washing.RunOutput(run))
    pallets = [world.make(washing.record_run_output, washing.RunOutput(run, 40)) for _ in range(2)]
    assert [world.lot(pallet).quantity for pallet in pallets] == [40, 40]
    world.refused(WrongQuantity, washing.record_run_output, washing.RunOutput(run, 21))
    world.refused(WrongQuantity, washing.record_run_closing, washing.RunClosing(run))
    world.record(
        washing.record_run_output, washing.RunOutput(run, 0, 15, "MA01", None, (washing.RunReject("CR02", 5),))
    )
    closed = world.record(washing.record_run_closing, washing.RunClosing(run, note="all out"))
    assert (closed.lot_codes, run_of(world, run).closed_by) == ((), closed.event_id)
    report = world.audit()
    assert report.clean, report.findings


def test_nothing_comes_out_of_a_run_that_has_not_started(world: World) -> None:
    run = stages.open_run(world, stages.sorted_out(world))
    world.refused(WrongStep, washing.record_run_output, washing.RunOutput(run, 100))
    world.refused(WrongStep, washing.record_run_closing, washing.RunClosing(run, 100))


@pytest.mark.parametrize("closing", [{"passed": 99}, {"passed": 100, "broken": 1}, {"passed": 110, "rework": -10}, {}])
def test_a_run_that_does_not_balance(world: World, closing: dict[str, int]) -> None:
    run = stages.running(world, stages.sorted_out(world))
    with world.nothing_written(), pytest.raises((WrongQuantity, BadInput)):
        world.record(washing.record_run_closing, washing.RunClosing(run, **closing))  # type: ignore[arg-type]


@pytest.mark.parametrize("readings", [{"water": "2"}, {"water_m3": "-2"}, {"gas_m3": "much"}])
def test_meters_that_make_no_sense(world: World, readings: dict[str, Any]) -> None:
    closing = washing.RunClosing(stages.running(world, stages.sorted_out(world)), 100, readings=readings)
    world.refused(BadInput, washing.record_run_closing, closing)


def test_broken_glass_is_cleared_before_it_is_counted(world: World) -> None:
    output = washing.RunOutput(stages.running(world, stages.sorted_out(world)), broken=2)
    for missing in ({"broken_zone": "exit"}, {"glass_cleared": True}, {"broken_zone": " ", "glass_cleared": True}):
        world.refused(BadInput, washing.record_run_output, replace(output, **missing))
    recorded = world.record(washing.record_run_output, replace(output, broken_zone="exit", glass_cleared=True))
    assert event_of(world, recorded).readings == {"broken_zone": "exit"}


def test_there_is_no_third_pass_of_rework(world: World) -> None:
    run = stages.running(world, stages.rework(world))
    again = washing.RunClosing(run, 60, 40, "MA01")
    world.refused(WrongStep, washing.record_run_closing, again)
    recorded = world.record(
        washing.record_run_closing, washing.RunClosing(run, 60, rejects=(washing.RunReject("MA03", 40),))
    )
    assert world.lot(recorded.lot_codes[0]).pass_number == 2


def test_rework_joins_what_waits_for_the_second_pass(world: World) -> None:
    waiting = stages.rework(world)
    run = stages.running(world, stages.sorted_out(world))
    world.record(washing.record_run_closing, washing.RunClosing(run, 80, 20, "MA01", waiting))
    assert world.lot(waiting).quantity == 120
    other = stages.running(world, stages.sorted_out(world, model="CL62"))
    mixed = washing.RunClosing(other, 80, 20, "MA01", waiting)
    world.refused(WrongStep, washing.record_run_closing, mixed)


# Labels that remain


def remains(world: World, recorded: Recorded) -> list[tuple[int | None, int]]:
    with world.database.reading() as session:
        rows = session.scalars(
            select(LabelRemains).where(LabelRemains.event_id == recorded.event_id).order_by(LabelRemains.position)
        )
        return [(row.winery_id, row.quantity) for row in rows]


def test_labels_that_remain_count_against_whose_they_are(world: World) -> None:
    with world.database.writing() as session:
        winery_id = add_winery(session, world.territory_id, code="V7", name="V7")
    run = stages.running(world, stages.sorted_out(world))
    rejects = (
        washing.RunReject("MA03", 4, winery_code="V7"),
        washing.RunReject("MA03", 6),  # nobody knows whose
        washing.RunReject("CR02", 1),
    )
    output = washing.RunOutput(run, 79, 9, "MA01", rejects=rejects, rework_winery_code="V7")
    recorded = world.record(washing.record_run_output, output)
    assert remains(world, recorded) == [(winery_id, 4), (winery_id, 9)]
    for wrong, refusal in (
        (washing.RunReject("CR02", 1, winery_code="V7"), BadInput),
        (washing.RunReject("MA03", 1, label_code="E-99"), NotFound),
        (washing.RunReject("MA03", 1, winery_code="V9"), NotFound),
    ):
        world.refused(refusal, washing.record_run_output, washing.RunOutput(run, rejects=(wrong,)))


def test_labels_on_a_winemakers_own_bottles_are_the_winemakers(world: World) -> None:
    lot = stages.sorted_out(world, owner="V1")
    run = stages.running(world, lot)
    recorded = world.record(washing.record_run_output, washing.RunOutput(run, 0, 30, "MA02"))
    assert remains(world, recorded) == [(world.lot(lot).owner_winery_id, 30)]


# A run that is given up


def test_a_run_given_up_gives_every_lot_back_what_it_gave(world: World) -> None:
    whole, part = stages.sorted_out(world), stages.sorted_out(world)
    run = stages.open_run(world, whole)
    load(world, run, part, 40)
    stages.take_readings(world, run, bath2_temperature_celsius="50")
    world.refused(BadInput, washer.record_run_abort, washer.RunAbort(run, " "), "lead")
    recorded = world.record(washer.record_run_abort, washer.RunAbort(run, "the bath stays cold"), "lead")
    assert world.moved(recorded) == [(RUN, LOT, 100, None), (RUN, LOT, 40, None)]
    assert [(world.lot(lot).stage, world.lot(lot).quantity) for lot in (whole, part)] == [(Stage.SORTED, 100)] * 2
    refuse_load(world, run, whole)
    # They are washed after all, and nothing of it is a loop.
    again = stages.open_run(world, whole)
    load(world, again, part)
    world.record(washing.record_run_closing, washing.RunClosing(stages.start(world, again), 200))
    report = world.audit()
    assert report.clean, report.findings


def test_an_empty_run_is_given_up_and_a_running_one_is_not(world: World) -> None:
    empty = stages.open_run(world)
    world.record(washer.record_run_abort, washer.RunAbort(empty, "opened twice"), "lead")
    assert run_of(world, empty).closed_by is not None
    run = stages.running(world, stages.sorted_out(world))
    world.refused(WrongStep, washer.record_run_abort, washer.RunAbort(run, "too late"), "lead")


# Presoak


def test_a_lot_soaks_and_its_minutes_are_kept(world: World) -> None:
    lot = stages.sorted_out(world)
    world.refused(BadInput, presoak.record_presoak_start, presoak.PresoakStart(lot, " "))
    started = world.record(presoak.record_presoak_start, presoak.PresoakStart(lot, "B1"), "operator")
    assert (world.lot(lot).stage, event_of(world, started).readings) == (Stage.PRESOAKING, {"bath": "B1"})
    refuse_load(world, stages.open_run(world), lot)
    world.now += timedelta(minutes=43)
    ended = world.record(presoak.record_presoak_end, presoak.PresoakEnd(lot), "operator")
    assert event_of(world, ended).readings["minutes"] == pytest.approx(46, abs=3)
    load(world, stages.open_run(world), lot)
    with world.database.reading() as session:
        kinds = session.scalars(
            select(Event.kind)
            .join(LotState, LotState.event_id == Event.id)
            .where(LotState.lot_id == world.lot(lot).id)
            .order_by(Event.sequence)
        ).all()
    assert kinds[1:] == [EventKind.PRESOAK_STARTED, EventKind.PRESOAK_ENDED, EventKind.RUN_LOADED]


# Recall


def test_what_comes_off_a_recalled_run_is_recalled(world: World) -> None:
    run = stages.running(world, stages.sorted_out(world))
    first = world.make(washing.record_run_output, washing.RunOutput(run, 30))
    world.record(recall.record_recall_opening, recall.RecallOpening(run, "glass found"), "quality")
    later = world.record(washing.record_run_closing, washing.RunClosing(run, 60, 10, "MA01"))
    assert [world.lot(code).recalled for code in (first, *later.lot_codes)] == [True] * 3
    report = world.audit()
    assert report.clean, report.findings


def test_a_recalled_run_that_is_given_up_recalls_its_lots(world: World) -> None:
    lot = stages.sorted_out(world)
    run = stages.open_run(world, lot)
    world.record(recall.record_recall_opening, recall.RecallOpening(run, "glass found"), "quality")
    world.record(washer.record_run_abort, washer.RunAbort(run, "not to be washed"), "lead")
    assert world.lot(lot).recalled
