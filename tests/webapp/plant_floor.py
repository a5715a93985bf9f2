"""Lots as the floor has them, recorded through the verbs, for tests of the operators' screens."""

import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from bottletrack.access import Actor
from bottletrack.database import Database
from bottletrack.identifiers import new_event_id
from bottletrack.lots import LotOnHand, get_lot
from bottletrack.orders import OrderedBottles, OrderRequest, get_reference, record_order
from bottletrack.scans import Scan
from bottletrack.stations.collection import Collection, record_collection
from bottletrack.stations.quality import InspectionStart, Judgment, record_inspection_start, record_judgment
from bottletrack.stations.relabeling import Relabeling, record_relabeling
from bottletrack.stations.sorting import SortedOut, Sorting, record_sorting
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
from tests.webapp.conftest import Visitor, email_of

MODEL, COLOR = "JU75", "vert"


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
            opened = record_run_opening(session, RunOpening(), self.scan())
            run = session.scalars(select(WashRun).where(WashRun.opened_by == opened.event_id)).one()
            record_run_loading(session, RunLoading(run.code, code), self.scan())
            return run.id

    def washed(self, quantity: int = 100, happened_at: datetime | None = None) -> str:
        run_id = self.loaded_run(quantity)
        with self.database.writing() as session:
            run_code = session.get_one(WashRun, run_id).code
            return record_run_closing(session, RunClosing(run_code, passed=quantity), self.scan(happened_at)).lot_codes[
                0
            ]

    def inspected(self, quantity: int = 100, happened_at: datetime | None = None) -> str:
        code = self.washed(quantity, happened_at)
        with self.database.writing() as session:
            record_inspection_start(session, InspectionStart(code), self.scan())
        return code

    def released(self, quantity: int = 100, happened_at: datetime | None = None) -> str:
        code = self.inspected(quantity, happened_at)
        with self.database.writing() as session:
            record_judgment(session, Judgment(code, Verdict.ACCEPT_A), self.scan())
        return code

    def packed(self, quantity: int = 100) -> str:
        code = self.released(quantity)
        with self.database.writing() as session:
            return record_relabeling(session, Relabeling(code, quantity), self.scan()).lot_codes[0]

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


def record(visitor: Visitor, url: str, **fields: Any) -> TestResponse:
    """Send a station's form with an event id of its own, unless the test gives one."""
    return visitor.send(url, {"event_id": str(new_event_id()), **fields})


def codes_in(page: TestResponse) -> list[str]:
    """The codes of the lots that a page of what was recorded shows, in their order."""
    return re.findall(r'<a href="/operator/lots/(\w{8})"', page.text)
