"""A plant's floor for tests of the station: lots that wait for a step, devices that scan them, and what came of it."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select

from bottletrack.access import Actor
from bottletrack.badges import badges_by_email, token_of
from bottletrack.database import Database
from bottletrack.identifiers import new_event_id, show_code
from bottletrack.reports.audit import run_audit
from bottletrack.scans import Scan
from bottletrack.stations import collection, sorting, storage
from bottletrack.tables import CollectionPoint, Event, LateScan, Lot, LotState, Person, Site, Sitting
from bottletrack.vocabulary import EventKind
from webapp.config import sqlite_url
from webapp.demonstration import CHARACTERS, SITE

#: Lead and quality too, so that the same person sets the device up.
OPERATOR = CHARACTERS[0].account
_BOTTLES = 12
_SCANNED = """code => new Promise(done => {
    const until = performance.now() + 10000;
    const look = () => {
        const panel = document.querySelector("[data-result]");
        const shown = panel?.querySelector(".result-code")?.textContent === code ? panel.dataset.result : null;
        if (shown || performance.now() > until) done(shown ?? document.querySelector("[data-screen]").innerText);
        else setTimeout(look, 4);
    };
    look();
})"""


@dataclass(frozen=True)
class Landed:
    """What became of scans: how many events of a kind each lot has, and which lots' scans wait for a lead."""

    events: Counter[str]
    late: Counter[str]


class PlantFloor:
    """The database of the demonstration, with lots of this test's own."""

    def __init__(self, path: Path, lots: int) -> None:
        self.database = Database(sqlite_url(path), connections=4)
        with self.database.reading() as session:
            site = session.scalars(select(Site).where(Site.code == SITE)).one()
            self.site_id, self.territory_id, self.idle_minutes = site.id, site.territory_id, site.idle_minutes
            person = session.scalars(select(Person).where(Person.email == OPERATOR.email)).one()
            self.operator = Actor(person.id, site.territory_id, CHARACTERS[0].profile.roles, site_id=site.id)
            self._point = session.scalars(select(CollectionPoint.code)).first() or ""
        self.codes = self._sorted_lots(lots)

    def hold(self, code: str) -> None:
        """Somebody else holds the lot, and a device that is away does not hear of it."""
        with self.database.writing() as session:
            storage.record_hold(session, storage.LotReason(code, "glass"), self._scan())

    def badge(self, secret: str) -> str:
        """What the operator's badge holds."""
        with self.database.reading() as session:
            return token_of(badges_by_email(session, [OPERATOR.email])[OPERATOR.email], secret)

    def landed(self, kind: EventKind) -> Landed:
        """What the books and the list of late scans say of this test's lots."""
        with self.database.reading() as session:
            booked = (
                select(Lot.code).join(LotState, LotState.lot_id == Lot.id).join(Event, Event.id == LotState.event_id)
            )
            events = session.scalars(booked.where(Event.kind == kind, Lot.code.in_(self.codes))).all()
            late = session.scalars(select(LateScan.content).where(LateScan.site_id == self.site_id)).all()
        return Landed(Counter(events), Counter(code for content in late for code in self.codes if code in content))

    def waits(self, kind: EventKind) -> list[float]:
        """Seconds from the device's time to the server's, for all of a kind that the operator recorded."""
        with self.database.reading() as session:
            mine = Event.kind == kind, Event.actor_id == self.operator.person_id
            clocks = session.execute(select(Event.recorded_at, Event.happened_at).where(*mine)).all()
        return [(recorded_at - happened_at).total_seconds() for recorded_at, happened_at in clocks]

    def proofs(self) -> set[str]:
        """How people showed who they are, at all devices."""
        with self.database.reading() as session:
            return {proof.value for proof in session.scalars(select(Sitting.proof))}

    def assert_sound(self) -> None:
        """The audit finds nothing."""
        with self.database.reading() as session:
            report = run_audit(session, self.territory_id)
        assert report.clean, report.findings

    def _sorted_lots(self, lots: int) -> list[str]:
        with self.database.writing() as session:
            arrived = collection.Collection(self._point, _BOTTLES * lots)
            (arrived_code,) = collection.record_collection(session, arrived, self._scan()).lot_codes
            parts = tuple(sorting.SortedOut("BG75", _BOTTLES) for _ in range(lots))
            return list(sorting.record_sorting(session, sorting.Sorting(arrived_code, parts), self._scan()).lot_codes)

    def _scan(self) -> Scan:
        # A moment ago: a device's clock and ours need not agree to the second.
        return Scan(new_event_id(), self.operator, self.site_id, datetime.now(UTC) - timedelta(seconds=1))


class Device:
    """A station in a browser, handled as a person with a scanner handles it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address

    def set_up(self) -> None:
        """A lead signs in by password and says which station this is; who set it up stands at it then."""
        self.page.goto(f"{self.address}/account/sign-in?next=/station/")
        self.page.locator("input[name=email]").fill(OPERATOR.email)
        self.page.locator("input[name=password]").fill(OPERATOR.password)
        self.page.locator("main button[type=submit]").first.click()
        self.page.locator("[data-station=washing]").click()
        self.expect_start()
        # From here on it opens without a network, and knows the plant.
        self.page.evaluate("async () => { await navigator.serviceWorker.ready }")
        self.page.locator("[data-action=presoak]").wait_for()

    def open(self) -> None:
        """Opens the station, or opens it anew."""
        self.page.goto(f"{self.address}/station/")
        self.expect_start()

    def sign_in(self, badge: str, pin: str) -> None:
        """Scans a badge and types its PIN on the screen's keys."""
        self.page.keyboard.type(f"{self.address.upper()}/B/{badge}")
        self.page.keyboard.press("Enter")
        for digit in pin:
            self.page.locator(f'[data-key="{digit}"]').click()
        self.page.locator("[data-key=ok]").click()
        self.expect_start()

    def begin(self, action: str) -> None:
        """Chooses a step; a soaking is in bath 1."""
        start = self.page.locator("[data-screen=start]")
        self.page.locator("[data-press=back]").or_(start).first.wait_for()
        for _ in range(4):
            if start.count() == 0:
                self.page.locator("[data-press=back]").click()
        self.page.locator(f"[data-action={action}]").click()
        if action == "presoak":
            self.page.locator('[data-value="1"]').click()
        expect(self.page.locator("[data-screen=scan-lot]")).to_be_visible()

    def scan(self, code: str) -> None:
        """A scanner types the code; the ✓ comes when the record is on disk."""
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")
        shown = self.page.evaluate(_SCANNED, show_code(code))
        assert shown == "done", f"{code}: {shown}"

    def scan_all(self, codes: list[str]) -> None:
        for code in codes:
            self.scan(code)

    def waiting(self) -> int:
        """How many records it says are waiting."""
        return int(self.page.locator("[data-waiting]").get_attribute("data-waiting") or -1)

    def drain(self) -> None:
        """Opens the station anew, which sends, until nothing waits any more."""
        self.open()
        expect(self.page.locator("[data-waiting]")).to_have_attribute("data-waiting", "0", timeout=45_000)

    def expect_start(self) -> None:
        expect(self.page.locator("[data-screen=start]")).to_be_visible(timeout=30_000)


def shuffled(codes: list[str], seed: int) -> list[str]:
    """The lots in the order in which somebody happens to take them."""
    return random.Random(seed).sample(codes, len(codes))
