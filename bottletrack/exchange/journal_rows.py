"""A partner's journal as it lies on disk: its rows, its wash runs and its orders, read whatever the dialect.

The form is that of the pilot's year: `seq, date, event, from_node, to_node, model, qty, reason, pass_no, state_after,
detail, basis`; `wash_runs.csv` and `orders.csv` lie beside it. Separator (comma, semicolon, tab), encoding (UTF-8 with
or without BOM, Windows-1252) and date order (2016-10-03, 03/10/2016) are found by themselves.
"""

import csv
import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pandas as pd

JOURNAL_COLUMNS = ("seq", "date", "event", "from_node", "to_node", "model", "qty")
RUN_COLUMNS = ("run_id", "date", "from_lot", "qty_in")
ORDER_COLUMNS = ("order", "date", "winemaker", "model", "qty_ordered", "qty_delivered")

Read = TypeVar("Read")

#: Columns of wash_runs.csv that are measured against the site's limits, and the measures they are.
READINGS = {
    "naoh_pct": "bath2_naoh_percent",
    "bath2_temp_c": "bath2_temperature_celsius",
    "bath3_temp_c": "bath3_temperature_celsius",
    "final_rinse_bar": "final_rinse_bar",
    "final_rinse_us_cm": "final_rinse_us_cm",
    "final_rinse_ph": "final_rinse_ph",
}
#: How a detail names a run.
RUN_NAME = re.compile(r"\bRUN-\w+", re.IGNORECASE)


@dataclass(frozen=True)
class Problem:
    """One row that is refused: where it stands, which rule it breaks, and what to do."""

    file: str
    line: int
    rule: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.rule} {self.remedy}".strip()


class JournalRefused(Exception):  # noqa: N818 - a refusal, as in bottletrack.errors
    """The journal was not taken; nothing of it was written."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True)
class Row:
    """One row of the journal. `line` counts from 1 with the header, as a spreadsheet shows it."""

    line: int
    seq: int
    day: date
    event: str
    from_node: str
    to_node: str
    model: str
    quantity: int
    reason: str
    pass_number: str
    state_after: str
    detail: str


@dataclass(frozen=True)
class RunRow:
    """One wash run: what was measured by the measure's code, and its other readings by column name."""

    line: int
    code: str
    day: date
    from_lots: tuple[str, ...]
    quantity_in: int
    alarm: str
    measured: dict[str, Decimal]
    readings: dict[str, str]


@dataclass(frozen=True)
class OrderRow:
    line: int
    reference: str
    day: date
    winery: str
    model: str
    grade_b: bool
    ordered: int
    delivered: int


@dataclass(frozen=True)
class Journal:
    """A journal that could be read. Rows are in the order of the file."""

    digest: str
    rows: list[Row]
    runs: dict[str, RunRow]
    orders: dict[str, OrderRow]

    @property
    def last_day(self) -> date:
        return max(row.day for row in self.rows)


def read_journal(path: Path) -> Journal:
    """Reads a journal with what lies beside it. Raises JournalRefused with every row that cannot be read."""
    problems: list[Problem] = []
    rows = _read_all(path, JOURNAL_COLUMNS, _row, problems)
    runs = _read_all(path.with_name("wash_runs.csv"), RUN_COLUMNS, _run, problems, optional=True)
    orders = _read_all(path.with_name("orders.csv"), ORDER_COLUMNS, _order, problems, optional=True)
    lines: dict[int, int] = {}
    for row in rows:
        if row.seq in lines:
            # A row's event is named by its rank: it would be taken for the other one's.
            rule = f"The rank {row.seq} stands twice: on line {lines[row.seq]} already."
            problems.append(Problem(path.name, row.line, rule, "Take the row out, or give it a rank of its own."))
        lines[row.seq] = row.line
    if not problems and not rows:
        problems.append(Problem(path.name, 1, "The journal has no rows.", "Check that it is the right file."))
    if problems:
        raise JournalRefused(problems)
    return Journal(
        digest=hashlib.sha256(path.read_bytes()).hexdigest(),
        rows=rows,
        runs={run.code: run for run in runs},
        orders={order.reference: order for order in orders},
    )


def _read_all(
    path: Path,
    columns: tuple[str, ...],
    read: Callable[[int, dict[str, str]], Read],
    problems: list[Problem],
    *,
    optional: bool = False,
) -> list[Read]:
    """Every row of a file that can be read; the others are added to the problems."""
    if optional and not path.is_file():
        return []
    found = []
    for line, cells in _records(path, columns, problems):
        try:
            found.append(read(line, cells))
        except ValueError as error:
            problems.append(Problem(path.name, line, str(error), "Correct the cell, then import again."))
    return found


def _records(path: Path, columns: tuple[str, ...], problems: list[Problem]) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV file as texts, with their line numbers."""
    try:
        text = decode(path.read_bytes())
    except OSError as error:
        problems.append(Problem(path.name, 1, f"The file cannot be read: {error.strerror}.", "Check its name."))
        return []
    try:
        table = pd.read_csv(
            io.StringIO(text), sep=separator(text), dtype=str, keep_default_na=False, skip_blank_lines=False
        )
    except (ValueError, pd.errors.ParserError) as error:
        remedy = "Save it as CSV, with one header line and the same number of cells in each row."
        problems.append(Problem(path.name, 1, f"This is not a table: {error}.", remedy))
        return []
    table.columns = [str(name).strip().lower() for name in table.columns]
    missing = [name for name in columns if name not in table.columns]
    if missing:
        rule = f"The column {', '.join(missing)} is missing."
        problems.append(Problem(path.name, 1, rule, f"The header must name: {', '.join(columns)}."))
        return []
    records = table.to_dict(orient="records")
    return [
        (number, {str(name): str(cell).strip() for name, cell in record.items()})
        for number, record in enumerate(records, start=2)
        if any(str(cell).strip() for cell in record.values())
    ]


def decode(content: bytes) -> str:
    """Text of a file that people made: UTF-8 with or without BOM, else Windows-1252."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def separator(text: str) -> str:
    """What separates the cells of the first line; a comma when nothing else does."""
    try:
        return csv.Sniffer().sniff(text.split("\n", 1)[0], delimiters=",;\t").delimiter
    except csv.Error:
        return ","


def _row(line: int, cells: dict[str, str]) -> Row:
    return Row(
        line=line,
        seq=whole_number(cells["seq"], "seq"),
        day=day(cells["date"]),
        event=cells["event"].upper(),
        from_node=cells["from_node"].upper(),
        to_node=cells["to_node"].upper(),
        model=cells["model"].upper(),
        quantity=whole_number(cells["qty"], "qty"),
        reason=cells.get("reason", ""),
        pass_number=cells.get("pass_no", ""),
        state_after=cells.get("state_after", "").upper(),
        detail=cells.get("detail", ""),
    )


def _run(line: int, cells: dict[str, str]) -> RunRow:
    known = {"run_id", "date", "from_lot", "to_lot", "model", "qty_in", "alarm", "pass_no"}
    return RunRow(
        line=line,
        code=cells["run_id"].upper(),
        day=day(cells["date"]),
        from_lots=tuple(name.strip().upper() for name in cells["from_lot"].split("+")),
        quantity_in=whole_number(cells["qty_in"], "qty_in"),
        alarm=cells.get("alarm", ""),
        measured={code: number(cells[name], name) for name, code in READINGS.items() if cells.get(name)},
        readings={name: cell for name, cell in cells.items() if name not in known and name not in READINGS and cell},
    )


def _order(line: int, cells: dict[str, str]) -> OrderRow:
    model, _, grade = cells["model"].upper().partition(" ")
    return OrderRow(
        line=line,
        reference=cells["order"].upper(),
        day=day(cells["date"]),
        winery=cells["winemaker"].upper(),
        model=model,
        grade_b=grade == "GRADE B",
        ordered=whole_number(cells["qty_ordered"], "qty_ordered"),
        delivered=whole_number(cells["qty_delivered"], "qty_delivered"),
    )


def whole_number(text: str, column: str) -> int:
    """A number of bottles or a rank. Raises ValueError in words that a person can act on."""
    # Thousands may be set apart by a space, also the narrow one that French spreadsheets use.
    digits = re.sub(r"[\s\u00a0\u202f]", "", text)
    if not re.fullmatch(r"\d{1,8}", digits, re.ASCII):
        raise ValueError(f"“{text}” in the column {column} is not a whole number.")
    return int(digits)


def number(text: str, column: str) -> Decimal:
    """A number with a decimal point or comma. Raises ValueError in words that a person can act on."""
    if not re.fullmatch(r"-?\d{1,9}([.,]\d{1,9})?", text, re.ASCII):
        raise ValueError(f"“{text}” in the column {column} is not a number.")
    return Decimal(text.replace(",", "."))


def day(text: str) -> date:
    """A day written 2016-10-03 or 03/10/2016. Raises ValueError in words that a person can act on."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    raise ValueError(f"“{text}” is not a day such as 2016-10-03 or 03/10/2016.")
