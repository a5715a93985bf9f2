"""Models and migrations agree, also where Alembic does not look; and a migration is taken whole or not at all."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Inspector, create_engine, inspect, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from bottletrack.database import Database, migration_config, upgrade
from bottletrack.founding import load_catalogue
from bottletrack.tables import Base
from tests.plant.stages import delivered
from tests.plant.world import found_world

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
    assert words == 20


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
