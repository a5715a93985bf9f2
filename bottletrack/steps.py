"""The steps a lot may take: from which stage, with which permission, and whether a held lot may.

The one table that the verbs ask before they act, that the scan page asks for what a lot needs next, and that the tests
walk. From the plant's transition table; steps that a lot's own stage does not decide (collection, orders) are not here.
"""

from dataclasses import dataclass
from enum import StrEnum

from bottletrack.access import Permission
from bottletrack.vocabulary import Stage


class Step(StrEnum):
    COUNT = "count"
    SORT = "sort"
    LOAD = "load"
    INSPECT = "inspect"
    SAMPLE = "sample"
    JUDGE = "judge"
    RELABEL = "relabel"
    DELIVER = "deliver"
    RESERVE = "reserve"
    SPLIT = "split"
    EXPIRE = "expire"
    START_TRIAL = "start_trial"
    DECIDE_HELD_ASIDE = "decide_held_aside"
    TAKE_STOCK = "take_stock"
    BREAK = "break"
    HOLD = "hold"
    LIFT_HOLD = "lift_hold"


@dataclass(frozen=True)
class Rule:
    stages: frozenset[Stage]
    permission: Permission
    #: True: also a held lot; False: never; None: only a held one.
    held: bool | None = False


ANY = frozenset(Stage)
#: Clean, checked and ready to leave, as far as the stage tells.
READY = frozenset({Stage.RELEASED, Stage.RELABELED})

#: In the plant's own order: the first that fits is what a lot needs next.
STEPS: dict[Step, Rule] = {
    Step.DECIDE_HELD_ASIDE: Rule(frozenset({Stage.RECEIVED}), Permission.DECIDE_HELD_ASIDE, held=None),
    Step.LIFT_HOLD: Rule(ANY, Permission.LIFT_HOLD, held=None),
    Step.SORT: Rule(frozenset({Stage.RECEIVED}), Permission.SORT),
    Step.COUNT: Rule(frozenset({Stage.RECEIVED}), Permission.COUNT_RECEPTION, held=True),
    Step.LOAD: Rule(
        frozenset({Stage.SORTED, Stage.REWORK, Stage.EXPIRED, Stage.RETURNED, Stage.BLOCKED, Stage.TRIAL}),
        Permission.WASH,
    ),
    Step.INSPECT: Rule(frozenset({Stage.WASHED}), Permission.INSPECT),
    Step.JUDGE: Rule(frozenset({Stage.IN_QUALITY_CONTROL}), Permission.INSPECT),
    Step.SAMPLE: Rule(frozenset({Stage.IN_QUALITY_CONTROL}), Permission.INSPECT),
    Step.RELABEL: Rule(frozenset({Stage.RELEASED}), Permission.RELABEL),
    Step.DELIVER: Rule(READY, Permission.DELIVER),
    Step.RESERVE: Rule(READY, Permission.RESERVE),
    Step.EXPIRE: Rule(READY, Permission.EXPIRE),
    Step.START_TRIAL: Rule(frozenset({Stage.RELEASED}), Permission.START_TRIAL),
    Step.SPLIT: Rule(frozenset({Stage.SORTED}) | READY, Permission.SPLIT),
    Step.TAKE_STOCK: Rule(ANY, Permission.TAKE_STOCK, held=True),
    Step.BREAK: Rule(ANY, Permission.BREAK, held=True),
    Step.HOLD: Rule(ANY, Permission.HOLD),
}
