"""Scans recorded over HTTP, against a bare Flask route with one INSERT: same server, same database, by turns.

Run: python -m benchmarks.scans [URL of an empty PostgreSQL database]. A scan is a POST to the API that moves a bottle:
key, person, event, lot, rules, movement, balances. The server's own CPU is read from /proc (Linux), so what the client
spends does not count. The ratio holds from machine to machine, the absolute figures do not. Target: at most 3 times.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

from flask import Flask
from sqlalchemy import Column, Integer, MetaData, String, Table, insert

from benchmarks.journal import founded
from bottletrack.access import Actor
from bottletrack.database import Database
from bottletrack.founding import DATA, read_rows
from bottletrack.identifiers import new_event_id
from bottletrack.people import Profile, add_person, installer
from bottletrack.scans import Scan
from bottletrack.sign_in import make_own_key
from bottletrack.stations.collection import Collection, record_collection
from bottletrack.vocabulary import Role
from webapp import create_app
from webapp.config import load_settings
from webapp.serving import serve

REQUESTS = 800
ROUNDS = 3
CLIENTS = (1, 8)
THREADS = 8
BARE = Table("bare_scan", MetaData(), Column("id", Integer, primary_key=True), Column("code", String(40)))


def bare_app(url: str) -> Flask:
    """The least that records something: one route, one INSERT, one commit."""
    app = Flask(__name__)
    database = Database(url, connections=THREADS)
    with database.writing() as session:
        BARE.metadata.create_all(session.connection())
    statement = insert(BARE)

    @app.post("/scan")
    def scan() -> tuple[dict[str, str], int]:
        with database.writing() as session:
            session.connection().execute(statement, {"code": "7K3M29QX"})
        return {"status": "ok"}, 201

    return app


def serve_one(which: str, url: str, port: int) -> None:
    """In a process of its own: one of the two applications."""
    settings = load_settings(database_url=url, secret_key="b" * 40, port=port, threads=THREADS)
    serve(create_app(settings) if which == "ours" else bare_app(url), settings, lambda address: None)


@contextmanager
def server(which: str, url: str) -> Iterator[tuple[int, int]]:
    """Port and process id of a server that answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.scans", which, url, str(port)])
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def cpu_seconds(process_id: int) -> float:
    """What a process has spent so far, its threads included."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def post_all(port: int, path: str, headers: dict[str, str], bodies: list[bytes]) -> None:
    """One client: its requests one after the other. Raises when one is not recorded."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    for body in bodies:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 201:
            raise RuntimeError(f"{answer.status} {text!r}")
    connection.close()


def measure(which: str, url: str, key: str, lot_code: str, clients: int) -> tuple[float, float]:
    """Milliseconds of server CPU a request, and requests a second."""
    if which == "ours":
        path, headers = "/api/v1/breakages", {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    else:
        path, headers = "/scan", {"Content-Type": "application/json"}

    def body() -> bytes:
        scan = {"event_id": str(new_event_id()), "input": {"lot_code": lot_code, "quantity": 1}}
        return json.dumps(scan).encode()

    with server(which, url) as (port, process_id):
        post_all(port, path, headers, [body() for _ in range(50)])
        work = [[body() for _ in range(REQUESTS // clients)] for _ in range(clients)]
        threads = [threading.Thread(target=post_all, args=(port, path, headers, part)) for part in work]
        spent, started = cpu_seconds(process_id), time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        elapsed = time.perf_counter() - started
        return 1000 * (cpu_seconds(process_id) - spent) / REQUESTS, REQUESTS / elapsed


def prepared(url: str) -> tuple[str, str]:
    """A key to the API, and the code of a lot with plenty of bottles."""
    database, territory_id, site_id = founded(url)
    with database.writing() as session:
        profile = Profile("Benchmark", frozenset({Role.OPERATOR}), site_code="B")
        person_id = add_person(session, installer(territory_id), "bench@example.org", profile, "a long password indeed")
        actor = Actor(person_id, territory_id, profile.roles, site_id)
        key = make_own_key(session, actor)
        point = read_rows(DATA / "collection_points.csv")[0]["code"]
        scan = Scan(new_event_id(), actor, site_id, datetime.now(UTC))
        lot_code = record_collection(session, Collection(point, 1_000_000), scan).lot_codes[0]
    database.dispose()
    return key, lot_code


def compare(url: str) -> None:
    key, lot_code = prepared(url)
    for clients in CLIENTS:
        ratios = []
        for _ in range(ROUNDS):
            ours, ours_rate = measure("ours", url, key, lot_code, clients)
            bare, bare_rate = measure("bare", url, key, lot_code, clients)
            ratios.append(ours / bare)
            print(
                f"{clients} client(s): a scan {ours:5.2f} ms CPU, {ours_rate:4.0f}/s; "
                f"the bare route {bare:5.2f} ms CPU, {bare_rate:4.0f}/s"
            )
        print(f"{clients} client(s): a scan costs {sorted(ratios)[ROUNDS // 2]:.2f} x the bare route's CPU (median)")


def main() -> None:
    if len(sys.argv) == 4:
        serve_one(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    elif len(sys.argv) == 2:
        compare(sys.argv[1])
    else:
        with tempfile.TemporaryDirectory() as folder:
            compare(f"sqlite:///{Path(folder) / 'scans.sqlite3'}")


if __name__ == "__main__":
    main()
