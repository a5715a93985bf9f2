"""Plans agree with the reference in every cell, and at every boundary of lot sizes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bottletrack.errors import BadInput, Stopped
from bottletrack.sampling.plans import AQLS_PERCENT, LETTERS, SamplingPlan, code_letter, plan_for, plan_for_all
from bottletrack.vocabulary import InspectionLevel, Severity
from tests.sampling.reference import LETTER_ROWS, PLAN_ROWS, read_level

NORMAL, TIGHTENED = Severity.NORMAL, Severity.TIGHTENED
II = InspectionLevel.II
HUGE = 10_000_000

#: For each letter the level at which it stands for the largest lots, and such a lot.
LARGEST_LOTS = {
    row["code_letter"]: (read_level(row), int(row["lot_max"] or HUGE))
    for row in sorted(LETTER_ROWS, key=lambda row: int(row["lot_max"] or HUGE))
}


def test_the_reference_is_whole() -> None:
    assert len(LETTER_ROWS) == 7 * 15
    assert len(PLAN_ROWS) == 2 * 16 * 11
    assert set(LARGEST_LOTS) == set(LETTERS)


@pytest.mark.parametrize("level", InspectionLevel)
def test_code_letters_at_every_boundary(level: InspectionLevel) -> None:
    rows = [row for row in LETTER_ROWS if read_level(row) is level]
    assert len(rows) == 15
    for row in rows:
        assert code_letter(int(row["lot_min"]), level) == row["code_letter"]
        assert code_letter(int(row["lot_max"] or HUGE), level) == row["code_letter"]


@pytest.mark.parametrize(
    ("severity", "row"),
    PLAN_ROWS,
    ids=lambda cell: cell if isinstance(cell, str) else f"{cell['code_letter']}-{cell['aql_pct']}",
)
def test_every_cell(severity: Severity, row: dict[str, str]) -> None:
    level, lot_size = LARGEST_LOTS[row["code_letter"]]
    plan = plan_for(lot_size, level, Decimal(row["aql_pct"]), severity)
    size = int(row["n"])
    expected = SamplingPlan(
        row["use_code_letter"], min(size, lot_size), int(row["ac"]), int(row["re"]), whole_lot=size >= lot_size
    )
    assert plan == expected


@pytest.mark.parametrize(
    ("lot_size", "aql", "expected"),
    [
        (151, "0.65", ("F", 20, 0, 1)),
        (280, "0.65", ("F", 20, 0, 1)),
        (281, "0.65", ("J", 80, 1, 2)),
        (500, "0.65", ("J", 80, 1, 2)),
        (501, "0.65", ("J", 80, 1, 2)),
        (1_200, "2.5", ("J", 80, 5, 6)),
        (1_201, "0.65", ("K", 125, 2, 3)),
        (3_200, "0.65", ("K", 125, 2, 3)),
        (3_201, "0.65", ("L", 200, 3, 4)),
        (10_000, "0.65", ("L", 200, 3, 4)),
    ],
)
def test_the_plans_of_a_wash_center(lot_size: int, aql: str, expected: tuple[str, int, int, int]) -> None:
    plan = plan_for(lot_size, II, Decimal(aql), NORMAL)
    assert (plan.letter, plan.sample_size, plan.accept, plan.reject) == expected
    assert not plan.whole_lot


@pytest.mark.parametrize(
    ("letter_lot", "aql", "wrong", "right"),
    [
        # What public code was seen to answer: the arrow taken for a plan of the row it stands in.
        (500, "0.65", ("H", 50, 0), ("J", 80, 1)),
        (280, "0.65", ("G", 32, 0), ("F", 20, 0)),
        (3_200, "1.0", ("K", 125, 7), ("K", 125, 3)),
    ],
)
def test_traps(letter_lot: int, aql: str, wrong: tuple[str, int, int], right: tuple[str, int, int]) -> None:
    plan = plan_for(letter_lot, II, Decimal(aql), NORMAL)
    assert (plan.letter, plan.sample_size, plan.accept) == right != wrong


@pytest.mark.parametrize(("lot_size", "whole"), [(1, True), (2, True), (19, True), (20, True), (21, False)])
def test_a_lot_no_larger_than_its_sample_is_looked_at_whole(lot_size: int, whole: bool) -> None:
    plan = plan_for(lot_size, II, Decimal("0.65"), NORMAL)
    assert plan == SamplingPlan("F", min(lot_size, 20), 0, 1, whole)


def test_for_critical_defects_every_bottle_is_looked_at() -> None:
    assert plan_for_all(700) == SamplingPlan("", 700, 0, 1, whole_lot=True)


@given(
    lot_size=st.integers(1, 2_000_000),
    level=st.sampled_from(InspectionLevel),
    aql=st.sampled_from(AQLS_PERCENT),
    severity=st.sampled_from([NORMAL, TIGHTENED]),
)
def test_a_plan_can_be_carried_out(lot_size: int, level: InspectionLevel, aql: Decimal, severity: Severity) -> None:
    plan = plan_for(lot_size, level, aql, severity)
    assert 1 <= plan.sample_size <= lot_size
    assert plan.whole_lot == (plan.sample_size == lot_size)
    assert 0 <= plan.accept == plan.reject - 1


@given(lot_size=st.integers(1, 2_000_000), aql=st.sampled_from(AQLS_PERCENT))
def test_tightened_never_accepts_a_larger_share(lot_size: int, aql: Decimal) -> None:
    normal, tightened = (plan_for(lot_size, II, aql, severity) for severity in (NORMAL, TIGHTENED))
    assert tightened.accept * normal.sample_size <= normal.accept * tightened.sample_size


def test_a_limit_is_the_same_however_it_is_written() -> None:
    assert plan_for(900, II, Decimal("0.1"), NORMAL) == plan_for(900, II, Decimal("0.100"), NORMAL)


def test_a_limit_that_no_table_has_is_refused_with_those_that_it_has() -> None:
    with pytest.raises(BadInput) as caught:
        plan_for(900, II, Decimal("0.5"), NORMAL)
    assert caught.value.field == "aql_percent"
    assert "0.065, 0.10, 0.15" in str(caught.value)
    assert "AQL of 0.5 %." in str(caught.value)


@pytest.mark.parametrize("lot_size", [0, -1])
def test_an_empty_lot_is_refused(lot_size: int) -> None:
    with pytest.raises(BadInput):
        plan_for(lot_size, II, Decimal("0.65"), NORMAL)


def test_there_is_no_plan_while_inspection_is_discontinued() -> None:
    with pytest.raises(Stopped):
        plan_for(900, II, Decimal("0.65"), Severity.DISCONTINUED)
