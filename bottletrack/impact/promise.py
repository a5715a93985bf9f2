"""The promise: what the project claims for each bottle reused. A claim with a source, never a measurement.

The functional unit is one bottle delivered for refill, net of returns; nothing is credited at the wash.
"""

from dataclasses import dataclass
from decimal import Decimal

from bottletrack.wording import N_

BOTTLES_PER_MILLION = 1_000_000


@dataclass(frozen=True)
class PromiseFactors:
    """A named, versioned set of claimed factors. A change of any of them is a new version."""

    name: str
    version: int
    co2_kg_per_bottle: Decimal
    waste_kg_per_bottle: Decimal
    jobs_per_million_low: Decimal
    jobs_per_million_high: Decimal
    #: Who claims it, in English, marked for translation.
    source: str

    @property
    def label(self) -> str:
        """What a page or a file names the set by, e.g. `claim-jura 1`."""
        return f"{self.name} {self.version}"


#: 300 t of CO2, 400 t of waste and 1 to 2 jobs for each million bottles reused.
CLAIM_JURA = PromiseFactors(
    name="claim-jura",
    version=1,
    co2_kg_per_bottle=Decimal("0.300"),
    waste_kg_per_bottle=Decimal("0.400"),
    jobs_per_million_low=Decimal(1),
    jobs_per_million_high=Decimal(2),
    source=N_("Founding document of “J'aime mes bouteilles”, Jura: the project's own claim"),
)


@dataclass(frozen=True)
class Promised:
    """The promise applied to so many bottles delivered net: kilograms saved, and jobs from low to high."""

    factors: PromiseFactors
    delivered_net: int
    co2_kg: Decimal
    waste_kg: Decimal
    jobs_low: Decimal
    jobs_high: Decimal


def apply_promise(delivered_net: int, factors: PromiseFactors = CLAIM_JURA) -> Promised:
    """What is claimed for these bottles, exactly. More returned than delivered in a period claims less than nothing."""
    return Promised(
        factors=factors,
        delivered_net=delivered_net,
        co2_kg=delivered_net * factors.co2_kg_per_bottle,
        waste_kg=delivered_net * factors.waste_kg_per_bottle,
        jobs_low=delivered_net * factors.jobs_per_million_low / BOTTLES_PER_MILLION,
        jobs_high=delivered_net * factors.jobs_per_million_high / BOTTLES_PER_MILLION,
    )
