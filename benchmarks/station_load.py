"""What opening the station costs the network, in a real Chromium: the first time, and every later time.

Run: python -m benchmarks.station_load. The bytes are counted where they leave the server, heads of answers included, so
that what the browser's service worker fetches counts too. Targets: 700 kB the first time, reader of QR codes and all
languages included; later nothing of it, but for a look whether there is a newer release.
"""

import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from playwright.sync_api import Page, expect
from waitress import create_server

from bottletrack.database import upgrade
from tests.support import chromium
from webapp import create_app
from webapp.config import Settings, sqlite_url

TARGET_BYTES = 700_000
#: A browser looks for a newer service worker once the page has come to rest.
LOOKS_WITHIN_MS = 5000
READY = "async () => { await navigator.serviceWorker.ready; }"


@dataclass
class Counter:
    """A WSGI application that counts what another one answers."""

    app: Callable[..., Iterable[bytes]]
    sent: dict[str, int] = field(default_factory=dict)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        self.sent.setdefault(path, 0)

        def counted(status: str, headers: list[tuple[str, str]], *arguments: Any) -> Any:
            self.sent[path] += sum(len(f"{name}: {value}\r\n") for name, value in headers) + len(status) + 13
            return start_response(status, headers, *arguments)

        environ.pop("wsgi.file_wrapper", None)  # or files would leave past this counter
        for chunk in self.app(environ, counted):
            self.sent[path] += len(chunk)
            yield chunk

    def since(self) -> dict[str, int]:
        """Bytes by path since the last time this was asked."""
        sent, self.sent = self.sent, {}
        return sent


@contextmanager
def served() -> Iterator[tuple[str, Counter]]:
    """The address of a server over an empty database, and what counts its answers."""
    with tempfile.TemporaryDirectory() as folder:
        url = sqlite_url(Path(folder) / "empty.sqlite3")
        upgrade(url)
        counter = Counter(create_app(Settings(database_url=url, secret_key="b" * 40)))  # type: ignore[arg-type]
        server = create_server(counter, host="127.0.0.1", port=0, threads=4)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.effective_port}", counter
        server.trigger.pull_trigger(server.close)
        thread.join(timeout=10)


def opened(page: Page, address: str) -> float:
    """Seconds until the station shows its first screen."""
    start = perf_counter()
    page.goto(f"{address}/station/")
    expect(page.locator("h1")).to_be_visible()
    return perf_counter() - start


def tell(what: str, seconds: float, sent: dict[str, int]) -> int:
    """Prints what was sent, the largest first, and says how much it was."""
    total = sum(sent.values())
    print(f"{what}: {total / 1000:.1f} kB in {len(sent)} answers, first screen after {1000 * seconds:.0f} ms")
    for path, size in sorted(sent.items(), key=lambda item: -item[1])[:4]:
        print(f"    {size / 1000:6.1f} kB  {path}")
    return total


def main() -> None:
    with served() as (address, counter), chromium.launched(chromium.find_or_bring()) as browser:
        context = browser.new_context()
        page = context.new_page()
        seconds = opened(page, address)
        page.evaluate(READY)
        first = tell("first load", seconds, counter.since())
        page.close()
        page = context.new_page()
        seconds = opened(page, address)
        tell("later load", seconds, counter.since())
        page.wait_for_timeout(LOOKS_WITHIN_MS)
        print(f"    {sum(counter.since().values()) / 1000:6.1f} kB  then, to see whether there is a newer release")
    print(f"first load: {100 * first / TARGET_BYTES:.0f} % of what it may cost ({TARGET_BYTES / 1000:.0f} kB)")


if __name__ == "__main__":
    main()
