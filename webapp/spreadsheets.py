"""Tables as files that open cleanly in a spreadsheet, and in which no cell is run as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

from webapp.languages import current_language

#: A spreadsheet takes a text that begins so for a formula, and would run it.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
#: What spreadsheets expect between cells where this language is spoken: French ones use the comma in numbers.
_SEPARATORS = {"fr": ";", "en": ",", "ar": ";"}

Cell = str | int


def as_csv(name: str, heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """A file `<name>.csv` to download, in UTF-8 with the mark by which Excel knows it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=_SEPARATORS[current_language()], lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    response = Response(text.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def harmless(cell: Cell) -> Cell:
    """The cell, with an apostrophe before a text that a spreadsheet would run. Numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_SIGNS) else cell
