"""Correction: a lead takes an event back from a lot's history. Nothing is erased; both stay visible."""

import uuid

from flask import render_template
from flask.typing import ResponseReturnValue

from bottletrack.access import Permission
from bottletrack.errors import Refusal
from bottletrack.stations.correction import Correction, record_correction
from webapp.database import reading
from webapp.forms import text
from webapp.operator.blueprint import blueprint
from webapp.operator.done import find_event
from webapp.operator.recording import record
from webapp.security import allow


@blueprint.get("/operator/events/<uuid:event_id>/correction")
@allow(Permission.CORRECT)
def correct(event_id: uuid.UUID) -> str:
    """What would be taken back, and why."""
    return _page(event_id, None)


@blueprint.post("/operator/events/<uuid:event_id>/correction")
@allow(Permission.CORRECT)
def record_corrected(event_id: uuid.UUID) -> ResponseReturnValue:
    """Takes it back."""
    return record(
        record_correction,
        lambda: Correction(event_id, text("reason")),
        lambda refusal: _page(event_id, refusal),
    )


def _page(event_id: uuid.UUID, refusal: Refusal | None) -> str:
    with reading() as session:
        return render_template("operator/correction.html", done=find_event(session, event_id), refusal=refusal)
