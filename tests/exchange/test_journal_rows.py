"""A journal is read whatever the dialect of the spreadsheet it comes from; what cannot be read is named."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bottletrack.exchange.journal_rows import (
    JournalRefused,
    Problem,
    day,
    decode,
    read_journal,
    separator,
    whole_number,
)
from tests.exchange.conftest import PILOT

HEADER = "seq,date,event,from_node,to_node,model,qty,reason,detail"
ROWS = (
    "1,2016-10-03,COLLECT,EXT:P01,R-001,MIX,1200,,déclaré 1200",
    "2,2016-10-04,COUNT_ADJUST,R-001,SINK:COUNT_DIFF,MIX,3,LG04,compté",
)


def written(folder: Path, content: str | bytes, name: str = "journal.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def problems_of(path: Path) -> list[Problem]:
    with pytest.raises(JournalRefused) as caught:
        read_journal(path)
    return caught.value.problems


PLAIN = "\n".join((HEADER, *ROWS)) + "\n"

DIALECTS: dict[str, Callable[[], bytes]] = {
    "comma": lambda: PLAIN.encode(),
    "semicolon": lambda: PLAIN.replace(",", ";").encode(),
    "tab": lambda: PLAIN.replace(",", "\t").encode(),
    "byte order mark": lambda: PLAIN.encode("utf-8-sig"),
    "windows-1252": lambda: PLAIN.encode("cp1252"),
    "carriage returns": lambda: PLAIN.replace("\n", "\r\n").encode(),
    "French days": lambda: PLAIN.replace("2016-10-03", "03/10/2016").replace("2016-10-04", "04/10/2016").encode(),
    "thousands apart": lambda: PLAIN.replace("MIX,1200", "MIX,1 200").encode(),
    "thousands apart by a hard space": lambda: PLAIN.replace("MIX,1200", "MIX,1\u00a0200").encode("cp1252"),
    "thousands apart by a narrow space": lambda: PLAIN.replace("MIX,1200", "MIX,1\u202f200").encode(),
    "capitals and spaces": lambda: PLAIN.replace("seq,date", " SEQ , Date ").replace("R-001", " r-001 ").encode(),
    "quotes": lambda: PLAIN.replace("déclaré 1200", '"déclaré 1200"').encode(),
    "other columns": lambda: PLAIN.replace("detail", "detail,mood").replace("1200\n", "1200,sunny\n").encode(),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_dialect_is_found_by_itself(tmp_path: Path, dialect: str) -> None:
    content = DIALECTS[dialect]()
    if dialect == "other columns":
        content = content.replace("compté".encode(), "compté,grey".encode())
    collected, counted = read_journal(written(tmp_path, content)).rows
    assert (collected.line, collected.seq, collected.day) == (2, 1, date(2016, 10, 3))
    assert (collected.event, collected.from_node, collected.to_node) == ("COLLECT", "EXT:P01", "R-001")
    assert (collected.quantity, collected.detail, collected.pass_number) == (1200, "déclaré 1200", "")
    assert (counted.line, counted.quantity, counted.day) == (3, 3, date(2016, 10, 4))


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("MIX,1200", "MIX,12.5", "“12.5” in the column qty is not a whole number."),
        ("MIX,1200", "MIX,-12", "“-12” in the column qty is not a whole number."),
        ("MIX,1200", "MIX,", "“” in the column qty is not a whole number."),
        ("MIX,1200", "MIX,nan", "“nan” in the column qty is not a whole number."),
        ("MIX,1200", "MIX,١٢", "“١٢” in the column qty is not a whole number."),
        ("MIX,1200", "MIX,123456789", "“123456789” in the column qty is not a whole number."),
        ("1,2016", "one,2016", "“one” in the column seq is not a whole number."),
        ("2016-10-03", "2016-13-03", "“2016-13-03” is not a day such as 2016-10-03 or 03/10/2016."),
        ("2016-10-03", "10/31/2016", "“10/31/2016” is not a day such as 2016-10-03 or 03/10/2016."),
        ("2016-10-03", "", "“” is not a day such as 2016-10-03 or 03/10/2016."),
    ],
)
def test_a_bad_cell_is_named_with_its_line_and_a_remedy(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    (problem,) = problems_of(written(tmp_path, PLAIN.replace(right, wrong, 1)))
    assert problem == Problem("journal.csv", 2, said, "Correct the cell, then import again.")
    assert str(problem) == f"journal.csv, line 2: {said} Correct the cell, then import again."


def test_every_bad_row_is_named_at_once(tmp_path: Path) -> None:
    content = (
        PLAIN.replace("MIX,1200", "MIX,?").replace("2016-10-04", "yesterday") + "\n\n3,2016-10-05,X,A,B,C,none,,\n"
    )
    assert [problem.line for problem in problems_of(written(tmp_path, content))] == [2, 3, 6]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "not a table"),
        (HEADER, "no rows"),
        (PLAIN.replace("qty", "quantity"), "column qty is missing"),
        (PLAIN.replace("seq,date", "a,b"), "column seq, date is missing"),
        (PLAIN + "3,2016-10-05,X,A,B,C,1,,,,,,,\n", "not a table"),
        ("\x00\x01\x02", "missing"),
    ],
)
def test_what_is_no_journal_is_refused(tmp_path: Path, content: str, said: str) -> None:
    (problem,) = problems_of(written(tmp_path, content))
    assert said in problem.rule
    assert problem.remedy


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path / "none.csv")
    assert "cannot be read" in problem.rule


def test_a_rank_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """The rank names a row's event: a row pasted twice would else be taken for one that came before."""
    (problem,) = problems_of(written(tmp_path, PLAIN + ROWS[1] + "\n"))
    assert (problem.line, problem.rule) == (4, "The rank 2 stands twice: on line 3 already.")


def test_runs_and_orders_are_found_beside_the_journal(pilot: Path) -> None:
    journal = read_journal(pilot)
    assert (len(journal.rows), len(journal.runs), len(journal.orders)) == (357, 23, 11)
    assert journal.last_day == date(2017, 7, 10)
    run = journal.runs["RUN-01"]
    assert (run.measured["bath2_naoh_percent"], run.readings["energy_kwh"]) == (Decimal("1.3"), "166.0")
    assert "naoh_pct" not in run.readings
    assert journal.orders["O-11"].grade_b
    pilot.with_name("wash_runs.csv").unlink()
    pilot.with_name("orders.csv").unlink()
    alone = read_journal(pilot)
    assert (alone.runs, alone.orders, alone.rows) == ({}, {}, journal.rows)


def test_a_bad_cell_beside_the_journal_is_named(pilot: Path) -> None:
    orders = pilot.with_name("orders.csv")
    orders.write_text(orders.read_text().replace("JU75,600,500", "JU75,600,5oo"))
    (problem,) = problems_of(pilot)
    assert (problem.file, problem.line) == ("orders.csv", 2)


def test_the_packages_own_journal_is_read_as_it_is() -> None:
    assert read_journal(PILOT / "journal.csv").digest == read_journal(PILOT / "journal.csv").digest


def test_small_things() -> None:
    assert separator("a") == ","
    assert separator("a;b;c\n1,2;3") == ";"
    assert decode(b"\x81\xe9") == "\ufffdé"
    assert whole_number("007", "seq") == 7
    assert day("31/12/2016") == date(2016, 12, 31)


@pytest.mark.parametrize("text", ["1.6.2", "hot", "1 6", "1e3", "NaN"])
def test_a_reading_that_is_no_number_is_refused(pilot: Path, text: str) -> None:
    runs = pilot.with_name("wash_runs.csv")
    runs.write_text(runs.read_text().replace(",22,1.3,71,", f",22,{text},71,", 1))
    (problem,) = problems_of(pilot)
    assert (problem.file, problem.line) == ("wash_runs.csv", 2)
    assert problem.rule == f"“{text}” in the column naoh_pct is not a number."
