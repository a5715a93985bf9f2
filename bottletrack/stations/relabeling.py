"""Relabeling: released bottles are packed under a new code, and the old code dies."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.catalogue import get_label
from bottletrack.containers import fill_container
from bottletrack.errors import Stopped
from bottletrack.ledger import open_entry
from bottletrack.lots import LotOnHand, get_lot_at, require_fit_to_leave, require_free, require_step
from bottletrack.scans import Recorded, Scan
from bottletrack.steps import Step
from bottletrack.tables import LabelVariant
from bottletrack.vocabulary import EventKind, Stage
from bottletrack.washability import may_be_used


@dataclass(frozen=True)
class Relabeling:
    """Bottles packed together in a crate, layer or pallet (`package`), for a label to come (None: not said).

    `new_lot_code`: of a blank label that was stuck on the package; None: a code is drawn.
    """

    lot_code: str
    quantity: int
    package: str = ""
    label_code: str | None = None
    new_lot_code: str | None = None


def record_relabeling(session: Session, relabeling: Relabeling, scan: Scan) -> Recorded:
    """Makes a lot with a new code; what is not packed stays under the old one.

    Raises Stopped for a label that is not approved, or is another winery's, and for a dirty container (I14).
    """
    require(scan.by, Permission.RELABEL)
    label_code = (relabeling.label_code or "").strip().upper()
    entry = open_entry(
        session,
        scan,
        EventKind.RELABELED,
        relabeling,
        readings={"package": relabeling.package, "label": label_code},
    )
    if isinstance(entry, Recorded):
        return entry
    lot = get_lot_at(session, scan.by, scan.site_id, relabeling.lot_code)
    require_step(lot, Step.RELABEL)
    require_fit_to_leave(lot, entry.day, replace(entry.leaving_rules, relabeling_required=False))
    require_free(lot, relabeling.quantity)
    if label_code:
        _require_usable(get_label(session, scan.by.territory_id, label_code), lot, entry.day)
    packed_id = entry.make_part(lot, Stage.RELABELED, lot.grade, code=relabeling.new_lot_code)
    fill_container(entry, relabeling.package, packed_id, clean=True, field="package")
    entry.move(lot.id, packed_id, relabeling.quantity, model_id=lot.model_id)
    entry.mark(lot)
    return entry.post()


def _require_usable(label: LabelVariant, lot: LotOnHand, day: date) -> None:
    """A label that does not wash off would spoil the next wash; and own bottles carry their owner's labels only."""
    if not may_be_used(label.approved, label.valid_until, day):
        raise Stopped(
            "Label %(label)s is not approved, or not any more: nobody knows that it washes off.",
            "Choose an approved label, or have quality try this one. The bottles may be packed without naming a label.",
            field="label",
            label=label.code,
        )
    if lot.owner_winery_id is not None and label.winery_id not in (None, lot.owner_winery_id):
        raise Stopped(
            "Label %(label)s is another winery's than these bottles.",
            "Choose a label of the bottles' owner, or one that is for all.",
            field="label",
            label=label.code,
        )
