"""What a wash run takes and when it may start, on values alone."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bottletrack.errors import WrongStep
from bottletrack.lots import LotOnHand
from bottletrack.measuring import Lack, Taken, find_lacks
from bottletrack.runs import Run, fits, pass_number_after, require_same_bottles
from bottletrack.tables import BottleModel, Measure, Washer
from bottletrack.vocabulary import Stage, WashProgram

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def lot(stage: Stage = Stage.SORTED, **other: Any) -> LotOnHand:
    values: dict[str, Any] = dict.fromkeys(LotOnHand.__dataclass_fields__)
    values |= {"code": "7K3M29QX", "stage": stage, "model_id": 5, "color": "vert", "pass_number": 0, "quantity": 100}
    return LotOnHand(**(values | other))


def run(program: WashProgram = WashProgram.WASH, **other: Any) -> Run:
    values: dict[str, Any] = dict.fromkeys(Run.__dataclass_fields__)
    values |= {"code": "RUN-1", "program": program, "color": "", "opened_by": uuid.uuid4(), "quantity": 0}
    return Run(**(values | other))


@pytest.mark.parametrize(
    ("stage", "passes", "program", "after"),
    [
        (Stage.SORTED, 0, WashProgram.WASH, 1),
        (Stage.REWORK, 1, WashProgram.WASH, 2),
        (Stage.REWORK, 2, WashProgram.WASH, None),  # the last pass of rework
        (Stage.BLOCKED, 2, WashProgram.WASH, 3),
        (Stage.EXPIRED, 2, WashProgram.WASH, 3),
        (Stage.EXPIRED, 2, WashProgram.RINSE, 2),
        (Stage.SORTED, 0, WashProgram.RINSE, None),
    ],
)
def test_a_wash_is_one_pass_more_and_a_rinse_is_none(
    stage: Stage, passes: int, program: WashProgram, after: int | None
) -> None:
    if after is None:
        with pytest.raises(WrongStep):
            pass_number_after(run(program), lot(stage, pass_number=passes), 2)
    else:
        assert pass_number_after(run(program), lot(stage, pass_number=passes), 2) == after


def test_a_run_keeps_to_the_bottles_of_its_first_lot() -> None:
    loaded = run(model_id=5, color="vert", pass_number=1)
    require_same_bottles(run(), lot(), 1)
    require_same_bottles(loaded, lot(), 1)
    require_same_bottles(replace(loaded, program=WashProgram.RINSE), lot(), 2)
    for other in (lot(model_id=6), lot(color="blanc"), lot(owner_winery_id=3)):
        with pytest.raises(WrongStep):
            require_same_bottles(loaded, other, 1)
    with pytest.raises(WrongStep):
        require_same_bottles(loaded, lot(), 2)


@pytest.mark.parametrize(
    ("height", "diameter", "listed", "fitting"),
    [
        (307, 90, None, True),
        (308, 90, None, False),  # S47: below 308 mm
        (307, 91, None, False),
        (None, 90, None, True),  # nobody measured it, and the list says nothing against it
        (None, 90, False, False),
        (300, 80, False, True),  # what was measured counts before the list
    ],
)
def test_a_bottle_goes_through_the_washers_gauge(
    height: int | None, diameter: int | None, listed: bool | None, fitting: bool
) -> None:
    washer = Washer(below_height_mm=308, max_diameter_mm=90)
    assert fits(washer, BottleModel(height_mm=height, diameter_mm=diameter, fits_washer=listed)) is fitting


def test_a_start_is_locked_by_what_is_missing_old_or_outside() -> None:
    measures = [
        Measure(code=code, required=required, low=Decimal(2), high=Decimal(3))
        for code, required in (("a", True), ("b", True), ("c", True), ("d", True), ("e", False))
    ]
    fresh, limit, late = (NOW - timedelta(minutes=minutes) for minutes in (0, 30, 31))
    taken = {
        "a": Taken(Decimal("2.5"), limit),
        "b": Taken(Decimal("2.5"), late),
        "c": Taken(Decimal("3.5"), fresh),
        "e": Taken(Decimal(9), late),
    }
    lacks = [(measure.code, lack) for measure, lack in find_lacks(measures, taken, NOW, 30)]
    assert lacks == [("b", Lack.OLD), ("c", Lack.OUTSIDE), ("d", Lack.MISSING)]
