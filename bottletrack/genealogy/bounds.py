"""How many bottles of a kind are where, when bottles were mixed: the least and the most that there can be.

Pure arithmetic over movements in time order. A place that holds `total` bottles, of which `low` to `high` are of a
kind, gives up `quantity` of them: nobody knows which, so the part that leaves has between `low - (total - quantity)`
and `high` of that kind, and no more than `quantity`. Where nothing was mixed, low and high stay the same number.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Range(NamedTuple):
    """From `low` to `high` bottles; the same number twice where it is known."""

    low: int
    high: int

    @property
    def exact(self) -> bool:
        return self.low == self.high

    def plus(self, other: "Range") -> "Range":
        """Both together."""
        return Range(self.low + other.low, self.high + other.high)

    def at_most(self, total: int) -> "Range":
        """The same, knowing that there are no more than so many."""
        return Range(min(self.low, total), min(self.high, total))


NONE = Range(0, 0)
#: Of the bottles in one place or one movement, how many are of each kind; a kind that is left out is not among them.
Mix = Mapping[int, Range]


class Flow(NamedTuple):
    """Bottles that went from one place to another, in one movement."""

    id: int
    origin: int
    destination: int
    quantity: int

    def backward(self) -> "Flow":
        """The same movement as a film run backward shows it."""
        return Flow(self.id, self.destination, self.origin, self.quantity)


@dataclass
class _Contents:
    total: int
    mix: dict[int, Range]

    def take(self, quantity: int) -> dict[int, Range]:
        """Removes so many bottles; what may be among them."""
        stay = max(self.total - quantity, 0)
        taken = {kind: Range(max(0, low - stay), min(quantity, high)) for kind, (low, high) in self.mix.items() if high}
        self.mix = {kind: Range(max(0, low - quantity), min(stay, high)) for kind, (low, high) in self.mix.items()}
        self.total = stay
        return taken

    def put(self, quantity: int, mix: Mix) -> None:
        self.total += quantity
        self.mix = add_mixes((self.mix, mix))


def carry(
    flows: Iterable[Flow],
    known: Callable[[Flow], Mix | None],
    *,
    held: Mapping[int, int] | None = None,
    turn: Callable[[int, Mix], Mix] = lambda place, mix: mix,
) -> tuple[dict[int, Mix], dict[int, Mix]]:
    """What each movement carried, by its id, and what each place holds at the end, by the place's id.

    `flows` are in the order in which they happened, with all that touch a place that bottles are followed through.
    `known`: what a movement carries where that does not depend on what its origin holds; None where it does.
    `held`: what places held before the first movement, of no kind. `turn`: what bottles become by arriving at a place.
    """
    contents = {place: _Contents(total, {}) for place, total in (held or {}).items()}
    carried: dict[int, Mix] = {}
    for flow in flows:
        taken = contents.setdefault(flow.origin, _Contents(0, {})).take(flow.quantity)
        told = known(flow)
        mix = turn(flow.destination, taken if told is None else told)
        carried[flow.id] = mix
        contents.setdefault(flow.destination, _Contents(0, {})).put(flow.quantity, mix)
    return carried, {place: content.mix for place, content in contents.items()}


def add_mixes(mixes: Iterable[Mix]) -> dict[int, Range]:
    """All of them together."""
    together: dict[int, Range] = {}
    for mix in mixes:
        for kind, part in mix.items():
            together[kind] = together.get(kind, NONE).plus(part)
    return together


def narrow(parts: Mapping[int, Range], total: int) -> dict[int, Range]:
    """The parts of a whole, each narrowed by what the others leave for it: together they are exactly `total`."""
    low, high = sum(part.low for part in parts.values()), sum(part.high for part in parts.values())
    return {
        key: Range(max(part.low, total - (high - part.high)), min(part.high, total - (low - part.low)))
        for key, part in parts.items()
    }
