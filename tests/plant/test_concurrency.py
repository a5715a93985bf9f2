"""Many at once: never more than there is, each refusal a plain one, each scan counted once."""

import multiprocessing
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from functools import cache

import pytest
from sqlalchemy import func, select

from bottletrack.database import Database
from bottletrack.errors import Conflict, Refusal, WrongQuantity, WrongStep
from bottletrack.orders import Cancellation, Reservation, record_cancellation, record_reservation
from bottletrack.scans import Recorded, Scan
from bottletrack.stations import correction, storage
from bottletrack.tables import Event
from tests.plant import stages
from tests.plant.world import Verb, World

WRITERS = 32
#: What each asks for, so that all of them together ask for 1.5 times a lot of 640.
PORTION = 30
THERE = WRITERS * PORTION * 2 // 3

Job = tuple[Verb, object, Scan]


def ask(verb: Verb, content: object, scan: Scan, database: Database) -> Recorded | str:
    """What was recorded, or the refusal's word; anything else comes out as an exception."""
    try:
        with database.writing() as session:
            return verb(session, content, scan)
    except Refusal as refusal:
        return refusal.code


@cache
def connected(url: str) -> Database:
    """A process's own connections; of each database it needs one."""
    return Database(url, connections=1)


def ask_from_elsewhere(verb: Verb, content: object, scan: Scan, url: str) -> Recorded | str:
    return ask(verb, content, scan, connected(url))


def by_threads(database: Database, jobs: list[Job]) -> list[Recorded | str]:
    with ThreadPoolExecutor(WRITERS) as pool:
        return [future.result(120) for future in [pool.submit(ask, *job, database) for job in jobs]]


def by_processes(database: Database, jobs: list[Job]) -> list[Recorded | str]:
    # Forked from a server that has none of this process's threads and connections, only its modules.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(WRITERS // 2, context) as pool:
        waiting = [pool.submit(ask_from_elsewhere, *job, database.url) for job in jobs]
        return [future.result(120) for future in waiting]


Run = Callable[[Database, list[Job]], list[Recorded | str]]


@pytest.mark.parametrize("run", [by_threads, by_processes])
def test_no_more_is_promised_than_there_is(own_world: World, run: Run) -> None:
    lot = stages.relabeled(own_world, THERE)
    order_names = [stages.placed(own_world, PORTION) for _ in range(WRITERS)]
    jobs: list[Job] = [
        (record_reservation, Reservation(order, lot, PORTION), own_world.scan()) for order in order_names
    ]
    answers = run(own_world.database, jobs)
    recorded = [answer for answer in answers if isinstance(answer, Recorded)]
    refused = Counter(answer for answer in answers if not isinstance(answer, Recorded))
    assert len(recorded) == THERE // PORTION
    assert refused == {WrongQuantity.code: WRITERS - THERE // PORTION}
    assert own_world.lot(lot).free == THERE % PORTION
    assert own_world.audit().clean


@pytest.mark.parametrize("run", [by_threads, by_processes])
def test_no_more_leaves_a_lot_than_there_is(own_world: World, run: Run) -> None:
    lot = stages.released(own_world, THERE)
    jobs: list[Job] = [
        (storage.record_split, storage.Split(lot, PORTION), own_world.scan())
        if number % 2
        else (storage.record_breakage, storage.Breakage(lot, PORTION), own_world.scan())
        for number in range(WRITERS)
    ]
    answers = run(own_world.database, jobs)
    recorded = [answer for answer in answers if isinstance(answer, Recorded)]
    assert len(recorded) == THERE // PORTION
    assert set(answers) - set(recorded) <= {WrongQuantity.code, WrongStep.code}
    assert own_world.lot(lot).quantity == THERE % PORTION
    report = own_world.audit()
    assert report.clean, report.findings
    # Numbered one by one, whoever came first.
    numbers = sorted(answer.sequence for answer in recorded)
    assert numbers == list(range(numbers[0], numbers[0] + len(recorded)))


@pytest.mark.parametrize("run", [by_threads, by_processes])
def test_the_same_scan_sent_eight_times_at_once_counts_once(own_world: World, run: Run) -> None:
    lot = stages.released(own_world)
    job: Job = (storage.record_split, storage.Split(lot, 40), own_world.scan())
    answers = run(own_world.database, [job] * 8)
    first = [answer for answer in answers if isinstance(answer, Recorded) and not answer.again]
    assert len(first) == 1
    assert all(answer == replace(first[0], again=True) for answer in answers if answer is not first[0])
    assert own_world.lot(lot).quantity == 60
    with own_world.database.reading() as session:
        assert session.scalar(select(func.count()).where(Event.id == first[0].event_id)) == 1
    assert own_world.audit().clean


@pytest.mark.parametrize("run", [by_threads, by_processes])
def test_of_two_corrections_at_once_one_wins(own_world: World, run: Run) -> None:
    lots = [stages.released(own_world) for _ in range(4)]
    broken = [own_world.record(storage.record_breakage, storage.Breakage(lot, 7)) for lot in lots]
    jobs: list[Job] = [
        (correction.record_correction, correction.Correction(event.event_id, "not broken"), own_world.scan(by))
        for event in broken
        for by in ("second", "third")
    ]
    answers = run(own_world.database, jobs)
    for mine, theirs in zip(answers[::2], answers[1::2], strict=True):
        assert isinstance(mine, Recorded) != isinstance(theirs, Recorded)
        assert {mine, theirs} & {WrongStep.code, Conflict.code}
    assert [own_world.lot(lot).quantity for lot in lots] == [100] * 4
    assert own_world.audit().clean


def test_two_sites_serve_an_order_while_it_is_cancelled(own_world: World) -> None:
    """Sites do not wait for one another's turn, so here the order itself is what they take in turns."""
    own_lot = stages.relabeled(own_world, 320)
    other_lot = stages.relabeled(own_world, 320, at=own_world.other_site_id)
    order_names = [stages.placed(own_world, 40) for _ in range(8)]
    jobs: list[Job] = []
    for order in order_names:
        for lot, site_id in ((own_lot, own_world.site_id), (other_lot, own_world.other_site_id)):
            jobs.append((record_reservation, Reservation(order, lot, 30), own_world.scan(site_id=site_id)))
        jobs.append((record_cancellation, Cancellation(order), own_world.scan(site_id=own_world.other_site_id)))
    answers = by_threads(own_world.database, jobs)
    assert {answer for answer in answers if isinstance(answer, str)} <= {WrongQuantity.code, WrongStep.code}
    report = own_world.audit()
    assert report.clean, report.findings
