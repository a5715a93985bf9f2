"""What happened at the washer during one run: readings with their limits, stops, and the line-clear confirmation."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from bottletrack.tables import Event, Measure, Measurement, WashRun
from bottletrack.vocabulary import EventKind, MeasuredAt


@dataclass(frozen=True)
class Reading:
    """One value and the limits it was held against. `first_typed`: what was typed before, where it was asked about."""

    taken_at: datetime
    value: Decimal
    first_typed: Decimal | None
    low: Decimal | None
    high: Decimal | None
    inside: bool


@dataclass(frozen=True)
class MeasureLog:
    """One thing that the site measures, with the limits of today, and its readings from the first to the last."""

    code: str
    name_fr: str
    name_en: str
    unit: str
    low: Decimal | None
    target: Decimal | None
    high: Decimal | None
    required: bool
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class Stop:
    stopped_at: datetime
    reason: str
    minutes: int
    flushed: bool


@dataclass(frozen=True)
class RunLog:
    #: Whether infeed, exit and old labels were confirmed; a run from a journal does not say.
    line_clear: bool
    measures: tuple[MeasureLog, ...]
    stops: tuple[Stop, ...]

    @property
    def minutes_stopped(self) -> int:
        return sum(stop.minutes for stop in self.stops)

    @property
    def last_read_at(self) -> datetime | None:
        """When anything was read last."""
        return max((reading.taken_at for measure in self.measures for reading in measure.readings), default=None)


def find_run_log(session: Session, run: WashRun) -> RunLog:
    """The log of a run; measures that the site has given up are shown as long as the run has readings of them."""
    readings: defaultdict[str, list[Reading]] = defaultdict(list)
    for taken_at, kept in session.execute(
        select(Event.happened_at, Measurement)
        .join(Event, Event.id == Measurement.event_id)
        .where(Measurement.wash_run_id == run.id)
        .order_by(Event.sequence)
    ):
        readings[kept.code].append(Reading(taken_at, kept.value, kept.first_typed, kept.low, kept.high, kept.inside))
    measures = session.scalars(
        select(Measure)
        .where(Measure.site_id == run.site_id, Measure.measured_at == MeasuredAt(run.program))
        .order_by(Measure.position, Measure.code)
    ).all()
    logs = [
        MeasureLog(
            code=measure.code,
            name_fr=measure.name_fr,
            name_en=measure.name_en,
            unit=measure.unit,
            low=measure.low,
            target=measure.target,
            high=measure.high,
            required=measure.required,
            readings=tuple(readings.pop(measure.code, ())),
        )
        for measure in measures
    ]
    gone = [
        MeasureLog(code, code, code, "", None, None, None, required=False, readings=tuple(kept))
        for code, kept in readings.items()
    ]
    opening = session.get_one(Event, run.opened_by)
    return RunLog("line_clear" in opening.readings, (*logs, *gone), _find_stops(session, run))


def _find_stops(session: Session, run: WashRun) -> tuple[Stop, ...]:
    """A stop names its run in what it read; it lies between the opening and the closing."""
    opening, closing = aliased(Event), aliased(Event)
    between = (
        select(Event)
        .join(opening, opening.id == run.opened_by)
        .outerjoin(closing, closing.id == run.closed_by)
        .where(Event.site_id == run.site_id, Event.kind == EventKind.LINE_STOPPED)
        .where(Event.sequence > opening.sequence, closing.id.is_(None) | (Event.sequence < closing.sequence))
        .order_by(Event.sequence)
    )
    return tuple(
        Stop(event.happened_at, event.reason, int(event.readings["minutes"]), bool(event.readings["flushed"]))
        for event in session.scalars(between)
        if event.readings["run"] == run.code
    )
