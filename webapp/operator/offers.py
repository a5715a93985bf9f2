"""What a lot needs next: one action first, the others after it, and who has to be called where one may not."""

from dataclasses import dataclass

from flask import url_for

from bottletrack.access import PERMISSIONS, Actor, may
from bottletrack.lots import next_steps
from bottletrack.steps import STEPS, Step
from bottletrack.vocabulary import Grade, Role, Stage
from webapp.languages import gettext
from webapp.operator.sight import LotSight
from webapp.words import word

#: The page of each step that begins at a lot, and its pictogram. Reserving begins at an order, on another face.
PAGES: dict[Step, tuple[str, str]] = {
    Step.COLLECT: ("operator.collect_announced", "collection"),
    Step.GIVE_UP: ("operator.give_up", "cross"),
    Step.VOID: ("operator.void", "label"),
    Step.COUNT: ("operator.count", "count-difference"),
    Step.SORT: ("operator.sort", "sorting"),
    Step.END_PRESOAK: ("operator.end_presoak", "soaking"),
    Step.LOAD: ("operator.load_lot", "washing"),
    Step.LOAD_REFUSED: ("operator.load_refused", "washing"),
    Step.PRESOAK: ("operator.start_presoak", "soaking"),
    Step.INSPECT: ("operator.inspect", "quality"),
    Step.CONFIRM: ("operator.confirm", "people"),
    Step.COUNT_DEFECTS: ("operator.count_defects", "quality"),
    Step.TEST: ("operator.record_tests", "quality"),
    Step.SAMPLE: ("operator.sample", "sampled"),
    Step.JUDGE: ("operator.judge", "quality"),
    Step.INSPECT_RETURN: ("operator.inspect_return", "return"),
    Step.DOWNGRADE: ("operator.downgrade", "quality"),
    Step.WAIVE_AGE: ("operator.waive_age", "expired"),
    Step.RELABEL: ("operator.relabel", "relabeling"),
    Step.DELIVER: ("operator.deliver_lot", "dispatch"),
    Step.SPLIT: ("operator.split", "split"),
    Step.MERGE: ("operator.merge", "merge"),
    Step.MERGE_RELEASED: ("operator.merge_released", "merge"),
    Step.SEND: ("operator.send", "transfer"),
    Step.HAND_OVER: ("operator.hand_over", "transfer"),
    Step.EXPIRE: ("operator.expire", "expired"),
    Step.START_TRIAL: ("operator.start_trial", "label"),
    Step.EXAMINE_LABELS: ("operator.examine_labels", "label"),
    Step.REJECT_TRIAL: ("operator.reject_trial", "cullet"),
    Step.DECIDE_HELD_ASIDE: ("operator.decide", "unsure"),
    Step.TAKE_STOCK: ("operator.take_stock", "stocktake"),
    Step.BREAK: ("operator.break_bottles", "broken"),
    Step.HOLD: ("operator.hold", "hold"),
    Step.LIFT_HOLD: ("operator.lift", "check"),
}
#: Done to a lot at any time; never what it needs next.
_ASIDE = frozenset(
    {
        Step.TAKE_STOCK,
        Step.BREAK,
        Step.HOLD,
        Step.PRESOAK,
        Step.SPLIT,
        Step.MERGE,
        Step.MERGE_RELEASED,
        Step.SEND,
        Step.HAND_OVER,
        Step.START_TRIAL,
        Step.SAMPLE,
        Step.DOWNGRADE,
        Step.WAIVE_AGE,
    }
)
_NEEDS_FREE_BOTTLES = frozenset({Step.MERGE, Step.MERGE_RELEASED, Step.SEND, Step.HAND_OVER})


@dataclass(frozen=True)
class Offer:
    """A step as a button."""

    step: Step
    label: str
    url: str
    sign: str


@dataclass(frozen=True)
class Needs:
    """What a lot needs next. `first` None: nothing, or nothing that this person may do; then `note` says what."""

    first: Offer | None
    others: tuple[Offer, ...]
    note: str


def needs_of(seen: LotSight, actor: Actor) -> Needs:
    """The next step for this person, by the plant's own order of steps."""
    fitting = [step for step in _fitting(seen) if step in PAGES]
    mine = [step for step in fitting if may(actor, STEPS[step].permission) and not _is_own_proposal(step, seen, actor)]
    # What an order waits for leaves before anything else is done to it.
    due = sorted((step for step in fitting if _is_due(step, seen)), key=lambda step: step is not Step.DELIVER)
    first = due[0] if due and due[0] in mine else None
    return Needs(
        _offer(first, seen) if first else None,
        tuple(_offer(step, seen) for step in mine if step is not first),
        "" if first or seen.dead else _note(seen, due),
    )


def _is_due(step: Step, seen: LotSight) -> bool:
    """Whether the lot may be waiting for it: to be looked at first, then tested, then judged."""
    inspection = seen.inspection
    if step in (Step.COUNT_DEFECTS, Step.TEST):
        fresh = inspection is not None and not inspection.counted and not inspection.results
        return fresh if step is Step.COUNT_DEFECTS else not fresh and bool(inspection and inspection.assessment.missing)
    if step is Step.INSPECT_RETURN:
        return not seen.return_inspected
    return step not in _ASIDE


def _is_own_proposal(step: Step, seen: LotSight, actor: Actor) -> bool:
    """Nobody is one's own second person."""
    proposal = seen.inspection.proposal if seen.inspection else None
    return step is Step.CONFIRM and proposal is not None and proposal.by == actor.person_id


def _fitting(seen: LotSight) -> list[Step]:
    """Steps that fit the lot for whoever may, less those that would be refused today."""
    everybody = Actor(0, seen.lot.territory_id, frozenset(Role))
    steps = next_steps(seen.lot, everybody)
    useless = set()
    if seen.too_old:
        useless |= {Step.RELABEL, Step.DELIVER}
    else:
        useless.add(Step.EXPIRE)
    if not seen.too_old and seen.lot.stage is not Stage.EXPIRED:
        useless.add(Step.WAIVE_AGE)
    if seen.lot.grade is not Grade.A or seen.lot.promised:
        useless.add(Step.DOWNGRADE)
    if seen.inspection is None or seen.inspection.proposal is None:
        useless.add(Step.CONFIRM)
    if seen.lot.stage is Stage.RETURNED and not seen.return_inspected:
        useless.add(Step.LOAD)
    if seen.alone:
        useless.add(Step.SEND)
    if not seen.lot.free:
        useless |= {Step.RELABEL, Step.SPLIT, Step.START_TRIAL, Step.BREAK, *_NEEDS_FREE_BOTTLES}
    if not seen.lot.promised or (seen.lot.stage is Stage.RELEASED and seen.site.relabeling_required):
        useless.add(Step.DELIVER)
    if seen.lot.promised:
        useless.add(Step.EXPIRE)
    return [step for step in steps if step not in useless]


def _note(seen: LotSight, due: list[Step]) -> str:
    """Why there is nothing to do for this person."""
    if due:
        who = [word(role) for role in Role if role in PERMISSIONS[STEPS[due[0]].permission]]
        return gettext("Next step: %(step)s. Call: %(who)s.") % {"step": word(due[0]), "who": ", ".join(who)}
    if seen.too_old:
        return gettext("Too old to leave, and promised to an order: call a coordinator.")
    return gettext("Ready. It waits for an order.")


def _offer(step: Step, seen: LotSight) -> Offer:
    endpoint, sign = PAGES[step]
    return Offer(step, word(step), url_for(endpoint, code=seen.lot.code), sign)
