"""The `bottletrack` command, as a newcomer and as a partner use it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from bottletrack.database import Database
from bottletrack.founding import DATA, add_territory
from bottletrack.passwords import password_fits
from bottletrack.tables import Person
from webapp.cli import main

Run = Callable[..., Result]
PASSWORD = "vendange tardive 1976"
BALANCE = "8,214 = 24 + 144 + 1,667 + 53 + 135 + 4,140 + 2,051"


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on a fresh, empty database: `run("db", "upgrade")`."""
    monkeypatch.setenv("BOTTLETRACK_DATABASE_URL", database_url)

    def command(*arguments: str, entered: str | None = None) -> Result:
        return CliRunner().invoke(main, arguments, input=entered, catch_exceptions=False)

    return command


def found(run: Run) -> None:
    assert run("db", "upgrade").exit_code == 0
    assert run("territory", "add", "JURA", "Jura", "--site", "PILOT", "Pilot", "--no-relabeling",
               "--points", str(DATA / "collection_points.csv")).exit_code == 0  # fmt: skip


def test_every_command_has_help_that_says_more_than_its_name() -> None:
    def walk(group: object, path: list[str]) -> None:
        for name, command in getattr(group, "commands", {}).items():
            result = CliRunner().invoke(main, [*path, name, "--help"])
            assert result.exit_code == 0
            assert len(command.get_short_help_str(200)) > 15, f"{path} {name}"
            for parameter in command.params:
                if getattr(parameter, "opts", [""])[0].startswith("--") and parameter.name not in ("help", "language"):
                    assert getattr(parameter, "help", None), f"{name} {parameter.name}"
            walk(command, [*path, name])

    walk(main, [])


def test_from_nothing_to_the_pilot_years_balance(run: Run, tmp_path: Path) -> None:
    assert "run `bottletrack db upgrade`" in run("audit").output
    assert run("db", "upgrade").exit_code == 0
    assert "bottletrack territory add" in run("audit").output
    found(run)
    assert run("db", "upgrade").exit_code == 0, "a second time changes nothing"
    imported = run("import", "journal", str(DATA / "pilot" / "journal.csv"))
    assert imported.exit_code == 0, imported.output
    assert "357 rows became" in imported.output
    again = run("import", "journal", str(DATA / "pilot" / "journal.csv"))
    assert (again.exit_code, "imported before" in again.output) == (0, True)
    audited = run("audit")
    assert audited.exit_code == 0
    assert BALANCE in audited.output
    expired = run("expire")
    assert (expired.exit_code, "Jura: 0 lots" in expired.output, "lots taken out" in expired.output) == (0, False, True)
    assert "Jura: 0 lots taken out" in run("expire", "--territory", "JURA").output
    assert BALANCE in run("audit").output
    sheet = tmp_path / "labels.pdf"
    assert run("labels", "--output", str(sheet)).exit_code == 0
    assert sheet.read_bytes().startswith(b"%PDF")
    dead = run("labels", "--output", str(tmp_path / "none.pdf"), "00000000")
    assert dead.exit_code == 1
    assert not (tmp_path / "none.pdf").exists()


def test_a_journal_with_a_mistyped_quantity_is_refused_whole(run: Run, tmp_path: Path) -> None:
    found(run)
    shutil.copytree(DATA / "pilot", tmp_path / "pilot")
    journal = tmp_path / "pilot" / "journal.csv"
    lines = journal.read_text().splitlines(keepends=True)
    number = next(n for n, line in enumerate(lines) if ",DELIVER," in line)
    cells = lines[number].split(",")
    cells[6] = str(int(cells[6]) * 10)
    lines[number] = ",".join(cells)
    journal.write_text("".join(lines))
    refused = run("import", "journal", str(journal))
    assert refused.exit_code == 1
    assert f"journal.csv, line {number + 1}: " in refused.output
    assert "nothing of it was written" in refused.output
    assert "Jura: 0 = 0 + 0 + 0 + 0 + 0 + 0 + 0" in run("audit").output


def test_adding_people(run: Run, database_url: str) -> None:
    found(run)
    add = ("user", "add", "Ad@Example.org", "--name", "Ad", "--role", "administrator")
    assert run(*add, entered=f"{PASSWORD}\nsomething else\n{PASSWORD}\n{PASSWORD}\n").exit_code == 0
    again = run(*add, "--password-stdin", entered=f"{PASSWORD}\n")
    assert (again.exit_code, "in use already" in again.output) == (1, True)
    short = run("user", "add", "op@example.org", "--name", "Op", "--role", "operator", "--site", "PILOT",
                "--password-stdin", entered="short\n")  # fmt: skip
    assert (short.exit_code, "too short" in short.output) == (1, True)
    assert run("winery", "add", "VIG-07", "Domaine").exit_code == 0
    winemaker = run("user", "add", "v@example.org", "--name", "V", "--role", "winemaker", "--winery", "VIG-07",
                    "--password-stdin", entered=f"{PASSWORD}\n")  # fmt: skip
    assert winemaker.exit_code == 0
    database = Database(database_url)
    with database.reading() as session:
        people = dict(session.execute(select(Person.email, Person.password_hash)).all())
    database.dispose()
    assert set(people) == {"ad@example.org", "v@example.org"}
    assert password_fits(people["ad@example.org"], PASSWORD)


def test_with_two_territories_one_has_to_be_named(run: Run) -> None:
    found(run)
    assert run("territory", "add", "DOUBS", "Doubs", "--site", "B", "Besançon").exit_code == 0
    unclear = run("winery", "add", "X", "X")
    assert (unclear.exit_code, "--territory: DOUBS, JURA" in unclear.output) == (1, True)
    assert run("winery", "add", "X", "X", "--territory", "DOUBS").exit_code == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_serving_asks_for_a_secret_and_keeps_a_demonstration_at_home(
    run: Run, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(run)
    nameless = run("serve")
    assert (nameless.exit_code, "BOTTLETRACK_SECRET_KEY is missing" in nameless.output) == (1, True)
    monkeypatch.setenv("BOTTLETRACK_SECRET_KEY", "only-for-tests-" * 3)
    database = Database(database_url)
    with database.writing() as session:
        add_territory(session, code="DEMO", name="Demo", demonstration=True)
    database.dispose()
    exposed = run("serve", "--host", "0.0.0.0")
    assert (exposed.exit_code, "127.0.0.1 only" in exposed.output) == (1, True)
