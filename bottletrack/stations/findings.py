"""What an inspection finds: bottles with defects, counted by defect, and results of tests."""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.catalogue import get_defect_in_use
from bottletrack.errors import BadInput, WrongQuantity
from bottletrack.inspections import find_defect_classes, get_in_control
from bottletrack.ledger import checked_quantity, open_entry
from bottletrack.measuring import Reading, keep
from bottletrack.scans import Recorded, Scan
from bottletrack.steps import Step
from bottletrack.tables import DefectCount
from bottletrack.vocabulary import EventKind

_DEFECT_COUNT = cast(Table, DefectCount.__table__)


@dataclass(frozen=True)
class DefectFound:
    """So many bottles with one defect. A bottle with several is counted for the worst."""

    defect_code: str
    quantity: int


@dataclass(frozen=True)
class DefectsFound:
    """What was found in the sample, or a part of it: several counts add up."""

    lot_code: str
    found: tuple[DefectFound, ...]


@dataclass(frozen=True)
class TestResults:
    """Results of the site's tests, in their own units."""

    lot_code: str
    results: tuple[Reading, ...]
    note: str = ""


def record_defects_found(session: Session, defects: DefectsFound, scan: Scan) -> Recorded:
    """Raises WrongQuantity for more bottles with defects of a class than the plan looks at."""
    require(scan.by, Permission.INSPECT)
    entry = open_entry(session, scan, EventKind.DEFECTS_COUNTED, defects)
    if isinstance(entry, Recorded):
        return entry
    lot, inspection = get_in_control(session, scan, defects.lot_code, Step.COUNT_DEFECTS)
    codes = [found.defect_code for found in defects.found]
    if not codes or len(set(codes)) < len(codes):
        raise BadInput("No defect was counted, or one of them twice.", "Count each defect once.", field="found")
    classes = find_defect_classes(session, scan.site_id)
    by_class = dict(inspection.by_class)
    rows: list[dict[str, Any]] = []
    for found in defects.found:
        get_defect_in_use(session, scan.site_id, found.defect_code)
        kind = classes[found.defect_code]
        by_class[kind] = by_class.get(kind, 0) + checked_quantity(found.quantity)
        if by_class[kind] > inspection.plans[kind].sample_size:
            raise WrongQuantity(
                "%(found)s bottles with such defects, and the plan looks at %(sample)s.",
                "Count the bottles of the sample only.",
                field="found",
                found=by_class[kind],
                sample=inspection.plans[kind].sample_size,
            )
        rows.append(
            {
                "event_id": entry.id,
                "defect_code": found.defect_code,
                "inspection_id": inspection.row.id,
                "defect_class": kind,
                "quantity": found.quantity,
            }
        )
    session.execute(insert(_DEFECT_COUNT), rows)
    entry.mark(lot)
    return entry.post()


def record_test_results(session: Session, results: TestResults, scan: Scan) -> Recorded:
    """A result outside its limits counts as the defect that the test looks for."""
    require(scan.by, Permission.INSPECT)
    entry = open_entry(session, scan, EventKind.TESTS_RECORDED, results, reason=results.note)
    if isinstance(entry, Recorded):
        return entry
    lot, inspection = get_in_control(session, scan, results.lot_code, Step.TEST)
    keep(entry, results.results, inspection.measures, inspection_id=inspection.row.id)
    entry.mark(lot)
    return entry.post()
