"""Packing: released bottles get their new code, and lots are split."""

from flask.typing import ResponseReturnValue

from bottletrack.access import Permission, may
from bottletrack.stations.relabeling import Relabeling, record_relabeling
from bottletrack.stations.storage import Split, record_split
from bottletrack.steps import Step
from bottletrack.vocabulary import Grade
from webapp.forms import choice, required_bottles, text
from webapp.languages import today
from webapp.operator.blueprint import blueprint
from webapp.operator.choices import labels_to_name
from webapp.operator.recording import crate_size_from_form, lot_step
from webapp.operator.scanning import blank_label, container_scanned
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
        _relabeling,
        "packing.html",
        lambda session, seen: {"labels": labels_to_name(session, seen.lot, today())},
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


def _relabeling(lot: str) -> Relabeling:
    package = container_scanned(text("package", most=200))
    return Relabeling(lot, _quantity(), package, text("label", most=20) or None, blank_label("blank"))


def _quantity() -> int:
    return required_bottles("quantity", crate_size=crate_size_from_form())
