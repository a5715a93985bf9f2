"""Fixtures for every test: fresh databases on both kinds of server, and a real browser."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect

from tests.support import chromium
from tests.support.postgres import Run, Server

BACKENDS = ["sqlite", "postgresql"]
RUN_FOLDER = "BOTTLETRACK_TEST_RUN"
run_key = pytest.StashKey[Run]()
#: How long a screen may take to show what is expected, in milliseconds: a shared machine may stand still for seconds.
PATIENCE_MS = 30_000


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the slow proofs too")


def pytest_configure(config: pytest.Config) -> None:
    # A developer's own installation must never be what a test writes to.
    for name in [name for name in os.environ if name.startswith("BOTTLETRACK_")]:
        if not name.startswith("BOTTLETRACK_TEST_"):
            del os.environ[name]
    if not is_worker(config):
        os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="bottletrack-test-")
    config.stash[run_key] = Run(Path(os.environ[RUN_FOLDER]))


def pytest_unconfigure(config: pytest.Config) -> None:
    if not is_worker(config) and run_key in config.stash:
        config.stash[run_key].leave()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--slow"):
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason="slow: runs with --slow"))


def is_worker(config: pytest.Config) -> bool:
    """Whether this process is one of pytest-xdist's workers: they share the controller's servers."""
    return hasattr(config, "workerinput")


@pytest.fixture(scope="session")
def postgresql_server(pytestconfig: pytest.Config) -> Server:
    """The run's PostgreSQL, started by whichever worker asks first."""
    return pytestconfig.stash[run_key].server()


@pytest.fixture
def postgresql_url(postgresql_server: Server) -> Iterator[str]:
    """The URL of a fresh, empty PostgreSQL database."""
    with postgresql_server.database() as name:
        yield postgresql_server.url(name)


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a fresh, empty database: the test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all migrations applied, to copy from."""
    from bottletrack.database import upgrade

    path = tmp_path_factory.mktemp("migrated") / "template.sqlite3"
    upgrade(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: Server) -> Iterator[str]:
    """The name of a PostgreSQL database with all migrations applied, to copy from."""
    from bottletrack.database import upgrade

    with postgresql_server.database() as name:
        upgrade(postgresql_server.url(name))
        yield name


@pytest.fixture(params=BACKENDS)
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database with all migrations applied: the test runs on SQLite and on PostgreSQL.

    For one of them only: `@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)`.
    """
    with ExitStack() as stack:
        if request.param == "sqlite":
            path = shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "migrated.sqlite3")
            yield f"sqlite:///{path}"
        else:
            server: Server = request.getfixturevalue("postgresql_server")
            template: str = request.getfixturevalue("migrated_postgresql")
            yield server.url(stack.enter_context(server.database(template)))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium, one per worker."""
    expect.set_options(timeout=PATIENCE_MS)
    with chromium.launched(chromium.find_or_bring()) as browser:
        yield browser


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages, each like a new visitor: `new_page(width=360, height=800, locale="en-GB", base_url=…)`.

    Fails the test when a page broke its Content-Security-Policy or left an error uncaught.
    """
    faults: list[str] = []

    def note_console(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            faults.append(message.text)

    def note_error(error: Error) -> None:
        faults.append(str(error))

    with ExitStack() as stack:

        def open_page(width: int = 1366, height: int = 768, locale: str = "fr-FR", base_url: str | None = None) -> Page:
            context = browser.new_context(viewport={"width": width, "height": height}, locale=locale, base_url=base_url)
            stack.callback(context.close)
            page = context.new_page()
            page.on("console", note_console)
            page.on("pageerror", note_error)
            return page

        yield open_page
    assert not faults, faults
