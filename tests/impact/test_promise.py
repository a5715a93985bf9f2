"""The promise is exact: per million bottles 300 t of CO2, 400 t of waste, 1 to 2 jobs."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bottletrack.impact.promise import CLAIM_JURA, apply_promise


def test_a_million_bottles_keep_the_promise_exactly() -> None:
    promised = apply_promise(1_000_000)
    assert (promised.co2_kg, promised.waste_kg) == (Decimal(300_000), Decimal(400_000))
    assert (promised.jobs_low, promised.jobs_high) == (Decimal(1), Decimal(2))


@pytest.mark.parametrize(
    ("bottles", "co2_kg", "waste_kg", "jobs_high"),
    [
        (0, "0", "0", "0"),
        (1, "0.3", "0.4", "0.000002"),
        (4_140, "1242", "1656", "0.00828"),
        (-48, "-14.4", "-19.2", "-0.000096"),
    ],
)
def test_a_few_bottles(bottles: int, co2_kg: str, waste_kg: str, jobs_high: str) -> None:
    promised = apply_promise(bottles)
    assert promised.co2_kg == Decimal(co2_kg)
    assert promised.waste_kg == Decimal(waste_kg)
    assert promised.jobs_high == Decimal(jobs_high)


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_periods_add_up(first: int, second: int) -> None:
    """What is claimed for two periods is what is claimed for both together, to the gram."""
    together, one, other = apply_promise(first + second), apply_promise(first), apply_promise(second)
    assert together.co2_kg == one.co2_kg + other.co2_kg
    assert together.waste_kg == one.waste_kg + other.waste_kg
    assert together.jobs_low == one.jobs_low + other.jobs_low


def test_the_set_is_named_with_its_version_and_source() -> None:
    assert CLAIM_JURA.label == "claim-jura 1"
    assert "claim" in CLAIM_JURA.source
