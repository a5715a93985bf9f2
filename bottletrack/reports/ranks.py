"""How far each place is from a start, along the longest way: what a drawing puts into one row."""

from collections import defaultdict
from collections.abc import Iterable


def rank_places(steps: Iterable[tuple[int, int]], starts: Iterable[int]) -> dict[int, int]:
    """The rank of every place: 0 for the starts and for places no step leads to, else one more than all before it.

    `steps` from place to place, in time order. Bottles that come back to a place they were in make a loop: the place
    that was reached first is then ranked first.
    """
    onward: defaultdict[int, set[int]] = defaultdict(set)
    waiting: dict[int, int] = dict.fromkeys(starts, 0)
    fixed = frozenset(waiting)
    for origin, destination in steps:
        waiting.setdefault(origin, 0)
        waiting.setdefault(destination, 0)
        if destination not in onward[origin] and destination not in fixed:
            onward[origin].add(destination)
            waiting[destination] += 1
    ranks = dict.fromkeys(waiting, 0)
    ready = [place for place, before in waiting.items() if not before]
    while waiting:
        place = ready.pop() if ready else next(iter(waiting))
        del waiting[place]
        for after in onward[place]:
            if after in waiting:
                ranks[after] = max(ranks[after], ranks[place] + 1)
                waiting[after] -= 1
                if not waiting[after]:
                    ready.append(after)
    return ranks
