"""The ground that other tests stand on: a PostgreSQL that answers, a browser that draws text."""

import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page
from sqlalchemy import create_engine, text

from tests.support.postgres import Run, Server


def test_each_test_gets_an_empty_database(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE bottle (grade TEXT NOT NULL)"))
        connection.execute(text("INSERT INTO bottle VALUES ('A'), ('B')"))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM bottle")).scalar_one() == 2
    engine.dispose()


def test_postgresql_is_used_without_superuser_rights(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        assert connection.execute(text("SHOW is_superuser")).scalar_one() == "off"
        assert connection.execute(text("SHOW server_encoding")).scalar_one() == "UTF8"
    engine.dispose()


def test_a_copy_of_a_database_holds_its_rows(postgresql_server: Server) -> None:
    with postgresql_server.database() as template:
        engine = create_engine(postgresql_server.url(template))
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE bottle AS SELECT 'A' AS grade"))
        engine.dispose()
        with postgresql_server.database(template) as copy:
            engine = create_engine(postgresql_server.url(copy))
            with engine.connect() as connection:
                assert connection.execute(text("SELECT grade FROM bottle")).scalar_one() == "A"
            engine.dispose()


def test_the_server_ends_with_a_killed_run() -> None:
    # Not in tmp_path, which is closed to the user that runs the server where the tests run as root.
    folder = Path(tempfile.mkdtemp(prefix="bottletrack-test-"))
    starter = f"""
import os, signal
from pathlib import Path
from tests.support.postgres import Run
Run(Path({str(folder)!r})).server()
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", starter], check=False, timeout=90)
    deadline = time.monotonic() + 20
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists()


def test_an_unused_run_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    Run(folder).leave()
    assert not folder.exists()


def test_a_folder_without_a_server_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOTTLETRACK_TEST_PG_BIN", str(tmp_path))
    run_folder = tmp_path / "run"
    run_folder.mkdir()
    run = Run(run_folder)
    with pytest.raises(RuntimeError, match="no initdb and postgres there"):
        run.server()
    run.leave()


@pytest.mark.browser
def test_the_browser_draws_different_letters(new_page: Callable[..., Page]) -> None:
    page = new_page(width=360, height=200)
    assert page.viewport_size == {"width": 360, "height": 200}
    drawings = {}
    for letters in ("", "bouteille", "étiquette"):
        page.set_content(f"<html lang=fr><p>{letters}</p>")
        drawings[letters] = Image.open(io.BytesIO(page.screenshot())).convert("L")
    for letters, drawing in drawings.items():
        for other_letters, other in drawings.items():
            differs = ImageChops.difference(drawing, other).getbbox() is not None
            assert differs == (letters != other_letters), (letters, other_letters)


@pytest.mark.browser
def test_a_script_that_fails_is_noticed(browser: Browser) -> None:
    """`new_page` relies on these two events."""
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    page.set_content("<script>throw new Error('broken glass')</script>")
    page.set_content("<meta http-equiv=Content-Security-Policy content=\"script-src 'none'\"><script>0</script>")
    page.close()
    assert "broken glass" in errors[0]
    assert any("Content Security Policy" in error for error in errors)
