"""Hours: what a site worked at each station in a day, for all people together; never for one of them."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from bottletrack.access import Permission
from bottletrack.errors import BadInput, Refusal
from bottletrack.reports.hours import find_hours
from bottletrack.stations.hours import HoursEntry, record_hours
from bottletrack.vocabulary import Station
from webapp.database import reading
from webapp.forms import a_day, choice, decimal
from webapp.operator.blueprint import blueprint
from webapp.operator.choices import sites
from webapp.operator.done import find_event
from webapp.operator.recording import record
from webapp.security import allow
from webapp.signed_in import current_actor

#: As far back as the page tells: four weeks, with the days before a Monday.
DAYS_SHOWN = 28


@blueprint.get("/operator/hours")
@allow(Permission.ENTER_HOURS)
def hours() -> str:
    """The form, and what was entered of late."""
    return _page(None)


@blueprint.post("/operator/hours")
@allow(Permission.ENTER_HOURS)
def enter_hours() -> ResponseReturnValue:
    """One station's hours of one day. Entered again, the later entry counts."""
    return record(record_hours, _entry, _page, lambda recorded: url_for("operator.hours", done=recorded.event_id))


def _entry() -> HoursEntry:
    day, worked = a_day("day"), decimal("hours")
    if day is None:
        raise BadInput("No day was chosen.", "Choose the day.", field="day")
    if worked is None:
        raise BadInput("No hours were entered.", "Enter the hours of all people together.", field="hours")
    return HoursEntry(day, choice("station", Station), worked, decimal("insertion_hours") or Decimal(0))


def _page(refusal: Refusal | None) -> str:
    actor = current_actor()
    today = datetime.now(UTC).date()
    done = request.args.get("done", type=uuid.UUID)
    with reading() as session:
        return render_template(
            "operator/hours.html",
            stations=list(Station),
            today=today,
            sites=sites(session, actor),
            rows=find_hours(
                session,
                actor.territory_id,
                since=today - timedelta(days=DAYS_SHOWN),
                until=today + timedelta(days=1),
                site_id=actor.site_id,
            ),
            done=find_event(session, done) if done and refusal is None else None,
            refusal=refusal,
        )
