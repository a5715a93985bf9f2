"""The shift report: what a lead looks at before going home. Of stations and lots; no figure of a person."""

from datetime import UTC, date, datetime, timedelta

from flask import render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Permission
from bottletrack.identifiers import show_code
from bottletrack.late import count_waiting
from bottletrack.lots import find_lots
from bottletrack.reports.shift import find_late_scans, find_one_cause, find_standing_lots
from bottletrack.tables import Lot, Site
from webapp.database import reading
from webapp.languages import current_timezone, ngettext, number
from webapp.operator.blueprint import blueprint
from webapp.operator.choices import sites
from webapp.operator.offers import needs_of
from webapp.operator.sight import see_lots
from webapp.operator.waiting_labels import is_late, waiting_labels
from webapp.security import allow
from webapp.signed_in import current_actor


@blueprint.get("/operator/shift")
@allow(Permission.SETTLE_LATE)
def shift() -> str:
    """One day at one site: today, unless another is asked for."""
    actor = current_actor()
    today = datetime.now(current_timezone()).date()
    day = _asked_day() or today
    with reading() as session:
        choices = sites(session, actor)
        site_id = _site(session, [int(value) for value, _ in choices if value])
        standing = find_standing_lots(session, site_id, datetime.now(UTC)) if day == today else []
        lots = find_lots(session, Lot.id.in_([lot.lot_id for lot in standing]))
        seen = {each.lot.id: each for each in see_lots(session, lots)}
        return render_template(
            "operator/shift.html",
            day=day,
            today=today,
            sites=[(value, name) for value, name in choices if value],
            site_id=site_id,
            waiting=count_waiting(session, actor),
            late=find_late_scans(session, site_id, day),
            standing=[(lot, seen[lot.lot_id], needs_of(seen[lot.lot_id], actor)) for lot in standing],
            labels=[(show_code(each.code), each.printed_at) for each in waiting_labels(session) if is_late(each)],
            one_cause=find_one_cause(session, actor.territory_id, site_id, day),
            how_long=how_long,
            now=datetime.now(UTC),
        )


def how_long(span: timedelta) -> str:
    """A time in words, as coarse as people say it: minutes, hours from two on, days from two on."""
    minutes = int(span.total_seconds()) // 60
    if minutes < 2 * 60:
        return ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": number(minutes)}
    if minutes < 2 * 24 * 60:
        hours = minutes // 60
        return ngettext("%(number)s hour", "%(number)s hours", hours) % {"number": number(hours)}
    days = minutes // (24 * 60)
    return ngettext("%(number)s day", "%(number)s days", days) % {"number": number(days)}


def _asked_day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


def _site(session: Session, choices: list[int]) -> int:
    """The person's own; else the one asked for, or the first."""
    actor = current_actor()
    if actor.site_id is not None:
        return actor.site_id
    asked = request.args.get("site", type=int)
    if asked in choices:
        return asked
    of_territory = select(Site.id).where(Site.territory_id == actor.territory_id).order_by(Site.name)
    return choices[0] if choices else session.scalars(of_territory).first() or 0
