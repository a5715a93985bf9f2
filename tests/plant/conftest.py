"""Worlds to record in: one database for all tests of a worker, and throw-away ones for what breaks them."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from bottletrack.database import Database
from bottletrack.founding import load_catalogue
from tests.conftest import BACKENDS
from tests.plant.world import World, found_world


@pytest.fixture(scope="session", params=BACKENDS)
def shared_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with the catalogue on each backend, in which each test has a territory of its own."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            template = request.getfixturevalue("migrated_sqlite")
            url = f"sqlite:///{shutil.copy(template, tmp_path_factory.mktemp('shared') / 'shared.sqlite3')}"
        else:
            server = request.getfixturevalue("postgresql_server")
            template = request.getfixturevalue("migrated_postgresql")
            url = server.url(stack.enter_context(server.database(template)))
        database = Database(url)
        stack.callback(database.dispose)
        with database.writing() as session:
            load_catalogue(session)
        yield database


@pytest.fixture
def world(shared_database: Database) -> World:
    """A network where packing under a new code is required before dispatch."""
    return found_world(shared_database)


@pytest.fixture
def own_database(migrated_url: str) -> Iterator[Database]:
    """A database with the catalogue that nobody else uses, on each backend."""
    database = Database(migrated_url)
    with database.writing() as session:
        load_catalogue(session)
    yield database
    database.dispose()


@pytest.fixture
def own_world(own_database: Database) -> World:
    """A network alone in its database: a test may break it."""
    return found_world(own_database)
