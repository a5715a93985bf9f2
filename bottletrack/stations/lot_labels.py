"""The labels of lots: printed one by one, scanned back where they were stuck, and replaced when they are lost or dirty.

A label that is lost may turn up on other bottles. So the lot goes on under a new code, and the old one dies: whoever
scans it is told so (`get_lot`). Two labels that were swapped are put right the same way, for both lots at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from sqlalchemy import exists, insert, select, update
from sqlalchemy.orm import Session, aliased

from bottletrack.access import Permission, require
from bottletrack.containers import fill_container, find_container
from bottletrack.errors import BadInput, Stopped, WrongStep
from bottletrack.identifiers import show_code
from bottletrack.ledger import Entry, open_entry
from bottletrack.lots import LotOnHand, get_lot_at
from bottletrack.scans import Recorded, Scan
from bottletrack.tables import Container, ContainerUse, Event, LabelPrint, Lot, Place, RetiredCode
from bottletrack.vocabulary import EventKind, LabelRemedy, Stage

#: More come out of a printer in two goes.
MOST_LABELS = 500


@dataclass(frozen=True)
class LabelPrinting:
    """Labels of these lots come out of a printer, one each. `paper`: the format's name, e.g. `100x150`."""

    lot_codes: tuple[str, ...]
    paper: str = ""


@dataclass(frozen=True)
class LabelSticking:
    """A lot's label was stuck and scanned back; `container`: the code of the crate, palox or pallet it is on now."""

    lot_code: str
    container: str = ""


@dataclass(frozen=True)
class LabelReplacement:
    """A lot's label was lost or is dirty. `new_lot_code`: of a blank label that is stuck instead; else one is drawn."""

    lot_code: str
    remedy: LabelRemedy
    reason: str = ""
    new_lot_code: str | None = None


@dataclass(frozen=True)
class LabelSwap:
    """Each of two lots carries the other's label."""

    lot_code: str
    other_lot_code: str
    reason: str = ""


def record_label_printing(session: Session, printing: LabelPrinting, scan: Scan) -> Recorded:
    """From here on these labels wait to be scanned back. Raises WrongStep for a lot that is empty."""
    require(scan.by, Permission.PRINT_LABELS)
    entry = open_entry(session, scan, EventKind.LABELS_PRINTED, printing, readings={"paper": printing.paper})
    if isinstance(entry, Recorded):
        return entry
    if not 1 <= len(printing.lot_codes) <= MOST_LABELS:
        raise BadInput(
            "Between 1 and %(most)s labels are printed at once.",
            "Choose fewer lots.",
            field="code",
            most=MOST_LABELS,
        )
    lots = [_open_lot(session, scan, code) for code in printing.lot_codes]
    _remember_prints(entry, {lot.id: lot.code for lot in lots})
    return entry.post()


def record_label_sticking(session: Session, sticking: LabelSticking, scan: Scan) -> Recorded:
    """Binds the label to what it is stuck on. Raises Stopped where another lot's label is stuck there already (I14)."""
    require(scan.by, Permission.PRINT_LABELS)
    entry = open_entry(session, scan, EventKind.LABEL_STUCK, sticking)
    if isinstance(entry, Recorded):
        return entry
    lot = _open_lot(session, scan, sticking.lot_code)
    if not _stands_in(session, lot, find_container(session, scan.by.territory_id, sticking.container)):
        fill_container(entry, sticking.container, lot.id, clean=lot.washed_on is not None)
    container = find_container(session, scan.by.territory_id, sticking.container)
    if container is not None and (other := _other_label(session, container.id, lot)):
        raise Stopped(
            "Container %(container)s carries the label of lot %(lot)s already.",
            "Look which of the two belongs there. If they were swapped, call a lead.",
            field="container",
            container=container.code,
            lot=show_code(other),
        )
    latest = session.scalar(
        select(LabelPrint.event_id)
        .where(LabelPrint.lot_id == lot.id, LabelPrint.code == lot.code, LabelPrint.stuck_by.is_(None))
        .order_by(LabelPrint.event_id.desc())
        .limit(1)
    )
    if latest is None:
        # Printed before prints were kept, or stuck once and moved to another pallet since.
        _remember_prints(entry, {lot.id: lot.code})
        latest = entry.id
    session.execute(
        update(LabelPrint)
        .where(LabelPrint.event_id == latest, LabelPrint.lot_id == lot.id)
        .values(stuck_by=entry.id, container_id=container.id if container else None)
    )
    return entry.post()


def record_label_replacement(session: Session, replacement: LabelReplacement, scan: Scan) -> Recorded:
    """The lot goes on under a new code (`lot_codes`), and the old one dies. Raises BadInput for a code in use."""
    require(scan.by, Permission.REPLACE_LABEL)
    entry = open_entry(session, scan, EventKind.LABEL_REPLACED, replacement, reason=replacement.reason)
    if isinstance(entry, Recorded):
        return entry
    if replacement.remedy is LabelRemedy.SWAPPED:
        _refuse_half_a_swap()
    lot = _open_lot(session, scan, replacement.lot_code)
    _recode(entry, [lot], replacement.remedy, replacement.new_lot_code)
    return entry.post()


def record_label_swap(session: Session, swap: LabelSwap, scan: Scan) -> Recorded:
    """Both lots go on under new codes, named in the order in which the lots were made. Two new labels are stuck."""
    require(scan.by, Permission.SWAP_LABELS)
    entry = open_entry(session, scan, EventKind.LABELS_SWAPPED, swap, reason=swap.reason)
    if isinstance(entry, Recorded):
        return entry
    lots = [_open_lot(session, scan, code) for code in (swap.lot_code, swap.other_lot_code)]
    if lots[0].id == lots[1].id:
        raise BadInput("These are the same lot.", "Scan the label on the other pallet.", field="other_lot_code")
    _recode(entry, lots, LabelRemedy.SWAPPED)
    return entry.post()


def _open_lot(session: Session, scan: Scan, code: str) -> LotOnHand:
    """A lot that a label is worth sticking on: it holds bottles, or is announced. A hold does not matter."""
    lot = get_lot_at(session, scan.by, scan.site_id, code)
    if lot.quantity == 0 and lot.stage is not Stage.EXPECTED:
        raise WrongStep(
            "The code %(lot)s is dead: this lot is empty, its bottles have gone on.",
            "Take this label off, and scan the label of the lot the bottles are in now.",
            field="code",
            lot=lot.shown_code,
        )
    return lot


def _stands_in(session: Session, lot: LotOnHand, container: Container | None) -> bool:
    """Whether the lot was put into this container last, e.g. when it was collected or packed."""
    if container is None:
        return False
    latest = select(ContainerUse.lot_id).join(Event, Event.id == ContainerUse.event_id)
    of_container = latest.where(ContainerUse.container_id == container.id)
    return session.scalar(of_container.order_by(Event.recorded_at.desc()).limit(1)) == lot.id


def _refuse_half_a_swap() -> NoReturn:
    raise BadInput("Two labels are swapped, not one.", "Scan the labels of both pallets.", field="remedy")


def _remember_prints(entry: Entry, codes: dict[int, str]) -> None:
    """By lot: the code on the label that came out of the printer."""
    rows = [{"event_id": entry.id, "lot_id": lot_id, "code": code} for lot_id, code in codes.items()]
    entry.session.execute(insert(LabelPrint), rows)


def _recode(entry: Entry, lots: Sequence[LotOnHand], remedy: LabelRemedy, code: str | None = None) -> None:
    for lot in sorted(lots, key=lambda lot: lot.id):
        new = entry.recode(lot, code)
        entry.session.execute(
            insert(RetiredCode).values(
                territory_id=lot.territory_id, code=lot.code, lot_id=lot.id, retired_by=entry.id, remedy=remedy
            )
        )
        _remember_prints(entry, {lot.id: new})


def _other_label(session: Session, container_id: int, lot: LotOnHand) -> str | None:
    """The code of another lot with bottles whose label was scanned back on this container, and nowhere else since.

    One that was replaced since is not there any more.
    """
    stuck, later_print, later = aliased(Event), aliased(LabelPrint), aliased(Event)
    moved_on = exists(
        select(later_print.lot_id)
        .join(later, later.id == later_print.stuck_by)
        .where(later_print.lot_id == LabelPrint.lot_id, later.sequence > stuck.sequence)
    )
    return session.scalar(
        select(Lot.code)
        .join(LabelPrint, LabelPrint.lot_id == Lot.id)
        .join(stuck, stuck.id == LabelPrint.stuck_by)
        .join(Place, Place.id == Lot.id)
        .where(LabelPrint.container_id == container_id, LabelPrint.code == Lot.code, ~moved_on)
        .where(Lot.id != lot.id, Place.quantity > 0)
        .limit(1)
    )
