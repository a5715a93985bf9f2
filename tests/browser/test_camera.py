"""The station reads labels with the device's camera, however they look, and what stays in view counts once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import Browser, Page, expect

from bottletrack.vocabulary import EventKind
from tests.browser.plant_floor import Device, PlantFloor
from tests.labels import printing
from tests.support import chromium, fake_camera

pytestmark = pytest.mark.browser

#: Half seconds until all labels were read.
_PATIENCE = 120
#: A lamp that the fake camera does not have, and what it was told.
LAMP = """() => {
    window.told = [];
    const able = MediaStreamTrack.prototype.getCapabilities;
    MediaStreamTrack.prototype.getCapabilities = function () { return { ...able.call(this), torch: true }; };
    MediaStreamTrack.prototype.applyConstraints = async (wanted) => { window.told.push(wanted.advanced[0].torch); };
}"""

#: Whether the camera sends pictures.
LIVE = "() => document.querySelector('video')?.srcObject?.active ?? false"
#: The page comes to the front, or another takes its place.
SHOWN = """(shown) => {
    Object.defineProperty(document, "hidden", { configurable: true, value: !shown });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def tilted(label: printing.Print) -> Image.Image:
    return printing.from_the_side(printing.tilted(printing.on_a_bench(label.picture), 17), 0.25)


def blurred(label: printing.Print) -> Image.Image:
    return printing.on_a_bench(label.picture).filter(ImageFilter.GaussianBlur(label.module / 2))


def torn(label: printing.Print) -> Image.Image:
    return printing.on_a_bench(printing.torn(label, 5))


def dark(label: printing.Print) -> Image.Image:
    return printing.on_a_bench(label.picture).point(lambda gray: gray // 5)


LOOKS: list[Callable[[printing.Print], Image.Image]] = [
    lambda label: printing.on_a_bench(label.picture),
    tilted,
    blurred,
    torn,
    dark,
]


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the camera looks; each test writes what it sees before the camera is switched on."""
    return tmp_path_factory.mktemp("camera") / "seen.y4m"


@pytest.fixture(scope="module")
def camera_browser(browser: Browser, video: Path) -> Iterator[Browser]:
    found = chromium.find_or_bring()
    with chromium.start(browser.browser_type, found, *fake_camera.flags(video)) as started:
        yield started


@pytest.fixture
def floor(live_server: str, tmp_path: Path) -> Iterator[PlantFloor]:
    floor = PlantFloor(tmp_path / "live.sqlite3", len(LOOKS))
    yield floor
    floor.database.dispose()


@pytest.fixture
def device(camera_browser: Browser, live_server: str) -> Iterator[Device]:
    """A telephone that is set up, with a step chosen."""
    with camera_browser.new_context(viewport={"width": 360, "height": 640}, locale="fr-FR") as context:
        page = context.new_page()
        page.add_init_script(f"({LAMP})()")
        device = Device(page, live_server)
        device.set_up()
        device.begin("presoak")
        yield device


def labels_of(codes: list[str], address: str) -> list[printing.Print]:
    """The labels of these lots, as a printer prints them."""
    (kind,) = (kind for kind in printing.KINDS if kind.name == "label 100x150")
    url = f"{address.upper()}/Q/"
    own = replace(kind, make=lambda number, address: printing.a_label(number, address, url=url + codes[number]))
    return own.prints([(number, url) for number in range(len(codes))], printing.DPI)


def switch_on(page: Page) -> None:
    page.locator(".viewfinder").get_by_role("button", name="caméra").click()
    expect(page.locator(".viewfinder")).to_have_attribute("data-camera", "on")


def test_labels_are_read_however_they_look_and_recorded_once(
    floor: PlantFloor, device: Device, live_server: str, video: Path
) -> None:
    labels = labels_of(floor.codes, live_server)
    fake_camera.film(video, [look(label) for look, label in zip(LOOKS, labels, strict=True)])
    switch_on(device.page)
    once = dict.fromkeys(floor.codes, 1)
    for _ in range(_PATIENCE):
        if floor.landed(EventKind.PRESOAK_STARTED).events == once:
            break
        device.page.wait_for_timeout(500)
    # The whole film once more, and longer than the site's time for the same label.
    device.page.wait_for_timeout(6_000)
    landed = floor.landed(EventKind.PRESOAK_STARTED)
    assert landed.events == once
    assert not landed.late
    expect(device.page.locator("[data-waiting]")).to_have_attribute("data-waiting", "0")
    expect(device.page.locator("[data-result=done] .result-code")).to_have_count(1)
    floor.assert_sound()


def test_the_camera_is_on_only_while_somebody_scans(
    floor: PlantFloor, device: Device, live_server: str, video: Path
) -> None:
    fake_camera.film(video, [Image.new("L", (40, 40), 130)])
    page = device.page
    switch_on(page)
    assert page.evaluate(LIVE)
    lamp = page.get_by_role("button", name="Lampe")
    lamp.click()
    expect(lamp).to_have_attribute("aria-pressed", "true")
    lamp.click()
    assert page.evaluate("() => window.told") == [True, False]
    # Another program is looked at meanwhile.
    page.evaluate(SHOWN, False)
    assert not page.evaluate(LIVE)
    page.evaluate(SHOWN, True)
    page.wait_for_function(LIVE)
    # Somebody pulls the camera out, and puts it in again.
    page.evaluate("() => document.querySelector('video').srcObject.getTracks()[0].dispatchEvent(new Event('ended'))")
    expect(page.locator(".viewfinder .fault")).to_be_visible()
    assert not page.evaluate(LIVE)
    page.get_by_role("button", name="Réessayer").click()
    page.wait_for_function(LIVE)
    page.locator("[data-press=back]").click()
    expect(page.locator("[data-screen=scan-lot]")).to_be_hidden()
    # Left while it was still opening, it closes as soon as it is open.
    page.wait_for_function(f"() => !({LIVE})()")


def test_without_a_camera_the_station_says_so_and_goes_on(
    floor: PlantFloor, live_server: str, new_page: Callable[..., Page]
) -> None:
    device = Device(new_page(width=360, height=640), live_server)
    device.set_up()
    device.begin("presoak")
    device.page.locator(".viewfinder").get_by_role("button", name="caméra").click()
    expect(device.page.locator(".viewfinder .fault")).to_be_visible()
    device.scan(floor.codes[0])
