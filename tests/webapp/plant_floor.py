"""Lots as the floor has them, recorded through the verbs, for tests of the operators' screens."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from bottletrack.access import Actor
from bottletrack.database import Database
from bottletrack.identifiers import new_event_id
from bottletrack.lots import LotOnHand, get_lot
from bottletrack.measuring import Reading
from bottletrack.orders import OrderedBottles, OrderRequest, get_reference, record_order
from bottletrack.scans import Scan
from bottletrack.stations.collection import Collection, record_collection
from bottletrack.stations.findings import (
    DefectFound,
    DefectsFound,
    TestResults,
    record_defects_found,
    record_test_results,
)
from bottletrack.stations.labels import (
    LabelRegistration,
    TrialStart,
    get_code,
    record_label_registration,
    record_trial_start,
)
from bottletrack.stations.quality import (
    InspectionStart,
    Judgment,
    record_inspection_start,
    record_judgment,
    record_verdict_proposal,
)
from bottletrack.stations.relabeling import Relabeling, record_relabeling
from bottletrack.stations.sorting import SortedOut, Sorting, record_sorting
from bottletrack.stations.washer import RunReadings, RunStart, record_run_readings, record_run_start
from bottletrack.stations.washing import (
    RunClosing,
    RunLoading,
    RunOpening,
    record_run_closing,
    record_run_loading,
    record_run_opening,
)
from bottletrack.tables import Event, Person, Site, WashRun
from bottletrack.vocabulary import EventKind, Role, Verdict
from tests.plant.stages import GOOD_READINGS, GOOD_RESULTS, LINE_CLEAR
from tests.webapp.conftest import Visitor, email_of

MODEL, COLOR = "JU75", "vert"
#: A cleared line and a washer as it should be, as forms say it.
CLEARED = dict.fromkeys(vars(LINE_CLEAR), "yes")
READ = {f"value.{code}": value for code, value in GOOD_READINGS.items()}


class Floor:
    """Somebody with all roles, who brings a lot of `quantity` bottles to the stage a test begins at."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.reading() as session:
            site, territory = session.execute(select(Site.id, Site.territory_id)).one()
            lead = session.scalars(select(Person.id).where(Person.email == email_of(Role.LEAD))).one()
        self.site_id = site
        self.actor = Actor(lead, territory, frozenset(Role) - {Role.WINEMAKER})

    def scan(self, happened_at: datetime | None = None) -> Scan:
        return Scan(new_event_id(), self.actor, self.site_id, happened_at or datetime.now(UTC))

    def received(self, quantity: int = 100) -> str:
        with self.database.writing() as session:
            return record_collection(session, Collection("P01", quantity), self.scan()).lot_codes[0]

    def sorted(self, quantity: int = 100, model: str = MODEL, color: str = COLOR) -> str:
        code = self.received(quantity)
        with self.database.writing() as session:
            sorting = Sorting(code, (SortedOut(model, quantity, color),))
            return record_sorting(session, sorting, self.scan()).lot_codes[0]

    def loaded_run(self, quantity: int = 100) -> int:
        """An open run with a whole lot on the line; returns its id."""
        code = self.sorted(quantity)
        with self.database.writing() as session:
            opened = record_run_opening(session, RunOpening(line_clear=LINE_CLEAR), self.scan())
            run = session.scalars(select(WashRun).where(WashRun.opened_by == opened.event_id)).one()
            record_run_loading(session, RunLoading(run.code, code), self.scan())
            return run.id

    def running(self, quantity: int = 100) -> int:
        """A run that washes a whole lot; returns its id."""
        run_id = self.loaded_run(quantity)
        with self.database.writing() as session:
            run_code = session.get_one(WashRun, run_id).code
            readings = tuple(Reading(code, Decimal(value)) for code, value in GOOD_READINGS.items())
            record_run_readings(session, RunReadings(run_code, readings), self.scan())
            record_run_start(session, RunStart(run_code), self.scan())
        return run_id

    def washed(self, quantity: int = 100, happened_at: datetime | None = None) -> str:
        run_id = self.running(quantity)
        with self.database.writing() as session:
            closing = RunClosing(session.get_one(WashRun, run_id).code, passed=quantity)
            return record_run_closing(session, closing, self.scan(happened_at)).lot_codes[0]

    def inspected(self, quantity: int = 100, happened_at: datetime | None = None) -> str:
        code = self.washed(quantity, happened_at)
        with self.database.writing() as session:
            record_inspection_start(session, InspectionStart(code), self.scan())
        return code

    def examined(self, quantity: int = 100, happened_at: datetime | None = None) -> str:
        """In quality control, with all mandatory tests done and nothing found."""
        code = self.inspected(quantity, happened_at)
        with self.database.writing() as session:
            record_test_results(session, TestResults(code, GOOD_RESULTS), self.scan())
        return code

    def failing(self, quantity: int = 100) -> str:
        """In quality control, with a critical defect."""
        code = self.examined(quantity)
        with self.database.writing() as session:
            record_defects_found(session, DefectsFound(code, (DefectFound("CR08", 1),)), self.scan())
        return code

    def to_confirm(self, quantity: int = 100) -> str:
        """To be scrapped, as the lead proposed."""
        code = self.failing(quantity)
        with self.database.writing() as session:
            record_verdict_proposal(session, Judgment(code, Verdict.SCRAP, "CR08", "Verre"), self.scan())
        return code

    def released(self, quantity: int = 100, happened_at: datetime | None = None) -> str:
        code = self.examined(quantity, happened_at)
        with self.database.writing() as session:
            record_test_results(session, TestResults(code, GOOD_RESULTS), self.scan())
            record_judgment(session, Judgment(code, Verdict.ACCEPT_A), self.scan())
        return code

    def packed(self, quantity: int = 100) -> str:
        code = self.released(quantity)
        with self.database.writing() as session:
            return record_relabeling(session, Relabeling(code, quantity), self.scan()).lot_codes[0]

    def label(self, winery: str | None = "VIG-01", **made: Any) -> str:
        """The code of a new label; without `made` it is one that promises to wash off."""
        of: dict[str, Any] = {"name": "Vin jaune", "paper": "humide", "glue": "caséine", "printer": "Dole"}
        of |= {"ink_coverage_percent": 40, "winery_code": winery}
        with self.database.writing() as session:
            registered = record_label_registration(session, LabelRegistration(**(of | made)), self.scan())
            return get_code(session, registered)

    def untried(self, quantity: int = 100) -> str:
        """A released lot, where a label waits for its trial."""
        self.label()
        return self.released(quantity)

    def on_trial(self, quantity: int = 100, label: str | None = None) -> str:
        start = TrialStart(self.released(quantity), quantity, label or self.label(), "", Decimal("1.5"), Decimal(80))
        with self.database.writing() as session:
            return record_trial_start(session, start, self.scan()).lot_codes[0]

    def ordered(self, quantity: int = 60) -> tuple[str, str]:
        """An order with bottles of a packed lot reserved for it: its reference and the lot's code."""
        code = self.packed()
        with self.database.writing() as session:
            request = OrderRequest((OrderedBottles(MODEL, quantity),), winery_code="VIG-01")
            return get_reference(session, record_order(session, request, self.scan())), code

    def lot(self, code: str) -> LotOnHand:
        with self.database.reading() as session:
            return get_lot(session, self.actor, code)

    def events(self, kind: EventKind) -> int:
        with self.database.reading() as session:
            return len(session.scalars(select(Event.id).where(Event.kind == kind)).all())


def start(visitor: Visitor, run: str) -> None:
    """Reads the washer and starts the run at that address."""
    for path, form in (("readings", READ), ("start", {})):
        assert record(visitor, f"{run}/{path}", **form).status_code == 303


def record(visitor: Visitor, url: str, **fields: Any) -> TestResponse:
    """Send a station's form with an event id of its own, unless the test gives one."""
    return visitor.send(url, {"event_id": str(new_event_id()), **fields})


def codes_in(page: TestResponse) -> list[str]:
    """The codes of the lots that a page of what was recorded shows, in their order."""
    return re.findall(r'<a href="/operator/lots/(\w{8})"', page.text)
