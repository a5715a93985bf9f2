"""Measuring, at the washer and in quality control: what a site measures, keeping values, and asking about slips."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from bottletrack.errors import BadInput, NotFound
from bottletrack.ledger import Entry
from bottletrack.tables import Event, Measure, Measurement
from bottletrack.vocabulary import MeasuredAt
from bottletrack.wording import N_

_MEASUREMENT = cast(Table, Measurement.__table__)
#: As the columns keep them.
_DECIMALS = Decimal("0.0001")
_MOST = Decimal(10_000_000)
#: A value so many times the last one, or so small a part of it, was probably mistyped (16 for 1.6).
_SLIP = 5


@dataclass(frozen=True)
class Reading:
    """A value in the measure's own unit. `first_typed`: what was typed before it, where a slip was asked about."""

    code: str
    value: Decimal
    first_typed: Decimal | None = None


def find_measures(session: Session, site_id: int, measured_at: MeasuredAt) -> list[Measure]:
    """What the site measures there, in the order of its screens."""
    return list(
        session.scalars(
            select(Measure)
            .where(Measure.site_id == site_id, Measure.measured_at == measured_at)
            .order_by(Measure.position, Measure.code)
        )
    )


def find_last_values(session: Session, site_id: int, codes: Iterable[str]) -> dict[str, Decimal]:
    """The value measured last at the site, by code; those never measured are left out."""
    last: dict[str, Decimal] = {}
    for code in codes:
        value = session.scalar(
            select(Measurement.value)
            .join(Event, Event.id == Measurement.event_id)
            .where(Event.site_id == site_id, Measurement.code == code)
            .order_by(Event.sequence.desc())
            .limit(1)
        )
        if value is not None:
            last[code] = value
    return last


@dataclass(frozen=True)
class Taken:
    """A value and the moment it was measured."""

    value: Decimal
    taken_at: datetime


def find_latest_of_run(session: Session, wash_run_id: int) -> dict[str, Taken]:
    """The latest value of each thing that was measured at a run, by code."""
    rows = session.execute(
        select(Measurement.code, Measurement.value, Event.happened_at)
        .join(Event, Event.id == Measurement.event_id)
        .where(Measurement.wash_run_id == wash_run_id)
        .order_by(Event.sequence)
    )
    return {code: Taken(value, taken_at) for code, value, taken_at in rows}


class Lack(Enum):
    """Why a measure does not let a run start."""

    MISSING = "missing"
    OLD = "old"
    OUTSIDE = "outside"


def find_lacks(
    measures: Iterable[Measure], taken: Mapping[str, Taken], at: datetime, minutes: int
) -> list[tuple[Measure, Lack]]:
    """The required measures that lock a start at that moment: not taken, more than so many minutes ago, or outside."""
    lacks = []
    for measure in measures:
        latest = taken.get(measure.code)
        if not measure.required:
            continue
        if latest is None:
            lacks.append((measure, Lack.MISSING))
        elif at - latest.taken_at > timedelta(minutes=minutes):
            lacks.append((measure, Lack.OLD))
        elif not is_inside(latest.value, measure.low, measure.high):
            lacks.append((measure, Lack.OUTSIDE))
    return lacks


def is_inside(value: Decimal, low: Decimal | None, high: Decimal | None) -> bool:
    """Whether the value keeps to its limits; one that is None does not bind."""
    return (low is None or value >= low) and (high is None or value <= high)


def looks_like_slip(value: Decimal, last: Decimal | None, target: Decimal | None) -> bool:
    """Whether the value is at least five times the last one or at most a fifth of it (else of the target)."""
    usual = last or target
    if not usual or not value:
        return False
    return value >= usual * _SLIP or value * _SLIP <= usual


def keep(
    entry: Entry,
    readings: Sequence[Reading],
    measures: Iterable[Measure],
    *,
    wash_run_id: int | None = None,
    inspection_id: uuid.UUID | None = None,
) -> list[str]:
    """Writes the readings of one event with the limits of now; answers the codes of those outside.

    A value that looks like a slip is asked about (BadInput) until it comes with what was typed first: the same again
    confirms it, another one is kept beside it. Raises NotFound for what the site does not measure.
    """
    by_code = {measure.code: measure for measure in measures}
    if not readings or len({reading.code for reading in readings}) < len(readings):
        raise BadInput("Nothing was measured, or one thing twice.", "Enter each value once.", field="readings")
    last = {} if entry.scan.historical else find_last_values(entry.session, entry.site.id, by_code)
    rows = []
    for reading in readings:
        measure = by_code.get(reading.code)
        if measure is None:
            raise NotFound(
                "This site does not measure “%(code)s” here.",
                "Choose a measure of the list, or have it added to the site's settings.",
                field="readings",
                code=reading.code,
            )
        value = _checked(reading.code, reading.value)
        first_typed = None if reading.first_typed is None else _checked(reading.code, reading.first_typed)
        if not entry.scan.historical and value != first_typed:
            _ask_about_slip(measure, value, last.get(reading.code))
        rows.append(
            {
                "event_id": entry.id,
                "code": reading.code,
                "wash_run_id": wash_run_id,
                "inspection_id": inspection_id,
                "value": value,
                "first_typed": first_typed,
                "low": measure.low,
                "high": measure.high,
                "inside": is_inside(value, measure.low, measure.high),
            }
        )
    entry.session.execute(insert(_MEASUREMENT), rows)
    return [str(row["code"]) for row in rows if not row["inside"]]


def _ask_about_slip(measure: Measure, value: Decimal, last: Decimal | None) -> None:
    if not looks_like_slip(value, last, measure.target):
        return
    raise BadInput(
        N_("%(value)s? The last reading was %(last)s.") if last else N_("%(value)s? The usual value is %(last)s."),
        "Look at the decimal point. If the value is right, enter it once more.",
        field=measure.code,
        value=Decimal(plain(value)),
        last=Decimal(plain(last or measure.target)),
    )


def plain(value: Decimal | None) -> str:
    """The number without the zeros that the database fills in: 78, not 78.0000; nothing for None."""
    return "" if value is None else f"{value.normalize():f}"


def _checked(code: str, value: Decimal) -> Decimal:
    if not value.is_finite() or not 0 <= value <= _MOST:
        raise BadInput("This is not a measured value.", "Write a number such as 12.5.", field=code)
    return value.quantize(_DECIMALS)
