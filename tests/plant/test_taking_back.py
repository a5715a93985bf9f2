"""What a lead may take back and until when, as the plant's transition table says in its column "undo"."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bottletrack.errors import NotAllowed, Stopped, WrongStep
from bottletrack.stations import collection, correction, dispatch, merging, recall, storage, transfer, washer, washing
from bottletrack.stations.correction import REVERSIBLE, Limit, in_time
from bottletrack.tables import Transit, WashRun
from bottletrack.vocabulary import PlaceKind, Stage
from tests.plant import stages
from tests.plant.world import World


def mistake(event_id: uuid.UUID) -> correction.Correction:
    return correction.Correction(event_id, "it was not so")


def taken_back(world: World, event_id: uuid.UUID, site_id: int | None = None) -> None:
    world.record(correction.record_correction, mistake(event_id), site_id=site_id)
    report = world.audit()
    assert report.clean, report.findings


def stays(world: World, event_id: uuid.UUID) -> WrongStep:
    refusal = world.refused(WrongStep, correction.record_correction, mistake(event_id))
    assert isinstance(refusal, WrongStep)
    return refusal


# Time


@pytest.mark.parametrize(
    ("limit", "hours", "allowed"),
    [
        (Limit.SAME_SHIFT, 12, True),
        (Limit.SAME_SHIFT, 12.01, False),
        # From 22:30 on, another day has begun in Paris an hour and a half later.
        (Limit.SAME_DAY, 1.4, True),
        (Limit.SAME_DAY, 1.5, False),
        (Limit.UNTOUCHED, 10_000, True),
    ],
)
def test_the_clock_of_the_site_decides(limit: Limit, hours: float, allowed: bool) -> None:
    then = datetime(2026, 1, 5, 21, 30, tzinfo=UTC)
    assert in_time(limit, then, then + timedelta(hours=hours), "Europe/Paris") is allowed


def test_a_collection_is_taken_back_on_its_day(world: World) -> None:
    first = world.record(collection.record_collection, collection.Collection("P1", 100, 98))
    world.now = world.now.replace(hour=20)
    taken_back(world, first.event_id)
    second = world.record(collection.record_collection, collection.Collection("P1", 100))
    world.now += timedelta(hours=6)
    stays(world, second.event_id)


def test_breakage_is_taken_back_within_the_shift(world: World) -> None:
    first, second = (
        world.record(storage.record_breakage, storage.Breakage(stages.sorted_out(world), 3)).event_id for _ in range(2)
    )
    world.now += timedelta(hours=11)
    taken_back(world, first)
    world.now += timedelta(hours=2)
    assert stays(world, second).values["hours"] == 12


def test_rejects_of_a_run_are_taken_back_within_the_shift_and_passed_bottles_before_their_control(world: World) -> None:
    passed, rejected = (stages.running(world, stages.sorted_out(world)) for _ in range(2))
    good = world.record(washing.record_run_closing, washing.RunClosing(passed, passed=100))
    mixed = washing.RunClosing(rejected, passed=90, rejects=(washing.RunReject("CR02", 10),))
    bad = world.record(washing.record_run_closing, mixed)
    world.next_day()
    stays(world, bad.event_id)
    taken_back(world, good.event_id)
    assert world.held(PlaceKind.WASH_RUN) == 100


def test_outputs_are_taken_back_while_the_run_is_open(world: World) -> None:
    run = stages.running(world, stages.sorted_out(world))
    taken = world.record(washing.record_run_output, washing.RunOutput(run, passed=40))
    closed = world.record(washing.record_run_closing, washing.RunClosing(run, passed=60))
    stays(world, taken.event_id)
    taken_back(world, closed.event_id)
    taken_back(world, taken.event_id)
    assert world.held(PlaceKind.WASH_RUN) == 100


# Before the start of a run


def test_a_run_is_unloaded_before_its_start_only(world: World) -> None:
    lot = stages.sorted_out(world)
    run = stages.open_run(world)
    loading = world.record(washing.record_run_loading, washing.RunLoading(run, lot))
    stages.start(world, run)
    stays(world, loading.event_id)
    with world.database.reading() as session:
        started = session.scalars(select(WashRun.started_by).where(WashRun.code == run)).one()
    assert started is not None
    taken_back(world, started)
    taken_back(world, loading.event_id)
    assert (world.lot(lot).quantity, world.lot(lot).stage) == (100, Stage.SORTED)


def test_a_start_stays_once_something_came_out(world: World) -> None:
    run = stages.open_run(world, stages.sorted_out(world))
    stages.take_readings(world, run)
    started = world.record(washer.record_run_start, washer.RunStart(run))
    world.record(washing.record_run_output, washing.RunOutput(run, passed=40))
    stays(world, started.event_id)


def test_what_quality_refused_is_not_unloaded(world: World) -> None:
    loading = washing.RunLoading(stages.open_run(world), stages.blocked(world))
    stays(world, world.record(washing.record_refused_loading, loading).event_id)


# Lots


def test_merged_lots_are_parted_again(world: World) -> None:
    first, second = stages.released(world, 40), stages.released(world, 60)
    merged = world.record(merging.record_release_merge, merging.Merge(first, (second,)))
    taken_back(world, merged.event_id)
    assert (world.lot(first).quantity, world.lot(second).quantity) == (40, 60)
    assert world.lot(merged.lot_codes[0]).quantity == 0


def test_a_merge_stays_once_its_lot_has_gone_on(world: World) -> None:
    merge = merging.Merge(stages.sorted_out(world), (stages.sorted_out(world),))
    merged = world.record(merging.record_merge, merge)
    world.record(storage.record_breakage, storage.Breakage(merged.lot_codes[0], 1))
    stays(world, merged.event_id)


def test_a_recalled_lot_is_not_moved_by_pen(world: World) -> None:
    lot = stages.sorted_out(world)
    part = world.record(storage.record_split, storage.Split(lot, 40))
    world.record(recall.record_recall_opening, recall.RecallOpening(lot, drill=False, reason="odd smell"))
    world.refused(Stopped, correction.record_correction, mistake(part.event_id))


# Roads


def test_what_is_on_the_road_is_called_back(world: World) -> None:
    lot = stages.sorted_out(world)
    sent = world.record(transfer.record_sending, transfer.Sending(lot, "S2", 60))
    taken_back(world, sent.event_id)
    assert (world.lot(lot).quantity, world.held(PlaceKind.TRANSIT)) == (100, 0)


def test_an_arrival_is_taken_back_before_the_sending(world: World) -> None:
    lot = stages.sorted_out(world, at=world.other_site_id)
    road = stages.on_the_road(world, 60, lot=lot)
    with world.database.reading() as session:
        sent = session.scalars(select(Transit.sent_by).where(Transit.id == road)).one()
    arrived = world.record(transfer.record_arrival, transfer.Arrival(road, 59, "one broke"))
    world.refused(WrongStep, correction.record_correction, mistake(sent), site_id=world.other_site_id)
    taken_back(world, arrived.event_id)
    assert world.held(PlaceKind.TRANSIT) == 60
    world.record(transfer.record_arrival, transfer.Arrival(road, 60))
    report = world.audit()
    assert report.clean, report.findings


# What is never taken back


@pytest.mark.parametrize(
    "happens",
    [
        lambda world: world.record(
            transfer.record_handing_over, transfer.HandingOver(stages.sorted_out(world), 5, "Verrerie")
        ),
        lambda world: world.record(
            dispatch.record_return, dispatch.Return(stages.delivered(world)[0], 5, "broken corks", refused=True)
        ),
        lambda world: world.record(
            collection.record_lot_void, collection.EmptyCode(stages.announced(world), "misprinted")
        ),
        lambda world: world.record(storage.record_hold, storage.LotReason(stages.sorted_out(world), "smells")),
    ],
    ids=["handed over", "refused", "voided", "held"],
)
def test_this_stays(world: World, happens: Callable[[World], object]) -> None:
    event = happens(world)
    assert event.kind not in REVERSIBLE  # type: ignore[attr-defined]
    stays(world, event.event_id)  # type: ignore[attr-defined]


# One's own, by somebody who is no lead


def test_an_operator_undoes_their_own_latest_scans_one_after_the_other(world: World) -> None:
    lot = stages.sorted_out(world, 50)
    first, second = (world.record(storage.record_breakage, storage.Breakage(lot, n), "operator") for n in (3, 4))
    undo = correction.record_correction
    world.refused(WrongStep, undo, mistake(first.event_id), "operator")
    world.record(undo, mistake(second.event_id), "operator")
    world.record(undo, mistake(first.event_id), "operator")
    assert world.lot(lot).quantity == 50
    assert world.audit().clean


def test_an_own_scan_is_undone_a_moment_later_only(world: World) -> None:
    broken = world.record(storage.record_breakage, storage.Breakage(stages.sorted_out(world), 3), "operator")
    world.now += timedelta(minutes=9)
    world.now += timedelta(seconds=1)
    refusal = world.refused(WrongStep, correction.record_correction, mistake(broken.event_id), "operator")
    assert refusal.values["minutes"] == 10
    world.now -= timedelta(seconds=1)
    world.record(correction.record_correction, mistake(broken.event_id), "operator")


def test_nobody_but_a_lead_undoes_what_others_recorded(world: World) -> None:
    broken = world.record(storage.record_breakage, storage.Breakage(stages.sorted_out(world), 3), "operator")
    for other in ("driver", "quality", "coordinator"):
        world.refused(NotAllowed, correction.record_correction, mistake(broken.event_id), other)
    world.record(correction.record_correction, mistake(broken.event_id), "lead")


def test_an_own_scan_that_went_on_in_other_hands_stays(world: World) -> None:
    lot = stages.sorted_out(world)
    broken = world.record(storage.record_breakage, storage.Breakage(lot, 3), "operator")
    world.record(storage.record_breakage, storage.Breakage(lot, 1), "lead")
    world.refused(WrongStep, correction.record_correction, mistake(broken.event_id), "operator")
