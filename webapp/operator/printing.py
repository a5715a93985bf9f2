"""Labels of lots, printed where the work is: one at a time after a lot is made, or many at once."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bottletrack.access import Permission, may
from bottletrack.errors import BadInput, NotFound, Refusal
from bottletrack.lots import LotOnHand, find_lots
from bottletrack.reports.lot_labels import PrintedLabel, find_print_job
from bottletrack.scans import Recorded
from bottletrack.stations.lot_labels import LabelPrinting, record_label_printing
from bottletrack.tables import Lot
from bottletrack.vocabulary import Stage
from webapp.config import settings_of
from webapp.database import reading
from webapp.label_sheet import labels_of, lots_to_label, press
from webapp.operator.blueprint import blueprint
from webapp.operator.choices import sites
from webapp.operator.paper import PAPERS, chosen_paper, label_file, paper_in_use
from webapp.operator.recording import record
from webapp.operator.scanning import own_code
from webapp.operator.sight import see_lots
from webapp.operator.waiting_labels import MINUTE, is_late, waiting_labels
from webapp.refusals import status_of
from webapp.security import allow
from webapp.signed_in import current_actor


@blueprint.get("/operator/labels")
@allow(Permission.PRINT_LABELS)
def labels() -> str:
    """What can be done about labels, and those that wait to be scanned back."""
    with reading() as session:
        waiting = waiting_labels(session)
        lots = find_lots(session, Lot.id.in_([label.lot_id for label in waiting]))
        return render_template(
            "operator/labels.html",
            waiting=waiting,
            is_late=is_late,
            seen={seen.lot.id: seen for seen in see_lots(session, lots)},
            may_swap=may(current_actor(), Permission.SWAP_LABELS),
        )


@blueprint.get("/operator/labels/lots")
@allow(Permission.PRINT_LABELS)
def choose_labels() -> ResponseReturnValue:
    """All open lots to choose from; those named in the address are chosen already, with `all` every one."""
    try:
        return _choice_page(request.args.getlist("code"), None)
    except Refusal as refusal:
        return _choice_page([], refusal), status_of(refusal)


@blueprint.post("/operator/labels/lots")
@allow(Permission.PRINT_LABELS)
def print_labels() -> ResponseReturnValue:
    """The labels of the lots chosen: from now on they wait to be scanned back."""
    return record(record_label_printing, _printing, lambda refusal: _choice_page([], refusal), to_job)


@blueprint.get("/operator/labels/printed/<uuid:event_id>")
@allow(Permission.PRINT_LABELS)
def label_job(event_id: uuid.UUID) -> str:
    """What was just printed: its file, and the field to scan it back."""
    return job_page(event_id)


@blueprint.get("/operator/labels/printed/<uuid:event_id>/file")
@allow(Permission.PRINT_LABELS)
def label_job_file(event_id: uuid.UUID) -> ResponseReturnValue:
    """The file of a print job, on the paper chosen. Raises NotFound, also when its codes are all dead by now."""
    with reading() as session:
        lots = job_lots(session, get_job(session, event_id))
        found = labels_of(session, lots, settings_of().label_url)
    return label_file(found, chosen_paper())


def to_job(recorded: Recorded) -> str:
    """Where labels that were just recorded are printed and scanned back."""
    return url_for("operator.label_job", event_id=recorded.event_id)


def job_page(event_id: uuid.UUID, refusal: Refusal | None = None) -> str:
    """The page of a print job; a refusal stands above it. Raises NotFound."""
    with reading() as session:
        job = get_job(session, event_id)
        return render_template(
            "operator/label_job.html",
            event_id=event_id,
            job=job,
            stuck=sum(label.stuck for label in job),
            seen=see_lots(session, job_lots(session, job)[:1]),
            seconds_left=max(0, int((job[0].printed_at + MINUTE - datetime.now(UTC)).total_seconds())),
            refusal=refusal,
            **papers(),
        )


def get_job(session: Session, event_id: uuid.UUID) -> list[PrintedLabel]:
    """The labels of a print job of one's territory. Raises NotFound."""
    job = find_print_job(session, current_actor().territory_id, event_id)
    if not job:
        raise NotFound("There is no such print job here.", "Choose the lots again.")
    return job


def job_lots(session: Session, job: Sequence[PrintedLabel]) -> list[LotOnHand]:
    """The lots of a print job whose labels may be stuck still. Raises NotFound when there is none."""
    alive = [label.lot_id for label in job if not label.dead]
    lots = [lot for lot in find_lots(session, Lot.id.in_(alive)) if lot.quantity or lot.stage is Stage.EXPECTED]
    if not lots:
        raise NotFound("These labels are dead by now.", "Take them off. Print the labels that count now.", field="code")
    return lots


def papers() -> dict[str, object]:
    """What a page needs to ask for the paper."""
    return {"papers": PAPERS, "paper": paper_in_use()}


def _printing() -> LabelPrinting:
    codes = [own_code(code) for code in request.form.getlist("code") if code.strip()]
    if not codes:
        raise BadInput("No lot was chosen.", "Choose at least one lot, or type its code.", field="code")
    paper = chosen_paper()
    with reading() as session:
        lots = lots_to_label(session, current_actor(), codes)
        # What cannot be printed must not be recorded as printed.
        press(labels_of(session, lots[:1], settings_of().label_url), paper)
    return LabelPrinting(tuple(lot.code for lot in lots), paper)


def _choice_page(codes: list[str], refusal: Refusal | None) -> str:
    with reading() as session:
        actor = current_actor()
        chosen = lots_to_label(session, actor, codes) if codes else []
        every = chosen or lots_to_label(session, actor)
        picked = set(request.form.getlist("code")) | {lot.code for lot in chosen}
        return render_template(
            "operator/label_choice.html",
            lots=see_lots(session, every),
            chosen={lot.code for lot in every} if "all" in request.args else picked,
            narrowed=bool(chosen),
            sites=sites(session, actor),
            refusal=refusal,
            **papers(),
        )
