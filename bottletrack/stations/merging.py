"""Merging: lots of the same become one under a new code, which knows every lot it came from (I6)."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.errors import BadInput, Stopped, WrongStep
from bottletrack.ledger import Entry, open_entry
from bottletrack.lots import LotOnHand, get_lot_at, is_too_old, require_free, require_step
from bottletrack.scans import Recorded, Scan
from bottletrack.steps import READY, Step
from bottletrack.vocabulary import EventKind

#: More than a forklift brings together at once is a slip.
MOST_LOTS = 50


@dataclass(frozen=True)
class Merge:
    """A lot and the others that join it in a new one: all their free bottles. What is promised stays where it is."""

    lot_code: str
    with_lot_codes: tuple[str, ...]
    reason: str = ""
    partner_code: str | None = None


def record_merge(session: Session, merge: Merge, scan: Scan) -> Recorded:
    """Sorted lots of one model, color and owner. Raises WrongStep for lots that differ."""
    require(scan.by, Permission.MERGE)
    return _merge(session, merge, scan, Step.MERGE)


def record_release_merge(session: Session, merge: Merge, scan: Scan) -> Recorded:
    """Released or packed lots, also of one grade; the new lot is as old as its oldest bottles."""
    require(scan.by, Permission.MERGE_RELEASED)
    return _merge(session, merge, scan, Step.MERGE_RELEASED)


def _merge(session: Session, merge: Merge, scan: Scan, step: Step) -> Recorded:
    entry = open_entry(session, scan, EventKind.LOTS_MERGED, merge, reason=merge.reason)
    if isinstance(entry, Recorded):
        return entry
    lots = _parents(session, merge, scan, step)
    together = replace(
        lots[0],
        pass_number=max(lot.pass_number for lot in lots),
        washed_on=min((lot.washed_on for lot in lots if lot.washed_on), default=None),
        # A waiver was given for bottles that somebody looked at, not for those that join them.
        waived_until=min((lot.waived_until for lot in lots if lot.waived_until), default=None)
        if all(lot.waived_until for lot in lots)
        else None,
    )
    _require_young(entry, together)
    merged_id = entry.make_part(together, together.stage, together.grade, partner_code=merge.partner_code)
    for lot in lots:
        entry.move(lot.id, merged_id, lot.free, model_id=lot.model_id)
        entry.mark(lot)
    return entry.post()


def _parents(session: Session, merge: Merge, scan: Scan, step: Step) -> list[LotOnHand]:
    if not 1 <= len(merge.with_lot_codes) < MOST_LOTS:
        raise BadInput(
            "From 2 to %(most)s lots can be merged at once.",
            "Scan the lots that stand together.",
            field="with_lot_codes",
            most=MOST_LOTS,
        )
    lots = [get_lot_at(session, scan.by, scan.site_id, code) for code in (merge.lot_code, *merge.with_lot_codes)]
    for number, lot in enumerate(lots):
        require_step(lot, step)
        require_free(lot, 1)
        if lot in lots[:number]:
            raise BadInput(
                "Lot %(lot)s was named twice.", "Scan each lot once.", field="with_lot_codes", lot=lot.shown_code
            )
        if _kind(lot) != _kind(lots[0]):
            raise WrongStep(
                "Lots %(first)s and %(lot)s are not the same: other stage, model, color, owner or grade.",
                "Keep them apart.",
                field="with_lot_codes",
                first=lots[0].shown_code,
                lot=lot.shown_code,
            )
    return lots


def _kind(lot: LotOnHand) -> tuple[object, ...]:
    return (lot.stage, lot.model_id, lot.color, lot.owner_winery_id, lot.grade)


def _require_young(entry: Entry, together: LotOnHand) -> None:
    """Young bottles are not made old by those they would join."""
    if together.stage in READY and is_too_old(together, entry.day, entry.site.max_age_days):
        raise Stopped(
            "Together, these bottles would be too old to leave: some were washed more than %(days)s days ago.",
            "Leave the old lot apart; it has to be rinsed or washed again.",
            field="with_lot_codes",
            days=entry.site.max_age_days,
        )
