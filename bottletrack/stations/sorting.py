"""Sorting: one mixed lot into lots of one model, color and owner; rejects by defect; doubtful bottles put aside."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.catalogue import get_defect_in_use, get_reusable_model, require_words
from bottletrack.errors import BadInput, WrongQuantity
from bottletrack.filling import lot_to_fill
from bottletrack.ledger import Entry, open_entry
from bottletrack.lots import LotOnHand, get_lot_at, require_free, require_step
from bottletrack.scans import Recorded, Scan
from bottletrack.steps import Step
from bottletrack.tables import BottleModel
from bottletrack.vocabulary import EventKind, PlaceKind, Stage

#: Where a bottle that is not reused here can go.
REJECT_PLACES = (PlaceKind.CULLET, PlaceKind.TRANSFERRED)


@dataclass(frozen=True)
class SortedOut:
    """Bottles of one model, into a new lot or one that is being filled."""

    model_code: str
    quantity: int
    color: str = ""
    into_lot_code: str | None = None
    partner_code: str | None = None
    #: Of a blank label that was stuck on the new lot; None: one is drawn.
    new_lot_code: str | None = None


@dataclass(frozen=True)
class SortingReject:
    """Bottles that are not reused here, and why."""

    defect_code: str
    quantity: int
    to: PlaceKind = PlaceKind.CULLET


@dataclass(frozen=True)
class HeldAside:
    """Bottles that somebody has to decide about: they wait unsorted, on hold."""

    defect_code: str
    quantity: int
    into_lot_code: str | None = None
    partner_code: str | None = None


@dataclass(frozen=True)
class Sorting:
    """What came out of one lot. `finished`: nothing is left of it, so every bottle must be accounted for."""

    lot_code: str
    sorted_out: tuple[SortedOut, ...] = ()
    rejects: tuple[SortingReject, ...] = ()
    held_aside: tuple[HeldAside, ...] = ()
    finished: bool = True
    note: str = ""

    @property
    def total(self) -> int:
        parts: tuple[SortedOut | SortingReject | HeldAside, ...] = (*self.sorted_out, *self.rejects, *self.held_aside)
        return sum(part.quantity for part in parts)


def record_sorting(session: Session, sorting: Sorting, scan: Scan) -> Recorded:
    """Raises WrongQuantity when the parts do not add up to the lot (finished), or exceed it (not finished)."""
    require(scan.by, Permission.SORT)
    entry = open_entry(session, scan, EventKind.SORTED, sorting, reason=sorting.note)
    if isinstance(entry, Recorded):
        return entry
    lot = get_lot_at(session, scan.by, scan.site_id, sorting.lot_code)
    require_step(lot, Step.SORT)
    _require_account(lot, sorting)
    require_words((reject.defect_code for reject in sorting.rejects), sorting.note)
    for part in sorting.sorted_out:
        _sort_out(entry, lot, part)
    for reject in sorting.rejects:
        if reject.to not in REJECT_PLACES:
            raise BadInput("A reject goes to cullet or to another operator.", field="to")
        defect = get_defect_in_use(session, scan.site_id, reject.defect_code)
        entry.move(lot.id, entry.site_place(reject.to), reject.quantity, defect_code=defect.code)
    for aside in sorting.held_aside:
        _put_aside(entry, lot, aside)
    entry.mark(lot)
    return entry.post()


def _require_account(lot: LotOnHand, sorting: Sorting) -> None:
    if sorting.total == 0:
        raise BadInput("No bottle was sorted.", "Enter how many bottles went where.", field="quantity")
    require_free(lot, sorting.total)
    if sorting.finished and sorting.total != lot.quantity:
        raise WrongQuantity(
            "%(total)s bottles were sorted out of %(quantity)s: %(missing)s are not accounted for.",
            "Count again, or say that the rest of the lot stays to be sorted.",
            field="quantity",
            total=sorting.total,
            quantity=lot.quantity,
            missing=lot.quantity - sorting.total,
        )


def _sort_out(entry: Entry, lot: LotOnHand, part: SortedOut) -> None:
    model = get_reusable_model(entry.session, part.model_code)
    _require_color(model, part.color)
    into_id = lot_to_fill(
        entry,
        part.into_lot_code,
        Stage.SORTED,
        model_id=model.id,
        color=part.color,
        owner_winery_id=lot.owner_winery_id,
        partner_code=part.partner_code,
        new_code=part.new_lot_code,
    )
    entry.move(lot.id, into_id, part.quantity, model_id=model.id)


def _require_color(model: BottleModel, color: str) -> None:
    if color and color not in model.colors_fr.split(";"):
        raise BadInput(
            "“%(model)s” does not exist in the color “%(color)s”.",
            "Choose a color of the list, or check the model.",
            field="color",
            model=model.name_fr,
            color=color,
        )


def _put_aside(entry: Entry, lot: LotOnHand, aside: HeldAside) -> None:
    defect = get_defect_in_use(entry.session, entry.site.id, aside.defect_code)
    into_id = lot_to_fill(
        entry,
        aside.into_lot_code,
        Stage.RECEIVED,
        owner_winery_id=lot.owner_winery_id,
        held=True,
        partner_code=aside.partner_code,
    )
    entry.move(lot.id, into_id, aside.quantity, defect_code=defect.code)
