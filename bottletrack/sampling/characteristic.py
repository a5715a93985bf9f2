"""What a plan can tell: how likely a lot passes that has so many defective bottles (its operating characteristic)."""

from math import comb

from bottletrack.sampling.plans import SamplingPlan

#: Halvings when a share is looked for: its error is less than one in a million million.
_HALVINGS = 40


def acceptance_probability(plan: SamplingPlan, defective_share: float) -> float:
    """How likely, from 0 to 1, a lot passes of which this share (0 to 1) is defective.

    Binomial, so for a sample from a lot that is many times larger.
    """
    sample, share = plan.sample_size, defective_share
    return sum(comb(sample, found) * share**found * (1 - share) ** (sample - found) for found in range(plan.accept + 1))


def share_accepted_with(plan: SamplingPlan, probability: float) -> float:
    """The defective share (0 to 1) of lots that pass with this probability: `acceptance_probability`, the other way."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if acceptance_probability(plan, middle) > probability:
            low = middle
        else:
            high = middle
    return low
