"""The operating characteristic agrees with the reference in all three of its columns, to their last digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bottletrack.sampling.characteristic import acceptance_probability, share_accepted_with
from bottletrack.sampling.plans import SamplingPlan
from tests.sampling.reference import PLAN_ROWS

#: Half of the last digit that the reference prints, and a little for its own rounding.
PROBABILITY_DIGIT, SHARE_DIGIT = 0.05 + 1e-6, 0.0005 + 1e-6

PLANS = {
    (int(row["n"]), int(row["ac"])): SamplingPlan(
        row["use_code_letter"], int(row["n"]), int(row["ac"]), int(row["re"]), whole_lot=False
    )
    for _, row in PLAN_ROWS
}


@pytest.mark.parametrize(
    "row", [row for _, row in PLAN_ROWS], ids=lambda row: f"{row['plan_type']}-{row['code_letter']}-{row['aql_pct']}"
)
def test_it_agrees_with_the_reference(row: dict[str, str]) -> None:
    plan = PLANS[int(row["n"]), int(row["ac"])]
    at_aql = 100 * acceptance_probability(plan, float(row["aql_pct"]) / 100)
    assert at_aql == pytest.approx(float(row["pa_at_aql_pct"]), abs=PROBABILITY_DIGIT)
    often, seldom = (100 * share_accepted_with(plan, probability) for probability in (0.95, 0.10))
    assert often == pytest.approx(float(row["quality_at_pa95_pct"]), abs=SHARE_DIGIT)
    assert seldom == pytest.approx(float(row["quality_at_pa10_pct"]), abs=SHARE_DIGIT)


def test_a_point_that_an_authority_prints() -> None:
    """7 CFR 42.140: 500 looked at, 3 accepted; of lots with 1 % defective, 26 of 100 pass."""
    plan = SamplingPlan("N", 500, 3, 4, whole_lot=False)
    assert acceptance_probability(plan, 0.01) == pytest.approx(0.26, abs=0.005)


@given(st.sampled_from(sorted(PLANS)), st.floats(0, 1), st.floats(0, 1))
def test_worse_lots_pass_less_often(sizes: tuple[int, int], one: float, other: float) -> None:
    plan, (better, worse) = PLANS[sizes], sorted((one, other))
    assert acceptance_probability(plan, better) >= acceptance_probability(plan, worse) - 1e-9
    assert acceptance_probability(plan, 0) == pytest.approx(1)
    assert acceptance_probability(plan, 1) == 0
