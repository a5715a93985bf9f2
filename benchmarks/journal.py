"""Journal rows imported per second, against raw inserts of the same rows into the same schema.

Run: python -m benchmarks.journal. Both write to fresh copies of one migrated database, triggers and
CHECKs included, by turns; the ratio holds from machine to machine, the absolute figures do not.
"""

import tempfile
from pathlib import Path
from time import process_time

from sqlalchemy import create_engine, text

from bottletrack.database import Database, upgrade
from bottletrack.exchange.journal import import_actor, import_journal
from bottletrack.founding import (
    DATA,
    add_collection_points,
    add_site,
    add_territory,
    load_catalogue,
    read_rows,
)

ROUNDS = 3
#: What an import writes, in an order that foreign keys allow; without promises, which only hold in between movements.
TABLES = (
    "winery",
    "event",
    "place",
    "lot",
    "wash_run",
    "purchase_order",
    "order_line",
    "movement",
    "lot_state",
)


def founded(url: str) -> tuple[Database, int, int]:
    """A database with a territory and its site, and no bottles yet."""
    upgrade(url)
    database = Database(url)
    with database.writing() as session:
        load_catalogue(session)
        territory_id = add_territory(session, code="BENCH", name="Benchmark")
        site_id = add_site(session, territory_id, code="B", name="Benchmark", relabeling_required=False)
        add_collection_points(session, territory_id, read_rows(DATA / "collection_points.csv"))
        import_actor(session, territory_id)
    return database, territory_id, site_id


def through_the_verbs(url: str) -> tuple[float, int]:
    """CPU seconds of an import, and how many rows the journal has."""
    database, territory_id, site_id = founded(url)
    start = process_time()
    with database.writing() as session:
        actor = import_actor(session, territory_id)
        report = import_journal(session, DATA / "pilot" / "journal.csv", actor=actor, site_id=site_id)
    spent = process_time() - start
    database.dispose()
    return spent, report.rows


def raw(filled_url: str, url: str) -> float:
    """CPU seconds of inserting what an import wrote, row for row, in one transaction."""
    database, _, _ = founded(url)
    engine = create_engine(filled_url)
    with engine.connect() as connection:
        written = {table: connection.execute(text(f"SELECT * FROM {table}")).mappings().all() for table in TABLES}
    engine.dispose()
    start = process_time()
    with database.writing() as session:
        connection = session.connection()
        known = set(connection.scalars(text("SELECT id FROM place")))
        for table, rows in written.items():
            new = [dict(row) for row in rows if not (table == "place" and row["id"] in known)]
            for row in new:
                if table == "place":
                    # Movements bring these.
                    row |= {"quantity": 0, "promised": 0, "expected": 0}
                if table == "lot":
                    row["hold_event_id"] = None
            columns = ", ".join(new[0])
            values = ", ".join(f":{name}" for name in new[0])
            connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({values})"), new)
    spent = process_time() - start
    database.dispose()
    return spent


def main() -> None:
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(ROUNDS):
            ours_url = f"sqlite:///{Path(folder) / f'ours{number}.sqlite3'}"
            ours, rows = through_the_verbs(ours_url)
            theirs = raw(ours_url, f"sqlite:///{Path(folder) / f'raw{number}.sqlite3'}")
            ratios.append(ours / theirs)
            print(f"{rows / ours:8,.0f} journal rows a CPU second through the verbs; {rows / theirs:8,.0f} raw")
    print(f"the import costs {sorted(ratios)[len(ratios) // 2]:.1f} x the raw inserts (median of {ROUNDS})")


if __name__ == "__main__":
    main()
