"""The demonstration on a real server, for real browsers: a fresh copy of it for each test, or one for a whole file."""

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from waitress import create_server

from bottletrack.lots import get_lot
from bottletrack.stations import collection, sorting
from bottletrack.vocabulary import Role
from tests.browser.plant_floor import OPERATOR
from tests.browser.station_scene import Scene, Station
from webapp import create_app
from webapp.config import Settings, sqlite_url
from webapp.database import database_of
from webapp.demonstration import ACCOUNTS, CHARACTERS, prepare

SECRET = "only-for-tests-" * 3


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's SQLite file, to copy from."""
    path = tmp_path_factory.mktemp("demonstration") / "template.sqlite3"
    prepare(path, say=lambda _text: None, progress=lambda _done, _rows: None)
    return path


@pytest.fixture
def live_server(demonstration: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a server over a copy of the demonstration."""
    with served(Path(shutil.copy(demonstration, tmp_path / "live.sqlite3"))) as address:
        yield address


@contextmanager
def served(path: Path) -> Iterator[str]:
    """The address of a server over a demonstration's file, while it is open."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        settings = Settings(database_url=sqlite_url(path), secret_key=SECRET, port=port)  # type: ignore[arg-type]
        app = create_app(settings, demonstration=ACCOUNTS)
        server = create_server(app, sockets=[taken], threads=4)
        thread = threading.Thread(target=server.run)
        thread.start()
        yield settings.public_url
        # The server's loop ends once nothing is left to watch.
        server.trigger.pull_trigger(server.close)
        thread.join(timeout=10)
    assert not thread.is_alive(), "the server did not end"
    database_of(app).dispose()


@pytest.fixture
def signed_in(live_server: str, new_page: Callable[..., Page]) -> Callable[..., Page]:
    """Opens a page as the first of the demonstration with a role: `signed_in(Role.OPERATOR, width=360, height=740)`.

    `another=True`: the last with that role, for what a second person has to do.
    """

    def open_page(role: Role, *, another: bool = False, **window: object) -> Page:
        page = new_page(base_url=live_server, **window)
        account = [character.account for character in CHARACTERS if role in character.profile.roles][
            -1 if another else 0
        ]
        page.goto("/account/sign-in")
        page.locator("input[name=email]").fill(account.email)
        page.locator("input[name=password]").fill(account.password)
        page.locator("main button[type=submit]").first.click()
        page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    return open_page


@dataclass(frozen=True)
class Floor:
    """The demonstration's plant, an operator's page on a telephone, and the station on another."""

    scene: Scene
    page: Page
    station: Station

    def bottles(self, code: str) -> int:
        """What the ledger says of a lot."""
        with self.scene.database.reading() as session:
            return get_lot(session, self.scene.operator, code).quantity


@pytest.fixture(scope="module")
def floor(demonstration: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    """One for a whole file: its tests stand in each other's light only by lots of their own."""
    path = Path(shutil.copy(demonstration, tmp_path_factory.mktemp("floor") / "live.sqlite3"))
    with served(path) as address:
        scene = Scene(path)
        # A crate that carried dirty bottles, and is empty.
        dirty = collection.Collection("P01", 12, container="CAISSE-9")
        (mixed,) = scene.record(collection.record_collection, dirty).lot_codes
        scene.record(sorting.record_sorting, sorting.Sorting(mixed, (sorting.SortedOut("BG75", 12),)))
        contexts = [
            browser.new_context(viewport={"width": 360, "height": 640}, locale="fr-FR", base_url=address) for _ in "12"
        ]
        page, tablet = (context.new_page() for context in contexts)
        page.goto("/account/sign-in")
        page.locator("input[name=email]").fill(OPERATOR.email)
        page.locator("input[name=password]").fill(OPERATOR.password)
        page.locator("main button[type=submit]").first.click()
        page.wait_for_url(lambda url: "sign-in" not in url)
        station = Station(tablet, address)
        station.set_up()
        yield Floor(scene, page, station)
        for context in contexts:
            context.close()
        scene.database.dispose()
