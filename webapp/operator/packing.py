"""Packing: released bottles get their new code; lots are split, and some bottles carry trial labels."""

from flask.typing import ResponseReturnValue

from bottletrack.access import Permission, may
from bottletrack.stations.relabeling import Relabeling, record_relabeling
from bottletrack.stations.storage import Split, TrialStart, record_split, record_trial_start
from bottletrack.steps import Step
from bottletrack.vocabulary import Grade
from webapp.forms import choice, required_bottles, text
from webapp.operator.blueprint import blueprint
from webapp.operator.recording import crate_size_from_form, lot_step
from webapp.security import allow
from webapp.signed_in import current_actor


@blueprint.route("/operator/lots/<code>/packing", methods=["GET", "POST"])
@allow(Permission.RELABEL)
def relabel(code: str) -> ResponseReturnValue:
    """Into a package, under a new code; the old label dies."""
    return lot_step(
        Step.RELABEL,
        code,
        record_relabeling,
        lambda lot: Relabeling(lot, _quantity(), text("package", most=100), text("label_stock", most=100)),
        "packing.html",
    )


@blueprint.route("/operator/lots/<code>/split", methods=["GET", "POST"])
@allow(Permission.SPLIT)
def split(code: str) -> ResponseReturnValue:
    """Part of the lot under a code of its own; quality may lower its grade."""
    return lot_step(
        Step.SPLIT,
        code,
        record_split,
        lambda lot: Split(lot, _quantity(), choice("grade", Grade) if text("grade") else None, text("reason")),
        "split.html",
        lambda session, seen: {
            "may_lower": seen.lot.grade is Grade.A and may(current_actor(), Permission.INSPECT),
        },
    )


@blueprint.route("/operator/lots/<code>/trial", methods=["GET", "POST"])
@allow(Permission.START_TRIAL)
def start_trial(code: str) -> ResponseReturnValue:
    """Part of the lot that will carry trial labels."""
    return lot_step(
        Step.START_TRIAL,
        code,
        record_trial_start,
        lambda lot: TrialStart(lot, _quantity(), text("reason")),
        "trial.html",
    )


def _quantity() -> int:
    return required_bottles("quantity", crate_size=crate_size_from_form())
