"""What a measured value says by itself: inside its limits or not, and whether it looks like a slip of the pen."""

from decimal import Decimal

import pytest

from bottletrack.measuring import is_inside, looks_like_slip, plain


@pytest.mark.parametrize(
    ("value", "low", "high", "inside"),
    [
        ("2.00", "2.00", "2.70", True),
        ("2.70", "2.00", "2.70", True),
        ("1.9999", "2.00", "2.70", False),
        ("2.7001", "2.00", "2.70", False),
        ("0", None, "2.5", True),
        ("2.6", None, "2.5", False),
        ("1.5", "1.18", None, True),
        ("1.1", "1.18", None, False),
        ("9999", None, None, True),
    ],
)
def test_limits_belong_to_the_inside_and_one_that_is_missing_does_not_bind(
    value: str, low: str | None, high: str | None, inside: bool
) -> None:
    limits = [Decimal(limit) if limit else None for limit in (low, high)]
    assert is_inside(Decimal(value), *limits) is inside


@pytest.mark.parametrize(
    ("value", "last", "target", "slip"),
    [
        ("16", "1.6", None, True),  # the comma forgotten
        ("0.16", "1.6", None, True),
        ("8", "1.6", None, True),
        ("7.9", "1.6", None, False),
        ("0.32", "1.6", None, True),
        ("0.33", "1.6", None, False),
        ("23.5", None, "2.35", True),  # nothing measured yet: the target tells
        ("2.1", None, "2.35", False),
        ("2.1", "20", "2.35", True),  # the last value counts before the target
        ("3", "0", "0", False),  # nothing to compare with
        ("3", "0", "30", True),
        ("0", "1", None, False),  # no decimal point was ever mistyped into nothing
        ("500", None, None, False),
    ],
)
def test_five_times_or_a_fifth_looks_like_a_slip(value: str, last: str | None, target: str | None, slip: bool) -> None:
    known = [Decimal(number) if number else None for number in (last, target)]
    assert looks_like_slip(Decimal(value), *known) is slip


def test_numbers_are_shown_without_the_zeros_of_the_database() -> None:
    assert [plain(Decimal(value)) for value in ("78.0000", "100.0000", "2.3500", "0.0000")] == [
        "78",
        "100",
        "2.35",
        "0",
    ]
    assert plain(None) == ""
