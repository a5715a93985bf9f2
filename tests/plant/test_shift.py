"""The shift report: what came late, what stands too long, and stations with one cause for nearly all rejects."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bottletrack.identifiers import show_code
from bottletrack.reports.shift import find_late_scans, find_one_cause, find_standing_lots
from bottletrack.stations import correction, sorting, storage
from bottletrack.tables import Site
from bottletrack.vocabulary import EventKind, Station
from tests.plant import stages
from tests.plant.world import World


def sort(world: World, *rejects: tuple[str, int]) -> Any:
    lot = stages.collected(world)
    out = (sorting.SortedOut("JU75", 100 - sum(quantity for _, quantity in rejects)),)
    parts = tuple(sorting.SortingReject(*reject) for reject in rejects)
    return world.record(sorting.record_sorting, sorting.Sorting(lot, out, parts)).event_id


def one_cause(world: World, site_id: int | None = None) -> list[tuple[Station, str, int, int]]:
    with world.database.reading() as session:
        found = find_one_cause(session, world.territory_id, site_id or world.site_id, world.now.date())
        return [(each.station, each.defect.code, each.quantity, each.total) for each in found]


def test_one_cause_for_more_than_four_of_five_rejects(world: World) -> None:
    sort(world, ("CR01", 7))
    assert one_cause(world) == []  # too few to tell
    first = sort(world, ("CR01", 9), ("MA13", 4))
    assert one_cause(world) == []  # 16 of 20 are no more than four of five
    sort(world, ("CR01", 1))
    assert one_cause(world) == [(Station.SORTING, "CR01", 17, 21)]
    assert one_cause(world, world.other_site_id) == []
    world.record(correction.record_correction, correction.Correction(first, "counted wrong"), "lead")
    assert one_cause(world) == []
    world.next_day()
    assert one_cause(world) == []


def test_lots_that_stand_longer_than_usual(world: World) -> None:
    def standing(after: timedelta) -> set[int]:
        with world.database.reading() as session:
            return {each.lot_id for each in find_standing_lots(session, world.site_id, world.now + after)}

    lot, held = stages.sorted_out(world), stages.hold(world, stages.sorted_out(world))
    for _ in range(4):
        stages.soaking(world)
    # Nobody knows yet how long is usual.
    assert standing(timedelta(days=2)) == set()
    soaking = stages.soaking(world)
    assert standing(timedelta(0)) == set()
    late = standing(timedelta(days=2))
    assert world.lot(lot).id in late
    assert not late & {world.lot(held).id, world.lot(soaking).id}
    # What waits for an order does not stand.
    for _ in range(2):
        assert world.lot(stages.released(world)).id not in standing(timedelta(days=2))
    world.record(storage.record_breakage, storage.Breakage(lot, 100, "fell"))
    assert world.lot(lot).id not in standing(timedelta(days=2))


@pytest.mark.parametrize(("minutes", "told"), [(9, False), (11, True)])
def test_scans_that_came_late(world: World, minutes: int, told: bool) -> None:
    lot = stages.sorted_out(world)
    world.now = datetime.now(UTC) - timedelta(minutes=minutes)
    held = world.scan("operator")
    world.send(storage.record_hold, storage.LotReason(lot, "glass"), held)

    def found(site_id: int, back: int = 0) -> list[tuple[EventKind, tuple[str, ...]]]:
        with world.database.reading() as session:
            day = held.happened_at.astimezone(ZoneInfo(session.get_one(Site, site_id).timezone)).date()
            scans = find_late_scans(session, site_id, day - timedelta(days=back))
        return [(each.kind, each.lots) for each in scans if each.late >= timedelta(minutes=minutes)]

    assert found(world.site_id) == ([(EventKind.HELD, (show_code(lot),))] if told else [])
    assert found(world.other_site_id) == []
    assert found(world.site_id, back=1) == []
