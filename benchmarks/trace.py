"""The trace of a lot with twenty generations, in a ledger of 0.1 and of 1 million movements; against the bare query.

Run: python -m benchmarks.trace [URLs of two empty PostgreSQL databases]. Each second generation splits the lot in two,
the next merges them: ten diamonds, so 1,024 ways lead back, and UNION ALL walks them all where UNION visits a lot once.
The rest of the ledger is lots that the trace must not touch. Target: under 50 ms, and less than 2 times from 0.1 to 1
million.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from benchmarks.journal import founded
from bottletrack.access import Actor
from bottletrack.database import Database
from bottletrack.genealogy.start import StartKind, get_start
from bottletrack.identifiers import ALPHABET, new_event_id, new_lot_code
from bottletrack.reports.trace import trace
from bottletrack.tables import BottleModel, Event, Lot, Movement, Person, Place
from bottletrack.vocabulary import EventKind, PlaceKind, Role, Stage

SIZES = (100_000, 1_000_000)
GENERATIONS = 20
#: A family of lots, one out of the other, that has nothing to do with the lot traced.
FAMILY = 10
BOTTLES = 100
ROUNDS = 15
#: The walk alone: the least that finds the same lots, and the same without remembering where it was.
BARE = """
    WITH RECURSIVE walk(id) AS (
        SELECT CAST(:start AS INTEGER)
        {union}
        SELECT m.from_place_id FROM walk JOIN movement m ON m.to_place_id = walk.id
    )
    SELECT count(*) FROM walk JOIN movement m ON m.to_place_id = walk.id
"""


class Filler:
    """Writes lots and movements by the thousand, past the verbs: only triggers and CHECKs keep watch."""

    def __init__(self, session: Session, territory_id: int, site_id: int) -> None:
        self.session, self.territory_id, self.site_id = session, territory_id, site_id
        self.model_id = session.scalars(select(BottleModel.id).limit(1)).one()
        self.actor_id = session.scalars(select(Person.id).limit(1)).one()
        points = select(Place.id).where(Place.kind == PlaceKind.COLLECTION_POINT).order_by(Place.id)
        self.point_id = session.scalars(points.limit(1)).one()
        self.next_place = (session.scalar(select(func.max(Place.id))) or 0) + 1
        self.sequence = 0
        self.now = datetime.now(UTC)
        self.rows: dict[type, list[dict[str, Any]]] = {Event: [], Place: [], Lot: [], Movement: []}
        self.codes: dict[int, str] = {}

    def event(self, kind: EventKind) -> Any:
        self.sequence += 1
        event_id = new_event_id()
        fixed = {"territory_id": self.territory_id, "site_id": self.site_id, "actor_id": self.actor_id}
        moment = {"happened_at": self.now, "recorded_at": self.now}
        told = {"reason": "", "readings": {}, "fingerprint": "", "sequence": self.sequence}
        self.rows[Event].append({"id": event_id, "kind": kind, **fixed, **moment, **told})
        return event_id

    def lot(self, event_id: Any) -> int:
        place_id, self.next_place = self.next_place, self.next_place + 1
        where = {"id": place_id, "territory_id": self.territory_id, "site_id": self.site_id}
        self.rows[Place].append({**where, "kind": PlaceKind.LOT})
        digits = iter([place_id // 32**power % 32 for power in range(7)])
        # Drawn by lot, some of a million codes would be the same.
        self.codes[place_id] = new_lot_code(lambda _: ALPHABET[next(digits)])
        what = {"stage": Stage.SORTED, "model_id": self.model_id, "color": "", "pass_number": 0}
        self.rows[Lot].append({**where, "code": self.codes[place_id], "made_by": event_id, **what})
        return place_id

    def move(self, event_id: Any, kind: EventKind, origin: int, destination: int, quantity: int) -> None:
        ends = {"from_place_id": origin, "to_place_id": destination, "quantity": quantity}
        fixed = {"territory_id": self.territory_id, "model_id": self.model_id, "happened_on": self.now.date()}
        self.rows[Movement].append({"event_id": event_id, "kind": kind, **ends, **fixed})

    def family(self) -> None:
        """A received lot and, one after the other, the lots made of it."""
        origin = self.point_id
        for generation in range(FAMILY):
            kind = EventKind.LOT_SPLIT if generation else EventKind.COLLECTED
            event_id = self.event(kind)
            lot_id = self.lot(event_id)
            self.move(event_id, kind, origin, lot_id, BOTTLES)
            origin = lot_id

    def diamonds(self) -> str:
        """The lot to trace: received, then split and merged by turns. Returns its code."""
        event_id = self.event(EventKind.COLLECTED)
        parents = [self.lot(event_id)]
        self.move(event_id, EventKind.COLLECTED, self.point_id, parents[0], BOTTLES)
        for generation in range(GENERATIONS):
            event_id = self.event(EventKind.LOT_SPLIT)
            children = [self.lot(event_id) for _ in range(2 - generation % 2)]
            share = BOTTLES // len(parents) // len(children)
            for parent in parents:
                for child in children:
                    self.move(event_id, EventKind.LOT_SPLIT, parent, child, share)
            parents = children
        return self.codes[parents[0]]

    def write(self) -> None:
        for table, rows in self.rows.items():
            if rows:
                self.session.execute(insert(table), rows)
                rows.clear()


def fill(database: Database, filler_of: Callable[[Session], Filler], movements: int) -> str:
    with database.writing() as session:
        filler = filler_of(session)
        for number in range(movements // FAMILY // 2):
            filler.family()
            if number % 500 == 0:
                filler.write()
        code = filler.diamonds()
        for number in range(movements // FAMILY - movements // FAMILY // 2):
            filler.family()
            if number % 500 == 0:
                filler.write()
        filler.write()
    if not database.is_sqlite:
        with database.writing() as session:
            session.execute(text("ANALYZE"))
    return code


def timed(work: Callable[[], object]) -> float:
    """Milliseconds, the median of several runs."""
    spent = []
    for _ in range(ROUNDS):
        start = perf_counter()
        work()
        spent.append(1000 * (perf_counter() - start))
    return median(spent)


def measure(url: str, movements: int) -> tuple[float, float]:
    """Prints what a trace and the bare query take; returns milliseconds of both."""
    database, territory_id, site_id = founded(url)
    code = fill(database, lambda session: Filler(session, territory_id, site_id), movements)
    actor = Actor(1, territory_id, frozenset(Role))
    with database.reading() as session:
        start = get_start(session, actor, StartKind.LOT, code)
        told = trace(session, start)
        if len(told.back.nodes) != 1 + GENERATIONS // 2 * 3:
            raise RuntimeError(f"the trace found {len(told.back.nodes)} places")
        ours = timed(lambda: trace(session, start))
        (start_id,) = start.place_ids

        def bare(union: str) -> Callable[[], object]:
            return lambda: session.execute(text(BARE.format(union=union)), {"start": start_id}).all()

        union, union_all = timed(bare("UNION")), timed(bare("UNION ALL"))
    database.dispose()
    print(
        f"{movements:9,} movements: trace {ours:6.1f} ms; bare query with UNION {union:6.2f} ms, "
        f"with UNION ALL {union_all:7.1f} ms ({union_all / union:.0f} x)"
    )
    return ours, union


def databases(folder: str) -> Iterator[tuple[str, int]]:
    for movements in SIZES:
        yield f"sqlite:///{Path(folder) / f'trace{movements}.sqlite3'}", movements


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        urls = (
            [(sys.argv[1 + number], size) for number, size in enumerate(SIZES)] if sys.argv[1:] else databases(folder)
        )
        results = [measure(url, movements) for url, movements in urls]
    (small, small_bare), (large, large_bare) = results
    growth = f"trace x {large / small:.2f}, bare query x {large_bare / small_bare:.2f}"
    print(f"from {SIZES[0]:,} to {SIZES[1]:,} movements: {growth}")


if __name__ == "__main__":
    main()
