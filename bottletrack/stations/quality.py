"""Quality control: an inspection is started, samples may be destroyed, and a verdict is given on the whole lot."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.catalogue import get_defect
from bottletrack.errors import BadInput
from bottletrack.ledger import open_entry
from bottletrack.lots import get_lot_at, require_free, require_step
from bottletrack.scans import Recorded, Scan
from bottletrack.steps import Step
from bottletrack.vocabulary import EventKind, Grade, PlaceKind, Stage, Verdict


@dataclass(frozen=True)
class InspectionStart:
    """A washed lot enters quality control."""

    lot_code: str


@dataclass(frozen=True)
class Sampling:
    """Bottles destroyed in a test; those that are given back are not named."""

    lot_code: str
    quantity: int
    test: str = ""


@dataclass(frozen=True)
class Judgment:
    """The verdict on a lot. A refusal names a defect and says why."""

    lot_code: str
    verdict: Verdict
    defect_code: str | None = None
    reason: str = ""


def record_inspection_start(session: Session, start: InspectionStart, scan: Scan) -> Recorded:
    """From here on the lot waits for its verdict."""
    require(scan.by, Permission.INSPECT)
    entry = open_entry(session, scan, EventKind.INSPECTION_STARTED, start)
    if isinstance(entry, Recorded):
        return entry
    lot = get_lot_at(session, scan.by, scan.site_id, start.lot_code)
    require_step(lot, Step.INSPECT)
    entry.mark(lot, stage=Stage.IN_QUALITY_CONTROL)
    return entry.post()


def record_sampling(session: Session, sampling: Sampling, scan: Scan) -> Recorded:
    """Destroyed samples leave the lot for good."""
    require(scan.by, Permission.INSPECT)
    entry = open_entry(session, scan, EventKind.SAMPLES_TAKEN, sampling, reason=sampling.test)
    if isinstance(entry, Recorded):
        return entry
    lot = get_lot_at(session, scan.by, scan.site_id, sampling.lot_code)
    require_step(lot, Step.SAMPLE)
    require_free(lot, sampling.quantity)
    entry.move(lot.id, entry.site_place(PlaceKind.SAMPLED), sampling.quantity, model_id=lot.model_id)
    entry.mark(lot)
    return entry.post()


_KINDS = {
    Verdict.ACCEPT_A: EventKind.LOT_RELEASED,
    Verdict.ACCEPT_B: EventKind.LOT_RELEASED,
    Verdict.REWASH: EventKind.LOT_BLOCKED,
    Verdict.SCRAP: EventKind.LOT_SCRAPPED,
}


def record_judgment(session: Session, judgment: Judgment, scan: Scan) -> Recorded:
    """Raises BadInput for a refusal without a defect or a reason."""
    require(scan.by, Permission.INSPECT)
    entry = open_entry(session, scan, _KINDS[judgment.verdict], judgment, reason=judgment.reason)
    if isinstance(entry, Recorded):
        return entry
    lot = get_lot_at(session, scan.by, scan.site_id, judgment.lot_code)
    require_step(lot, Step.JUDGE)
    match judgment.verdict:
        case Verdict.ACCEPT_A:
            entry.mark(lot, stage=Stage.RELEASED, grade=Grade.A)
        case Verdict.ACCEPT_B:
            entry.mark(lot, stage=Stage.RELEASED, grade=Grade.B)
        case Verdict.REWASH:
            _require_reasons(session, judgment)
            entry.mark(lot, stage=Stage.BLOCKED)
        case Verdict.SCRAP:
            _require_reasons(session, judgment)
            cullet = entry.site_place(PlaceKind.CULLET)
            entry.move(lot.id, cullet, lot.quantity, model_id=lot.model_id, defect_code=judgment.defect_code)
            entry.mark(lot)
    return entry.post()


def _require_reasons(session: Session, judgment: Judgment) -> None:
    if not judgment.defect_code or not judgment.reason.strip():
        raise BadInput(
            "A refusal needs a defect and a reason.",
            "Choose the defect and say in a few words what was found.",
            field="reason",
        )
    get_defect(session, judgment.defect_code)
