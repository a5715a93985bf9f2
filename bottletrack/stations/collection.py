"""Collection: bottles are announced, enter the network at a collection point, and are counted at reception."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.catalogue import get_collection_point, get_winery
from bottletrack.containers import fill_container, find_largest_load
from bottletrack.counting import ask_about_crates, ask_about_load, book_count
from bottletrack.errors import BadInput, WrongStep
from bottletrack.ledger import Entry, checked_quantity, open_entry
from bottletrack.lots import LotOnHand, get_lot_at, require_step
from bottletrack.scans import Recorded, Scan
from bottletrack.steps import Step
from bottletrack.tables import CollectionPoint, Event, Lot
from bottletrack.vocabulary import EventKind, Stage


@dataclass(frozen=True)
class Announcement:
    """Bottles that wait to be picked up: about how many, and from which day on."""

    point_code: str
    quantity: int
    wanted_on: date | None = None
    container: str = ""
    note: str = ""
    #: None: the pool's own bottles.
    owner_winery_code: str | None = None


@dataclass(frozen=True)
class Collection:
    """What a driver brings. Quantities in bottles; `counted` None: not counted yet.

    `lot_code`: the announced lot that is picked up; its owner is known, and it keeps its code. None: a new lot, under
    the code of a blank label (`new_lot_code`) where one was stuck on it.
    """

    point_code: str
    declared: int
    counted: int | None = None
    container: str = ""
    #: None: the pool's own bottles, or those of the announced lot's owner.
    owner_winery_code: str | None = None
    vehicle: str = ""
    kilometers: Decimal | None = None
    note: str = ""
    partner_code: str | None = None
    lot_code: str | None = None
    new_lot_code: str | None = None
    #: A quantity that looked like crates counted as bottles was asked about, and entered once more.
    sure: bool = False


@dataclass(frozen=True)
class EmptyCode:
    """The code of a lot that will get no bottles, and why."""

    lot_code: str
    reason: str


@dataclass(frozen=True)
class ReceptionCount:
    """What was really there, in bottles."""

    lot_code: str
    counted: int
    reason: str = ""
    sure: bool = False


def record_announcement(session: Session, announcement: Announcement, scan: Scan) -> Recorded:
    """A code for bottles to come, so that its label can be printed before they are picked up."""
    require(scan.by, Permission.ANNOUNCE)
    entry = open_entry(
        session,
        scan,
        EventKind.ANNOUNCED,
        announcement,
        reason=announcement.note,
        readings={
            "point": announcement.point_code,
            "quantity": announcement.quantity,
            "wanted_on": announcement.wanted_on.isoformat() if announcement.wanted_on else None,
            "container": announcement.container,
        },
    )
    if isinstance(entry, Recorded):
        return entry
    get_collection_point(session, scan.by.territory_id, announcement.point_code)
    checked_quantity(announcement.quantity)
    if announcement.wanted_on is not None and announcement.wanted_on < entry.day:
        raise BadInput("This day has gone by.", "Choose today or a later day.", field="wanted_on")
    entry.make_lot(Stage.EXPECTED, owner_winery_id=_owner(session, scan, announcement.owner_winery_code))
    return entry.post()


def record_nothing_collected(session: Session, dropped: EmptyCode, scan: Scan) -> Recorded:
    """A pick-up that came to nothing. The code is dead."""
    require(scan.by, Permission.COLLECT)
    return _end(session, dropped, scan, EventKind.NOT_COLLECTED, Step.GIVE_UP)


def record_lot_void(session: Session, void: EmptyCode, scan: Scan) -> Recorded:
    """A code that never got a bottle: a label was misprinted or lost."""
    require(scan.by, Permission.VOID)
    return _end(session, void, scan, EventKind.LOT_VOIDED, Step.VOID)


def _end(session: Session, empty: EmptyCode, scan: Scan, kind: EventKind, step: Step) -> Recorded:
    entry = open_entry(session, scan, kind, empty, reason=empty.reason)
    if isinstance(entry, Recorded):
        return entry
    if not empty.reason.strip():
        raise BadInput("This needs a reason.", "Say in a few words why.", field="reason")
    lot = get_lot_at(session, scan.by, scan.site_id, empty.lot_code)
    require_step(lot, step)
    entry.mark(lot, stage=Stage.VOIDED)
    return entry.post()


def record_collection(session: Session, collection: Collection, scan: Scan) -> Recorded:
    """Fills the announced lot, or opens one, with what was declared; a count that differs is booked with it."""
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
    owner_id = _owner(session, scan, collection.owner_winery_code)
    checked_quantity(collection.declared)
    if not (collection.sure or scan.historical):
        _ask_about_quantities(session, collection, scan)
    if collection.lot_code is None:
        lot_id = entry.make_lot(
            Stage.RECEIVED,
            owner_winery_id=owner_id,
            partner_code=collection.partner_code,
            code=collection.new_lot_code,
        )
    else:
        lot_id = _announced_lot(entry, collection.lot_code, collection, point, owner_id)
    fill_container(entry, collection.container, lot_id, clean=False)
    entry.move(point.id, lot_id, collection.declared)
    if collection.counted is not None:
        book_count(entry, lot_id, expected=collection.declared, counted=collection.counted)
    return entry.post()


def _ask_about_quantities(session: Session, collection: Collection, scan: Scan) -> None:
    """Raises BadInput for bottles that look like crates (operator error 5), by whatever is known beforehand."""
    if collection.lot_code is not None:
        lot = get_lot_at(session, scan.by, scan.site_id, collection.lot_code)
        ask_about_crates(collection.declared, _announcement_of(session, lot).get("quantity") or 0, field="declared")
    most = find_largest_load(session, scan.site_id, collection.container)
    if most is not None:
        ask_about_load(collection.declared, most, field="declared")
    if collection.counted is not None:
        ask_about_crates(collection.counted, collection.declared, field="counted")


def _owner(session: Session, scan: Scan, winery_code: str | None) -> int | None:
    return get_winery(session, scan.by.territory_id, winery_code).id if winery_code else None


def _announced_lot(
    entry: Entry, code: str, collection: Collection, point: CollectionPoint, owner_id: int | None
) -> int:
    """The lot that was announced at this very point, and of this owner where one is named."""
    lot = get_lot_at(entry.session, entry.scan.by, entry.scan.site_id, code)
    require_step(lot, Step.COLLECT)
    if collection.partner_code:
        raise BadInput("An announced lot keeps its name.", "Leave the partner’s name empty.", field="partner_code")
    if announced_point(entry.session, lot) != point.code or owner_id not in (None, lot.owner_winery_id):
        raise WrongStep(
            "Lot %(lot)s was announced at another point, or as another owner’s.",
            "Check the label, or record these bottles as a new lot.",
            field="lot",
            lot=lot.shown_code,
        )
    entry.mark(lot, stage=Stage.RECEIVED)
    return lot.id


def announced_point(session: Session, lot: LotOnHand) -> str | None:
    """The code of the point where an announced lot waits."""
    point: str | None = _announcement_of(session, lot).get("point")
    return point


def _announcement_of(session: Session, lot: LotOnHand) -> dict[str, Any]:
    """What was told when the lot was made."""
    return session.scalars(select(Event).join(Lot, Lot.made_by == Event.id).where(Lot.id == lot.id)).one().readings


def record_reception_count(session: Session, count: ReceptionCount, scan: Scan) -> Recorded:
    """The count at reception corrects what the driver declared."""
    require(scan.by, Permission.COUNT_RECEPTION)
    entry = open_entry(session, scan, EventKind.COUNT_ADJUSTED, count, reason=count.reason)
    if isinstance(entry, Recorded):
        return entry
    lot = get_lot_at(session, scan.by, scan.site_id, count.lot_code)
    require_step(lot, Step.COUNT)
    if not (count.sure or scan.historical):
        ask_about_crates(count.counted, lot.quantity, field="counted")
    book_count(entry, lot.id, expected=lot.quantity, counted=count.counted)
    entry.mark(lot)
    return entry.post()
