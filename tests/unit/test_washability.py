"""What a label trial must show: each obstacle alone, the boundaries, two examiners, and the score."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bottletrack.washability import (
    Change,
    Examined,
    LabelStatus,
    Obstacle,
    Washability,
    bleeds,
    find_obstacles,
    is_examined,
    may_be_used,
    status_of,
    what_to_change,
)

GOOD = Examined(1, Decimal(3), Decimal(5), pulp=False, residue=0, ink_bleed=False, holds_in_ice_water=True)
DAY = date(2026, 3, 12)


@pytest.mark.parametrize(
    ("seen", "obstacles"),
    [
        ({}, ()),
        ({"minutes_100": Decimal(12)}, ()),
        ({"minutes_100": Decimal("12.1")}, (Obstacle.TOO_SLOW,)),
        ({"minutes_100": None}, (Obstacle.NOT_RELEASED,)),
        ({"pulp": True}, (Obstacle.PULP,)),
        ({"residue": 1}, (Obstacle.RESIDUE,)),
        ({"residue": 3}, (Obstacle.RESIDUE,)),
        ({"holds_in_ice_water": False}, (Obstacle.FALLS_OFF,)),
        # Ink that runs is a condition, not an obstacle.
        ({"ink_bleed": True}, ()),
        ({"minutes_100": None, "pulp": True, "residue": 2}, (Obstacle.NOT_RELEASED, Obstacle.PULP, Obstacle.RESIDUE)),
    ],
)
def test_what_stands_against_a_label(seen: dict[str, Any], obstacles: tuple[Obstacle, ...]) -> None:
    assert find_obstacles([replace(GOOD, **seen)], 12) == obstacles
    # One examiner who saw it is enough.
    assert find_obstacles([GOOD, replace(GOOD, **seen, examiner_id=2)], 12) == obstacles
    assert bleeds([GOOD, replace(GOOD, **seen)]) is bool(seen.get("ink_bleed"))


def test_one_person_twice_is_not_two_people() -> None:
    assert not is_examined([])
    assert not is_examined([GOOD, GOOD])
    assert is_examined([GOOD, replace(GOOD, examiner_id=2)])


@pytest.mark.parametrize(
    ("approved", "until", "used"),
    [
        (True, DAY, True),
        (True, date(2026, 3, 11), False),
        (True, None, False),
        (False, DAY, False),
        (None, None, False),
    ],
)
def test_a_label_may_be_used_until_its_last_day(approved: bool | None, until: date | None, used: bool) -> None:
    assert may_be_used(approved, until, DAY) is used


@pytest.mark.parametrize(
    ("approved", "until", "trials", "status"),
    [
        (None, None, [], LabelStatus.UNTRIED),
        (None, None, [[]], LabelStatus.IN_TRIAL),
        # Two people, but each at another trial.
        (None, None, [[GOOD], [replace(GOOD, examiner_id=2)]], LabelStatus.IN_TRIAL),
        (None, None, [[GOOD, replace(GOOD, examiner_id=2)]], LabelStatus.TO_JUDGE),
        (True, DAY, [[]], LabelStatus.APPROVED),
        (True, date(2026, 3, 11), [], LabelStatus.EXPIRED),
        (False, None, [[GOOD]], LabelStatus.REFUSED),
    ],
)
def test_where_a_label_stands(
    approved: bool | None, until: date | None, trials: list[list[Examined]], status: LabelStatus
) -> None:
    assert status_of(approved, until, trials, DAY) is status


@pytest.mark.parametrize(
    ("bottles", "remains", "percent"),
    [(0, 0, None), (0, 5, None), (200, 0, "100.0"), (200, 3, "98.5"), (3, 1, "66.7"), (10, 12, "0.0")],
)
def test_the_score_is_of_bottles_without_remains(bottles: int, remains: int, percent: str | None) -> None:
    assert Washability(bottles, remains).percent == (None if percent is None else Decimal(percent))


def test_what_a_winemaker_can_change() -> None:
    plain = {"ink_bleed": False, "varnish": False, "foil": False, "ink_coverage_percent": 79}
    assert what_to_change([], **plain) == ()  # type: ignore[arg-type]
    for obstacle in Obstacle:
        assert what_to_change([obstacle], **plain), obstacle  # type: ignore[arg-type]
    heavy = what_to_change([Obstacle.TOO_SLOW], ink_bleed=True, varnish=True, foil=True, ink_coverage_percent=80)
    assert heavy == (Change.GLUE, Change.VARNISH, Change.FOIL, Change.INK_COVERAGE, Change.INK_FASTNESS)
