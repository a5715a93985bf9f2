"""What the database itself refuses, whoever asks: to rewrite history, to overdraw a place, to write while reading."""

import sqlite3

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from bottletrack.database import SAFE_WAL_SQLITE, Database, journal_mode
from bottletrack.errors import Conflict, NotAllowed, WrongQuantity, WrongStep
from bottletrack.ledger import Entry, open_entry
from bottletrack.orders import OrderedBottles, OrderRequest, record_order
from bottletrack.reports.audit import LEDGER
from bottletrack.scans import Recorded, Scan
from bottletrack.stations import correction, quality, storage
from bottletrack.stations.collection import Collection, record_collection
from bottletrack.stations.relabeling import Relabeling, record_relabeling
from bottletrack.tables import Lot, Place
from bottletrack.vocabulary import EventKind, PlaceKind, Stage, Verdict
from tests.plant import stages, trials
from tests.plant.world import World

REWRITES = ("UPDATE {table} SET {column} = {column}", "DELETE FROM {table}")
#: What each database knows besides to get rid of rows.
SHORT_CUTS = {
    "sqlite": "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    "postgresql": "TRUNCATE {table} CASCADE",
}


@pytest.mark.parametrize("table", [*LEDGER, "measurement", "trial_result", "container_use"])
def test_history_is_not_rewritten(world: World, table: str) -> None:
    stages.reserved(world)
    trials.tried_label(world)
    world.record(record_collection, Collection("P1", 9, container="PALOX-7"))
    backend = "sqlite" if world.database.is_sqlite else "postgresql"
    for rewrite in (*REWRITES, SHORT_CUTS[backend]):
        statement = text(rewrite.format(table=table, column="reason" if table == "event" else "event_id"))
        refusal = pytest.raises(DatabaseError, match=f"{table} is append-only")
        with world.nothing_written(), refusal, world.database.writing() as session:
            session.execute(statement)


def test_an_event_in_the_way_is_not_replaced(world: World) -> None:
    """ON CONFLICT DO UPDATE meets the same trigger."""
    stages.collected(world)
    upsert = (
        "INSERT INTO event SELECT * FROM event WHERE territory_id = :id ON CONFLICT (id) DO UPDATE SET reason = 'other'"
    )
    if world.database.is_sqlite:
        upsert = upsert.replace("= :id ON", "= :id AND true ON")
    with pytest.raises(DatabaseError, match="append-only"), world.database.writing() as session:
        session.execute(text(upsert), {"id": world.territory_id})


def _move(session: Session, world: World, origin: int, destination: int, quantity: int) -> None:
    session.execute(
        text(
            "INSERT INTO movement (event_id, from_place_id, to_place_id, quantity, kind, territory_id, happened_on) "
            "SELECT id, :origin, :destination, :quantity, kind, territory_id, '2026-01-05' "
            "FROM event WHERE territory_id = :territory AND sequence = 1"
        ),
        {"origin": origin, "destination": destination, "quantity": quantity, "territory": world.territory_id},
    )


def test_no_place_is_overdrawn_even_by_hand(world: World) -> None:
    lot, other = world.lot(stages.collected(world)), world.lot(stages.collected(world))
    for origin, destination, quantity, name in (
        (lot.id, other.id, 101, "never_negative"),
        (lot.id, other.id, 0, "quantity"),
        (lot.id, other.id, -5, "quantity"),
        (lot.id, other.id, 10_000_001, "quantity"),
        (lot.id, lot.id, 5, "two_places"),
        (lot.id, 999_999_999, 5, "(?i)foreign key"),
    ):
        with (
            world.nothing_written(),
            pytest.raises(IntegrityError, match=name),
            world.database.writing() as session,
        ):
            _move(session, world, origin, destination, quantity)
    with world.database.writing() as session:
        _move(session, world, lot.id, other.id, 100)
    assert (world.lot(lot.code).quantity, world.lot(other.code).quantity) == (0, 200)


def test_no_promise_goes_beyond_the_lot_or_the_order(world: World) -> None:
    lot = world.lot(stages.relabeled(world))
    reference = stages.placed(world, 60)
    with world.database.reading() as session:
        line_id = session.execute(
            text("SELECT l.id FROM order_line l JOIN purchase_order o ON o.id = l.order_id WHERE o.reference = :order"),
            {"order": reference},
        ).scalar_one()
    statement = text(
        "INSERT INTO promise (event_id, lot_id, order_line_id, quantity) SELECT id, :lot, :line, :quantity "
        "FROM event WHERE territory_id = :territory AND sequence = 1"
    )
    for quantity, name in (
        (101, "promised_on_hand|below_ceiling"),
        (61, "below_ceiling"),
        (-1, "not_negative"),
        (0, "ck_promise_quantity"),
    ):
        values = {"lot": lot.id, "line": line_id, "quantity": quantity, "territory": world.territory_id}
        with (
            world.nothing_written(),
            pytest.raises(IntegrityError, match=name),
            world.database.writing() as session,
        ):
            session.execute(statement, values)


def test_a_verb_that_forgets_its_rules_is_refused_in_plain_words(world: World) -> None:
    lot = world.lot(stages.collected(world))

    def careless(session: Session, content: object, scan: Scan) -> Recorded:
        entry = open_entry(session, scan, EventKind.BROKEN, content)
        assert isinstance(entry, Entry)
        entry.move(lot.id, entry.site_place(PlaceKind.BROKEN), 101)
        entry.mark(lot)
        return entry.post()

    world.refused(WrongQuantity, careless, storage.Breakage(lot.code, 101))


@pytest.mark.parametrize("statement", ["DELETE FROM place", "UPDATE site SET name = 'x'", "CREATE TABLE x (y INTEGER)"])
def test_a_reader_cannot_write(world: World, statement: str) -> None:
    refusal = pytest.raises(DatabaseError, match=r"readonly|read-only")
    with world.nothing_written(), refusal, world.database.reading() as session:
        session.execute(text(statement))


def test_a_reader_sees_one_moment(world: World) -> None:
    lot = world.lot(stages.collected(world))
    if world.database.is_sqlite and journal_mode() != "WAL":
        pytest.skip("without WAL a reader keeps writers waiting instead")
    with world.database.reading() as session:
        assert session.get_one(Place, lot.id).quantity == 100
        world.record(storage.record_breakage, storage.Breakage(lot.code, 40))
        session.expire_all()
        assert session.get_one(Place, lot.id).quantity == 100
    assert world.lot(lot.code).quantity == 60


def test_what_fails_half_way_leaves_nothing(world: World) -> None:
    def fails(session: Session, content: Collection, scan: Scan) -> Recorded:
        record_collection(session, content, scan)
        raise ZeroDivisionError

    with world.nothing_written(), pytest.raises(ZeroDivisionError):
        world.record(fails, Collection("P1", 5))


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_sqlite_is_told_to_lose_nothing(own_database: Database) -> None:
    with own_database.writing() as session:
        asked = {name: session.scalar(text(f"PRAGMA {name}")) for name in ("foreign_keys", "synchronous")}
        mode = session.scalar(text("PRAGMA journal_mode"))
    assert asked == {"foreign_keys": 1, "synchronous": 2}
    assert mode == ("wal" if sqlite3.sqlite_version_info >= SAFE_WAL_SQLITE else "truncate")


# Corrections


def test_a_correction_moves_back_and_restores(world: World) -> None:
    lot = stages.released(world)
    split = world.record(storage.record_split, storage.Split(lot, 30))
    back = world.record(correction.record_correction, correction.Correction(split.event_id, "wrong lot"))
    assert world.moved(back) == [(PlaceKind.LOT, PlaceKind.LOT, 30, None)]
    assert (world.lot(lot).quantity, world.lot(split.lot_codes[0]).quantity) == (100, 0)
    report = world.audit()
    assert report.clean, report.findings


def test_a_correction_happens_once_and_is_not_corrected(world: World) -> None:
    broken = world.record(storage.record_breakage, storage.Breakage(stages.released(world), 3))
    again = correction.Correction(broken.event_id, "again")
    back = world.record(correction.record_correction, again, "lead")
    world.refused(WrongStep, correction.record_correction, again, "third")
    world.refused(WrongStep, correction.record_correction, correction.Correction(back.event_id, "no, it was right"))


def test_a_second_reversal_is_refused_by_the_database(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = world.record(storage.record_breakage, storage.Breakage(stages.released(world), 3))
    again = correction.Correction(broken.event_id, "again")
    world.record(correction.record_correction, again)
    monkeypatch.setattr(correction, "_require_reversible", lambda session, scan, event_id: event_id)
    world.refused(Conflict, correction.record_correction, again, "third")


def test_what_has_gone_on_is_not_taken_back(world: World) -> None:
    lot = stages.collected(world)
    with world.database.reading() as session:
        made_by = session.get_one(Lot, world.lot(lot).id).made_by
    world.record(storage.record_breakage, storage.Breakage(lot, 3))
    world.refused(WrongStep, correction.record_correction, correction.Correction(made_by, "it never came"))


def test_promised_bottles_are_not_taken_back(world: World) -> None:
    lot = stages.released(world)
    packed = world.record(record_relabeling, Relabeling(lot, 50))
    order = OrderRequest((OrderedBottles("JU75", 20),), "V1")
    world.record(record_order, order)
    wrong = correction.Correction(packed.event_id, "another crate")
    world.refused(WrongStep, correction.record_correction, wrong)


def test_nobody_reopens_a_lot_that_he_released_himself(world: World) -> None:
    lot = stages.all_tests_done(world)
    release = world.record(quality.record_judgment, quality.Judgment(lot, Verdict.ACCEPT_A), "second")
    reopen = correction.Correction(release.event_id, "the lab called")
    world.refused(NotAllowed, correction.record_correction, reopen, "second")
    world.record(correction.record_correction, reopen, "third")
    assert world.lot(lot).stage is Stage.IN_QUALITY_CONTROL
    assert world.lot(lot).grade is None


@pytest.mark.parametrize("kind", sorted(set(EventKind) - set(correction.REVERSIBLE)))
def test_these_are_not_taken_back(world: World, kind: EventKind) -> None:
    def bare(session: Session, content: object, scan: Scan) -> Recorded:
        entry = open_entry(session, scan, kind, content)
        assert isinstance(entry, Entry)
        return entry.post()

    event = world.record(bare, {}) if kind is not EventKind.REVERSED else _reversal(world)
    refusal = world.refused(WrongStep, correction.record_correction, correction.Correction(event.event_id, "no"))
    assert refusal.values["kind"] == kind.value


def _reversal(world: World) -> Recorded:
    broken = world.record(storage.record_breakage, storage.Breakage(stages.collected(world), 3))
    return world.record(correction.record_correction, correction.Correction(broken.event_id, "no"))
