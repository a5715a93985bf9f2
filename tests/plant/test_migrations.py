"""Models and migrations agree, also where Alembic does not look; and a migration is taken whole or not at all."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Inspector, create_engine, inspect, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from bottletrack.access import Actor
from bottletrack.database import Database, migration_config, upgrade
from bottletrack.errors import WrongStep
from bottletrack.founding import load_catalogue
from bottletrack.identifiers import new_event_id
from bottletrack.lots import get_lot
from bottletrack.measuring import Reading
from bottletrack.reports.audit import LEDGER, run_audit
from bottletrack.scans import Recorded, Scan
from bottletrack.settings import find_settings
from bottletrack.stations import dispatch, settings, storage, washer, washing
from bottletrack.tables import Base, WashRun
from bottletrack.vocabulary import Role, Stage
from tests.plant import before
from tests.plant.stages import GOOD_READINGS, delivered
from tests.plant.world import START, Verb, found_world

Names = dict[str, object]


def connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


@pytest.fixture
def modeled_url(database_url: str) -> str:
    """An empty database, filled from the models instead of the migrations."""
    for connection in connected(database_url):
        Base.metadata.create_all(connection)
    return database_url


def told(url: str, tell: Callable[[Inspector, str], object]) -> Names:
    """What each table of a database says of itself."""
    for connection in connected(url):
        inspector = inspect(connection)
        return {table: tell(inspector, table) for table in inspector.get_table_names() if table != "alembic_version"}
    raise AssertionError("unreachable")


def columns(inspector: Inspector, table: str) -> object:
    return [
        (column["name"], repr(column["type"]), column["nullable"], column["default"])
        for column in inspector.get_columns(table)
    ]


def keys(inspector: Inspector, table: str) -> object:
    return inspector.get_pk_constraint(table), by_name(inspector.get_foreign_keys(table))


def uniques(inspector: Inspector, table: str) -> object:
    return by_name(inspector.get_unique_constraints(table)), by_name(inspector.get_indexes(table))


def checks(inspector: Inspector, table: str) -> object:
    return {(check["name"], re.sub(r"\s+", " ", check["sqltext"])) for check in inspector.get_check_constraints(table)}


def by_name(found: Any) -> object:
    # The condition of a partial index is an object: only its text can be compared.
    def plain(item: dict[str, Any]) -> list[tuple[str, str]]:
        options = item.get("dialect_options", {})
        return sorted((key, str(value)) for key, value in [*item.items(), *options.items()] if value is not options)

    return sorted(plain(item) for item in found)


@pytest.mark.parametrize("tell", [columns, keys, uniques, checks])
def test_models_and_migrations_agree(
    modeled_url: str, request: pytest.FixtureRequest, tell: Callable[[Inspector, str], object]
) -> None:
    if modeled_url.startswith("sqlite"):
        migrated = f"sqlite:///{request.getfixturevalue('migrated_sqlite')}"
    else:
        migrated = request.getfixturevalue("postgresql_server").url(request.getfixturevalue("migrated_postgresql"))
    by_migrations, by_models = told(migrated, tell), told(modeled_url, tell)
    assert len(by_models) == len(Base.metadata.tables)
    assert by_migrations == by_models


def test_every_word_of_an_enum_is_in_its_check(migrated_url: str) -> None:
    """Said once more from the vocabulary's side, for Alembic compares no CHECK."""
    found = told(migrated_url, checks)
    words = 0
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            enum = getattr(column.type, "enums", None)
            if enum is None:
                continue
            words += 1
            (check,) = [
                rule
                for name, rule in found[table.name]  # type: ignore[attr-defined]
                if name == f"ck_{table.name}_{column.type.name}"  # type: ignore[attr-defined]
            ]
            assert set(re.findall(r"'([\w-]+)'", check)) == set(enum)
    assert words == 24


def test_alembic_finds_nothing_to_add(migrated_url: str) -> None:
    for connection in connected(migrated_url):
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def schema(url: str) -> list[tuple[Any, ...]]:
    """Everything the database keeps of its own shape, triggers and functions too."""
    for connection in connected(url):
        if connection.dialect.name == "sqlite":
            statement = (
                "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE '%alembic_version%' ORDER BY 1, 2"
            )
            return [tuple(row) for row in connection.execute(text(statement))]
        statement = """
            SELECT 'relation', relname, relkind::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
                AND relname NOT LIKE 'alembic_version%'
            UNION ALL SELECT 'function', proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
            UNION ALL SELECT 'trigger', tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL SELECT 'constraint', conname, contype::text FROM pg_constraint
                WHERE connamespace = 'public'::regnamespace AND conname NOT LIKE 'alembic_version%'
            ORDER BY 1, 2, 3"""
        return [tuple(row) for row in connection.execute(text(statement))]
    raise AssertionError("unreachable")


def test_the_way_down_and_up_again(migrated_url: str) -> None:
    before = schema(migrated_url)
    command.downgrade(migration_config(migrated_url), "base")
    assert schema(migrated_url) == []
    upgrade(migrated_url)
    assert schema(migrated_url) == before


BREAKING = """
from alembic import op

revision = "9999"
down_revision = "{head}"
branch_labels = depends_on = None


def upgrade():
    op.execute("CREATE TABLE half_way (id INTEGER)")
    op.execute("INSERT INTO half_way VALUES (1)")
    op.execute("ALTER TABLE site ADD COLUMN half INTEGER")
    op.execute("DROP INDEX ix_movement_event_id")
    op.execute("UPDATE site SET name = 'half-way'")
    op.execute("INSERT INTO no_such_table VALUES (1)")
"""


def test_a_migration_that_fails_half_way_leaves_the_old_schema(migrated_url: str, tmp_path: Path) -> None:
    database = Database(migrated_url)
    with database.writing() as session:
        load_catalogue(session)
    world = found_world(database)
    delivered(world)
    scripts = tmp_path / "migrations"
    config = migration_config(migrated_url)
    shutil.copytree(Path(config.get_main_option("script_location") or ""), scripts)
    (head,) = [path.name.split("_")[0] for path in sorted((scripts / "versions").glob("[0-9]*.py"))[-1:]]
    (scripts / "versions" / "9999_breaks.py").write_text(BREAKING.format(head=head))
    config.set_main_option("script_location", str(scripts))
    before = schema(migrated_url)
    with world.nothing_written(), pytest.raises(DatabaseError, match="no_such_table"):
        command.upgrade(config, "head")
    assert schema(migrated_url) == before
    for connection in connected(migrated_url):
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == head
    # And the plant goes on.
    delivered(world)
    assert world.audit().clean
    database.dispose()


# From the first schema on, with a plant in it


@pytest.fixture
def first_url(database_url: str) -> str:
    """A database of the first schema, with a small plant in it."""
    command.upgrade(migration_config(database_url), "0001")
    for connection in connected(database_url):
        before.write_plant(connection)
    return database_url


def rows(url: str, of: dict[str, list[str]]) -> dict[str, list[tuple[object, ...]]]:
    """What stands in these columns, table by table."""
    for connection in connected(url):
        return {
            table: sorted(
                (tuple(row) for row in connection.execute(text(f"SELECT {', '.join(columns)} FROM {table}"))), key=repr
            )
            for table, columns in of.items()
        }
    raise AssertionError("unreachable")


def columns_of(url: str) -> dict[str, list[str]]:
    found = told(url, lambda inspector, table: [column["name"] for column in inspector.get_columns(table)])
    return {table: [*names] for table, names in found.items()}  # type: ignore[misc]


@contextmanager
def upgraded_from(url: str) -> Iterator[Database]:
    """The database after `db upgrade`."""
    upgrade(url)
    database = Database(url)
    with database.writing() as session:
        load_catalogue(session)
    yield database
    database.dispose()


@pytest.fixture
def upgraded(first_url: str) -> Iterator[Database]:
    """The plant of before in the schema of today."""
    with upgraded_from(first_url) as database:
        yield database


def record(database: Database, verb: Verb, content: object) -> Recorded:
    """Somebody with every role of the plant records at the old site."""
    actor = Actor(before.ACTOR, before.TERRITORY, frozenset(Role) - {Role.WINEMAKER})
    with database.writing() as session:
        return verb(session, content, Scan(new_event_id(), actor, before.SITE, START.replace(hour=18)))


def test_an_upgrade_keeps_every_row(first_url: str) -> None:
    of = columns_of(first_url)
    kept = rows(first_url, of)
    assert {table for table, found in kept.items() if found} >= {*LEDGER, "place", "lot", "wash_run", "order_line"}
    upgrade(first_url)
    assert rows(first_url, of) == kept


def test_what_was_written_before_is_still_guarded(upgraded: Database) -> None:
    for table in ("event", "movement", "promise", "lot_state"):
        column = "reason" if table == "event" else "event_id"
        for rewrite in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match="append-only"), upgraded.writing() as session:
                session.execute(text(rewrite))
    with pytest.raises(DatabaseError, match="never_negative"), upgraded.writing() as session:
        session.execute(text("UPDATE place SET quantity = -1 WHERE id = 23"))


def test_a_plant_of_before_goes_on(upgraded: Database) -> None:
    with upgraded.reading() as session:
        actor = Actor(before.ACTOR, before.TERRITORY, frozenset())
        assert [get_lot(session, actor, f"T-{lot}").quantity for lot in range(21, 26)] == [0, 0, 35, 30, 0]
        assert run_audit(session, before.TERRITORY).findings == ()
    record(upgraded, dispatch.record_delivery, dispatch.Delivery("O-1", "T-24", 20))
    record(upgraded, storage.record_breakage, storage.Breakage("T-23", 5))
    with upgraded.reading() as session:
        packed = get_lot(session, actor, "T-24")
        assert (packed.quantity, packed.promised) == (10, 0)
        assert get_lot(session, actor, "T-23").quantity == 30
        assert session.scalar(text("SELECT quantity FROM place WHERE id = 41")) == 50
        report = run_audit(session, before.TERRITORY)
        assert report.findings == ()
        assert report.balance.terms == (0, 0, 3, 7, 0, 50, 140)


def test_a_run_that_stood_open_goes_the_new_way(upgraded: Database) -> None:
    """It knows neither its washer nor a start: it is the first washer's, and starts with readings as any other."""
    with pytest.raises(WrongStep, match="RUN-02"):
        record(upgraded, washing.record_run_closing, washing.RunClosing("RUN-02", 100))
    readings = tuple(Reading(code, Decimal(value)) for code, value in GOOD_READINGS.items())
    record(upgraded, washer.record_run_readings, washer.RunReadings("RUN-02", readings))
    record(upgraded, washer.record_run_start, washer.RunStart("RUN-02"))
    (washed,) = record(upgraded, washing.record_run_closing, washing.RunClosing("RUN-02", 100)).lot_codes
    with upgraded.reading() as session:
        lot = get_lot(session, Actor(before.ACTOR, before.TERRITORY, frozenset()), washed)
        assert (lot.stage, lot.quantity, lot.pass_number, lot.held) == (Stage.WASHED, 100, 1, False)
        assert run_audit(session, before.TERRITORY).findings == ()


def test_a_site_of_before_gets_the_defaults_and_keeps_its_own(upgraded: Database) -> None:
    with upgraded.reading() as session:
        found = find_settings(session, before.SITE)
        run = session.get_one(WashRun, 32)
        assert (run.washer_id, run.started_by, run.held_by) == (None, None, None)
    own = {"max_age_days": "25", "max_passes": "3", "count_tolerance_bottles": "5", "count_tolerance_percent": "1.5"}
    new = {"reading_interval_minutes": "30", "inspection_level": "II", "aql_major": "0.65", "aql_minor": "2.5"}
    assert (own | new).items() <= found.items()
    with_rows = {name.partition(".")[0] for name in found if "." in name}
    assert with_rows == {"measure", "washer", "container_type"}
    record(upgraded, settings.record_setting_change, settings.SettingChange("max_age_days", "30", "as everywhere"))
    with upgraded.reading() as session:
        assert run_audit(session, before.TERRITORY).findings == ()


def test_the_way_back_while_nothing_new_was_said(first_url: str) -> None:
    """With only words of before the old program can go on: rows and guards are what they were."""
    of, shape = columns_of(first_url), schema(first_url)
    with upgraded_from(first_url) as database:
        record(database, storage.record_breakage, storage.Breakage("T-23", 5))
    kept = rows(first_url, of)
    command.downgrade(migration_config(first_url), "0001")
    assert rows(first_url, of) == kept
    assert {row[:2] for row in schema(first_url)} == {row[:2] for row in shape}
    for guard in ("DELETE FROM movement", "UPDATE lot_state SET stage = 'sorted'"):
        with pytest.raises(DatabaseError, match="append-only"):
            run(first_url, guard)
    run(first_url, "UPDATE site SET name = name")
    # And forward again.
    with upgraded_from(first_url) as database:
        assert rows(first_url, of) == kept
        record(database, storage.record_breakage, storage.Breakage("T-23", 5))


def test_there_is_no_way_back_once_something_new_was_said(first_url: str) -> None:
    """The old program could not read it: the database refuses the whole step, and nothing is changed."""
    with upgraded_from(first_url) as database:
        record(database, settings.record_setting_change, settings.SettingChange("max_age_days", "30", "as everywhere"))
    of, shape = columns_of(first_url), schema(first_url)
    kept = rows(first_url, of)
    with pytest.raises(DatabaseError, match="ck_event_kind"):
        command.downgrade(migration_config(first_url), "0001")
    assert (columns_of(first_url), schema(first_url), rows(first_url, of)) == (of, shape, kept)
    with upgraded_from(first_url) as database, database.reading() as session:
        assert run_audit(session, before.TERRITORY).findings == ()


def run(url: str, statement: str) -> None:
    for connection in connected(url):
        connection.execute(text(statement))
