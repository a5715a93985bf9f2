"""What a trace's places, starts and quantities are called, and the pages they link to."""

from collections.abc import Mapping

from flask import url_for

from bottletrack.genealogy.bounds import Range
from bottletrack.genealogy.start import Start, StartKind
from bottletrack.reports.places import NamedPlace
from bottletrack.reports.trace_records import ClassPlan, Measured
from bottletrack.vocabulary import PlaceKind
from webapp.languages import day, gettext, isolated, number
from webapp.words import word


def in_range(part: Range) -> str:
    """So many, or from so many to so many."""
    return number(part.low) if part.exact else f"{number(part.low)}–{number(part.high)}"


def title_of(start: Start) -> str:
    """What the trace begins from, in words."""
    if start.event_kind is not None and start.happened_at is not None:
        return f"{word(start.event_kind)}, {day(start.happened_at, 'medium')}"
    words = {
        StartKind.LOT: gettext("Lot %(name)s"),
        StartKind.RUN: gettext("Wash run %(name)s"),
        StartKind.ORDER: gettext("Order %(name)s"),
    }
    return words[start.kind] % {"name": start.name}


def place_title(place: NamedPlace) -> str:
    """A place's name, with its kind where the name alone would not tell."""
    if place.kind in (PlaceKind.WASH_RUN, PlaceKind.ORDER_LINE):
        return f"{word(place.kind)} {place.name}"
    return place.name or word(place.kind)


def passes_in_words(passages: Mapping[int, Range]) -> str:
    """How many bottles were washed how many times, e.g. `55–60 once, 35–40 twice`."""
    times = {0: gettext("never"), 1: gettext("once"), 2: gettext("twice")}
    return ", ".join(
        f"{in_range(part)} {times.get(passes) or gettext('%(number)s times') % {'number': passes}}"
        for passes, part in passages.items()
    )


def measured_in_words(reading: Measured) -> str:
    """A value with its unit, and the limits where it was outside of them."""
    value = f"{number(reading.value, 2)} {isolated(reading.unit) if reading.unit else ''}".strip()
    if reading.inside:
        return value
    low = number(reading.low, 2) if reading.low is not None else "…"
    high = number(reading.high, 2) if reading.high is not None else "…"
    return gettext("%(value)s, outside %(low)s to %(high)s") % {"value": value, "low": low, "high": high}


def plan_in_words(plan: ClassPlan, *, counted: bool) -> str:
    """What a plan asks for a class of defects, and what was found."""
    asked = gettext("%(class)s: %(sample)s looked at, up to %(accept)s") % {
        "class": word(plan.defect_class),
        "sample": number(plan.sample_size),
        "accept": number(plan.accept),
    }
    return gettext("%(plan)s, found %(found)s") % {"plan": asked, "found": number(plan.found)} if counted else asked


def minutes_in_words(minutes: int | None) -> str:
    """How long something took, e.g. `1 h 52`; empty where nobody knows."""
    if minutes is None:
        return ""
    return f"{minutes // 60} h {minutes % 60:02d}" if minutes >= 60 else f"{minutes} min"


def url_of(start: Start) -> str:
    """The page of a start's trace."""
    if start.kind is StartKind.LOT:
        return url_for("tracing.lot", code=start.key)
    return url_for("tracing.other", kind=start.kind.value, key=start.key)


def page_of(place: NamedPlace) -> str:
    """The trace of a place, where it can be one's start; else nothing."""
    if place.kind is PlaceKind.LOT:
        return url_for("tracing.lot", code=place.code)
    if place.kind is PlaceKind.WASH_RUN:
        return url_for("tracing.other", kind="run", key=place.id)
    if place.kind is PlaceKind.ORDER_LINE:
        return url_for("tracing.other", kind="order", key=place.code)
    return ""
