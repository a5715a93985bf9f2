"""A plant with a lot at each stage, and a station on which every step is taken as people take it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from bottletrack import orders
from bottletrack.access import Actor
from bottletrack.identifiers import new_event_id
from bottletrack.measuring import Reading
from bottletrack.scans import Recorded, Scan
from bottletrack.stations import collection, presoak, sorting, storage, washer, washing
from bottletrack.tables import BottleModel, Event, LateScan, Lot, Order, Place, WashRun, Winery
from bottletrack.vocabulary import EventKind, Role, Stage
from tests.browser.plant_floor import Device, PlantFloor
from tests.plant.stages import GOOD_READINGS, LINE_CLEAR
from webapp.demonstration import CHARACTERS

_POINT = "P01"
#: Bottles of the order that waits.
ORDERED = 60


class Scene(PlantFloor):
    """Lots by what they wait for, all of them recorded by the verbs."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, lots=6)
        self.announced = self._make(collection.record_announcement, collection.Announcement(_POINT, 120))
        self.received = self._make(
            collection.record_collection, collection.Collection(_POINT, 240, container="PALOX-7")
        )
        self.to_load, self.to_soak, self.to_hold, self.other, self.held, self.washing = self.codes
        self.record(storage.record_hold, storage.LotReason(self.held, "glass"))
        self.running = self._run(self.washing)
        self.record(washer.record_run_readings, washer.RunReadings(self.running, _readings()))
        self.record(washer.record_run_start, washer.RunStart(self.running))
        self.standing = self._run()
        self.released, self.order = self._order()

    def soak(self, code: str) -> None:
        """Puts a lot into a bath."""
        self.record(presoak.record_presoak_start, presoak.PresoakStart(code, "1"))

    def sort_away(self, code: str) -> None:
        """Somebody else sorts a lot to its last bottle."""
        self.record(sorting.record_sorting, sorting.Sorting(code, (sorting.SortedOut("BG75", 240),)))

    def record_arrival(self) -> str:
        """The code of a lot that arrives now."""
        return self._make(collection.record_collection, collection.Collection(_POINT, 48))

    def late_rows(self) -> int:
        """How many scans wait for a lead."""
        with self.database.reading() as session:
            return session.scalars(select(func.count(LateScan.id)).where(LateScan.site_id == self.site_id)).one()

    def record(self, verb: Callable[..., Recorded], what: Any, role: Role = Role.OPERATOR) -> Recorded:
        """Records by the operator, or by the first of another role, a moment ago."""
        by = self.operator if role is Role.OPERATOR else self._coordinator()
        with self.database.writing() as session:
            return verb(session, what, Scan(new_event_id(), by, self.site_id, datetime.now(UTC) - timedelta(seconds=1)))

    def kinds(self, since: datetime) -> list[str]:
        """What happened from then on, in order, corrections included."""
        with self.database.reading() as session:
            found = session.scalars(select(Event).where(Event.recorded_at >= since).order_by(Event.sequence))
            return [event.kind.value for event in found if event.kind not in _BEHIND_THE_SCENES]

    def _make(self, verb: Callable[..., Recorded], what: Any) -> str:
        (code,) = self.record(verb, what).lot_codes
        return code

    def _run(self, *lots: str) -> str:
        self.record(washing.record_run_opening, washing.RunOpening(line_clear=LINE_CLEAR))
        with self.database.reading() as session:
            code = session.scalars(select(WashRun.code).order_by(WashRun.id.desc())).first() or ""
        for lot in lots:
            self.record(washing.record_run_loading, washing.RunLoading(code, lot))
        return code

    def _order(self) -> tuple[str, str]:
        """A released lot, and the order for which most of it is reserved."""
        with self.database.reading() as session:
            model = session.scalars(
                select(BottleModel.code)
                .join(Lot, Lot.model_id == BottleModel.id)
                .join(Place, Place.id == Lot.id)
                .where(Lot.stage == Stage.RELEASED, Lot.site_id == self.site_id, Place.quantity > 2 * ORDERED)
            ).first()
            winery = session.scalars(select(Winery.code)).first()
        wanted = orders.OrderRequest((orders.OrderedBottles(model or "", ORDERED),), winery_code=winery)
        self.record(orders.record_order, wanted, Role.COORDINATOR)
        with self.database.reading() as session:
            reference = session.scalars(select(Order.reference).order_by(Order.id.desc())).first() or ""
            promised = select(Lot.code).join(Place, Place.id == Lot.id).where(Place.promised == ORDERED)
            lot = session.scalars(promised).one()
        return lot, reference

    def _coordinator(self) -> Actor:
        profile = next(each.profile for each in CHARACTERS if Role.COORDINATOR in each.profile.roles)
        return Actor(self.operator.person_id, self.territory_id, profile.roles)


_BEHIND_THE_SCENES = (EventKind.LABELS_PRINTED,)


def _readings() -> tuple[Reading, ...]:
    return tuple(Reading(code, Decimal(value)) for code, value in GOOD_READINGS.items())


class Station(Device):
    """The station's screens by what is pressed and scanned on them."""

    def __init__(self, page: Page, address: str, look: Callable[[Page], None] = lambda _page: None) -> None:
        super().__init__(page, address)
        self._look = look

    def at(self, screen: str) -> None:
        """Waits for a screen, and looks at it."""
        expect(self.page.locator(f'[data-screen="{screen}"]')).to_be_visible()
        self._look(self.page)

    def press(self, key: str) -> None:
        self.page.locator(f'[data-press="{key}"]').click()

    def choose(self, value: str) -> None:
        self.page.locator(f'[data-value="{value}"]').click()

    def count(self, crates: str, loose: str = "") -> None:
        """Types full crates, then loose bottles."""
        self.at("quantity-crates")
        self.type(crates)
        self.at("quantity-loose")
        self.type(loose)

    def step(self, action: str) -> None:
        """From wherever it stands, to the first question of a step."""
        while self.page.locator("[data-screen=start]").count() == 0:
            self.press("back")
        if self.page.locator(f"[data-action={action}]").count() == 0:
            self.press("all")
            self.at("all")
        self.page.locator(f"[data-action={action}]").click()

    def read(self, text: str) -> None:
        """A handheld scanner reads a code."""
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def card(self, letter: str, code: str) -> None:
        """The same, with the address that stands in our QR codes."""
        self.read(f"{self.address}/{letter}/{code}".upper())

    def done(self) -> None:
        expect(self.page.locator("[data-result=done]")).to_be_visible()
        self._look(self.page)

    def refused(self) -> str:
        """What the red panel says."""
        expect(self.page.locator("[data-result=refused]")).to_be_visible()
        self._look(self.page)
        return self.page.locator("[data-result=refused]").inner_text()

    def sent(self) -> None:
        """Everything has reached the server."""
        expect(self.page.locator("[data-waiting]")).to_have_attribute("data-waiting", "0", timeout=20_000)

    def type(self, digits: str) -> None:
        for digit in digits:
            self.page.locator(f'[data-key="{digit}"]').click()
        self.page.locator("[data-key=ok]").click()
