"""The demonstration on a real server, for real browsers: a fresh copy of it for each test."""

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from waitress import create_server

from bottletrack.vocabulary import Role
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
    path = shutil.copy(demonstration, tmp_path / "live.sqlite3")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        settings = Settings(database_url=sqlite_url(Path(path)), secret_key=SECRET, port=port)  # type: ignore[arg-type]
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
