"""The reference: cells of the standard's tables as two R packages on CRAN hold them, each row with its witnesses."""

import csv
from pathlib import Path

from bottletrack.vocabulary import InspectionLevel, Severity

_FILES = {Severity.NORMAL: "iso2859.csv", Severity.TIGHTENED: "iso2859_tightened.csv"}


def _rows(severity: Severity, record: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / _FILES[severity]).open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["record"] == record]


def read_level(row: dict[str, str]) -> InspectionLevel:
    """The level of a row, which is written as the standard writes it, e.g. S-4."""
    return InspectionLevel[row["level"].replace("-", "")]


#: Level, size band and letter: 7 levels x 15 bands.
LETTER_ROWS = _rows(Severity.NORMAL, "code_letter")
#: Severity and cell: 16 letters x 11 quality limits each.
PLAN_ROWS = [(severity, row) for severity in _FILES for row in _rows(severity, "plan")]
