"""The steps a lot may take: from which stage, with which permission, and whether a held lot may.

The one table that the verbs ask before they act, that the scan page asks for what a lot needs next, and that the tests
walk. From the plant's transition table; what a lot's own stage does not decide (runs, orders, recalls) is not here.
"""

from dataclasses import dataclass
from enum import StrEnum

from bottletrack.access import Permission
from bottletrack.vocabulary import Stage


class Step(StrEnum):
    COLLECT = "collect"
    GIVE_UP = "give_up"
    VOID = "void"
    COUNT = "count"
    SORT = "sort"
    PRESOAK = "presoak"
    END_PRESOAK = "end_presoak"
    LOAD = "load"
    LOAD_REFUSED = "load_refused"
    INSPECT = "inspect"
    COUNT_DEFECTS = "count_defects"
    TEST = "test"
    SAMPLE = "sample"
    JUDGE = "judge"
    CONFIRM = "confirm"
    INSPECT_RETURN = "inspect_return"
    EXAMINE_LABELS = "examine_labels"
    REJECT_TRIAL = "reject_trial"
    RELABEL = "relabel"
    DELIVER = "deliver"
    RESERVE = "reserve"
    DOWNGRADE = "downgrade"
    SPLIT = "split"
    MERGE = "merge"
    MERGE_RELEASED = "merge_released"
    EXPIRE = "expire"
    WAIVE_AGE = "waive_age"
    START_TRIAL = "start_trial"
    SEND = "send"
    HAND_OVER = "hand_over"
    DECIDE_HELD_ASIDE = "decide_held_aside"
    TAKE_STOCK = "take_stock"
    BREAK = "break"
    HOLD = "hold"
    LIFT_HOLD = "lift_hold"


@dataclass(frozen=True)
class Rule:
    stages: frozenset[Stage]
    permission: Permission
    #: Also a lot that is held or recalled; None: only a held one.
    held: bool | None = False


#: Bottles are there, or may be.
OPEN = frozenset(Stage) - {Stage.EXPECTED, Stage.VOIDED}
#: Clean, checked and ready to leave, as far as the stage tells.
READY = frozenset({Stage.RELEASED, Stage.RELABELED})
IN_CONTROL = frozenset({Stage.IN_QUALITY_CONTROL})
#: May go to another site: not in the middle of a station's work.
SENDABLE = OPEN - {Stage.PRESOAKING, Stage.IN_QUALITY_CONTROL, Stage.TRIAL}

#: In the plant's own order: the first that fits is what a lot needs next.
STEPS: dict[Step, Rule] = {
    Step.COLLECT: Rule(frozenset({Stage.EXPECTED}), Permission.COLLECT),
    Step.GIVE_UP: Rule(frozenset({Stage.EXPECTED}), Permission.COLLECT),
    Step.VOID: Rule(frozenset({Stage.EXPECTED}), Permission.VOID),
    Step.DECIDE_HELD_ASIDE: Rule(frozenset({Stage.RECEIVED}), Permission.DECIDE_HELD_ASIDE, held=None),
    Step.LIFT_HOLD: Rule(OPEN, Permission.LIFT_HOLD, held=None),
    Step.SORT: Rule(frozenset({Stage.RECEIVED}), Permission.SORT),
    Step.COUNT: Rule(frozenset({Stage.RECEIVED}), Permission.COUNT_RECEPTION, held=True),
    Step.END_PRESOAK: Rule(frozenset({Stage.PRESOAKING}), Permission.WASH),
    Step.INSPECT_RETURN: Rule(frozenset({Stage.RETURNED}), Permission.INSPECT),
    Step.EXAMINE_LABELS: Rule(frozenset({Stage.TRIAL}), Permission.EXAMINE_LABELS),
    Step.LOAD: Rule(
        frozenset({Stage.SORTED, Stage.REWORK, Stage.EXPIRED, Stage.RETURNED}),
        Permission.WASH,
    ),
    Step.LOAD_REFUSED: Rule(frozenset({Stage.BLOCKED, Stage.TRIAL}), Permission.LOAD_REFUSED),
    Step.PRESOAK: Rule(frozenset({Stage.SORTED}), Permission.WASH),
    Step.INSPECT: Rule(frozenset({Stage.WASHED}), Permission.INSPECT),
    Step.CONFIRM: Rule(IN_CONTROL, Permission.CONFIRM_VERDICT),
    Step.TEST: Rule(IN_CONTROL, Permission.INSPECT),
    Step.COUNT_DEFECTS: Rule(IN_CONTROL, Permission.INSPECT),
    Step.JUDGE: Rule(IN_CONTROL, Permission.INSPECT),
    Step.SAMPLE: Rule(IN_CONTROL, Permission.INSPECT),
    Step.RELABEL: Rule(frozenset({Stage.RELEASED}), Permission.RELABEL),
    Step.DELIVER: Rule(READY, Permission.DELIVER),
    Step.RESERVE: Rule(READY, Permission.RESERVE),
    Step.EXPIRE: Rule(READY, Permission.EXPIRE),
    Step.WAIVE_AGE: Rule(READY | {Stage.EXPIRED}, Permission.WAIVE_AGE),
    Step.DOWNGRADE: Rule(READY, Permission.INSPECT),
    Step.START_TRIAL: Rule(frozenset({Stage.RELEASED}), Permission.START_TRIAL),
    Step.REJECT_TRIAL: Rule(frozenset({Stage.TRIAL}), Permission.START_TRIAL),
    Step.SPLIT: Rule(frozenset({Stage.SORTED}) | READY, Permission.SPLIT),
    Step.MERGE: Rule(frozenset({Stage.SORTED}), Permission.MERGE),
    Step.MERGE_RELEASED: Rule(READY, Permission.MERGE_RELEASED),
    Step.SEND: Rule(SENDABLE, Permission.SEND),
    Step.HAND_OVER: Rule(frozenset({Stage.RECEIVED, Stage.SORTED}), Permission.HAND_OVER),
    Step.TAKE_STOCK: Rule(OPEN, Permission.TAKE_STOCK, held=True),
    Step.BREAK: Rule(OPEN, Permission.BREAK, held=True),
    Step.HOLD: Rule(OPEN, Permission.HOLD),
}
