"""From a form to what every verb is given besides its input: which event, by whom, where and when."""

import uuid
from datetime import UTC, datetime

from flask import request
from sqlalchemy import select

from bottletrack.errors import BadInput
from bottletrack.late import require_recent
from bottletrack.scans import Scan
from bottletrack.tables import Site
from webapp.database import reading
from webapp.signed_in import current_actor


def scan_from_form() -> Scan:
    """The Scan of the form that was sent.

    `event_id` is the form's own hidden field, so that a form sent twice counts once. `site_id` is asked for only where
    the person works at several sites; `happened_at` (ISO 8601 with its offset) where a device kept the moment.
    Raises BadInput for any of them that makes no sense, and for a moment longer ago than the site takes.
    """
    actor = current_actor()
    site_id = actor.site_id or _site_from_form() or _only_site(actor.territory_id)
    told, now = request.form.get("happened_at"), datetime.now(UTC)
    happened_at = _moment(told) if told else now
    scan = Scan(_event_id(request.form.get("event_id", "")), actor, site_id, happened_at)
    if told:
        with reading() as session:
            require_recent(session, scan, now)
    return scan


def _event_id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise BadInput("This form has no event number.", "Open the page again and enter it anew.") from None


def _site_from_form() -> int | None:
    text = request.form.get("site_id", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _only_site(territory_id: int) -> int:
    with reading() as session:
        sites = session.scalars(select(Site.id).where(Site.territory_id == territory_id).limit(2)).all()
    if len(sites) != 1:
        raise BadInput("No site was chosen.", "Choose the site where this happened.", field="site_id")
    return sites[0]


def _moment(text: str) -> datetime:
    try:
        happened_at = datetime.fromisoformat(text)
    except ValueError:
        happened_at = None
    if happened_at is None or happened_at.tzinfo is None:
        raise BadInput("“%(text)s” is not a moment.", "Open the page again and enter it anew.", text=text[:40])
    return happened_at
