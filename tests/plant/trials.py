"""The way of a label: registered, tried on bottles, examined by two people, approved."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bottletrack.stations import labels
from tests.plant import stages
from tests.plant.world import World

#: What an examiner writes down of a label that washes off well.
GOOD_RESULT = labels.TrialExamination("", Decimal(3), Decimal(5), False, 0, False, True)


def tried_label(world: World, winery: str | None = None, *results: labels.TrialExamination, **made: Any) -> str:
    """The code of a label that two people examined on one trial, each with a result (none: both good)."""
    code = stages.label(world, winery, **made)
    lot = world.make(labels.record_trial_start, stages.trial_start(world, stages.released(world), 20, code))
    for seen, person in zip(results or (GOOD_RESULT, GOOD_RESULT), ("second", "third"), strict=True):
        world.record(labels.record_trial_examination, replace(seen, lot_code=lot), person)
    return code


def end_of_approval(world: World) -> date:
    return world.now.date() + timedelta(days=365)


def approved_label(world: World, winery: str | None = None) -> str:
    code = tried_label(world, winery)
    world.record(labels.record_label_judgment, labels.LabelJudgment(code, True, end_of_approval(world)))
    return code
