"""Each rule of the audit has teeth: data broken behind the application's back is found, and named by its rule."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bottletrack import filling, orders
from bottletrack.database import Database
from bottletrack.ledger import Entry
from bottletrack.reports.audit import APPEND_ONLY, QUERIES, AuditReport, run_audit
from bottletrack.stations import (
    cleaning,
    collection,
    correction,
    dispatch,
    lot_labels,
    merging,
    recall,
    relabeling,
    settings,
    sorting,
    storage,
    transfer,
    washer,
    washing,
)
from bottletrack.tables import CollectionPoint, Movement, OrderLine, WashRun, Winery
from bottletrack.vocabulary import EventKind, LabelRemedy
from tests.plant import stages
from tests.plant.world import World, found_world


@dataclass
class Story:
    """A network in which everything has happened once; `ids` are what a breaking statement may name."""

    world: World
    ids: dict[str, Any]


def point_of(session: Session, world: World) -> int:
    return session.scalars(select(CollectionPoint.id).where(CollectionPoint.territory_id == world.territory_id)).one()


@pytest.fixture(scope="module")
def story(shared_database: Database) -> Story:
    world = found_world(shared_database)
    order, delivered = stages.delivered(world)
    returned = world.make(dispatch.record_return, dispatch.Return(order, 10, "glue marks"))
    parent = stages.sorted_out(world)
    merged = world.make(merging.record_merge, merging.Merge(parent, (stages.sorted_out(world),)))
    road = stages.on_the_road(world)
    arrived = world.make(transfer.record_arrival, transfer.Arrival(road, 99, "one broke"))
    _, reserved = stages.reserved(world)
    sorted_out = stages.sorted_out(world)
    run = stages.open_run(world, sorted_out)
    held_run = stages.running(world, stages.sorted_out(world))
    stages.take_readings(world, held_run, bath2_temperature_celsius="60")
    world.record(washing.record_run_output, washing.RunOutput(held_run, 60))
    broken = world.record(storage.record_breakage, storage.Breakage(stages.released(world), 3))
    world.record(correction.record_correction, correction.Correction(broken.event_id, "they were not"))
    stages.emptied(world, world.make(collection.record_collection, collection.Collection("P1", 9, container="PALOX-7")))
    world.record(cleaning.record_container_cleaning, cleaning.ContainerCleaning(("PALOX-7",)))
    packed = relabeling.Relabeling(stages.released(world), 60, "PALOX-7")
    world.record(relabeling.record_relabeling, packed)
    lost = lot_labels.LabelReplacement(stages.sorted_out(world), LabelRemedy.LOST)
    world.record(lot_labels.record_label_replacement, lost)
    for days in ("45", "30"):
        world.record(settings.record_setting_change, settings.SettingChange("max_age_days", days, "a cool summer"))
    case, recalled_order = stages.recalled(world)
    world.record(recall.record_recall_recovery, recall.RecallRecovery(case, recalled_order, 30))
    world.record(recall.record_recall_closing, recall.RecallClosing(case, "all others were drunk"))
    with shared_database.reading() as session:
        ids = {
            "territory": world.territory_id,
            "neighbor": world.stranger.territory_id,
            "site": world.site_id,
            "lot": world.lot(delivered).id,
            "reserved": world.lot(reserved).id,
            "sorted": world.lot(sorted_out).id,
            "returned": world.lot(returned).id,
            "parent": world.lot(parent).id,
            "merged": world.lot(merged).id,
            "road": road,
            "arrived": world.lot(arrived).id,
            "open_run": session.scalar(select(WashRun.id).where(WashRun.code == run)),
            "held_run": session.scalar(select(WashRun.id).where(WashRun.code == held_run)),
            "run": session.scalar(select(WashRun.id).where(WashRun.territory_id == world.territory_id)),
            "winery": session.scalar(select(Winery.id).where(Winery.territory_id == world.territory_id)),
            "point": session.scalar(
                select(CollectionPoint.id).where(CollectionPoint.territory_id == world.territory_id)
            ),
            "line": session.scalar(
                select(Movement.to_place_id)
                .join(OrderLine, OrderLine.id == Movement.to_place_id)
                .where(Movement.territory_id == world.territory_id)
            ),
            "movement": session.scalar(
                select(Movement.id).where(
                    Movement.territory_id == world.territory_id, Movement.kind == EventKind.RELABELED
                )
            ),
        }
    assert all(ids.values())
    assert world.audit().clean
    return Story(world, ids)


UNGUARD_POSTGRESQL = """
DO $$ DECLARE found record; BEGIN
    FOR found IN SELECT tgname, tgrelid::regclass AS place FROM pg_trigger WHERE NOT tgisinternal LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', found.tgname, found.place);
    END LOOP;
    FOR found IN SELECT conname, conrelid::regclass AS place FROM pg_constraint
                 WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f') LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.place, found.conname);
    END LOOP;
END $$"""


class Undone(Exception):  # noqa: N818 - takes everything back
    pass


@contextmanager
def unguarded(database: Database) -> Iterator[Session]:
    """A session in which no trigger and no constraint stands in the way; nothing of it stays."""
    try:
        with database.writing() as session:
            if database.is_sqlite:
                # Checked at the end of the transaction, which never comes.
                session.execute(text("PRAGMA defer_foreign_keys=ON"))
                session.execute(text("PRAGMA ignore_check_constraints=ON"))
                for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                    session.execute(text(f"DROP TRIGGER {name}"))
            else:
                session.execute(text(UNGUARD_POSTGRESQL))
            yield session
            raise Undone
    except Undone:
        pass
    finally:
        if database.is_sqlite:
            with database.writing() as session:
                session.execute(text("PRAGMA ignore_check_constraints=OFF"))


def audit_of_broken(story: Story, *statements: str) -> AuditReport:
    """What the audit says when these were done by hand."""
    with unguarded(story.world.database) as session:
        for statement in statements:
            named = {name: value for name, value in story.ids.items() if f":{name}" in statement}
            changed = session.execute(text(statement), named)
            assert changed.rowcount > 0, statement  # type: ignore[attr-defined]
        return run_audit(session, story.world.territory_id)
    raise AssertionError("unreachable")


MOVE = """
    INSERT INTO movement (event_id, from_place_id, to_place_id, quantity, kind, territory_id, happened_on)
    SELECT event_id, {origin}, {destination}, 1, kind, territory_id, happened_on FROM movement WHERE id = :movement"""

#: The beginning of a finding's template → what was done by hand.
BREAKS: dict[str, tuple[str, ...]] = {
    "I1 Place %(place)s says": ("UPDATE place SET quantity = quantity + 1 WHERE id = :sorted",),
    "I1 Place %(place)s holds": ("UPDATE place SET quantity = -1 WHERE id = :sorted",),
    "I1 Movement %(movement)s moves": ("UPDATE movement SET quantity = 0 WHERE id = :movement",),
    "I2 The balance": ("DELETE FROM place WHERE id = :point",),
    "I3 Run": ("UPDATE wash_run SET closed_by = opened_by WHERE id = :open_run",),
    "I4 Lots": ("UPDATE lot SET color = 'vert' WHERE id = :lot",),
    "I4 Lot %(lot)s went": ("UPDATE wash_run SET owner_winery_id = :winery WHERE id = :run",),
    "I5 Lot %(lot)s was delivered at": ("UPDATE lot_state SET stage = 'washed' WHERE lot_id = :lot",),
    "I5 Lot %(lot)s was delivered on %(day)s, too": ("UPDATE lot SET washed_on = '2025-11-30' WHERE id = :lot",),
    "I5 Lot %(lot)s was delivered on %(day)s without": ("UPDATE lot_state SET stage = 'released' WHERE lot_id = :lot",),
    "I5 Lot %(lot)s came out of run": (
        "UPDATE lot SET washed_on = NULL WHERE id = (SELECT MIN(to_place_id) FROM movement WHERE from_place_id = :run)",
    ),
    "labels The code": (
        "UPDATE lot SET code = (SELECT code FROM retired_code WHERE territory_id = :territory) WHERE id = :lot",
    ),
    "I6 Lot %(lot)s holds": ("DELETE FROM movement WHERE to_place_id = :reserved",),
    "I6 Movement %(movement)s (": (MOVE.format(origin=":point", destination=":lot"),),
    "I5 Lot %(lot)s came back": ("UPDATE lot SET washed_on = '2026-02-01' WHERE id = :returned",),
    "I6 Lot %(taker)s came out": ("UPDATE lot SET washed_on = '2026-01-06' WHERE id = :lot",),
    "I6 Lot %(taker)s arrived": ("UPDATE lot SET pass_number = 1 WHERE id = :arrived",),
    "I6 Lot %(lot)s was merged": ("DELETE FROM movement WHERE from_place_id = :parent",),
    "I8 Lot %(lot)s was merged": ("UPDATE lot SET pass_number = 1 WHERE id = :parent",),
    "I7 These lots": (MOVE.format(origin="to_place_id", destination="from_place_id"),),
    "I7 Lot %(lot)s was delivered and": ("DELETE FROM movement WHERE kind = 'run_loaded'",),
    "I8 Lot %(lot)s is": ("UPDATE wash_run SET pass_number = 5 WHERE id = :run",),
    "I8 Lot %(lot)s had been": (
        "UPDATE lot_state SET stage = 'rework' WHERE lot_id IN (SELECT from_place_id FROM movement"
        " WHERE to_place_id = :run)",
        "UPDATE lot SET pass_number = 2 WHERE id IN (SELECT from_place_id FROM movement WHERE to_place_id = :run)",
    ),
    "washing Bottles": (
        "UPDATE wash_run SET started_by = (SELECT id FROM event WHERE site_id = :site ORDER BY sequence DESC LIMIT 1)"
        " WHERE id = :run",
    ),
    "washing Run": ("UPDATE wash_run SET held_by = NULL WHERE id = :held_run",),
    "washing Lot": (
        "UPDATE lot_state SET hold_event_id = NULL WHERE lot_id IN (SELECT to_place_id FROM movement"
        " WHERE from_place_id = :held_run)",
    ),
    "I9 Bottles sent": ("UPDATE place SET quantity = 1 WHERE id = :road",),
    "I9 %(promised)s": ("UPDATE place SET promised = quantity + 1 WHERE id = :sorted",),
    "I10 Event": ("UPDATE event SET reverses = NULL WHERE kind = 'reversed'",),
    "I10 Correction": ("UPDATE movement SET quantity = 2 WHERE kind = 'reversed'",),
    "I10 The database": (),
    "I11 Order %(order)s: ": ("UPDATE place SET ceiling = 1 WHERE id = :line",),
    "I11 Order %(order)s was delivered": ("UPDATE order_line SET grade = 'B' WHERE id = :line",),
    "I11 Order %(order)s is cancelled": ("UPDATE purchase_order SET cancelled_by = placed_by",),
    "I11 What is promised": ("UPDATE place SET promised = 1 WHERE id = :sorted",),
    "I11 Line": ("DELETE FROM promise WHERE quantity > 0 AND order_line_id = :line",),
    "I13 Site": ("UPDATE site SET last_sequence = last_sequence + 1",),
    "I14 Container %(container)s took": ("DELETE FROM container_use WHERE lot_id IS NULL",),
    "I14 Container %(container)s says": ("UPDATE container_use SET clean = NOT clean WHERE lot_id IS NOT NULL",),
    "I14 Container %(container)s is": ("UPDATE container SET clean = NOT clean WHERE territory_id = :territory",),
    "I5 Lot %(lot)s was accepted with %(found)s": (
        "INSERT INTO defect_count (event_id, defect_code, inspection_id, defect_class, quantity)"
        " SELECT judged_by, 'CR01', id, 'critical', 2 FROM inspection WHERE judged_by IS NOT NULL",
    ),
    "I5 Lot %(lot)s was accepted without": ("DELETE FROM measurement WHERE inspection_id IS NOT NULL",),
    "quality Lot": ("UPDATE inspection SET passed = (1 = 0) WHERE territory_id = :territory",),
    "copies Movement %(movement)s does": ("UPDATE movement SET kind = 'broken' WHERE id = :movement",),
    "copies Movement %(movement)s names": (
        "UPDATE movement SET model_id = (SELECT MAX(id) FROM bottle_model) WHERE id = :movement",
    ),
    "copies Movement %(movement)s is": ("UPDATE movement SET happened_on = '2020-01-01' WHERE id = :movement",),
    "recall Bottles of lot": (
        "INSERT INTO recall_place SELECT c.id, m.from_place_id, 1, 0, 1 FROM recall_case c, movement m"
        " WHERE m.id = :movement",
        "UPDATE event SET recorded_at = (SELECT MAX(recorded_at) FROM event WHERE kind = 'recall_recovered')"
        " WHERE id = (SELECT event_id FROM movement WHERE id = :movement)",
    ),
    "recall Place": (
        "DELETE FROM recall_place WHERE place_id IN (SELECT to_place_id FROM movement WHERE kind = 'recall_recovered')",
    ),
    "recall Recall %(case)s tells": ("UPDATE recall_tally SET recovered = 29",),
    "recall Recall %(case)s is closed": ("UPDATE event SET reason = '' WHERE kind = 'recall_closed'",),
    "settings Setting": ("UPDATE site SET max_age_days = 60 WHERE id = :site",),
    "settings Change": (
        'UPDATE event SET readings = \'{"setting": "max_age_days", "before": "30", "after": "60"}\' WHERE id ='
        " (SELECT id FROM event WHERE kind = 'setting_changed' AND site_id = :site ORDER BY sequence LIMIT 1)",
    ),
    "states Lot": ("UPDATE lot SET stage = 'washed' WHERE id = :lot",),
    "states Event": ("DELETE FROM lot_state WHERE lot_id = :lot",),
}

#: The same rules, from another side.
MORE_BREAKS = [
    ("settings Setting", "INSERT INTO site_defect VALUES (:site, 'MI03', true, 'major')"),
    ("I1 Place %(place)s holds", "UPDATE place SET is_source = true WHERE id = :sorted"),
    ("I1 Movement %(movement)s moves", "UPDATE movement SET quantity = 10000001 WHERE id = :movement"),
    ("I1 Movement %(movement)s moves", "UPDATE movement SET to_place_id = from_place_id WHERE id = :movement"),
    ("I1 Movement %(movement)s moves", "UPDATE place SET territory_id = :neighbor WHERE id = :sorted"),
    ("I4 Lots", "UPDATE lot SET owner_winery_id = :winery WHERE id = :sorted"),
    ("I5 Lot %(lot)s was delivered at", "UPDATE lot_state SET hold_event_id = event_id WHERE lot_id = :lot"),
    ("I5 Lot %(lot)s came back", "UPDATE lot SET pass_number = 7 WHERE id = :returned"),
    ("I6 Lot %(taker)s came out", "UPDATE lot SET pass_number = 0 WHERE id = :lot"),
    ("I6 Lot %(taker)s arrived", "UPDATE transit SET to_site_id = (SELECT MAX(id) FROM site) WHERE id = :road"),
    ("I6 Lot %(lot)s was merged", "UPDATE lot_state SET stage = 'rework' WHERE lot_id = :merged"),
    ("I6 Lot %(lot)s was merged", "UPDATE lot_state SET grade = 'B' WHERE lot_id = :parent"),
    ("I8 Lot %(lot)s was merged", "UPDATE lot SET washed_on = '2026-01-01' WHERE id = :merged"),
    ("I8 Lot %(lot)s was merged", "UPDATE lot SET washed_on = '2026-01-01' WHERE id = :parent"),
    ("I10 Event", "UPDATE event SET sequence = 0 WHERE kind = 'reversed' AND territory_id = :territory"),
    ("I11 Order %(order)s was delivered", "UPDATE lot_state SET grade = NULL WHERE lot_id = :lot"),
    ("I11 What is promised", "UPDATE promise SET quantity = quantity + 1 WHERE lot_id = :reserved"),
    ("I13 Site", "UPDATE event SET sequence = sequence + 1000 WHERE kind = 'relabeled'"),
    ("I13 Site", "DELETE FROM event WHERE kind = 'order_placed'"),
    ("copies Movement %(movement)s does", "UPDATE movement SET territory_id = :neighbor WHERE id = :movement"),
    ("states Lot", "UPDATE lot SET hold_event_id = made_by WHERE id = :lot"),
    ("washing Bottles", "UPDATE wash_run SET started_by = NULL WHERE id = :held_run"),
    ("states Lot", "UPDATE lot SET grade = 'B' WHERE id = :lot"),
]


def test_every_rule_is_broken_here(story: Story) -> None:
    templates = {f"{rule.name} {rule.finding}" for rule in QUERIES}
    missed = {template for template in templates if not any(template.startswith(begins) for begins in BREAKS)}
    assert not missed
    assert {begins.split()[0] for begins in BREAKS} == set(story.world.audit().rules)


@pytest.mark.parametrize(
    ("begins", "statements"), [*BREAKS.items(), *((begins, (statement,)) for begins, statement in MORE_BREAKS)]
)
def test_what_is_broken_by_hand_is_named(story: Story, begins: str, statements: tuple[str, ...]) -> None:
    rule, _, what = begins.partition(" ")
    report = audit_of_broken(story, *statements)
    assert not report.clean
    assert any(finding.rule == rule and finding.what.startswith(what) for finding in report.findings), report.findings
    # Said in full, whatever it is.
    assert all("%(" not in str(finding) for finding in report.findings)
    assert story.world.audit().clean


def test_only_lost_triggers_are_named_where_nothing_else_is_broken(story: Story) -> None:
    report = audit_of_broken(story)
    assert {finding.what for finding in report.findings} == {"The database has lost its trigger %(trigger)s."}
    guards = 2 if story.world.database.is_sqlite else 1
    assert len(report.findings) == 2 + guards * len(APPEND_ONLY)


@pytest.mark.parametrize("shared_database", ["postgresql"], indirect=True)
def test_a_disabled_trigger_does_not_count(story: Story) -> None:
    database = story.world.database
    with suppress(Undone), database.writing() as session:
        session.execute(text("ALTER TABLE movement DISABLE TRIGGER movement_moves_bottles"))
        (finding,) = run_audit(session, story.world.territory_id).findings
        assert finding.values == {"trigger": "movement_moves_bottles"}
        raise Undone


def test_another_territory_is_none_of_its_business(story: Story) -> None:
    with unguarded(story.world.database) as session:
        session.execute(
            text("UPDATE site SET last_sequence = 7 WHERE territory_id = :neighbor"),
            {"neighbor": story.ids["neighbor"]},
        )
        rules = {finding.rule for finding in run_audit(session, story.world.territory_id).findings}
        neighbors = {finding.rule for finding in run_audit(session, story.ids["neighbor"]).findings}
    assert (rules, neighbors) == ({"I10"}, {"I10", "I13"})


def test_a_loop_that_was_taken_back_is_none(world: World) -> None:
    """Rework loaded by mistake, taken back, and then the run's own rework goes into that lot."""
    rework = stages.rework(world)
    run = stages.open_run(world)
    loading = world.record(washing.record_run_loading, washing.RunLoading(run, rework))
    world.record(correction.record_correction, correction.Correction(loading.event_id, "wrong pallet"))
    world.record(washing.record_run_loading, washing.RunLoading(run, stages.sorted_out(world)))
    stages.start(world, run)
    world.record(washing.record_run_closing, washing.RunClosing(run, 80, 20, "MA01", rework))
    report = world.audit()
    assert report.clean, report.findings


# Bugs sown into the verbs


def sow(monkeypatch: pytest.MonkeyPatch, module: object, name: str, bug: object) -> None:
    monkeypatch.setattr(module, name, bug)


def rules_found(world: World) -> set[str]:
    return {finding.rule for finding in world.audit().findings}


def nothing(*_: object, **__: object) -> None:
    return None


def test_a_split_that_forgets_its_parent(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lot = stages.released(world)
    with world.database.reading() as session:
        point = point_of(session, world)
    move = Entry.move
    sow(monkeypatch, Entry, "move", lambda entry, origin, *rest, **more: move(entry, point, *rest, **more))
    world.record(storage.record_split, storage.Split(lot, 40))
    assert "I6" in rules_found(world)


def test_a_split_that_makes_bottles_young_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lot = stages.released(world)
    make_lot = Entry.make_lot
    sow(
        monkeypatch,
        Entry,
        "make_lot",
        lambda entry, *way, **more: make_lot(entry, *way, **(more | {"washed_on": entry.day})),
    )
    world.next_day(5)
    world.record(storage.record_split, storage.Split(lot, 40))
    assert "I6" in rules_found(world)


def test_a_run_that_is_closed_unbalanced(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run = stages.running(world, stages.sorted_out(world))
    sow(monkeypatch, washing.RunClosing, "total", 100)
    world.record(washing.record_run_closing, washing.RunClosing(run, 90))
    assert "I3" in rules_found(world)


def test_a_bad_bath_that_holds_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run = stages.running(world, stages.sorted_out(world))
    sow(monkeypatch, washer, "_hold_output", nothing)
    stages.take_readings(world, run, bath2_naoh_percent="1.2")
    world.record(washing.record_run_output, washing.RunOutput(run, 30))
    assert "washing" in rules_found(world)


def test_a_held_lot_that_is_delivered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    order, lot = stages.reserved(world)
    stages.hold(world, lot)
    sow(monkeypatch, dispatch, "require_step", nothing)
    world.record(dispatch.record_delivery, dispatch.Delivery(order, lot, 10))
    assert "I5" in rules_found(world)


def test_a_lot_that_is_delivered_too_old(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    order, lot = stages.reserved(world)
    world.next_day(31)
    sow(monkeypatch, dispatch, "require_fit_to_leave", nothing)
    world.record(dispatch.record_delivery, dispatch.Delivery(order, lot, 10))
    assert "I5" in rules_found(world)


def test_owners_that_are_mixed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pool, own = stages.sorted_out(world), stages.collected(world, owner="V1")
    sow(monkeypatch, filling, "_require_same", nothing)
    mixed = sorting.Sorting(own, (sorting.SortedOut("JU75", 100, into_lot_code=pool),))
    world.record(sorting.record_sorting, mixed)
    assert "I4" in rules_found(world)


def test_another_winemakers_bottles_that_are_delivered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    order, lot = stages.placed(world, 100, winery="V2"), stages.relabeled(world, owner="V1")

    def careless(book: Any, _lot: object) -> object:
        return book.lines[0]

    sow(monkeypatch, orders, "line_for_lot", careless)
    sow(monkeypatch, dispatch, "line_for_lot", careless)
    world.record(orders.record_reservation, orders.Reservation(order, lot, 10))
    world.record(dispatch.record_delivery, dispatch.Delivery(order, lot, 10))
    assert "I11" in rules_found(world)


def test_a_cancellation_that_frees_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    order, _ = stages.reserved(world)
    sow(monkeypatch, orders, "reserved_lots", lambda *_: [])
    world.record(orders.record_cancellation, orders.Cancellation(order, "too late"))
    assert "I11" in rules_found(world)


def test_a_wash_that_does_not_count_as_a_pass(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sow(monkeypatch, washing, "pass_number_after", lambda run, lot, max_passes: lot.pass_number)
    stages.washed(world)
    assert "I8" in rules_found(world)


def test_a_verb_that_forgets_to_say_how_it_left_a_lot(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lot = stages.released(world)
    sow(monkeypatch, Entry, "mark", nothing)
    world.record(storage.record_breakage, storage.Breakage(lot, 3))
    assert "states" in rules_found(world)
