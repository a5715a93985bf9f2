"""The start: one scan field, and the steps that begin without a lot."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bottletrack.access import Permission, may
from bottletrack.errors import BadInput, NotFound, Refusal
from bottletrack.late import count_waiting
from bottletrack.lots import get_lot
from webapp.codes import CodeKind, Scanned, read_code
from webapp.config import settings_of
from webapp.database import reading
from webapp.forms import text as form_text
from webapp.languages import N_, gettext
from webapp.operator.blueprint import blueprint
from webapp.operator.waiting_labels import is_late, waiting_labels
from webapp.refusals import status_of
from webapp.security import allow
from webapp.signed_in import current_actor

#: Steps that begin without a lot: who may, page, English label, pictogram.
BEGINNINGS: tuple[tuple[Permission, str, str, str], ...] = (
    (Permission.COLLECT, "operator.collect", N_("Collection"), "collection"),
    (Permission.COLLECT, "operator.pickups", N_("Pick-ups to do"), "packing"),
    (Permission.WASH, "operator.runs", N_("Washing"), "washing"),
    (Permission.CONFIRM_VERDICT, "operator.inspections", N_("Quality control"), "quality"),
    (Permission.DELIVER, "operator.orders", N_("Dispatch"), "dispatch"),
    (Permission.TAKE_BACK, "operator.take_back", N_("Return"), "return"),
    (Permission.SEND, "operator.transfers", N_("On the road"), "transfer"),
    (Permission.TAKE_STOCK, "operator.stocktake", N_("Stocktake"), "stocktake"),
    (Permission.CLEAN_CONTAINERS, "operator.clean_containers", N_("Clean containers"), "clean"),
    (Permission.SEE_PLANT, "operator.wine_labels", N_("Winemakers’ labels"), "stuck-label"),
    (Permission.PRINT_LABELS, "operator.labels", N_("Labels"), "label"),
    (Permission.ENTER_HOURS, "operator.hours", N_("Hours"), "people"),
    (Permission.SETTLE_LATE, "operator.late_scans", N_("Scans to settle"), "outbox"),
    (Permission.SETTLE_LATE, "operator.shift", N_("Shift report"), "stock"),
)

#: Where the code of something else than a lot leads (printed.py).
PAGES = {
    CodeKind.CONTAINER: "operator.container_label",
    CodeKind.RUN: "operator.run_label",
    CodeKind.ORDER: "operator.order_label",
    CodeKind.POINT: "operator.point_label",
    CodeKind.COMMAND: "operator.command_card",
    CodeKind.BADGE: "operator.badge",
}
#: What may name a lot: its code, one with a wrong character, or a partner's own name for it.
_LOT_NAMES = (CodeKind.LOT, CodeKind.MISREAD, CodeKind.UNKNOWN)


@blueprint.get("/operator/")
@allow(Permission.SEE_PLANT)
def start() -> str:
    """The scan field and the tiles."""
    return start_page()


@blueprint.get("/operator/scan")
@allow(Permission.SEE_PLANT)
def scan() -> ResponseReturnValue:
    """From what was scanned to its page: a lot's, or that of whatever else the code names."""
    text = request.args.get("code", "")
    scanned = read_scan(text)
    try:
        if scanned.kind in PAGES:
            return redirect(url_for(PAGES[scanned.kind], code=scanned.code))
        code = lot_scanned(text)
    except Refusal as refusal:
        return start_page(refusal), status_of(refusal)
    return redirect(url_for("operator.lot", code=code))


def lot_scanned(text: str) -> str:
    """The code of the lot that was scanned or typed. Raises BadInput, NotFound."""
    wanted = own_code(text)
    with reading() as session:
        return get_lot(session, current_actor(), wanted).code


def own_code(text: str) -> str:
    """What was scanned without our own address around it. Raises NotFound for a stranger's, BadInput for no lot's."""
    wanted = text.strip()
    scanned = read_scan(wanted)
    _refuse_stranger(scanned)
    if wanted and (scanned.kind not in _LOT_NAMES or not scanned.code):
        raise BadInput(
            "This is not the code of a lot.",
            "Scan the QR code of a lot's label, or type the code printed on it.",
            field="code",
        )
    # A partner's name may look like a code of ours, so what was typed is looked up as it stands.
    return scanned.code if "://" in wanted else wanted


def container_scanned(text: str) -> str:
    """The code of the crate, palox or pallet that was scanned or typed; empty for none.

    Raises BadInput for the label of something else, NotFound for a stranger's.
    """
    scanned = read_scan(text)
    _refuse_stranger(scanned)
    if scanned.kind is CodeKind.CONTAINER:
        return scanned.code
    if "://" in text:
        raise BadInput(
            "This is not the code of a crate or a pallet.",
            "Scan the code on the crate, palox or pallet itself, or type it.",
            field="container",
        )
    return " ".join(text.split()).upper()


def blank_label(name: str) -> str | None:
    """The code of the blank label that a form's field was given; None where it was left empty. Raises as `own_code`."""
    return own_code(form_text(name, most=200)) or None


def read_scan(text: str) -> Scanned:
    """What was scanned or typed, be it ours or not."""
    return read_code(text, (settings_of().public_url, settings_of().label_url))


def _refuse_stranger(scanned: Scanned) -> None:
    if scanned.kind is CodeKind.FOREIGN:
        raise NotFound(
            "This label belongs to another network: %(host)s.",
            "Put the bottles aside and ask a lead. Nothing was recorded.",
            field="code",
            host=scanned.code,
        )


def start_page(refusal: Refusal | None = None) -> str:
    """The start; given a refusal, it is shown above the scan field."""
    tiles = [
        {"url": url_for(endpoint), "label": gettext(label), "sign": sign}
        for permission, endpoint, label, sign in BEGINNINGS
        if may(current_actor(), permission)
    ]
    waiting = late_labels = 0
    if may(current_actor(), Permission.SETTLE_LATE):
        with reading() as session:
            waiting = count_waiting(session, current_actor())
            late_labels = sum(map(is_late, waiting_labels(session)))
    return render_template(
        "operator/start.html", tiles=tiles, waiting=waiting, late_labels=late_labels, refusal=refusal
    )
