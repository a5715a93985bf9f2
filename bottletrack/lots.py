"""What a station asks of a lot before it touches it: find it by what was scanned, and refuse what it may not do."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from bottletrack.access import Actor, may
from bottletrack.errors import BadInput, NotFound, Stopped, WrongQuantity, WrongStep
from bottletrack.identifiers import looks_like_lot_code, read_lot_code, show_code
from bottletrack.steps import READY, STEPS, Step
from bottletrack.tables import Lot, Place, RecallCase, RecallPlace, RetiredCode, Territory
from bottletrack.vocabulary import Grade, Stage


@dataclass(frozen=True)
class LotOnHand:
    """A lot and what it holds now, in bottles."""

    id: int
    territory_id: int
    site_id: int
    code: str
    partner_code: str | None
    stage: Stage
    grade: Grade | None
    hold_event_id: uuid.UUID | None
    model_id: int | None
    color: str
    owner_winery_id: int | None
    pass_number: int
    washed_on: date | None
    waived_until: date | None
    quantity: int
    promised: int
    #: In the set of an open recall that is no drill.
    recalled: bool

    @property
    def held(self) -> bool:
        return self.hold_event_id is not None

    @property
    def free(self) -> int:
        """Bottles here that no order line has spoken for."""
        return self.quantity - self.promised

    @property
    def shown_code(self) -> str:
        return show_code(self.code)


_RECALLED = exists(
    select(RecallPlace.place_id)
    .join(RecallCase, RecallCase.id == RecallPlace.case_id)
    .where(RecallPlace.place_id == Lot.id, RecallCase.closed_by.is_(None), RecallCase.drill.is_(False))
)
_SELECT: Select[*tuple[Any, ...]] = select(
    Lot.id,
    Lot.territory_id,
    Lot.site_id,
    Lot.code,
    Lot.partner_code,
    Lot.stage,
    Lot.grade,
    Lot.hold_event_id,
    Lot.model_id,
    Lot.color,
    Lot.owner_winery_id,
    Lot.pass_number,
    Lot.washed_on,
    Lot.waived_until,
    Place.quantity,
    Place.promised,
    _RECALLED.label("recalled"),
).join(Place, Place.id == Lot.id)

#: Every scan asks this; built once.
_FIND_BY_CODE = _SELECT.where(
    Lot.territory_id == bindparam("territory"),
    or_(Lot.code == bindparam("code"), Lot.partner_code == bindparam("name")),
)


def find_lots(session: Session, *where: ColumnElement[bool]) -> list[LotOnHand]:
    """The lots that fit, in the order they were made."""
    return [LotOnHand(*row) for row in session.execute(_SELECT.where(*where).order_by(Lot.id))]


def get_lot(session: Session, actor: Actor, text: str) -> LotOnHand:
    """The lot of the actor's territory that a scanned or typed code names, or a partner's own name for it.

    Raises BadInput when a character of a code was misread, NotFound when there is no such lot here, and WrongStep for
    the code of a label that was replaced.
    """
    wanted = text.strip()
    if not wanted or len(wanted) > 40:
        raise BadInput("No lot code was given.", "Scan a label, or type the code printed on it.", field="code")
    code: str | None = None
    misread: BadInput | None = None
    if looks_like_lot_code(wanted):
        try:
            code = read_lot_code(wanted)
        except BadInput as error:
            # A partner's name can look like a code, so it is looked for before a character is called misread.
            misread = error
    named = {"territory": actor.territory_id, "name": wanted.upper(), "code": code}
    found = [LotOnHand(*row) for row in session.connection().execute(_FIND_BY_CODE, named)]
    if not found and misread is not None:
        raise misread
    if not found and code is not None:
        _refuse_retired(session, actor, code)
        _refuse_anothers(session, code)
        raise NotFound(
            "No lot has the code %(lot)s here.",
            "A blank label becomes a lot’s where bottles are collected, sorted, washed or packed: scan it there. "
            "Any other one, put aside and print a new one.",
            field="code",
            lot=show_code(code),
        )
    if not found:
        raise NotFound(
            "No lot is called “%(code)s” here.",
            "Check the code. A label of another network cannot be read here: put it aside and print a new one.",
            field="code",
            code=wanted,
        )
    return found[0]


def _refuse_retired(session: Session, actor: Actor, code: str) -> None:
    """Raises WrongStep for the code of a label that was replaced: it may stand on other bottles by now."""
    now = session.scalar(
        select(Lot.code)
        .join(RetiredCode, RetiredCode.lot_id == Lot.id)
        .where(RetiredCode.territory_id == actor.territory_id, RetiredCode.code == code)
    )
    if now is not None:
        raise WrongStep(
            "The label %(old)s is dead: it was replaced.",
            "Take it off. The lot goes on under the code %(lot)s: scan its new label, and check what stands here.",
            field="code",
            old=show_code(code),
            lot=show_code(now),
        )


def _refuse_anothers(session: Session, code: str) -> None:
    """Raises NotFound for a code of another territory, and says whose it is: the bottles have to go back there.

    That tells nothing else of it, and codes are drawn at random: nobody finds one who does not hold its label.
    """
    whose = session.scalar(
        select(Territory.name).join(Lot, Lot.territory_id == Territory.id).where(Lot.code == code).limit(1)
    )
    if whose is not None:
        raise NotFound(
            "Lot %(lot)s belongs to another territory: %(territory)s.",
            "Put its bottles aside and tell a lead: they are not on our books. Nothing was recorded.",
            field="code",
            lot=show_code(code),
            territory=whose,
        )


def get_lot_at(session: Session, actor: Actor, site_id: int, text: str) -> LotOnHand:
    """As `get_lot`, at this site only: a station handles what stands there."""
    lot = get_lot(session, actor, text)
    if lot.site_id != site_id:
        raise WrongStep(
            "Lot %(lot)s stands at another site.",
            "Have it transferred before you handle it here.",
            lot=lot.shown_code,
        )
    return lot


def require_step(lot: LotOnHand, step: Step) -> None:
    """Refuses a dead code, a lot that is held or not, and a stage from which the step does not begin.

    Raises Stopped for a hold, WrongStep for the others; WrongStep tells what the lot needs instead.
    """
    rule = STEPS[step]
    if lot.quantity == 0 and lot.stage is not Stage.EXPECTED:
        raise WrongStep(
            "The code %(lot)s is dead: this lot is empty, its bottles have gone on.",
            "Take this label off, and scan the label of the lot the bottles are in now.",
            field="code",
            lot=lot.shown_code,
        )
    if lot.held and rule.held is False:
        raise Stopped(
            "Lot %(lot)s is on hold: it may not be moved.",
            "Put it on the red place and call quality: only another person can lift the hold.",
            field="code",
            lot=lot.shown_code,
        )
    if lot.recalled and not rule.held:
        raise Stopped(
            "Lot %(lot)s is recalled: it may not be moved.",
            "Put it on the red place. It stays there until the recall is closed.",
            field="code",
            lot=lot.shown_code,
        )
    if not lot.held and rule.held is None:
        raise WrongStep("Lot %(lot)s is not on hold.", "Nothing is to be done.", field="code", lot=lot.shown_code)
    if lot.stage not in rule.stages:
        raise WrongStep(
            "Lot %(lot)s is at the stage “%(stage)s”: this step does not begin there.",
            "Scan the lot to see what it needs next.",
            field="code",
            lot=lot.shown_code,
            stage=lot.stage,
        )


def require_free(lot: LotOnHand, quantity: int) -> None:
    """Raises WrongQuantity when fewer bottles of the lot are free than wanted."""
    if quantity > lot.free:
        raise WrongQuantity(
            "Lot %(lot)s has %(free)s free bottles, not %(wanted)s.",
            "Count again, and enter what you have in hand. Bottles promised to an order do not count as free.",
            field="quantity",
            lot=lot.shown_code,
            free=lot.free,
            wanted=quantity,
        )


def is_too_old(lot: LotOnHand, day: date, max_age_days: int) -> bool:
    """Whether on that day, at the site, more than so many days have gone since the wash or rinse (S41).

    Quality may have waived it until a later day.
    """
    if lot.waived_until is not None and day <= lot.waived_until:
        return False
    return lot.washed_on is not None and (day - lot.washed_on).days > max_age_days


@dataclass(frozen=True)
class LeavingRules:
    """What a site asks of bottles that leave: at most so many days since the wash, and a new code or not."""

    max_age_days: int
    relabeling_required: bool


def require_fit_to_leave(lot: LotOnHand, day: date, rules: LeavingRules) -> None:
    """I5: only what is released, not held, within its age, and packed under a new code where the site asks for it."""
    if rules.relabeling_required and lot.stage is Stage.RELEASED:
        raise WrongStep(
            "Lot %(lot)s is not relabeled yet.",
            "At this site, pack it under a new code first.",
            field="code",
            lot=lot.shown_code,
        )
    if is_too_old(lot, day, rules.max_age_days):
        raise Stopped(
            "Lot %(lot)s is too old: washed more than %(days)s days ago.",
            "Put it on the red place and call quality: it has to be rinsed or washed again.",
            field="code",
            lot=lot.shown_code,
            days=rules.max_age_days,
        )


def may_be_promised(lot: LotOnHand, winery_id: int, day: date, rules: LeavingRules) -> bool:
    """I5 as a question: whether free bottles of a lot may be promised to a winery on that day at the site."""
    return (
        lot.stage in ({Stage.RELABELED} if rules.relabeling_required else READY)
        and not lot.held
        and not lot.recalled
        and lot.free > 0
        and lot.owner_winery_id in (None, winery_id)
        and not is_too_old(lot, day, rules.max_age_days)
    )


def next_steps(lot: LotOnHand, actor: Actor) -> list[Step]:
    """What the actor may do with the lot now, what it needs next first."""
    if lot.quantity == 0 and lot.stage is not Stage.EXPECTED:
        return []
    return [
        step
        for step, rule in STEPS.items()
        if lot.stage in rule.stages
        and (rule.held is True or (lot.held == (rule.held is None) and not lot.recalled))
        and may(actor, rule.permission)
    ]


def lots_in_stock(session: Session, territory_id: int, stages: Iterable[Stage] = READY) -> list[LotOnHand]:
    """Open lots of a territory at these stages, oldest wash first: first washed, first out."""
    lots = find_lots(session, Lot.territory_id == territory_id, Lot.stage.in_(tuple(stages)), Place.quantity > 0)
    return sorted(lots, key=lambda lot: (lot.washed_on is None, lot.washed_on, lot.id))
