"""Presoak: sorted bottles with stuck dirt lie in a bath before their wash."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.errors import BadInput
from bottletrack.ledger import open_entry
from bottletrack.lots import get_lot, get_lot_at, require_step
from bottletrack.scans import Recorded, Scan
from bottletrack.steps import Step
from bottletrack.tables import Event, LotState
from bottletrack.vocabulary import EventKind, Stage


@dataclass(frozen=True)
class PresoakStart:
    """A lot goes into a bath."""

    lot_code: str
    bath: str


@dataclass(frozen=True)
class PresoakEnd:
    """It comes out again."""

    lot_code: str
    note: str = ""


def record_presoak_start(session: Session, start: PresoakStart, scan: Scan) -> Recorded:
    """The whole lot soaks; it is not washed until it is out. Raises BadInput where no bath is named."""
    require(scan.by, Permission.WASH)
    bath = start.bath.strip()
    entry = open_entry(session, scan, EventKind.PRESOAK_STARTED, start, readings={"bath": bath})
    if isinstance(entry, Recorded):
        return entry
    if not bath:
        raise BadInput("No bath was named.", "Write which bath the bottles are in.", field="bath")
    lot = get_lot_at(session, scan.by, scan.site_id, start.lot_code)
    require_step(lot, Step.PRESOAK)
    entry.mark(lot, stage=Stage.PRESOAKING)
    return entry.post()


def record_presoak_end(session: Session, end: PresoakEnd, scan: Scan) -> Recorded:
    """Back among the sorted lots; the event keeps how many minutes it soaked."""
    require(scan.by, Permission.WASH)
    readings = {"minutes": _minutes_soaked(session, end, scan)}
    entry = open_entry(session, scan, EventKind.PRESOAK_ENDED, end, reason=end.note, readings=readings)
    if isinstance(entry, Recorded):
        return entry
    lot = get_lot_at(session, scan.by, scan.site_id, end.lot_code)
    require_step(lot, Step.END_PRESOAK)
    entry.mark(lot, stage=Stage.SORTED)
    return entry.post()


def _minutes_soaked(session: Session, end: PresoakEnd, scan: Scan) -> int:
    """By the devices' clocks; 0 for a lot that never went in, which is refused afterwards."""
    started_at = session.scalar(
        select(Event.happened_at)
        .join(LotState, LotState.event_id == Event.id)
        .where(LotState.lot_id == get_lot(session, scan.by, end.lot_code).id)
        .where(Event.kind == EventKind.PRESOAK_STARTED)
        .order_by(Event.sequence.desc())
        .limit(1)
    )
    return max(0, round((scan.happened_at - started_at).total_seconds() / 60)) if started_at else 0
