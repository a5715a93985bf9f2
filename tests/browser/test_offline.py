"""Whatever happens to the network, the server and the browser: each scan is in the books once, or waits for a lead."""

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from bottletrack.vocabulary import EventKind
from tests.browser.conftest import SECRET
from tests.browser.plant_floor import Device, Landed, PlantFloor, shuffled
from tests.support.bad_line import BadLine, Fault
from tests.support.killable import BrowserProcess, ServerProcess
from webapp.config import sqlite_url

pytestmark = pytest.mark.browser

#: Twice as many scans: each lot goes into the bath and out of it again.
LOTS = 106


class Ordeal:
    """A device, its server, and the line between them; each of them can be made to fail."""

    def __init__(self, folder: Path, path: Path, browser: Browser) -> None:
        self._browser_type = browser.browser_type
        environment = {"BOTTLETRACK_DATABASE_URL": sqlite_url(path), "BOTTLETRACK_SECRET_KEY": SECRET}
        self.server = ServerProcess(environment, folder / "server.log")
        self.line = BadLine(self.server.port)
        self.address = f"http://127.0.0.1:{self.line.port}"
        self.server.environment["BOTTLETRACK_PUBLIC_URL"] = self.address
        self.browser = BrowserProcess(folder / "profile", folder / "browser.log")
        self.action = ""

    def begin(self, action: str) -> None:
        self.action = action
        self.device.begin(action)

    def start_browser(self) -> None:
        context = self.browser.connect(self._browser_type)
        self.device = Device(context.new_page(), self.address)

    def with_fault(self, fault: Fault, codes: list[str]) -> None:
        """Scans while no sync gets through as it should, and until one has met the fault."""
        self.line.fault, self.line.meets = fault, lambda path: path.endswith("/sync")
        spoilt = self.line.spoilt
        self.device.scan_all(codes)
        for _ in range(400):
            if self.line.spoilt > spoilt:
                break
            self.device.page.wait_for_timeout(50)
        assert self.line.spoilt > spoilt, f"nothing met the fault: {fault.value}"
        self.line.fault = Fault.NONE

    def network_off(self, codes: list[str]) -> None:
        self.device.page.context.set_offline(True)
        self.device.scan_all(codes)
        self.device.page.context.set_offline(False)

    def reloaded_while_down(self, codes: list[str]) -> None:
        self.line.fault, self.line.meets = Fault.CUT, lambda _path: True
        half = len(codes) // 2
        self.device.scan_all(codes[:half])
        self.device.open()
        assert self.device.waiting() >= half
        self.device.begin(self.action)
        self.device.scan_all(codes[half:])
        self.line.fault = Fault.NONE

    def server_killed(self, times: int, codes: list[str]) -> None:
        """Each time just as a scan reaches it; the others are scanned while it starts again."""
        for number in range(times):
            *meanwhile, last = codes[number::times]
            self.device.scan_all(meanwhile)
            self.server.wait()
            self.device.scan(last)
            self.server.kill()
            self.server.start()
        self.server.wait()

    def browser_killed(self, codes: list[str]) -> None:
        """Once as the answer is on its way, and once as the server is away."""
        half = len(codes) // 2
        self.device.scan_all(codes[:half])
        self.reopened()
        self.line.fault, self.line.meets = Fault.CUT, lambda _path: True
        self.device.scan_all(codes[half:])
        self.reopened()
        assert self.device.waiting() >= len(codes) - half
        self.line.fault = Fault.NONE

    def reopened(self) -> None:
        # Else it would be a new device to the server: nothing is lost then either, but it must be set up again.
        self.browser.wait_for_cookie("station")
        self.browser.kill()
        self.start_browser()
        self.device.open()
        self.device.begin(self.action)

    def two_tabs(self, codes: list[str]) -> None:
        first = self.device
        second = Device(first.page.context.new_page(), self.address)
        second.open()
        second.begin(self.action)
        for number, code in enumerate(codes):
            (first, second)[number % 2].scan(code)
        second.page.close()

    def badge_alone(self, codes: list[str], badge: str) -> None:
        """Somebody signs in while nobody can look at the PIN."""
        self.line.fault, self.line.meets = Fault.CUT, lambda _path: True
        page = self.device.page
        page.locator("[data-press=back]").first.click()
        page.locator("[data-press=all]").click()
        page.locator("[data-press=end]").click()
        page.locator("[data-screen=sign-in]").wait_for()
        self.device.sign_in(badge, "1234")
        self.device.begin(self.action)
        self.device.scan_all(codes)
        self.line.fault = Fault.NONE


@pytest.fixture
def floor(demonstration: Path, tmp_path: Path) -> Iterator[PlantFloor]:
    floor = PlantFloor(Path(shutil.copy(demonstration, tmp_path / "plant.sqlite3")), LOTS)
    yield floor
    floor.database.dispose()


@pytest.fixture
def ordeal(floor: PlantFloor, tmp_path: Path, browser: Browser) -> Iterator[Ordeal]:
    ordeal = Ordeal(tmp_path, tmp_path / "plant.sqlite3", browser)
    with ExitStack() as stack:
        stack.enter_context(ordeal.server).start()
        stack.enter_context(ordeal.line.open())
        stack.enter_context(ordeal.browser)
        ordeal.server.wait()
        ordeal.start_browser()
        yield ordeal


def test_no_scan_is_lost_and_none_counts_twice(ordeal: Ordeal, floor: PlantFloor) -> None:
    ordeal.device.set_up()
    codes = shuffled(floor.codes, seed=4)
    held, broken = codes[100], codes[101]

    ordeal.begin("presoak")
    ordeal.device.scan_all(codes[:10])
    ordeal.network_off(codes[10:25])
    ordeal.reloaded_while_down(codes[25:40])
    ordeal.with_fault(Fault.LOST, codes[40:50])
    ordeal.with_fault(Fault.HALF, codes[50:60])
    ordeal.server_killed(5, codes[60:85])
    ordeal.browser_killed(codes[85:100])
    ordeal.line.fault = Fault.CUT
    floor.hold(held)
    ordeal.device.scan_all(codes[100:])
    spoil_row(ordeal.device.page, broken)
    ordeal.line.fault = Fault.NONE
    ordeal.device.drain()
    good = [code for code in codes if code not in (held, broken)]
    assert floor.landed(EventKind.PRESOAK_STARTED).events == Counter(good)
    assert floor.landed(EventKind.PRESOAK_STARTED).late == Counter([held, broken])

    ordeal.begin("end_presoak")
    ordeal.two_tabs(good[:30])
    ordeal.with_fault(Fault.LOGIN, good[30:45])
    ordeal.with_fault(Fault.REDIRECT, good[45:60])
    ordeal.badge_alone(good[60:75], floor.badge(SECRET))
    ordeal.network_off(good[75:])
    ordeal.device.drain()
    assert floor.landed(EventKind.PRESOAK_ENDED).events == Counter(good)
    assert floor.landed(EventKind.PRESOAK_ENDED).late == Counter([held, broken])
    floor.assert_sound()
    # Both clocks are kept: the device's when it was scanned, the server's when it arrived.
    waits = floor.waits(EventKind.PRESOAK_STARTED)
    assert -1 < min(waits) < 1 < max(waits)
    assert floor.proofs() == {"password", "badge_alone"}


@pytest.mark.slow
def test_no_scan_is_lost_on_many_bad_days(ordeal: Ordeal, floor: PlantFloor) -> None:
    """Troubles in any order, over and over: lots go into the bath and out of it again."""
    days, at_once = 4, 12
    chance = random.Random(11)
    troubles: list[Callable[[list[str]], None]] = [
        lambda codes: ordeal.device.scan_all(codes),
        ordeal.network_off,
        ordeal.reloaded_while_down,
        lambda codes: ordeal.server_killed(2, codes),
        ordeal.browser_killed,
        ordeal.two_tabs,
        *(partial(ordeal.with_fault, fault) for fault in (Fault.LOST, Fault.HALF, Fault.LOGIN, Fault.REDIRECT)),
    ]
    ordeal.device.set_up()
    for day in range(days):
        for action in ("presoak", "end_presoak"):
            ordeal.begin(action)
            codes = shuffled(floor.codes, seed=day)
            for begun in range(0, len(codes), at_once):
                chance.choice(troubles)(codes[begun : begun + at_once])
        ordeal.device.drain()
    for kind in (EventKind.PRESOAK_STARTED, EventKind.PRESOAK_ENDED):
        assert floor.landed(kind) == Landed(Counter(dict.fromkeys(floor.codes, days)), Counter())
    floor.assert_sound()


def test_two_devices_that_worked_on_the_same_lots_agree_in_the_end(
    live_server: str, tmp_path: Path, new_page: Callable[..., Page]
) -> None:
    floor = PlantFloor(tmp_path / "live.sqlite3", 6)
    devices = [Device(new_page(), live_server) for _ in range(2)]
    for device in devices:
        device.set_up()
        device.page.context.set_offline(True)
        device.begin("presoak")
        device.scan_all(floor.codes)
    devices[0].begin("end_presoak")
    devices[0].scan_all(floor.codes[:2])
    for device in devices:
        device.page.context.set_offline(False)
        device.drain()
    started, ended = floor.landed(EventKind.PRESOAK_STARTED), floor.landed(EventKind.PRESOAK_ENDED)
    # Two were out of the bath when the second device told that it put them in: so it did, as far as anybody knows.
    assert ended.events == Counter(floor.codes[:2])
    assert started.events == Counter(floor.codes) + ended.events
    assert started.late == Counter(floor.codes[2:])
    floor.assert_sound()
    floor.database.dispose()


def spoil_row(page: Page, code: str) -> None:
    """A row whose content nobody can read any more, among good ones."""
    spoilt = page.evaluate(
        """code => new Promise(done => {
            const asked = indexedDB.open("bottletrack-station");
            asked.onsuccess = () => {
                const rows = asked.result.transaction("rows", "readwrite").objectStore("rows");
                rows.getAll().onsuccess = ({ target }) => {
                    const row = target.result.find(row => row.input.lot_code === code);
                    rows.put({ ...row, input: { lot_code: code, bath: 7, colour: "\\u0000" } });
                    rows.transaction.oncomplete = () => { asked.result.close(); done(row.event_id); };
                };
            };
        })""",
        code,
    )
    assert spoilt
