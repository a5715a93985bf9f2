"""What an inspection's plan and tests say of a lot, and which verdicts agree with them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bottletrack.sampling.plans import SamplingPlan
from bottletrack.vocabulary import DefectClass, Grade, Verdict

ACCEPTING = frozenset({Verdict.ACCEPT_A, Verdict.ACCEPT_B})


@dataclass(frozen=True)
class Assessment:
    """`missing`: codes of mandatory tests without a result. `failed`: classes of defects beyond what is accepted."""

    missing: tuple[str, ...]
    failed: frozenset[DefectClass]

    @property
    def passed(self) -> bool:
        return not self.missing and not self.failed

    @property
    def grade(self) -> Grade | None:
        """What the lot may be released as: A, B where only minor defects are too many, None where neither."""
        if self.passed:
            return Grade.A
        return Grade.B if not self.missing and self.failed == {DefectClass.MINOR} else None

    @property
    def may_be_accepted(self) -> bool:
        """Whether anybody may accept it at all: not without its mandatory tests, nor with a critical defect."""
        return not self.missing and DefectClass.CRITICAL not in self.failed

    def agrees_with(self, verdict: Verdict) -> bool:
        """Whether the verdict follows from the plan and the tests."""
        match verdict:
            case Verdict.ACCEPT_A:
                return self.grade is Grade.A
            case Verdict.ACCEPT_B:
                return self.grade is not None
            case _:
                return not self.passed

    def needs_second_person(self, verdict: Verdict) -> bool:
        """To scrap a lot, and for a verdict against the plan."""
        return verdict is Verdict.SCRAP or not self.agrees_with(verdict)


def assess(
    plans: Mapping[DefectClass, SamplingPlan],
    found: Mapping[DefectClass, int],
    outside: Collection[DefectClass],
    missing: Collection[str],
) -> Assessment:
    """Hold what was found against the plan.

    `found`: bottles with defects of each class; `outside`: the classes of tests outside their limits, each of which
    fails its class; `missing`: codes of mandatory tests without a result.
    """
    too_many = {kind for kind, quantity in found.items() if quantity >= plans[kind].reject}
    return Assessment(tuple(missing), frozenset(too_many | set(outside)))
