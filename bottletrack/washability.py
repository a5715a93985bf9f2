"""Whether a label washes off: what a trial must show before it is approved, what to change, and how it proved itself.

Pure rules over plain values. The line washes what comes; so a label is tried before thousands of bottles carry it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

#: Results vary between examiners (S42), so a trial is believed when so many have looked at it.
EXAMINERS = 2
#: Heavy ink keeps the bath from the glue (S28); the source gives no number, so this one is ours.
HEAVY_INK_PERCENT = 80


class Obstacle(StrEnum):
    """What a trial showed that stands against a label."""

    NOT_RELEASED = "not_released"  # some labels never came off
    TOO_SLOW = "too_slow"  # off, but later than bottles are in the bath
    PULP = "pulp"
    RESIDUE = "residue"
    FALLS_OFF = "falls_off"  # in ice water, as on a table


class LabelStatus(StrEnum):
    """Where a label stands. Only an approved one may be named when bottles are packed for it."""

    UNTRIED = "untried"
    IN_TRIAL = "in_trial"  # tried, and not examined by enough people yet
    TO_JUDGE = "to_judge"
    APPROVED = "approved"
    EXPIRED = "expired"
    REFUSED = "refused"


class Change(StrEnum):
    """What a winemaker may change so that the label comes off."""

    GLUE = "glue"
    PAPER = "paper"
    VARNISH = "varnish"
    FOIL = "foil"
    INK_COVERAGE = "ink_coverage"
    INK_FASTNESS = "ink_fastness"
    HOLD = "hold"


@dataclass(frozen=True)
class Examined:
    """What one examiner saw. Minutes in the bath until 90 % and 100 % were off; None: they never were."""

    examiner_id: int
    minutes_90: Decimal
    minutes_100: Decimal | None
    pulp: bool
    #: What stays on the glass: 0 nothing to 3 much.
    residue: int
    ink_bleed: bool
    holds_in_ice_water: bool


@dataclass(frozen=True)
class Washability:
    """Of so many bottles, on how many something of the label remained after the wash."""

    bottles: int
    remains: int

    @property
    def percent(self) -> Decimal | None:
        """Bottles without remains in 100, to one place; None while there are no bottles to judge by."""
        if self.bottles <= 0:
            return None
        clean = max(self.bottles - self.remains, 0)
        return (Decimal(100) * clean / self.bottles).quantize(Decimal("0.1"))


def is_examined(results: Iterable[Examined]) -> bool:
    """Whether enough different people have examined one trial (S42)."""
    return len({result.examiner_id for result in results}) >= EXAMINERS


def find_obstacles(results: Iterable[Examined], within_minutes: int) -> tuple[Obstacle, ...]:
    """What stands against approval, if anybody saw it. `within_minutes`: the line's dwell time less a margin (S28)."""
    seen: set[Obstacle] = set()
    for result in results:
        if result.minutes_100 is None:
            seen.add(Obstacle.NOT_RELEASED)
        elif result.minutes_100 > within_minutes:
            seen.add(Obstacle.TOO_SLOW)
        if result.pulp:
            seen.add(Obstacle.PULP)
        if result.residue:
            seen.add(Obstacle.RESIDUE)
        if not result.holds_in_ice_water:
            seen.add(Obstacle.FALLS_OFF)
    return tuple(obstacle for obstacle in Obstacle if obstacle in seen)


def bleeds(results: Iterable[Examined]) -> bool:
    """Whether anybody saw ink run: such a label is approved on a condition only, which the approval's reason says."""
    return any(result.ink_bleed for result in results)


def may_be_used(approved: bool | None, valid_until: date | None, day: date) -> bool:
    """Whether bottles may be packed for a label on that day."""
    return approved is True and valid_until is not None and day <= valid_until


def status_of(
    approved: bool | None, valid_until: date | None, trials: Iterable[Iterable[Examined]], day: date
) -> LabelStatus:
    """A judgment counts before trials: one that was approved stays so while it is tried again."""
    if approved is False:
        return LabelStatus.REFUSED
    if approved:
        return LabelStatus.APPROVED if may_be_used(approved, valid_until, day) else LabelStatus.EXPIRED
    examined = [is_examined(results) for results in trials]
    if not examined:
        return LabelStatus.UNTRIED
    return LabelStatus.TO_JUDGE if any(examined) else LabelStatus.IN_TRIAL


_CHANGES = {
    Obstacle.NOT_RELEASED: (Change.GLUE,),
    Obstacle.TOO_SLOW: (Change.GLUE,),
    Obstacle.PULP: (Change.PAPER,),
    Obstacle.RESIDUE: (Change.GLUE,),
    Obstacle.FALLS_OFF: (Change.HOLD,),
}


def what_to_change(
    obstacles: Iterable[Obstacle], *, ink_bleed: bool, varnish: bool, foil: bool, ink_coverage_percent: int
) -> tuple[Change, ...]:
    """From what trials showed, and from what is known to keep a label on the glass: varnish, foil, heavy ink (S28)."""
    wanted = {change for obstacle in obstacles for change in _CHANGES[obstacle]}
    for change, applies in (
        (Change.VARNISH, varnish),
        (Change.FOIL, foil),
        (Change.INK_COVERAGE, ink_coverage_percent >= HEAVY_INK_PERCENT),
        (Change.INK_FASTNESS, ink_bleed),
    ):
        if applies:
            wanted.add(change)
    return tuple(change for change in Change if change in wanted)
