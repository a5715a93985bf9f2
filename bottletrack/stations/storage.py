"""Between stations: lots are split, grow too old, lose a bottle, are held and freed."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.catalogue import get_defect_in_use
from bottletrack.errors import BadInput, NotAllowed, WrongStep
from bottletrack.ledger import open_entry
from bottletrack.lots import get_lot_at, is_too_old, require_free, require_step
from bottletrack.scans import Recorded, Scan
from bottletrack.steps import Step
from bottletrack.tables import Event
from bottletrack.vocabulary import EventKind, Grade, PlaceKind, Stage


@dataclass(frozen=True)
class Split:
    """Part of a lot under a code of its own. `grade`: only downwards, from A to B; None: as it was."""

    lot_code: str
    quantity: int
    grade: Grade | None = None
    reason: str = ""
    partner_code: str | None = None


@dataclass(frozen=True)
class LotReason:
    """A lot, and why something is done with it."""

    lot_code: str
    reason: str = ""


@dataclass(frozen=True)
class Breakage:
    """Bottles broken outside a wash run, and where."""

    lot_code: str
    quantity: int
    where: str = ""


@dataclass(frozen=True)
class HeldAsideDecision:
    """Bottles put aside that go to cullet after all. Those that stay are not named."""

    lot_code: str
    quantity: int
    defect_code: str
    reason: str = ""


def record_split(session: Session, split: Split, scan: Scan) -> Recorded:
    """I6: the part keeps its parent, and what is promised to an order stays with it."""
    require(scan.by, Permission.SPLIT)
    entry = open_entry(session, scan, EventKind.LOT_SPLIT, split, reason=split.reason)
    if isinstance(entry, Recorded):
        return entry
    lot = get_lot_at(session, scan.by, scan.site_id, split.lot_code)
    require_step(lot, Step.SPLIT)
    require_free(lot, split.quantity)
    if split.grade is not None and (lot.grade is None or split.grade < lot.grade):
        raise BadInput("A split may only lower the grade.", "Leave the grade as it is.", field="grade")
    if split.grade not in (None, lot.grade):
        # A downgrade is a judgment on the glass.
        require(scan.by, Permission.INSPECT)
    part_id = entry.make_part(lot, lot.stage, split.grade or lot.grade, partner_code=split.partner_code)
    entry.move(lot.id, part_id, split.quantity, model_id=lot.model_id)
    entry.mark(lot)
    return entry.post()


def record_age_expiry(session: Session, expiry: LotReason, scan: Scan) -> Recorded:
    """Released lots that are too old go back to rinse or wash. Raises WrongStep while the lot is young enough."""
    require(scan.by, Permission.EXPIRE)
    entry = open_entry(session, scan, EventKind.AGE_EXPIRED, expiry, reason=expiry.reason)
    if isinstance(entry, Recorded):
        return entry
    lot = get_lot_at(session, scan.by, scan.site_id, expiry.lot_code)
    require_step(lot, Step.EXPIRE)
    if not is_too_old(lot, entry.day, entry.site.max_age_days):
        raise WrongStep(
            "Lot %(lot)s is not too old: %(days)s days after the wash are allowed here.",
            "Nothing is to be done.",
            field="code",
            lot=lot.shown_code,
            days=entry.site.max_age_days,
        )
    if lot.promised:
        raise WrongStep(
            "Bottles of lot %(lot)s are promised to an order.",
            "Have a coordinator free them first.",
            field="code",
            lot=lot.shown_code,
        )
    entry.mark(lot, stage=Stage.EXPIRED)
    return entry.post()


def record_hold(session: Session, hold: LotReason, scan: Scan) -> Recorded:
    """Anyone may hold a lot, with a reason."""
    require(scan.by, Permission.HOLD)
    entry = open_entry(session, scan, EventKind.HELD, hold, reason=hold.reason)
    if isinstance(entry, Recorded):
        return entry
    _require_reason(hold.reason)
    lot = get_lot_at(session, scan.by, scan.site_id, hold.lot_code)
    require_step(lot, Step.HOLD)
    entry.mark(lot, held=True)
    return entry.post()


def record_hold_lift(session: Session, lift: LotReason, scan: Scan) -> Recorded:
    """Raises NotAllowed for the person who placed the hold: only another may lift it."""
    require(scan.by, Permission.LIFT_HOLD)
    entry = open_entry(session, scan, EventKind.HOLD_LIFTED, lift, reason=lift.reason)
    if isinstance(entry, Recorded):
        return entry
    _require_reason(lift.reason)
    lot = get_lot_at(session, scan.by, scan.site_id, lift.lot_code)
    require_step(lot, Step.LIFT_HOLD)
    if session.scalar(select(Event.actor_id).where(Event.id == lot.hold_event_id)) == scan.by.person_id:
        raise NotAllowed(
            "You placed this hold yourself: only another person can lift it.",
            "Ask quality or a lead.",
            field="code",
        )
    entry.mark(lot, held=False)
    return entry.post()


def record_held_aside_decision(session: Session, decision: HeldAsideDecision, scan: Scan) -> Recorded:
    """Bottles put aside at sorting that are given up. The rest stays on hold."""
    require(scan.by, Permission.DECIDE_HELD_ASIDE)
    entry = open_entry(session, scan, EventKind.HELD_ASIDE_DECIDED, decision, reason=decision.reason)
    if isinstance(entry, Recorded):
        return entry
    _require_reason(decision.reason)
    lot = get_lot_at(session, scan.by, scan.site_id, decision.lot_code)
    require_step(lot, Step.DECIDE_HELD_ASIDE)
    require_free(lot, decision.quantity)
    defect = get_defect_in_use(session, scan.site_id, decision.defect_code)
    entry.move(lot.id, entry.site_place(PlaceKind.CULLET), decision.quantity, defect_code=defect.code)
    entry.mark(lot)
    return entry.post()


def record_breakage(session: Session, breakage: Breakage, scan: Scan) -> Recorded:
    """Broken bottles of any open lot."""
    require(scan.by, Permission.BREAK)
    entry = open_entry(session, scan, EventKind.BROKEN, breakage, reason=breakage.where)
    if isinstance(entry, Recorded):
        return entry
    lot = get_lot_at(session, scan.by, scan.site_id, breakage.lot_code)
    require_step(lot, Step.BREAK)
    require_free(lot, breakage.quantity)
    entry.move(lot.id, entry.site_place(PlaceKind.BROKEN), breakage.quantity, model_id=lot.model_id)
    entry.mark(lot)
    return entry.post()


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise BadInput("This needs a reason.", "Say in a few words why.", field="reason")
