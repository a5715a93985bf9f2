"""Quality looks a second time at lots that were judged before: at returns, at a grade, at an age."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.catalogue import get_defect_in_use
from bottletrack.errors import BadInput, WrongQuantity, WrongStep
from bottletrack.ledger import open_entry
from bottletrack.lots import LotOnHand, get_lot_at, is_too_old, require_free, require_step
from bottletrack.scans import Recorded, Scan
from bottletrack.steps import READY, Step
from bottletrack.tables import Event, Lot, LotState
from bottletrack.vocabulary import EventKind, Grade, PlaceKind, Stage

_LOT = cast(Table, Lot.__table__)
#: A waiver lasts at most so many days.
LONGEST_WAIVER_DAYS = 30


@dataclass(frozen=True)
class ReturnReject:
    """So many returned bottles to cullet, for one defect."""

    defect_code: str
    quantity: int


@dataclass(frozen=True)
class ReturnInspection:
    """What becomes of a returned lot. Bottles that need no wash still go through quality control anew."""

    lot_code: str
    wash_again: bool
    rejected: tuple[ReturnReject, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Downgrade:
    """A released lot of grade A is of grade B after all."""

    lot_code: str
    reason: str


@dataclass(frozen=True)
class AgeWaiver:
    """A lot may leave until that day although it is too old."""

    lot_code: str
    until: date
    reason: str


def record_return_inspection(session: Session, inspection: ReturnInspection, scan: Scan) -> Recorded:
    """Returned bottles go to cullet, to the wash, or as washed to quality control; never straight to released."""
    require(scan.by, Permission.INSPECT)
    entry = open_entry(session, scan, EventKind.RETURN_INSPECTED, inspection, reason=inspection.note)
    if isinstance(entry, Recorded):
        return entry
    lot = get_lot_at(session, scan.by, scan.site_id, inspection.lot_code)
    require_step(lot, Step.INSPECT_RETURN)
    if not inspection.wash_again and lot.washed_on is None:
        raise WrongStep(
            "Nobody knows when lot %(lot)s was washed.",
            "Have it washed again.",
            field="wash_again",
            lot=lot.shown_code,
        )
    require_free(lot, sum(reject.quantity for reject in inspection.rejected))
    for reject in inspection.rejected:
        get_defect_in_use(session, scan.site_id, reject.defect_code)
        cullet = entry.site_place(PlaceKind.CULLET)
        entry.move(lot.id, cullet, reject.quantity, model_id=lot.model_id, defect_code=reject.defect_code)
    entry.mark(lot, stage=Stage.RETURNED if inspection.wash_again else Stage.WASHED)
    return entry.post()


def record_downgrade(session: Session, downgrade: Downgrade, scan: Scan) -> Recorded:
    """From grade A to B, once no bottle of it is promised: the buyer of a B has to agree to it."""
    require(scan.by, Permission.INSPECT)
    entry = open_entry(session, scan, EventKind.LOT_DOWNGRADED, downgrade, reason=downgrade.reason)
    if isinstance(entry, Recorded):
        return entry
    lot = get_lot_at(session, scan.by, scan.site_id, downgrade.lot_code)
    require_step(lot, Step.DOWNGRADE)
    _require_reason(downgrade.reason)
    if lot.grade is not Grade.A:
        raise WrongStep("Lot %(lot)s is not of grade A.", "Nothing is to be done.", field="code", lot=lot.shown_code)
    if lot.promised:
        raise WrongQuantity(
            "%(promised)s bottles of lot %(lot)s are promised as grade A.",
            "Have a coordinator set them free first.",
            lot=lot.shown_code,
            promised=lot.promised,
        )
    entry.mark(lot, grade=Grade.B)
    return entry.post()


def record_age_waiver(session: Session, waiver: AgeWaiver, scan: Scan) -> Recorded:
    """An expired lot is again what it was before; one that is only too old may leave. Raises BadInput for a day that is
    past or more than thirty days away."""
    require(scan.by, Permission.WAIVE_AGE)
    entry = open_entry(session, scan, EventKind.AGE_WAIVED, waiver, reason=waiver.reason)
    if isinstance(entry, Recorded):
        return entry
    lot = get_lot_at(session, scan.by, scan.site_id, waiver.lot_code)
    require_step(lot, Step.WAIVE_AGE)
    _require_reason(waiver.reason)
    if not entry.day <= waiver.until <= entry.day + timedelta(days=LONGEST_WAIVER_DAYS):
        raise BadInput(
            "A waiver ends on a day from today to %(days)s days from now.",
            "Choose such a day.",
            field="until",
            days=LONGEST_WAIVER_DAYS,
        )
    if lot.stage in READY and not is_too_old(lot, entry.day, entry.site.max_age_days):
        raise WrongStep("Lot %(lot)s is not too old.", "Nothing is to be done.", field="code", lot=lot.shown_code)
    session.execute(update(_LOT).where(_LOT.c.id == lot.id).values(waived_until=waiver.until))
    entry.mark(lot, stage=lot.stage if lot.stage in READY else _stage_before_expiry(session, lot))
    return entry.post()


def _stage_before_expiry(session: Session, lot: LotOnHand) -> Stage:
    stages = session.scalars(
        select(LotState.stage)
        .join(Event, Event.id == LotState.event_id)
        .where(LotState.lot_id == lot.id)
        .order_by(Event.sequence.desc())
    )
    return next((stage for stage in stages if stage in READY), Stage.RELEASED)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise BadInput("A reason is needed.", "Say in a few words why.", field="reason")
