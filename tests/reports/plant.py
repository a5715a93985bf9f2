"""A small plant to record in: one site, two people who may do everything the plant does, two winemakers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bottletrack import founding, orders
from bottletrack.access import Actor
from bottletrack.database import Database
from bottletrack.identifiers import new_event_id
from bottletrack.scans import Recorded, Scan
from bottletrack.stations import collection, correction, quality, relabeling, sorting, washing
from bottletrack.tables import Person
from bottletrack.vocabulary import Role, Verdict, WashProgram

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass
class Plant:
    """Records at one site, as the clock says; `lots` are codes by the names that a test gives them."""

    database: Database
    territory_id: int
    site_id: int
    actor: Actor
    colleague: Actor
    now: datetime = START
    lots: dict[str, str] = field(default_factory=dict)

    def record(self, verb: Callable[[Session, Any, Scan], Recorded], content: object, *names: str) -> Recorded:
        """Calls a verb; the lots it makes get the names, in order."""
        with self.database.writing() as session:
            recorded = verb(session, content, Scan(new_event_id(), self.actor, self.site_id, self.now))
        self.lots.update(zip(names, recorded.lot_codes, strict=True))
        self.now += timedelta(minutes=1)
        return recorded

    def take_back(self, recorded: Recorded) -> Recorded:
        """Corrects an event, as the colleague."""
        wrong = correction.Correction(recorded.event_id, "entered by mistake")
        with self.database.writing() as session:
            back = correction.record_correction(
                session, wrong, Scan(new_event_id(), self.colleague, self.site_id, self.now)
            )
        self.now += timedelta(minutes=1)
        return back

    def next_day(self, days: int = 1) -> None:
        self.now += timedelta(days=days)

    def collect(self, name: str, declared: int, counted: int | None = None) -> Recorded:
        return self.record(collection.record_collection, collection.Collection("P1", declared, counted), name)

    def sort(self, name: str, into: dict[str, int], rejects: dict[str, int] | None = None) -> Recorded:
        """One lot into new lots of the model JU75 (`into`: name → bottles), the rest by defect into cullet."""
        parts = tuple(sorting.SortedOut("JU75", quantity) for quantity in into.values())
        thrown = tuple(sorting.SortingReject(code, quantity) for code, quantity in (rejects or {}).items())
        return self.record(sorting.record_sorting, sorting.Sorting(self.lots[name], parts, thrown), *into)

    def open_run(self, code: str, program: WashProgram = WashProgram.WASH) -> Recorded:
        return self.record(washing.record_run_opening, washing.RunOpening(program, code))

    def load(self, code: str, name: str, quantity: int | None = None) -> Recorded:
        return self.record(washing.record_run_loading, washing.RunLoading(code, self.lots[name], quantity))

    def close_run(self, closing: washing.RunClosing, *names: str) -> Recorded:
        return self.record(washing.record_run_closing, closing, *names)

    def release(self, name: str, verdict: Verdict = Verdict.ACCEPT_A) -> Recorded:
        self.record(quality.record_inspection_start, quality.InspectionStart(self.lots[name]))
        return self.record(quality.record_judgment, quality.Judgment(self.lots[name], verdict))

    def pack(self, name: str, quantity: int, packed: str) -> Recorded:
        return self.record(relabeling.record_relabeling, relabeling.Relabeling(self.lots[name], quantity), packed)

    def order(self, reference: str, quantity: int, winery: str = "V1") -> Recorded:
        lines = (orders.OrderedBottles("JU75", quantity),)
        return self.record(orders.record_order, orders.OrderRequest(lines, winery, reference=reference))


def found_plant(database: Database, *, code: str = "T1", relabeling_required: bool = True) -> Plant:
    """A territory `code` with a site, a collection point P1 and the winemakers V1 and V2."""
    with database.writing() as session:
        founding.load_catalogue(session)
        territory_id = founding.add_territory(session, code=code, name="Jura")
        site_id = founding.add_site(
            session, territory_id, code="S1", name="Arbois", relabeling_required=relabeling_required
        )
        founding.add_collection_points(session, territory_id, [{"code": "P1", "name": "Cave", "town": "Arbois"}])
        for winery in ("V1", "V2"):
            founding.add_winery(session, territory_id, code=winery, name=f"Domaine {winery}")
        people = [Person(territory_id=territory_id, email=f"{name}@{code}.test", name=name) for name in ("Ana", "Luc")]
        session.add_all(people)
        session.flush()
        roles = frozenset(Role) - {Role.WINEMAKER}
        actors = [Actor(person.id, territory_id, roles) for person in people]
    return Plant(database, territory_id, site_id, actor=actors[0], colleague=actors[1])
