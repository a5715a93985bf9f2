"""The process that owns a test run's PostgreSQL: starts it, waits for the run to end, removes everything.

Called as `python -m tests.support.postgres_keeper FOLDER BIN`; see postgres.py for who else uses FOLDER.
"""

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.support.postgres import ADMINISTRATOR, OWNER

# A test's data need not survive a power cut; vacuuming in the background only disturbs the clock.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "timezone": "UTC",
}


def main() -> None:
    """Keeps the server from its start to the end of the run's last process."""
    folder, bin_folder = Path(sys.argv[1]), Path(sys.argv[2])
    user = unprivileged_user()
    try:
        bin_folder = runnable_copy(bin_folder, folder, user)
        server = start(bin_folder, folder, user)
        try:
            (folder / "ready").touch()
            with (folder / "presence").open("a") as presence:
                fcntl.flock(presence, fcntl.LOCK_EX)  # granted when nobody is left
        finally:
            server.send_signal(signal.SIGINT)  # "fast shutdown": does not wait for clients
            server.wait()
    finally:
        shutil.rmtree(folder)


def unprivileged_user() -> dict[str, Any]:
    """How subprocess drops root's rights, which PostgreSQL refuses; nothing for other users."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def runnable_copy(bin_folder: Path, folder: Path, user: dict[str, Any]) -> Path:
    """The programs' folder, or a copy of the installation where the user may not enter (root's home)."""
    try:
        subprocess.run([bin_folder / "postgres", "--version"], check=True, stdout=subprocess.DEVNULL, cwd="/", **user)
    except PermissionError:
        installation = bin_folder.parent
        package = installation.parent
        copy = folder / "programs" / package.name / installation.name
        shutil.copytree(installation, copy, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")  # beside a wheel's package, its shared libraries
        if libraries.is_dir():
            shutil.copytree(libraries, folder / "programs" / libraries.name)
        return copy / bin_folder.name
    return bin_folder


def start(bin_folder: Path, folder: Path, user: dict[str, Any]) -> subprocess.Popen[bytes]:
    """Makes a cluster in the folder and serves it on a socket there; returns once it takes connections."""
    folder.chmod(0o711)
    data, socket = folder / "data", folder / "socket"
    for private in (data, socket):
        private.mkdir(mode=0o700)  # whoever reaches the socket is trusted
        if user:
            os.chown(private, user["user"], user["group"])
    options = ["--username", ADMINISTRATOR, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8"]
    initdb = [str(bin_folder / "initdb"), "--pgdata", str(data), "--no-sync", *options]
    subprocess.run(initdb, check=True, cwd=folder, **user)
    settings = {**SETTINGS, "unix_socket_directories": str(socket)}
    options = [f"--{name}={value}" for name, value in settings.items()]
    postgres = [str(bin_folder / "postgres"), "-D", str(data), *options]
    server = subprocess.Popen(postgres, cwd=folder, **user)
    while True:
        if server.poll() is not None:
            sys.exit("The server ended before it took connections.")
        try:
            link = psycopg.connect(host=str(socket), user=ADMINISTRATOR, dbname="postgres", autocommit=True)
        except psycopg.OperationalError:
            time.sleep(0.02)
            continue
        with link:
            link.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(OWNER)))
        return server


if __name__ == "__main__":
    main()
