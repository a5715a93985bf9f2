"""How long an operator waits for the ✓: from the last key of a scan to the ✓ on the screen, the record on disk between.

Run: python -m benchmarks.station_feedback. In a real Chromium, over the demonstration, without a network and with one.
Target: a median of 50 ms. Beside it, in the same browser, what writing one row to disk costs by itself.
"""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Page
from waitress import create_server

from bottletrack.identifiers import show_code
from tests.browser.plant_floor import Device, PlantFloor
from tests.support import chromium
from webapp import create_app
from webapp.config import Settings, sqlite_url
from webapp.demonstration import ACCOUNTS, prepare

TARGET_MS = 50
SCANS = 120
#: Resolves with the milliseconds from the Enter that ends a scan to the frame that shows its ✓.
LISTEN = """code => {
    window.fed = new Promise(done => addEventListener("keydown", function ended(event) {
        if (event.key !== "Enter") return;
        removeEventListener("keydown", ended, true);
        const began = performance.now();
        const look = () => {
            const shown = document.querySelector("[data-result=done] .result-code")?.textContent === code;
            // What is there when a frame begins, that frame shows; a timer set then comes once it is painted.
            if (shown) setTimeout(() => done(performance.now() - began));
            else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    }, true));
}"""
WRITE = """times => new Promise(done => {
    const asked = indexedDB.open("benchmark", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("rows", { autoIncrement: true });
    asked.onsuccess = async () => {
        const took = [];
        for (let time = 0; time < times; time++) {
            const began = performance.now();
            const change = asked.result.transaction("rows", "readwrite", { durability: "strict" });
            change.objectStore("rows").add({ verb: "presoaks", input: { bath: "1" }, time });
            await new Promise(written => change.oncomplete = written);
            took.push(performance.now() - began);
        }
        done(took);
    };
})"""


@contextmanager
def served() -> Iterator[tuple[str, PlantFloor]]:
    """The address of a server over the demonstration, and lots in it that wait to be soaked."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "demonstration.sqlite3"
        prepare(path, say=lambda _text: None, progress=lambda _done, _rows: None)
        floor = PlantFloor(path, SCANS)
        settings = Settings(database_url=sqlite_url(path), secret_key="b" * 40)  # type: ignore[arg-type]
        server = create_server(create_app(settings, demonstration=ACCOUNTS), host="127.0.0.1", port=0, threads=4)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.effective_port}", floor
        server.trigger.pull_trigger(server.close)
        thread.join(timeout=10)
        floor.database.dispose()


def scanned(page: Page, codes: list[str]) -> list[float]:
    """Milliseconds to the ✓ of each."""
    took = []
    for code in codes:
        page.evaluate(LISTEN, show_code(code))
        page.keyboard.type(code)
        page.keyboard.press("Enter")
        took.append(float(page.evaluate("() => window.fed")))
    return took


def tell(what: str, took: list[float]) -> None:
    slowest = quantiles(took, n=20)[-1]
    print(f"{what}: median {median(took):.1f} ms, 19 of 20 within {slowest:.1f} ms ({len(took)} times)")


def main() -> None:
    with served() as (address, floor), chromium.launched(chromium.find_or_bring()) as browser:
        context = browser.new_context()
        device = Device(context.new_page(), address)
        device.set_up()
        half = SCANS // 2
        device.begin("presoak")
        context.set_offline(True)
        away = scanned(device.page, floor.codes[:half])
        context.set_offline(False)
        at_hand = scanned(device.page, floor.codes[half:])
        row = device.page.evaluate(WRITE, SCANS)
    tell("scan to ✓, no network", away)
    tell("scan to ✓, with a server on this machine", at_hand)
    tell("one row written to disk", row)
    print(f"scan to ✓: {100 * median(away + at_hand) / TARGET_MS:.0f} % of what it may take ({TARGET_MS} ms)")


if __name__ == "__main__":
    main()
