"""The verdict follows the plan; what is critical or untested is accepted by nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bottletrack.sampling.assessment import ACCEPTING, Assessment, assess
from bottletrack.sampling.plans import SamplingPlan, plan_for_all
from bottletrack.vocabulary import DefectClass, Grade, Verdict

CRITICAL, MAJOR, MINOR = DefectClass.CRITICAL, DefectClass.MAJOR, DefectClass.MINOR
#: A lot of 900 at level II: AQL 0.65 and 2.5.
PLANS = {
    CRITICAL: plan_for_all(900),
    MAJOR: SamplingPlan("J", 80, 1, 2, whole_lot=False),
    MINOR: SamplingPlan("J", 80, 5, 6, whole_lot=False),
}


@pytest.mark.parametrize(
    ("found", "grade", "may_be_accepted"),
    [
        ({}, Grade.A, True),
        ({MAJOR: 1, MINOR: 5}, Grade.A, True),
        ({MINOR: 6}, Grade.B, True),
        ({MAJOR: 2}, None, True),
        ({MAJOR: 2, MINOR: 6}, None, True),
        ({CRITICAL: 1}, None, False),
        ({CRITICAL: 1, MINOR: 6}, None, False),
    ],
)
def test_what_was_found_decides(found: dict[DefectClass, int], grade: Grade | None, may_be_accepted: bool) -> None:
    assessment = assess(PLANS, found, (), ())
    assert (assessment.grade, assessment.may_be_accepted) == (grade, may_be_accepted)
    assert assessment.passed == (grade is Grade.A)


def test_a_test_outside_its_limits_fails_its_class() -> None:
    assert assess(PLANS, {}, [MINOR], ()).grade is Grade.B
    assert assess(PLANS, {}, [MAJOR], ()).grade is None
    assert not assess(PLANS, {}, [CRITICAL], ()).may_be_accepted


def test_without_a_mandatory_test_nothing_is_accepted_but_all_may_be_refused() -> None:
    untested = assess(PLANS, {MINOR: 6}, (), ["bore_mm"])
    assert (untested.missing, untested.grade, untested.may_be_accepted) == (("bore_mm",), None, False)
    assert not untested.needs_second_person(Verdict.REWASH)


@pytest.mark.parametrize(
    ("failed", "alone"),
    [
        (set(), {Verdict.ACCEPT_A, Verdict.ACCEPT_B}),
        ({MINOR}, {Verdict.ACCEPT_B, Verdict.REWASH, Verdict.SORT_100}),
        ({MAJOR}, {Verdict.REWASH, Verdict.SORT_100}),
        ({CRITICAL}, {Verdict.REWASH, Verdict.SORT_100}),
    ],
)
def test_verdicts_that_one_person_gives(failed: set[DefectClass], alone: set[Verdict]) -> None:
    assessment = Assessment((), frozenset(failed))
    assert {verdict for verdict in Verdict if not assessment.needs_second_person(verdict)} == alone


@given(st.sets(st.sampled_from(DefectClass)), st.lists(st.sampled_from(["bore_mm", "residue_ph"]), max_size=2))
def test_no_verdict_that_agrees_accepts_what_nobody_may(failed: set[DefectClass], missing: list[str]) -> None:
    assessment = Assessment(tuple(missing), frozenset(failed))
    if not assessment.may_be_accepted:
        assert not any(map(assessment.agrees_with, ACCEPTING))
    # Some verdict always remains that one person may give.
    assert any(not assessment.needs_second_person(verdict) for verdict in Verdict)
