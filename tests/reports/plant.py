"""The small network of the plant's tests, with the way of a lot in short words: collect, sort, wash, release, pack."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bottletrack import founding, orders
from bottletrack.access import Actor
from bottletrack.database import Database
from bottletrack.scans import Recorded
from bottletrack.stations import collection, correction, findings, quality, relabeling, sorting, washing
from bottletrack.vocabulary import Verdict, WashProgram
from tests.plant.stages import GOOD_RESULTS
from tests.plant.world import Verb, World, found_world

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass
class Plant:
    """Records at the first site of a world, as its clock says; `lots` are codes by the names that a test gives them."""

    world: World
    lots: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        return self.world.database

    @property
    def territory_id(self) -> int:
        return self.world.territory_id

    @property
    def actor(self) -> Actor:
        return self.world.people["second"]

    @property
    def now(self) -> datetime:
        return self.world.now

    @now.setter
    def now(self, moment: datetime) -> None:
        self.world.now = moment

    def record(self, verb: Verb, content: object, *names: str) -> Recorded:
        """Calls a verb, as a journal does; the lots it makes get the names, in order."""
        recorded = self.world.send(verb, content, replace(self.world.scan(), historical=True))
        self.lots.update(zip(names, recorded.lot_codes, strict=True))
        return recorded

    def take_back(self, recorded: Recorded) -> Recorded:
        """Corrects an event, as a colleague."""
        wrong = correction.Correction(recorded.event_id, "entered by mistake")
        return self.world.record(correction.record_correction, wrong, "third")

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

    def inspect(self, name: str) -> None:
        """Into quality control, where all mandatory tests are good."""
        self.record(quality.record_inspection_start, quality.InspectionStart(self.lots[name]))
        self.record(findings.record_test_results, findings.TestResults(self.lots[name], GOOD_RESULTS))

    def release(self, name: str, verdict: Verdict = Verdict.ACCEPT_A) -> Recorded:
        self.inspect(name)
        return self.record(quality.record_judgment, quality.Judgment(self.lots[name], verdict))

    def pack(self, name: str, quantity: int, packed: str) -> Recorded:
        return self.record(relabeling.record_relabeling, relabeling.Relabeling(self.lots[name], quantity), packed)

    def order(self, reference: str, quantity: int, winery: str = "V1") -> Recorded:
        lines = (orders.OrderedBottles("JU75", quantity),)
        return self.record(orders.record_order, orders.OrderRequest(lines, winery, reference=reference))


def found_plant(database: Database, *, relabeling_required: bool = True) -> Plant:
    """A network of its own with a collection point P1 and the winemakers V1 and V2, on the 2nd of March 2026."""
    with database.writing() as session:
        founding.load_catalogue(session)
    plant = Plant(found_world(database, relabeling_required=relabeling_required))
    plant.now = START
    return plant
