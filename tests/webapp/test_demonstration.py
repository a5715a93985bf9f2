"""The demonstration: the pilot year up to today, in a file of its own, made anew on another day."""

import re
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bottletrack.database import Database, upgrade
from bottletrack.founding import add_territory
from bottletrack.reports.audit import run_audit
from bottletrack.tables import Territory
from bottletrack.vocabulary import Role
from tests.webapp.conftest import SECRET, Visitor
from webapp import create_app, demonstration
from webapp.config import load_settings, sqlite_url
from webapp.database import database_of
from webapp.demonstration import ACCOUNTS, TIMEZONE, NotADemonstration, prepare
from webapp.navigation import STARTS


def quietly(done: int, total: int) -> None:
    assert 0 < done <= total


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration, made once."""
    path = tmp_path_factory.mktemp("demo") / "folder" / "demonstration.sqlite3"
    prepare(path, lambda _text: None, quietly)
    return path


def test_it_holds_the_pilot_year_up_to_today(made: Path) -> None:
    assert demonstration._last_day(made) == datetime.now(ZoneInfo(TIMEZONE)).date()
    database = Database(sqlite_url(made))
    with database.reading() as session:
        territory = session.scalars(select(Territory)).one()
        assert territory.demonstration
        report = run_audit(session, territory.id)
    database.dispose()
    assert report.clean, report.findings
    assert str(report.balance) == "8,214 = 24 + 144 + 1,667 + 53 + 135 + 4,140 + 2,051"


def test_its_accounts_open_and_every_page_says_what_it_is(made: Path) -> None:
    app = create_app(load_settings(database_url=sqlite_url(made), secret_key=SECRET), demonstration=ACCOUNTS)
    app.testing = True
    app.test_client_class = Visitor
    for account in ACCOUNTS:
        visitor = app.test_client()
        assert isinstance(visitor, Visitor)
        door = visitor.get("/account/sign-in").text
        assert account.email in door
        assert account.password in door
        assert 'class="demonstration"' in door
        answer = visitor.send("/account/sign-in", {"email": account.email, "password": account.password})
        assert answer.status_code == 303
        start = visitor.get("/", follow_redirects=True)
        assert start.status_code == 200
        assert 'class="demonstration"' in start.text
    database_of(app).dispose()


def test_its_badges_open_a_device_with_the_pins_of_the_sign_in_page(made: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(made, tmp_path / "demonstration.sqlite3"))
    app = create_app(load_settings(database_url=sqlite_url(path), secret_key=SECRET), demonstration=ACCOUNTS)
    app.testing = True
    app.test_client_class = Visitor
    with app.test_client() as door:
        page = door.get("/account/sign-in").text
    tokens = re.findall(r"/B/(\w+)<", page)
    with_badges = [account for account in ACCOUNTS if account.pin]
    assert len(tokens) == len(with_badges) == 4
    for account, token in zip(with_badges, tokens, strict=True):
        assert f">{account.pin}<" in page
        tablet = app.test_client()
        assert isinstance(tablet, Visitor)
        tablet.send("/account/sign-in", {"email": account.email, "password": account.password})
        site = tablet.get("/station/me").get_json()["sites"][0]["code"]
        assert (
            tablet.ask("/station/device", {"name": "Tablette", "station": "washing", "site": site}).status_code == 201
        )
        assert tablet.ask("/station/sitting", {"badge": token, "pin": account.pin}).status_code == 201
    database_of(app).dispose()


def test_all_its_roles_have_somewhere_to_start() -> None:
    assert {role for role, _ in STARTS} == set(Role)
    assert len({account.password for account in ACCOUNTS}) == len(ACCOUNTS) == 7


def test_it_is_kept_for_the_day_and_made_anew_on_the_next(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    made_first = made.stat().st_ino
    prepare(made, said.append, quietly)
    assert (said, made.stat().st_ino) == ([], made_first)

    yesterday = datetime.now(ZoneInfo(TIMEZONE)) - timedelta(days=1)

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> "Clock":
            return cls.fromtimestamp(yesterday.timestamp(), ZoneInfo(TIMEZONE))

    monkeypatch.setattr(demonstration, "datetime", Clock)
    prepare(made, said.append, quietly)
    assert "made anew" in said[0]
    assert demonstration._last_day(made) == yesterday.date()
    assert [path.name for path in made.parent.iterdir()] == [made.name], "nothing is left lying about"


def test_a_real_territory_is_never_touched(tmp_path: Path) -> None:
    path = tmp_path / "real.sqlite3"
    upgrade(sqlite_url(path))
    database = Database(sqlite_url(path))
    with database.writing() as session:
        add_territory(session, code="JURA", name="Jura")
    database.dispose()
    before = path.read_bytes()
    with pytest.raises(NotADemonstration, match="holds a real territory"):
        prepare(path, lambda _text: None, quietly)
    assert path.read_bytes() == before


def test_another_programs_file_is_never_touched(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    with pytest.raises(NotADemonstration):
        prepare(path, lambda _text: None, quietly)


def test_what_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "demonstration.sqlite3"

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(path, lambda _text: None, interrupt)
    assert list(tmp_path.iterdir()) == []
