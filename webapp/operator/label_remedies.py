"""Labels that were lost, got dirty or hang on each other's pallets: the old code dies, a new label is printed at once.

Two scans: what the label belongs to, and the new label where it was stuck.
"""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bottletrack.access import Permission
from bottletrack.errors import BadInput, Refusal
from bottletrack.reports.containers import find_lot_in
from bottletrack.scans import Recorded
from bottletrack.stations.lot_labels import (
    LabelReplacement,
    LabelSwap,
    record_label_replacement,
    record_label_swap,
)
from bottletrack.vocabulary import LabelRemedy
from webapp.codes import CodeKind
from webapp.database import reading
from webapp.forms import required_text
from webapp.label_sheet import lots_to_label
from webapp.operator.blueprint import blueprint
from webapp.operator.printing import to_job
from webapp.operator.recording import record
from webapp.operator.scanning import blank_label, own_code, read_scan
from webapp.operator.sight import LotSight, see_lots
from webapp.refusals import status_of
from webapp.security import allow
from webapp.signed_in import current_actor


@blueprint.get("/operator/labels/<any(lost, dirty):remedy>")
@allow(Permission.REPLACE_LABEL)
def replace_label(remedy: str) -> ResponseReturnValue:
    """Which lot's label? Then the lot, to see that it is the right one."""
    try:
        return _replacement_page(remedy, request.args.get("code", ""), None)
    except Refusal as refusal:
        return _replacement_page(remedy, "", refusal), status_of(refusal)


@blueprint.post("/operator/labels/<any(lost, dirty):remedy>")
@allow(Permission.REPLACE_LABEL)
def record_replaced(remedy: str) -> ResponseReturnValue:
    """The old code dies. A blank label needs no printing, only to be scanned back."""
    code = required_text("code", most=40)
    return record(
        record_label_replacement,
        lambda: LabelReplacement(code, LabelRemedy(remedy), new_lot_code=blank_label("blank")),
        lambda refusal: _replacement_page(remedy, code, refusal),
        lambda recorded: _to_stick(recorded) if blank_label("blank") else to_job(recorded),
    )


@blueprint.get("/operator/labels/swapped")
@allow(Permission.SWAP_LABELS)
def swap_labels() -> ResponseReturnValue:
    """One label, then the other; then both lots, to confirm."""
    try:
        return _swap_page(request.args.get("code", ""), request.args.get("other", ""), None)
    except Refusal as refusal:
        return _swap_page("", "", refusal), status_of(refusal)


@blueprint.post("/operator/labels/swapped")
@allow(Permission.SWAP_LABELS)
def record_swapped() -> ResponseReturnValue:
    """Both codes die, and two new labels are printed."""
    code, other = required_text("code", most=40), required_text("other", most=40)
    return record(
        record_label_swap, lambda: LabelSwap(code, other), lambda refusal: _swap_page(code, other, refusal), to_job
    )


def _to_stick(recorded: Recorded) -> str:
    return url_for("operator.stick", code=recorded.lot_codes[0])


def _replacement_page(remedy: str, text: str, refusal: Refusal | None) -> str:
    with reading() as session:
        seen = _labeled(session, text) if text.strip() else None
        lots = [] if seen else see_lots(session, lots_to_label(session, current_actor()))
        return render_template(
            "operator/label_replacement.html", remedy=LabelRemedy(remedy), seen=seen, lots=lots, refusal=refusal
        )


def _swap_page(text: str, other: str, refusal: Refusal | None) -> str:
    with reading() as session:
        first = _labeled(session, text) if text.strip() else None
        second = _labeled(session, other) if first and other.strip() else None
        if first and second and first.lot.id == second.lot.id:
            second = None
            refusal = BadInput("These are the same lot.", "Scan the label on the other pallet.", field="other_lot_code")
        return render_template("operator/label_swap.html", first=first, second=second, refusal=refusal)


def _labeled(session: Session, text: str) -> LotSight:
    """The lot with this label, or that stands in this container. Raises NotFound, BadInput, WrongStep."""
    actor, scanned = current_actor(), read_scan(text)
    container = scanned.code if scanned.kind is CodeKind.CONTAINER else text
    (lot,) = lots_to_label(session, actor, [find_lot_in(session, actor.territory_id, container) or own_code(text)])
    return see_lots(session, [lot])[0]
