"""The database: the only place in the project that begins and commits.

`writing()` takes the database's turn at once (`BEGIN IMMEDIATE` on SQLite), so what a rule reads is still true when it
writes. `reading()` sees one moment for as long as it lasts, and the database itself forbids it to write.
"""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session

logger = logging.getLogger(__name__)

#: How long a writer waits for another process's turn on SQLite.
BUSY_TIMEOUT_SECONDS = 30
#: From this version on SQLite's write-ahead log is free of a rare corruption when it is reset.
SAFE_WAL_SQLITE = (3, 51, 3)


class Database:
    """One database by its SQLAlchemy URL (`sqlite:///file` or `postgresql+psycopg://…`)."""

    def __init__(self, url: str, *, connections: int = 16) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer = _sqlite_engine(url, connections, readonly=False)
            self._reader = _sqlite_engine(url, connections, readonly=True)
        else:
            engine = create_engine(url, pool_size=connections, max_overflow=0, pool_pre_ping=True)
            self._writer = engine
            self._reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        # SQLite has one writer at a time. Threads that queue here are served in order and without polling.
        self._turn = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits when its block ends well, and leaves nothing behind when it does not."""
        with (
            self._turn,
            Session(self._writer, autoflush=False, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment and cannot write."""
        with Session(self._reader, autoflush=False) as session, session.begin():
            yield session

    def dispose(self) -> None:
        """Close all connections."""
        self._writer.dispose()
        self._reader.dispose()


def _sqlite_engine(url: str, connections: int, *, readonly: bool) -> Engine:
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        # The driver's own transactions begin too late; the listener below begins them.
        connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "isolation_level": None, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute("PRAGMA foreign_keys=ON")
        # Without this, INSERT OR REPLACE would delete a row behind the append-only triggers' back.
        connection.execute("PRAGMA recursive_triggers=ON")
        if readonly:
            connection.execute("PRAGMA query_only=ON")
        else:
            connection.execute(f"PRAGMA journal_mode={journal_mode()}")
            connection.execute("PRAGMA synchronous=FULL")

    begin = "BEGIN" if readonly else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def journal_mode() -> str:
    """WAL where this SQLite's is safe, else a rollback journal; both lose nothing in a power cut with FULL."""
    return "WAL" if sqlite3.sqlite_version_info >= SAFE_WAL_SQLITE else "TRUNCATE"


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema up to date, all or nothing; SQLite's folder is made where it is missing."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        logger.info("SQLite %s with journal mode %s", sqlite3.sqlite_version, journal_mode())
    command.upgrade(migration_config(url), revision)


def migration_config(url: str) -> Config:
    """Alembic's configuration for this database, from wherever the package is installed."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    return config
