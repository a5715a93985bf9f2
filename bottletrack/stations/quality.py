"""Quality control: an inspection is started with a frozen plan, samples may be destroyed, and a verdict is given on the
whole lot, by two people where it goes against the plan."""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.catalogue import get_defect_in_use
from bottletrack.errors import BadInput, NotAllowed, Stopped, WrongStep
from bottletrack.inspections import InspectionNow, get_in_control, plans_at, require_run_closed, severity_at
from bottletrack.ledger import Entry, open_entry
from bottletrack.lots import LotOnHand, get_lot_at, require_free, require_step
from bottletrack.sampling.assessment import ACCEPTING
from bottletrack.scans import Recorded, Scan
from bottletrack.steps import Step
from bottletrack.tables import Event, Inspection, InspectionPlan, PersonRole
from bottletrack.vocabulary import EventKind, Grade, PlaceKind, Role, Severity, Stage, Verdict

_INSPECTION = cast(Table, Inspection.__table__)
_INSPECTION_PLAN = cast(Table, InspectionPlan.__table__)


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
    """The verdict on a lot. A refusal names a defect and says why.

    `quantity`: how many are to be looked at again one by one; None: the whole lot, as with every other verdict.
    """

    lot_code: str
    verdict: Verdict
    defect_code: str | None = None
    reason: str = ""
    quantity: int | None = None


@dataclass(frozen=True)
class JudgmentConfirmation:
    """A second person's word on the verdict that was proposed."""

    lot_code: str
    verdict: Verdict
    agree: bool = True
    reason: str = ""


@dataclass(frozen=True)
class InspectionsResumption:
    """Why inspection may go on after it was stopped: what was mended."""

    reason: str


def record_inspection_start(session: Session, start: InspectionStart, scan: Scan) -> Recorded:
    """Freezes the plan (ISO 2859-1, level and AQL of the site). Raises WrongStep while the lot's wash run is open, and
    Stopped while inspection is discontinued."""
    require(scan.by, Permission.INSPECT)
    entry = open_entry(session, scan, EventKind.INSPECTION_STARTED, start)
    if isinstance(entry, Recorded):
        return entry
    lot = get_lot_at(session, scan.by, scan.site_id, start.lot_code)
    require_step(lot, Step.INSPECT)
    origins = require_run_closed(session, lot)
    severity = severity_at(session, scan.site_id)
    plans = plans_at(entry.site, lot.quantity, severity)
    session.execute(
        insert(_INSPECTION).values(
            id=entry.id,
            territory_id=scan.by.territory_id,
            site_id=scan.site_id,
            lot_id=lot.id,
            level=entry.site.inspection_level,
            severity=severity,
            lot_size=lot.quantity,
            first_time=not origins.failed_before,
            verdict_only=scan.historical,
        )
    )
    rows = [
        {
            "inspection_id": entry.id,
            "defect_class": kind,
            "aql_percent": aql,
            "code_letter": plan.letter,
            "sample_size": plan.sample_size,
            "accept": plan.accept,
            "reject": plan.reject,
        }
        for kind, (aql, plan) in plans.items()
    ]
    session.execute(insert(_INSPECTION_PLAN), rows)
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
    Verdict.SORT_100: EventKind.LOT_TO_SORT_AGAIN,
    Verdict.SCRAP: EventKind.LOT_SCRAPPED,
}


def record_judgment(session: Session, judgment: Judgment, scan: Scan) -> Recorded:
    """The verdict that the plan gives. Raises Stopped where it needs a second person, and for a lot that nobody may
    accept: with a critical defect, or without its mandatory tests. A refusal names a defect and a reason (BadInput)."""
    require(scan.by, Permission.INSPECT)
    entry = open_entry(session, scan, _KINDS[judgment.verdict], judgment, reason=judgment.reason)
    if isinstance(entry, Recorded):
        return entry
    lot, inspection = get_in_control(session, scan, judgment.lot_code, Step.JUDGE)
    _require_reasons(session, scan.site_id, judgment)
    if not scan.historical:
        _require_acceptable(inspection, lot, judgment.verdict)
        if inspection.assessment.needs_second_person(judgment.verdict):
            raise Stopped(
                "This verdict on lot %(lot)s needs a second person.",
                "Propose it with your reason; it counts when somebody else has confirmed it.",
                field="verdict",
                lot=lot.shown_code,
            )
    _carry_out(entry, lot, inspection, judgment)
    return entry.post()


def record_verdict_proposal(session: Session, judgment: Judgment, scan: Scan) -> Recorded:
    """A verdict against the plan, or to scrap the lot: it waits for a second person, with the first one's reason."""
    require(scan.by, Permission.INSPECT)
    details: dict[str, Any] = {
        "verdict": judgment.verdict,
        "defect_code": judgment.defect_code,
        "quantity": judgment.quantity,
    }
    entry = open_entry(session, scan, EventKind.VERDICT_PROPOSED, judgment, reason=judgment.reason, readings=details)
    if isinstance(entry, Recorded):
        return entry
    lot, inspection = get_in_control(session, scan, judgment.lot_code, Step.JUDGE)
    _require_reasons(session, scan.site_id, judgment)
    _require_acceptable(inspection, lot, judgment.verdict)
    if not inspection.assessment.needs_second_person(judgment.verdict):
        raise WrongStep("This verdict follows the plan.", "Give it yourself: it needs nobody else.", field="verdict")
    if not judgment.reason.strip():
        raise BadInput("A verdict against the plan needs a reason.", "Say in a few words why.", field="reason")
    session.execute(
        update(_INSPECTION)
        .where(_INSPECTION.c.id == inspection.row.id)
        .values(proposed_by=entry.id, verdict=judgment.verdict)
    )
    entry.mark(lot)
    return entry.post()


def record_judgment_confirmation(session: Session, confirmation: JudgmentConfirmation, scan: Scan) -> Recorded:
    """Carries the proposed verdict out, or takes the proposal back. Raises NotAllowed for who proposed it, and to scrap
    a lot unless quality and a coordinator agree."""
    require(scan.by, Permission.CONFIRM_VERDICT)
    if not confirmation.agree:
        return _take_back(session, confirmation, scan)
    kind = _KINDS[confirmation.verdict]
    entry = open_entry(session, scan, kind, confirmation, reason=confirmation.reason)
    if isinstance(entry, Recorded):
        return entry
    lot, inspection = get_in_control(session, scan, confirmation.lot_code, Step.CONFIRM)
    proposal = inspection.proposal
    if proposal is None or proposal.verdict is not confirmation.verdict:
        raise _nothing_proposed(lot)
    _require_second_person(entry, proposal.by, proposal.verdict)
    _require_acceptable(inspection, lot, proposal.verdict)
    judgment = Judgment(lot.code, proposal.verdict, proposal.defect_code, proposal.reason, proposal.quantity)
    _carry_out(entry, lot, inspection, judgment)
    return entry.post()


def _take_back(session: Session, confirmation: JudgmentConfirmation, scan: Scan) -> Recorded:
    """Who does not agree reverses the proposal."""
    lot = get_lot_at(session, scan.by, scan.site_id, confirmation.lot_code)
    proposed = session.scalar(
        select(Event)
        .join(Inspection, Inspection.proposed_by == Event.id)
        .where(Inspection.lot_id == lot.id)
        .order_by(Event.sequence.desc())
        .limit(1)
    )
    if proposed is None or proposed.readings["verdict"] != confirmation.verdict:
        raise _nothing_proposed(lot)
    reason, reverses = confirmation.reason, proposed.id
    entry = open_entry(session, scan, EventKind.REVERSED, confirmation, reason=reason, reverses=reverses)
    if isinstance(entry, Recorded):
        return entry
    lot = get_lot_at(session, scan.by, scan.site_id, confirmation.lot_code)
    require_step(lot, Step.CONFIRM)
    _require_second_person(entry, proposed.actor_id, confirmation.verdict)
    entry.mark(lot)
    return entry.post()


def _nothing_proposed(lot: LotOnHand) -> WrongStep:
    return WrongStep(
        "No such verdict on lot %(lot)s waits for a second person.",
        "Open the lot again to see what was proposed.",
        field="verdict",
        lot=lot.shown_code,
    )


def record_inspections_resumption(session: Session, resumption: InspectionsResumption, scan: Scan) -> Recorded:
    """Inspection goes on, tightened, once the cause is mended. Raises WrongStep where it was not stopped."""
    require(scan.by, Permission.INSPECT)
    entry = open_entry(session, scan, EventKind.INSPECTIONS_RESUMED, resumption, reason=resumption.reason)
    if isinstance(entry, Recorded):
        return entry
    if severity_at(session, scan.site_id, besides=entry.id) is not Severity.DISCONTINUED:
        raise WrongStep("Inspection is not stopped at this site.", "Nothing is to be done.")
    if not resumption.reason.strip():
        raise BadInput("A reason is needed.", "Say what was mended.", field="reason")
    return entry.post()


def _require_acceptable(inspection: InspectionNow, lot: LotOnHand, verdict: Verdict) -> None:
    """What nobody may accept, alone or with others."""
    if verdict not in ACCEPTING or inspection.assessment.may_be_accepted:
        return
    if inspection.assessment.missing:
        raise Stopped(
            "Lot %(lot)s cannot be accepted: %(missing)s mandatory tests have no result.",
            "Record the results first.",
            field="verdict",
            lot=lot.shown_code,
            missing=len(inspection.assessment.missing),
        )
    raise Stopped(
        "Lot %(lot)s cannot be accepted by anybody: a critical defect was found.",
        "Have it washed again, looked at bottle by bottle, or scrapped.",
        field="verdict",
        lot=lot.shown_code,
    )


def _require_second_person(entry: Entry, proposed_by: int, verdict: Verdict) -> None:
    if proposed_by == entry.scan.by.person_id:
        raise NotAllowed("You proposed this verdict yourself.", "Ask somebody else to confirm it.")
    if verdict is not Verdict.SCRAP or Role.COORDINATOR in entry.scan.by.roles:
        return
    # Quality proposed it, so what is missing is a coordinator.
    roles = entry.session.scalars(select(PersonRole.role).where(PersonRole.person_id == proposed_by)).all()
    if Role.COORDINATOR not in roles:
        raise NotAllowed("A lot is scrapped by quality and a coordinator together.", "Ask a coordinator to confirm it.")


def _require_reasons(session: Session, site_id: int, judgment: Judgment) -> None:
    if judgment.verdict in ACCEPTING:
        return
    if not judgment.defect_code or not judgment.reason.strip():
        raise BadInput(
            "A refusal needs a defect and a reason.",
            "Choose the defect and say in a few words what was found.",
            field="reason",
        )
    get_defect_in_use(session, site_id, judgment.defect_code)


def _carry_out(entry: Entry, lot: LotOnHand, inspection: InspectionNow, judgment: Judgment) -> None:
    """What becomes of the lot, and of its inspection."""
    accepted = judgment.verdict in ACCEPTING
    entry.session.execute(
        update(_INSPECTION)
        .where(_INSPECTION.c.id == inspection.row.id)
        .values(
            verdict=judgment.verdict,
            passed=accepted if entry.scan.historical else inspection.assessment.passed,
            verdict_only=entry.scan.historical,
            judged_by=entry.id,
        )
    )
    if judgment.quantity is not None and judgment.verdict is not Verdict.SORT_100:
        raise BadInput("This verdict is on the whole lot.", "Enter no quantity.", field="quantity")
    match judgment.verdict:
        case Verdict.ACCEPT_A:
            entry.mark(lot, stage=Stage.RELEASED, grade=Grade.A)
        case Verdict.ACCEPT_B:
            entry.mark(lot, stage=Stage.RELEASED, grade=Grade.B)
        case Verdict.REWASH:
            entry.mark(lot, stage=Stage.BLOCKED)
        case Verdict.SORT_100:
            _sort_again(entry, lot, lot.quantity if judgment.quantity is None else judgment.quantity)
        case Verdict.SCRAP:
            cullet = entry.site_place(PlaceKind.CULLET)
            entry.move(lot.id, cullet, lot.quantity, model_id=lot.model_id, defect_code=judgment.defect_code)
            entry.mark(lot)


def _sort_again(entry: Entry, lot: LotOnHand, quantity: int) -> None:
    """Every bottle was looked at: those that are not good go to rework, and what is left is inspected anew."""
    require_free(lot, quantity)
    if quantity == lot.quantity:
        entry.mark(lot, stage=Stage.REWORK)
        return
    part = entry.make_part(lot, Stage.REWORK)
    entry.move(lot.id, part, quantity, model_id=lot.model_id)
    entry.mark(lot, stage=Stage.WASHED)
