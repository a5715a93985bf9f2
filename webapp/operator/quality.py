"""Quality control of a lot: begin, count defects, record tests, destroy samples, give the verdict, confirm one."""

from dataclasses import dataclass
from decimal import Decimal

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bottletrack.access import Permission
from bottletrack.inspections import find_defect_classes, plans_at, severity_at
from bottletrack.measuring import find_last_values, find_measures
from bottletrack.sampling.characteristic import share_accepted_with
from bottletrack.sampling.plans import SamplingPlan
from bottletrack.scans import Recorded, Scan
from bottletrack.stations.findings import (
    DefectFound,
    DefectsFound,
    TestResults,
    record_defects_found,
    record_test_results,
)
from bottletrack.stations.quality import (
    InspectionStart,
    Judgment,
    JudgmentConfirmation,
    Sampling,
    record_inspection_start,
    record_judgment,
    record_judgment_confirmation,
    record_sampling,
    record_verdict_proposal,
)
from bottletrack.steps import Step
from bottletrack.tables import Defect, Measure, Measurement, Person
from bottletrack.vocabulary import DefectClass, MeasuredAt, Severity, Verdict
from webapp.assortment import AT_QUALITY, defects
from webapp.database import reading
from webapp.forms import bottles, choice, required_bottles, text
from webapp.operator.blueprint import blueprint
from webapp.operator.measured import readings_from_form
from webapp.operator.recording import crate_size_from_form, lot_step
from webapp.operator.run_sight import nice_step
from webapp.operator.sight import LotSight, see_lot
from webapp.operator.sorting import counted
from webapp.security import allow


@blueprint.route("/operator/lots/<code>/inspection", methods=["GET", "POST"])
@allow(Permission.INSPECT)
def inspect(code: str) -> ResponseReturnValue:
    """The lot enters quality control; its plan is told beforehand."""
    return lot_step(Step.INSPECT, code, record_inspection_start, InspectionStart, "inspection.html", _plan_to_come)


@blueprint.route("/operator/lots/<code>/defects", methods=["GET", "POST"])
@allow(Permission.INSPECT)
def count_defects(code: str) -> ResponseReturnValue:
    """Bottles with defects, of those that the plan looks at."""
    return lot_step(Step.COUNT_DEFECTS, code, record_defects_found, _defects_found, "defects.html", _defects_by_class)


@blueprint.route("/operator/lots/<code>/tests", methods=["GET", "POST"])
@allow(Permission.INSPECT)
def record_tests(code: str) -> ResponseReturnValue:
    """Results, each beside its limits."""
    return lot_step(Step.TEST, code, record_test_results, _results, "tests.html", _to_take)


@blueprint.route("/operator/lots/<code>/samples", methods=["GET", "POST"])
@allow(Permission.INSPECT)
def sample(code: str) -> ResponseReturnValue:
    """Bottles destroyed in a test."""
    return lot_step(
        Step.SAMPLE,
        code,
        record_sampling,
        lambda lot: Sampling(lot, required_bottles("quantity", crate_size=crate_size_from_form()), text("test")),
        "samples.html",
    )


@blueprint.route("/operator/lots/<code>/verdict", methods=["GET", "POST"])
@allow(Permission.INSPECT)
def judge(code: str) -> ResponseReturnValue:
    """The verdict as the plan says; one against it is proposed to a second person."""
    return lot_step(
        Step.JUDGE,
        code,
        _judge_or_propose,
        _judgment,
        "verdict.html",
        lambda session, seen: {"defects": defects(session, seen.lot.site_id, AT_QUALITY), "verdicts": list(Verdict)},
    )


@blueprint.route("/operator/lots/<code>/confirmation", methods=["GET", "POST"])
@allow(Permission.CONFIRM_VERDICT)
def confirm(code: str) -> ResponseReturnValue:
    """The second person's word."""
    return lot_step(
        Step.CONFIRM,
        code,
        record_judgment_confirmation,
        lambda lot: JudgmentConfirmation(
            lot, choice("verdict", Verdict), request.form.get("agree") == "yes", text("reason")
        ),
        "confirmation.html",
        _proposer,
    )


def _judge_or_propose(session: Session, judgment: Judgment, scan: Scan) -> Recorded:
    """Which of the two the form means, it says itself: it has told the person that somebody else must confirm."""
    verb = record_verdict_proposal if judgment.verdict in request.form.getlist("to_propose") else record_judgment
    return verb(session, judgment, scan)


def _judgment(lot: str) -> Judgment:
    verdict = choice("verdict", Verdict)
    part = bottles("part", crate_size=crate_size_from_form()) if verdict is Verdict.SORT_100 else None
    return Judgment(lot, verdict, request.form.get("defect") or None, text("reason"), part)


def _defects_found(lot: str) -> DefectsFound:
    return DefectsFound(lot, tuple(DefectFound(code, quantity) for code, quantity in counted("defect")))


def _results(lot: str) -> TestResults:
    with reading() as session:
        measures = find_measures(session, see_lot(session, lot).lot.site_id, MeasuredAt.QUALITY)
        return TestResults(lot, readings_from_form(measures), text("note"))


def _plan_to_come(session: Session, seen: LotSight) -> dict[str, object]:
    severity = severity_at(session, seen.site.id)
    stopped = severity is Severity.DISCONTINUED
    frozen = {} if stopped else plans_at(seen.site, seen.lot.quantity, severity)
    plans = {kind: plan for kind, (_, plan) in frozen.items()}
    return {"severity": severity, "plans": plans, "can_tell": {kind: _can_tell(plan) for kind, plan in plans.items()}}


def _can_tell(plan: SamplingPlan) -> tuple[Decimal, Decimal] | None:
    """Percent defective of lots that pass 95 times of 100, and of those that pass 10 times; None where all is seen."""
    if plan.whole_lot:
        return None
    often, seldom = (share_accepted_with(plan, probability) for probability in (0.95, 0.10))
    return round(Decimal(100 * often), 1), round(Decimal(100 * seldom), 1)


def _defects_by_class(session: Session, seen: LotSight) -> dict[str, object]:
    classes = find_defect_classes(session, seen.site.id)
    by_class: dict[DefectClass, list[Defect]] = {kind: [] for kind in DefectClass}
    for defect in defects(session, seen.site.id, AT_QUALITY):
        by_class[classes[defect.code]].append(defect)
    return {"by_class": by_class}


def _proposer(session: Session, seen: LotSight) -> dict[str, object]:
    proposal = seen.inspection.proposal if seen.inspection else None
    return {"proposal": proposal, "proposer": session.get_one(Person, proposal.by).name if proposal else ""}


@dataclass(frozen=True)
class ToTake:
    """A test of the site, with its results so far; `usual`: where the steps of `step` begin."""

    measure: Measure
    results: tuple[Measurement, ...]
    usual: Decimal | None

    @property
    def step(self) -> Decimal:
        """What one press adds or takes."""
        low, high = self.measure.low or Decimal(0), self.measure.high or Decimal(0)
        return nice_step((high - low) / 10) if self.measure.unit and high > low else Decimal(1)


def _to_take(session: Session, seen: LotSight) -> dict[str, object]:
    inspection = seen.inspection
    if inspection is None:
        return {"measures": []}
    last = find_last_values(session, seen.site.id, [measure.code for measure in inspection.measures])
    return {
        "measures": [
            ToTake(
                measure,
                tuple(result for result in inspection.results if result.code == measure.code),
                last.get(measure.code, measure.target),
            )
            for measure in inspection.measures
        ]
    }
