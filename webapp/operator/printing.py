"""Labels: choose lots and a paper, and take the file to the printer."""

from collections.abc import Container
from io import BytesIO

from flask import redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from bottletrack.access import Permission
from bottletrack.errors import BadInput, Refusal
from bottletrack.lots import LotOnHand
from labels import FORMATS, PRINTERS, ZPL_MIMETYPE
from webapp.config import settings_of
from webapp.database import reading
from webapp.label_sheet import MOST_LABELS, lots_to_label, print_labels
from webapp.languages import N_, gettext
from webapp.operator.blueprint import blueprint
from webapp.operator.scanning import own_code
from webapp.operator.sight import see_lots
from webapp.refusals import status_of
from webapp.security import allow
from webapp.signed_in import current_actor

#: The roll of single labels is what a station has at hand.
USUAL_PAPER = "100x150"
#: Every format of the print room in words, in the order of the page; a test fails for one that is missing.
PAPERS = {
    "100x150": N_("Single label, 100 × 150 mm"),
    "62x100": N_("Roll of 62 mm, labels of 100 mm"),
    "a4-8": N_("A4 sheet, 8 labels"),
    "a4-21": N_("A4 sheet, 21 labels"),
    "zpl-100x150-203": N_("Label printer (ZPL), 100 × 150 mm, 203 dpi"),
    "zpl-100x150-300": N_("Label printer (ZPL), 100 × 150 mm, 300 dpi"),
    "zpl-62x100-203": N_("Label printer (ZPL), 62 × 100 mm, 203 dpi"),
    "zpl-62x100-300": N_("Label printer (ZPL), 62 × 100 mm, 300 dpi"),
}


@blueprint.get("/operator/labels")
@allow(Permission.PRINT_LABELS)
def labels() -> ResponseReturnValue:
    """All open lots to choose from; those named in the address are chosen already."""
    try:
        return _labels_page(request.args.getlist("code"), None)
    except Refusal as refusal:
        return _labels_page([], refusal), status_of(refusal)


@blueprint.get("/operator/labels.pdf")
@allow(Permission.PRINT_LABELS)
def label_sheet() -> ResponseReturnValue:
    """The PDF of the lots chosen, on the paper chosen; a label printer has an address of its own."""
    if (paper := request.args.get("paper")) in PRINTERS:
        return redirect(url_for("operator.label_job", paper=paper, code=request.args.getlist("code")))
    return _file("application/pdf", ".pdf", FORMATS)


@blueprint.get("/operator/labels.zpl")
@allow(Permission.PRINT_LABELS)
def label_job() -> ResponseReturnValue:
    """What a label printer is sent for the lots chosen."""
    return _file(ZPL_MIMETYPE, ".zpl", PRINTERS)


def _file(mimetype: str, suffix: str, papers: Container[str]) -> ResponseReturnValue:
    """The labels of the lots chosen on the paper chosen, which must be one of these; to take to the printer."""
    # One too many is enough to be refused; nobody makes us look up the rest.
    codes = request.args.getlist("code")[: MOST_LABELS + 1]
    paper = request.args.get("paper", USUAL_PAPER)
    try:
        if not any(code.strip() for code in codes):
            raise BadInput("No lot was chosen.", "Choose at least one lot, or type its code.", field="code")
        with reading() as session:
            lots = lots_to_label(session, current_actor(), [own_code(code) for code in codes if code.strip()])
            labels = print_labels(session, lots, settings_of().label_url, paper if paper in papers else "")
    except Refusal as refusal:
        return _labels_page([], refusal), status_of(refusal)
    return send_file(BytesIO(labels), mimetype, as_attachment=True, download_name=gettext("labels") + suffix)


def _labels_page(codes: list[str], refusal: Refusal | None) -> str:
    with reading() as session:
        chosen = lots_to_label(session, current_actor(), codes) if codes else []
        every: list[LotOnHand] = chosen or lots_to_label(session, current_actor())
        return render_template(
            "operator/labels.html",
            lots=see_lots(session, every),
            chosen={lot.code for lot in chosen},
            papers=[(name, gettext(PAPERS[name])) for name in PAPERS],
            usual=USUAL_PAPER,
            refusal=refusal,
        )
