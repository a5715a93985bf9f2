"""One lot: what it is, where it stands, what it needs next, and all that happened to it."""

from flask import render_template
from flask.typing import ResponseReturnValue

from bottletrack.access import Permission, may
from bottletrack.errors import Refusal
from bottletrack.reports.lots import get_lot_page
from bottletrack.stations.correction import REVERSIBLE
from webapp.database import reading
from webapp.operator.blueprint import blueprint
from webapp.operator.offers import needs_of
from webapp.operator.scanning import start_page
from webapp.operator.sight import see_lot
from webapp.refusals import status_of
from webapp.security import allow
from webapp.signed_in import current_actor


@blueprint.get("/operator/lots/<code>")
@allow(Permission.SEE_PLANT)
def lot(code: str) -> ResponseReturnValue:
    """The page that a scan leads to."""
    return lot_page(code)


def lot_page(code: str, refusal: Refusal | None = None) -> tuple[str, int]:
    """The lot's page and its status; a refusal stands above it. Without such a lot: the start, which says so."""
    actor = current_actor()
    with reading() as session:
        try:
            seen = see_lot(session, code)
        except Refusal as missing:
            return start_page(missing), status_of(missing)
        page = render_template(
            "operator/lot.html",
            seen=seen,
            page=get_lot_page(session, actor, seen.lot.code),
            needs=needs_of(seen, actor),
            reversible=REVERSIBLE if may(actor, Permission.CORRECT) else frozenset(),
            may_print=may(actor, Permission.PRINT_LABELS) and seen.lot.quantity > 0,
            refusal=refusal,
        )
    return page, status_of(refusal) if refusal else 200
