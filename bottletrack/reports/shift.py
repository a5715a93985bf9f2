"""What a lead looks at when a shift ends: scans that came late, lots that stand too long, causes that look too alike.

Of stations and lots only: no figure here is of a person.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from bottletrack.identifiers import show_code
from bottletrack.reports.movements import net_movements
from bottletrack.reports.rejects import REJECT_PLACES
from bottletrack.tables import Defect, Event, Lot, LotState, Movement, Place, Site
from bottletrack.vocabulary import EventKind, Stage, Station

#: A scan that reaches us later than this was made without a network, or after the work.
LATE = timedelta(minutes=10)
#: How far back one looks for how long lots usually stay at a stage, and how many have to have left it.
_LOOKED_BACK = timedelta(days=90)
_ENOUGH_LOTS = 5
#: So many times longer than usual, and at least so long: probably a scan was forgotten.
_TOO_LONG = 2
_SHORTEST = timedelta(hours=1)
#: From these a lot goes on by the next scan; elsewhere it waits for an order or a decision.
_ON_THE_WAY = (
    Stage.RECEIVED,
    Stage.SORTED,
    Stage.PRESOAKING,
    Stage.WASHED,
    Stage.IN_QUALITY_CONTROL,
    Stage.REWORK,
    Stage.RETURNED,
)
#: More than this part of a station's rejects for one cause: perhaps always the first tile (operator error 10).
_ONE_CAUSE_PERCENT = 80
_ENOUGH_BOTTLES = 10
_STATIONS = {
    EventKind.SORTED: Station.SORTING,
    EventKind.OUTPUT_TAKEN: Station.WASHING,
    EventKind.RUN_CLOSED: Station.WASHING,
}


@dataclass(frozen=True)
class LateScan:
    """An event that reached us `late` after it happened, and the codes of its lots."""

    event_id: uuid.UUID
    kind: EventKind
    happened_at: datetime
    late: timedelta
    lots: tuple[str, ...]


@dataclass(frozen=True)
class StandingLot:
    """A lot at its stage since then, where lots `usually` leave it after so long."""

    lot_id: int
    stage: Stage
    since: datetime
    usually: timedelta


@dataclass(frozen=True)
class OneCause:
    """`quantity` of a station's `total` rejects have the same cause."""

    station: Station
    defect: Defect
    quantity: int
    total: int


def find_late_scans(session: Session, site_id: int, day: date) -> list[LateScan]:
    """Of what was done with lots on a day at the site, what reached us over ten minutes later; the latest first."""
    zone = ZoneInfo(session.scalars(select(Site.timezone).where(Site.id == site_id)).one())
    begin = datetime.combine(day, time(), zone)
    rows = session.execute(
        select(Event.id, Event.kind, Event.happened_at, Event.recorded_at, Lot.code)
        .join(LotState, LotState.event_id == Event.id)
        .join(Lot, Lot.id == LotState.lot_id)
        .where(Event.site_id == site_id, Event.happened_at >= begin, Event.happened_at < begin + timedelta(days=1))
        .order_by(Event.sequence, Lot.id)
    )
    found: dict[uuid.UUID, LateScan] = {}
    for event_id, kind, happened_at, recorded_at, code in rows:
        if recorded_at - happened_at > LATE:
            others = found[event_id].lots if event_id in found else ()
            late = recorded_at - happened_at
            found[event_id] = LateScan(event_id, kind, happened_at, late, (*others, show_code(code)))
    return sorted(found.values(), key=lambda scan: scan.late, reverse=True)


def find_standing_lots(session: Session, site_id: int, now: datetime) -> list[StandingLot]:
    """Lots on their way that stand at a stage more than twice as long as half of them did; the longest first."""
    usual: dict[Stage, list[timedelta]] = {}
    standing = []
    for stay in _stays(session, site_id, now - _LOOKED_BACK):
        if stay.left is not None:
            usual.setdefault(stay.stage, []).append(stay.left - stay.since)
        elif stay.stage in _ON_THE_WAY and not stay.held:
            standing.append(stay)
    medians = {stage: sorted(each)[len(each) // 2] for stage, each in usual.items() if len(each) >= _ENOUGH_LOTS}
    found = [
        StandingLot(stay.lot_id, stay.stage, stay.since, medians[stay.stage])
        for stay in standing
        if stay.stage in medians and now - stay.since > max(medians[stay.stage] * _TOO_LONG, _SHORTEST)
    ]
    return sorted(found, key=lambda lot: lot.since)


@dataclass
class _Stay:
    """A lot at one stage. `left` None: it is there still."""

    lot_id: int
    stage: Stage
    since: datetime
    last: datetime
    held: bool
    left: datetime | None = None


def _stays(session: Session, site_id: int, since: datetime) -> Iterator[_Stay]:
    """Of lots with bottles, and of those that were touched since. An empty lot left at its last event."""
    touched, recent = LotState.__table__.alias(), Event.__table__.alias()
    lately = exists(
        select(touched.c.lot_id)
        .join(recent, recent.c.id == touched.c.event_id)
        .where(touched.c.lot_id == Lot.id, recent.c.happened_at >= since)
    )
    rows = session.execute(
        select(LotState.lot_id, LotState.stage, Event.happened_at, Place.quantity, Lot.hold_event_id)
        .join(Event, Event.id == LotState.event_id)
        .join(Lot, Lot.id == LotState.lot_id)
        .join(Place, Place.id == Lot.id)
        .where(Lot.site_id == site_id, or_(Place.quantity > 0, lately))
        .order_by(LotState.lot_id, Event.sequence)
    )
    stay: _Stay | None = None
    bottles = 0
    for lot_id, stage, at, quantity, hold in rows:
        if stay is not None and (stay.lot_id, stay.stage) == (lot_id, stage):
            stay.last = at
            continue
        if stay is not None:
            same_lot = stay.lot_id == lot_id
            stay.left = at if same_lot else (None if bottles else stay.last)
            yield stay
        stay, bottles = _Stay(lot_id, stage, at, at, hold is not None), quantity
    if stay is not None:
        stay.left = None if bottles else stay.last
        yield stay


def find_one_cause(session: Session, territory_id: int, site_id: int, day: date) -> list[OneCause]:
    """Stations whose rejects of a day have one cause in more than four of five bottles, of ten at least."""
    net = net_movements(territory_id, Movement.happened_on == day)
    rows = session.execute(
        select(net.c.kind, net.c.defect_code, func.sum(net.c.quantity))
        .join(Place, Place.id == net.c.to_place_id)
        .where(Place.site_id == site_id, Place.kind.in_(REJECT_PLACES), net.c.kind.in_(_STATIONS))
        .group_by(net.c.kind, net.c.defect_code)
    )
    counted: dict[Station, dict[str, int]] = {}
    for kind, code, quantity in rows:
        causes = counted.setdefault(_STATIONS[kind], {})
        causes[code] = causes.get(code, 0) + quantity
    found = []
    for station, causes in counted.items():
        code, most = max(causes.items(), key=lambda cause: cause[1])
        total = sum(causes.values())
        if total >= _ENOUGH_BOTTLES and most * 100 > total * _ONE_CAUSE_PERCENT:
            found.append(OneCause(station, session.get_one(Defect, code), most, total))
    return found
