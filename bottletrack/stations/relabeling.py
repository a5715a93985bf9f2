"""Relabeling: released bottles are packed under a new code, and the old code dies."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.ledger import open_entry
from bottletrack.lots import get_lot_at, require_fit_to_leave, require_free, require_step
from bottletrack.scans import Recorded, Scan
from bottletrack.steps import Step
from bottletrack.vocabulary import EventKind, Stage


@dataclass(frozen=True)
class Relabeling:
    """Bottles packed together in a crate, layer or pallet (`package`), for a label to come (`label_stock`)."""

    lot_code: str
    quantity: int
    package: str = ""
    label_stock: str = ""


def record_relabeling(session: Session, relabeling: Relabeling, scan: Scan) -> Recorded:
    """Makes a lot with a new code; what is not packed stays under the old one."""
    require(scan.by, Permission.RELABEL)
    entry = open_entry(
        session,
        scan,
        EventKind.RELABELED,
        relabeling,
        readings={"package": relabeling.package, "label_stock": relabeling.label_stock},
    )
    if isinstance(entry, Recorded):
        return entry
    lot = get_lot_at(session, scan.by, scan.site_id, relabeling.lot_code)
    require_step(lot, Step.RELABEL)
    require_fit_to_leave(lot, entry.day, replace(entry.leaving_rules, relabeling_required=False))
    require_free(lot, relabeling.quantity)
    packed_id = entry.make_part(lot, Stage.RELABELED, lot.grade)
    entry.move(lot.id, packed_id, relabeling.quantity, model_id=lot.model_id)
    entry.mark(lot)
    return entry.post()
