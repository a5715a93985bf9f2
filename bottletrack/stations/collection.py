"""Collection: bottles enter the network at a collection point, and are counted at reception."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.catalogue import get_collection_point, get_winery
from bottletrack.counting import book_count
from bottletrack.ledger import checked_quantity, open_entry
from bottletrack.lots import get_lot_at, require_step
from bottletrack.scans import Recorded, Scan
from bottletrack.steps import Step
from bottletrack.vocabulary import EventKind, Stage


@dataclass(frozen=True)
class Collection:
    """What a driver brings. Quantities in bottles; `counted` None: not counted yet."""

    point_code: str
    declared: int
    counted: int | None = None
    container: str = ""
    #: None: the pool's own bottles.
    owner_winery_code: str | None = None
    vehicle: str = ""
    kilometers: Decimal | None = None
    note: str = ""
    partner_code: str | None = None


@dataclass(frozen=True)
class ReceptionCount:
    """What was really there, in bottles."""

    lot_code: str
    counted: int
    reason: str = ""


def record_collection(session: Session, collection: Collection, scan: Scan) -> Recorded:
    """Opens a lot with what was declared; a count that differs is booked in the same event."""
    require(scan.by, Permission.COLLECT)
    entry = open_entry(
        session,
        scan,
        EventKind.COLLECTED,
        collection,
        reason=collection.note,
        readings={
            "declared": collection.declared,
            "container": collection.container,
            "vehicle": collection.vehicle,
            "kilometers": None if collection.kilometers is None else str(collection.kilometers),
        },
    )
    if isinstance(entry, Recorded):
        return entry
    point = get_collection_point(session, scan.by.territory_id, collection.point_code)
    owner = (
        get_winery(session, scan.by.territory_id, collection.owner_winery_code)
        if collection.owner_winery_code
        else None
    )
    checked_quantity(collection.declared)
    lot_id = entry.make_lot(
        Stage.RECEIVED, owner_winery_id=owner.id if owner else None, partner_code=collection.partner_code
    )
    entry.move(point.id, lot_id, collection.declared)
    if collection.counted is not None:
        book_count(entry, lot_id, expected=collection.declared, counted=collection.counted)
    return entry.post()


def record_reception_count(session: Session, count: ReceptionCount, scan: Scan) -> Recorded:
    """The count at reception corrects what the driver declared."""
    require(scan.by, Permission.COUNT_RECEPTION)
    entry = open_entry(session, scan, EventKind.COUNT_ADJUSTED, count, reason=count.reason)
    if isinstance(entry, Recorded):
        return entry
    lot = get_lot_at(session, scan.by, scan.site_id, count.lot_code)
    require_step(lot, Step.COUNT)
    book_count(entry, lot.id, expected=lot.quantity, counted=count.counted)
    entry.mark(lot)
    return entry.post()
