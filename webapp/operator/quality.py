"""Quality control: begin, destroy samples, give the verdict."""

from flask import request
from flask.typing import ResponseReturnValue

from bottletrack.access import Permission
from bottletrack.stations.quality import (
    InspectionStart,
    Judgment,
    Sampling,
    record_inspection_start,
    record_judgment,
    record_sampling,
)
from bottletrack.steps import Step
from bottletrack.vocabulary import Verdict
from webapp.forms import choice, required_bottles, text
from webapp.operator.blueprint import blueprint
from webapp.operator.choices import AT_QUALITY, defects
from webapp.operator.recording import crate_size_from_form, lot_step
from webapp.security import allow


@blueprint.route("/operator/lots/<code>/inspection", methods=["GET", "POST"])
@allow(Permission.INSPECT)
def inspect(code: str) -> ResponseReturnValue:
    """The lot enters quality control."""
    return lot_step(Step.INSPECT, code, record_inspection_start, InspectionStart, "inspection.html")


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
    """A, B, wash again, or scrap."""
    return lot_step(
        Step.JUDGE,
        code,
        record_judgment,
        _judgment,
        "verdict.html",
        lambda session, seen: {"defects": defects(session, seen.lot.site_id, AT_QUALITY), "verdicts": list(Verdict)},
    )


def _judgment(lot: str) -> Judgment:
    return Judgment(lot, choice("verdict", Verdict), request.form.get("defect") or None, text("reason"))
