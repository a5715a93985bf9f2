"""The period a page is about, as it stands in its address: `?from=2026-01-01&to=2026-03-31`."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from flask import request

from bottletrack.errors import BadInput
from bottletrack.reports.movements import Period
from webapp.languages import current_timezone, day, gettext


@dataclass(frozen=True)
class Preset:
    """A period that is one press away."""

    label: str
    address: dict[str, str]
    current: bool


def period_from_url() -> Period:
    """Days from `from` to `to`, both included; either may be missing. Raises BadInput for no day, or no period."""
    period = Period(_day("from"), _day("to"))
    if period.first is not None and period.last is not None and period.last < period.first:
        raise BadInput("The period ends before it begins.", "Choose a later last day.", field="to")
    return period


def _day(name: str) -> date | None:
    text = request.args.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("“%(text)s” is not a day.", "Choose a day.", field=name, text=text[:40]) from None


def address_of(period: Period) -> dict[str, str]:
    """The period as the arguments of an address."""
    days = {"from": period.first, "to": period.last}
    return {name: value.isoformat() for name, value in days.items() if value is not None}


def in_words(period: Period) -> str:
    """The period as people say it, for titles and files."""
    if period.first is not None and period.last is not None:
        return gettext("from %(first)s to %(last)s") % {"first": day(period.first), "last": day(period.last)}
    if period.first is not None:
        return gettext("since %(first)s") % {"first": day(period.first)}
    if period.last is not None:
        return gettext("until %(last)s") % {"last": day(period.last)}
    return gettext("since the beginning")


def presets(chosen: Period) -> list[Preset]:
    """All time and the usual periods up to today, as the site's calendar has it."""
    today = datetime.now(UTC).astimezone(current_timezone()).date()
    known = [
        (gettext("Since the beginning"), Period()),
        (gettext("Last 12 months"), Period(today - timedelta(days=364), today)),
        (gettext("Last 30 days"), Period(today - timedelta(days=29), today)),
        (gettext("This year"), Period(today.replace(month=1, day=1), today)),
    ]
    return [Preset(label, address_of(period), period == chosen) for label, period in known]
