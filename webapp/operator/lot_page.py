"""One lot: what it is, where it stands, what it needs next, and all that happened to it."""

import uuid
from datetime import UTC, datetime

from flask import render_template
from flask.typing import ResponseReturnValue

from bottletrack.access import Permission, may
from bottletrack.errors import Refusal
from bottletrack.reports.counts import find_waiting_counts
from bottletrack.reports.lots import LotPage, get_lot_page
from bottletrack.reports.pickups import find_pickups
from bottletrack.reports.recalls import find_open_recalls
from bottletrack.stations.correction import REVERSIBLE, in_time
from webapp.database import reading
from webapp.operator.blueprint import blueprint
from webapp.operator.offers import needs_of
from webapp.operator.scanning import start_page
from webapp.operator.sight import LotSight, see_lot
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
        told = get_lot_page(session, actor, seen.lot.code)
        waiting = find_waiting_counts(session, actor.territory_id, seen.lot.site_id)
        page = render_template(
            "operator/lot.html",
            seen=seen,
            page=told,
            waiting_count=next((count for count in waiting if count.lot_id == seen.lot.id), None),
            pickups=find_pickups(session, actor.territory_id, lot_id=seen.lot.id),
            recalls=find_open_recalls(session, seen.lot.id) if seen.lot.recalled else [],
            needs=needs_of(seen, actor),
            take_back=_to_take_back(told, seen) if may(actor, Permission.CORRECT) else None,
            may_print=may(actor, Permission.PRINT_LABELS) and not seen.dead,
            refusal=refusal,
        )
    return page, status_of(refusal) if refusal else 200


def _to_take_back(page: LotPage, seen: LotSight) -> uuid.UUID | None:
    """The latest event in force, where it may still be taken back: what came before it stands on it."""
    latest = next((row for row in page.history if not row.reversed and row.takes_back is None), None)
    if latest is None or latest.kind not in REVERSIBLE:
        return None
    now = datetime.now(UTC)
    return latest.event_id if in_time(REVERSIBLE[latest.kind], latest.happened_at, now, seen.site.timezone) else None
