"""The station's program in a real browser: kept on the device, opened without a network, newer when it is wanted."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from webapp.station import shell
from webapp.station.release import current_release

pytestmark = pytest.mark.browser

KEPT = """async () => { await navigator.serviceWorker.ready; return (await caches.keys()).join(); }"""
WRITE = """() => new Promise((done) => {
    const asked = indexedDB.open("kept", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("rows").put("a scan", 1);
    asked.onsuccess = () => { asked.result.close(); done(null); };
})"""
READ = """() => new Promise((done) => {
    const asked = indexedDB.open("kept", 1);
    asked.onsuccess = () => {
        const row = asked.result.transaction("rows").objectStore("rows").get(1);
        row.onsuccess = () => done(row.result);
    };
})"""


@pytest.fixture
def station(live_server: str, new_page: Callable[..., Page]) -> Page:
    """The station opened for the first time, and kept on the device."""
    page = new_page(width=360, height=640, base_url=live_server)
    page.goto("/station/")
    expect(page.locator("h1")).to_have_text("Nouvel appareil")
    assert page.evaluate(KEPT) == f"station-{current_release().version}"
    return page


def test_it_opens_without_a_network_in_every_language(station: Page) -> None:
    station.context.set_offline(True)
    station.reload()
    expect(station.locator("h1")).to_have_text("Nouvel appareil")
    station.get_by_role("button", name="Réglages").click()
    station.get_by_role("button", name="العربية").click()
    expect(station.locator("html")).to_have_attribute("dir", "rtl")
    station.goto("/station/?from=label")
    expect(station.locator("html")).to_have_attribute("lang", "ar")
    station.locator("[data-press=settings]").click()
    station.get_by_role("button", name="English").click()
    expect(station.locator("h1")).to_have_text("Settings")


def test_it_reads_the_codes_of_a_picture_without_a_network(station: Page) -> None:
    station.context.set_offline(True)
    version = current_release().version
    # The page's own decoder, asked as the page asks it: the wasm comes from the device, under the page's policy.
    contents = station.evaluate(
        """(path) => new Promise((done) => {
            const worker = new Worker(path, { type: "module" });
            worker.onmessage = ({ data }) => done(data);
            worker.postMessage({ number: 7, image: new ImageData(64, 64) });
        })""",
        f"/station/assets/{version}/decoder.js",
    )
    assert contents == {"number": 7, "contents": []}


def test_a_newer_release_waits_until_it_is_wanted_and_takes_nothing_away(
    station: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    station.evaluate(WRITE)
    newer = replace(current_release(), version="newer")
    monkeypatch.setattr(shell, "current_release", lambda: newer)
    station.evaluate("() => dispatchEvent(new Event('online'))")
    banner = station.get_by_role("button", name="Nouvelle version")
    expect(banner).to_be_visible()
    expect(station.locator("body")).not_to_have_attribute("data-version", "newer")
    banner.click()
    expect(station.locator("body")).to_have_attribute("data-version", "newer")
    assert station.evaluate(KEPT) == "station-newer"
    assert station.evaluate(READ) == "a scan"
    station.context.set_offline(True)
    station.reload()
    expect(station.locator("h1")).to_have_text("Nouvel appareil")
