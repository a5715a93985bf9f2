"""A label is scanned back where it was stuck: first the label, then the code of the pallet or crate, if it has one."""

import uuid

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bottletrack.access import Permission, may
from bottletrack.errors import NotFound, Refusal, Stopped, WrongStep
from bottletrack.identifiers import show_code
from bottletrack.lots import LotOnHand, find_lots, get_lot
from bottletrack.reports.containers import find_container_of, find_lot_in
from bottletrack.reports.lot_labels import find_siblings_to_label, find_stuck_label
from bottletrack.scans import Recorded, Scan
from bottletrack.stations.lot_labels import LabelSticking, record_label_sticking
from bottletrack.tables import Lot
from webapp.database import reading
from webapp.forms import required_text, text
from webapp.operator.blueprint import blueprint
from webapp.operator.offers import needs_of
from webapp.operator.printing import get_job, job_page
from webapp.operator.recording import record
from webapp.operator.scanning import container_scanned, own_code
from webapp.operator.sight import see_lot, see_lots
from webapp.operator.waiting_labels import waiting_labels
from webapp.refusals import status_of
from webapp.security import allow
from webapp.signed_in import current_actor


@blueprint.get("/operator/labels/stick")
@allow(Permission.PRINT_LABELS)
def stick() -> ResponseReturnValue:
    """The label that was scanned; next comes the pallet. `job`: the print job that it should be one of."""
    scanned, job = request.args.get("code", ""), request.args.get("job", type=uuid.UUID)
    try:
        code = _label_scanned(scanned, job)
    except Refusal as refusal:
        if job is not None:
            return job_page(job, refusal), status_of(refusal)
        return render_template("operator/stick_first.html", refusal=refusal), status_of(refusal)
    return _pallet_page(code, None)


@blueprint.post("/operator/labels/stick")
@allow(Permission.PRINT_LABELS)
def stick_label() -> ResponseReturnValue:
    """Binds the label to the pallet or crate."""
    code = required_text("code", most=40)
    return record(
        _stick,
        lambda: LabelSticking(code, container_scanned(text("container", most=200))),
        lambda refusal: _pallet_page(code, refusal),
        _to_stuck,
    )


@blueprint.get("/operator/labels/stuck/<uuid:event_id>")
@allow(Permission.PRINT_LABELS)
def stuck(event_id: uuid.UUID) -> str:
    """Where the label is now, and which one comes next. Raises NotFound."""
    actor = current_actor()
    with reading() as session:
        found = find_stuck_label(session, actor.territory_id, event_id)
        if found is None:
            raise NotFound("There is no such event here.", "Choose it from the lot's history.")
        lot_id, container = found
        (seen,) = see_lots(session, find_lots(session, Lot.id == lot_id))
        siblings = find_siblings_to_label(session, lot_id)
        return render_template(
            "operator/stuck.html",
            seen=seen,
            container=container,
            next_to_label=see_lots(session, find_lots(session, Lot.id.in_(siblings[:1]))),
            waiting=len(waiting_labels(session)),
            needs=needs_of(seen, actor),
        )


def _label_scanned(text: str, job: uuid.UUID | None) -> str:
    """The code of the lot whose label was scanned. Raises WrongStep for a label that the print job does not have."""
    wanted = own_code(text)
    with reading() as session:
        lot = get_lot(session, current_actor(), wanted)
        if job is not None and lot.id not in {label.lot_id for label in get_job(session, job)}:
            raise WrongStep(
                "This is the label of lot %(lot)s, not the one that was just printed.",
                "Look where the new label is. If it was stuck elsewhere, take it off and stick it here.",
                field="code",
                lot=lot.shown_code,
            )
    return lot.code


def _stick(session: Session, sticking: LabelSticking, scan: Scan) -> Recorded:
    """The verb, but for a pallet that the books doubt: somebody has to look first. Raises as the verb, and Stopped."""
    doubt = None if text("sure") else _doubt(session, get_lot(session, scan.by, sticking.lot_code), sticking.container)
    recorded = record_label_sticking(session, sticking, scan)
    if doubt and not recorded.again:
        raise doubt
    return recorded


def _doubt(session: Session, lot: LotOnHand, container: str) -> Stopped | None:
    """What speaks against it: the books have another lot in the container, or the lot in another container."""
    other = find_lot_in(session, lot.territory_id, container)
    if other not in (None, lot.code):
        return Stopped(
            "By the books, lot %(other)s stands in %(container)s, not lot %(lot)s.",
            "Look at the bottles. If the label hangs on the wrong pallet, take it off and stick it on the right one.",
            field="sure",
            other=show_code(str(other)),
            container=container,
            lot=lot.shown_code,
        )
    own = find_container_of(session, lot.id)
    if container and own not in (None, container):
        return Stopped(
            "By the books, lot %(lot)s stands in %(own)s, not in %(container)s.",
            "Look at the bottles. If the label hangs on the wrong pallet, take it off and stick it on the right one.",
            field="sure",
            lot=lot.shown_code,
            own=own,
            container=container,
        )
    return None


def _pallet_page(code: str, refusal: Refusal | None) -> str:
    """Asks for the pallet's code. Where another lot's label is there already, a lead may say that they were swapped."""
    with reading() as session:
        other = refusal.values.get("lot") if isinstance(refusal, Stopped) and refusal.field == "container" else None
        return render_template(
            "operator/stick.html",
            seen=see_lot(session, code),
            refusal=refusal,
            doubt=refusal is not None and refusal.field == "sure",
            other=other if may(current_actor(), Permission.SWAP_LABELS) else None,
        )


def _to_stuck(recorded: Recorded) -> str:
    return url_for("operator.stuck", event_id=recorded.event_id)
