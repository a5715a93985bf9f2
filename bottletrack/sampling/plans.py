"""How many bottles of a lot are looked at, and how many of them may have a defect (ISO 2859-1, single plans)."""

from bisect import bisect_left
from dataclasses import dataclass
from decimal import Decimal

from bottletrack.errors import BadInput, Stopped
from bottletrack.vocabulary import InspectionLevel, Severity

#: The largest lot of each size band but the last, which has no end (ISO 2859-1, table 1).
LOT_SIZES = (8, 15, 25, 50, 90, 150, 280, 500, 1_200, 3_200, 10_000, 35_000, 150_000, 500_000)

#: The code letter of each size band.
LETTERS_BY_LEVEL = {
    InspectionLevel.S1: "AAAABBBBCCCCDDD",
    InspectionLevel.S2: "AAABBBCCCDDDEEE",
    InspectionLevel.S3: "AABBCCDDEEFFGGH",
    InspectionLevel.S4: "AABCCDEEFGGHJJK",
    InspectionLevel.I: "AABCCDEFGHJKLMN",
    InspectionLevel.II: "ABCDEFGHJKLMNPQ",
    InspectionLevel.III: "BCDEFGHJKLMNPQR",
}

#: The letters and their sample sizes: rows of the standard's tables 2-A and 2-B.
LETTERS = "ABCDEFGHJKLMNPQR"
SAMPLE_SIZES = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1_250, 2_000)

#: Their columns: acceptable quality limits, in defective bottles per hundred.
AQLS_PERCENT = tuple(map(Decimal, ("0.065", "0.10", "0.15", "0.25", "0.40", "0.65", "1.0", "1.5", "2.5", "4.0", "6.5")))

# Sample sizes and quality limits grow by the same steps, so a table says the same along each diagonal, on which row +
# column is the same. From the first diagonal with a plan on: how many defective bottles are accepted, or the arrow to
# the row whose plan is used. Before them all arrows point down (to larger samples), after them up.
_DOWN, _UP = "down", "up"
_DIAGONALS: dict[Severity, tuple[int, tuple[int | str, ...]]] = {
    Severity.NORMAL: (10, (0, _UP, _DOWN, 1, 2, 3, 5, 7, 10, 14, 21)),
    Severity.TIGHTENED: (11, (0, _DOWN, _DOWN, 1, 2, 3, 5, 8, 12, 18)),
}


@dataclass(frozen=True)
class SamplingPlan:
    """Look at so many bottles: with up to `accept` defective ones the lot passes, from `reject` on it fails.

    `letter` is the one whose plan is used, after arrows; empty where no table was asked.
    """

    letter: str
    sample_size: int
    accept: int
    reject: int
    #: The sample is the lot: every bottle is looked at.
    whole_lot: bool


def plan_for(lot_size: int, level: InspectionLevel, aql_percent: Decimal, severity: Severity) -> SamplingPlan:
    """The plan for a lot of so many bottles. An arrow leads to the next plan with its own sample size.

    The standard's lots begin at 2 bottles; a single one is looked at, as is every lot no larger than its sample.
    Raises BadInput for an AQL that the tables do not have, and Stopped while inspection is discontinued.
    """
    if severity is Severity.DISCONTINUED:
        raise Stopped(
            "Inspection is stopped at this site: five lots failed under tightened inspection.",
            "Mend the cause; then quality resumes inspection with a reason.",
        )
    if aql_percent not in AQLS_PERCENT:
        raise BadInput(
            "There is no sampling plan for an AQL of %(aql)s %%.",
            "Choose one of these: %(choices)s.",
            field="aql_percent",
            aql=aql_percent,
            choices=", ".join(map(str, AQLS_PERCENT)),
        )
    row = LETTERS.index(code_letter(lot_size, level))
    column = AQLS_PERCENT.index(aql_percent)
    while isinstance(cell := _cell(row, column, severity), str):
        row += 1 if cell == _DOWN else -1
    size = SAMPLE_SIZES[row]
    return SamplingPlan(LETTERS[row], min(size, lot_size), cell, cell + 1, whole_lot=size >= lot_size)


def code_letter(lot_size: int, level: InspectionLevel) -> str:
    """The letter that stands for lots of this size at this level. Raises BadInput for a lot without bottles."""
    if lot_size < 1:
        raise BadInput("A lot without bottles cannot be inspected.", "Scan a lot that holds bottles.", field="lot_size")
    return LETTERS_BY_LEVEL[level][bisect_left(LOT_SIZES, lot_size)]


def plan_for_all(lot_size: int) -> SamplingPlan:
    """Every bottle is looked at, and not one may have the defect: for critical ones."""
    return SamplingPlan("", lot_size, 0, 1, whole_lot=True)


def _cell(row: int, column: int, severity: Severity) -> int | str:
    """How many defective bottles this cell accepts, or where its arrow points."""
    first, diagonals = _DIAGONALS[severity]
    step = row + column - first
    if step < 0:
        return _DOWN
    return diagonals[step] if step < len(diagonals) else _UP
