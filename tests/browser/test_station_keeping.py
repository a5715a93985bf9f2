"""What the station keeps when its disk is full, when nobody stands there, and when the server knows it no more."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bottletrack.devices import list_devices, revoke_device
from bottletrack.vocabulary import EventKind
from tests.browser.conftest import SECRET
from tests.browser.plant_floor import Device, PlantFloor

pytestmark = pytest.mark.browser

FULL = """() => {
    window.add = IDBObjectStore.prototype.add;
    IDBObjectStore.prototype.add = () => { throw new DOMException("no room", "QuotaExceededError"); };
}"""
EMPTIED = "() => { IDBObjectStore.prototype.add = window.add; }"


@pytest.fixture
def floor(live_server: str, tmp_path: Path) -> Iterator[PlantFloor]:
    assert live_server
    floor = PlantFloor(tmp_path / "live.sqlite3", 3)
    yield floor
    floor.database.dispose()


@pytest.fixture
def device(floor: PlantFloor, live_server: str, new_page: Callable[..., Page]) -> Device:
    device = Device(new_page(), live_server)
    device.page.clock.install()
    device.set_up()
    return device


def test_a_record_that_cannot_be_kept_is_refused_loudly(floor: PlantFloor, device: Device) -> None:
    device.begin("presoak")
    device.page.evaluate(FULL)
    device.page.keyboard.type(floor.codes[0])
    device.page.keyboard.press("Enter")
    expect(device.page.locator("[data-screen=stop]")).to_contain_text("Pas enregistré")
    expect(device.page.locator("[data-result=done]")).to_have_count(0)
    device.page.evaluate(EMPTIED)
    device.page.locator("[data-press=put-aside]").click()
    device.scan_all(floor.codes)
    device.drain()
    assert floor.landed(EventKind.PRESOAK_STARTED).events == Counter(floor.codes)


def test_a_station_that_nobody_touches_is_locked_also_without_a_network(floor: PlantFloor, device: Device) -> None:
    nearly = (floor.idle_minutes - 1) * 60_000
    device.page.context.set_offline(True)
    device.begin("presoak")
    for code in floor.codes:
        device.scan(code)
        device.page.clock.fast_forward(nearly)
    expect(device.page.locator("[data-screen=scan-lot]")).to_be_visible()
    device.page.clock.fast_forward(60_000)
    expect(device.page.locator("[data-screen=sign-in]")).to_be_visible()
    assert device.waiting() == 3
    device.page.keyboard.type(floor.codes[0])
    device.page.keyboard.press("Enter")
    expect(device.page.locator("[data-result=refused]")).to_contain_text("badge")
    assert device.waiting() == 3
    device.page.reload()
    expect(device.page.locator("[data-screen=sign-in]")).to_be_visible()
    device.page.context.set_offline(False)
    device.sign_in(floor.badge(SECRET), "2580")
    expect(device.page.locator("[data-waiting]")).to_have_attribute("data-waiting", "0")
    # This device's clock runs ahead by now: it says so, and a lead looks at what it recorded.
    expect(device.page.locator("[data-waiting]")).to_contain_text("horloge")
    landed = floor.landed(EventKind.PRESOAK_STARTED)
    assert landed.events + landed.late == Counter(floor.codes)
    assert landed.late


def test_what_a_revoked_device_recorded_waits_for_a_lead(floor: PlantFloor, device: Device) -> None:
    device.begin("presoak")
    device.page.context.set_offline(True)
    device.scan_all(floor.codes)
    with floor.database.writing() as session:
        (on_file,) = list_devices(session, floor.operator)
        revoke_device(session, floor.operator, on_file.id, datetime.now(UTC))
    device.page.context.set_offline(False)
    device.page.reload()
    # The first of its screens, or the next where the password still holds.
    expect(device.page.locator("[data-screen^=set-up]")).to_be_visible()
    assert device.waiting() == 3
    device.set_up()
    expect(device.page.locator("[data-waiting]")).to_have_attribute("data-waiting", "0")
    assert floor.landed(EventKind.PRESOAK_STARTED).late == Counter(floor.codes)
    floor.assert_sound()
