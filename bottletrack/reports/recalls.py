"""Recalls: what is in a case, who has it, what came back, and whether it all adds up."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from bottletrack.access import Actor
from bottletrack.errors import NotFound
from bottletrack.genealogy.bounds import NONE, Range, narrow
from bottletrack.genealogy.start import Start, find_start
from bottletrack.recalled import RecalledLine, find_recalled_lines
from bottletrack.reports.models import Model, find_models
from bottletrack.reports.places import NamedPlace, name_places
from bottletrack.reports.trace import Trace, trace
from bottletrack.tables import (
    Event,
    Lot,
    Order,
    OrderLine,
    Person,
    Place,
    RecallCase,
    RecallPlace,
    Site,
    Winery,
)
from bottletrack.vocabulary import Grade, PlaceKind, Stage

#: Bottles in such places can be laid hands on at the plant.
_ON_HAND = (PlaceKind.LOT, PlaceKind.WASH_RUN, PlaceKind.TRANSIT)


@dataclass(frozen=True)
class CaseRow:
    """A case in a list. `missing`: the most bottles that may still be with winemakers, untold."""

    id: int
    code: str
    drill: bool
    start: Start
    reason: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    closed_by: str | None
    account: str
    missing: int

    @property
    def minutes(self) -> int | None:
        """From opening to closing; None while it is open, and where a journal tells the day only (less than one)."""
        if self.closed_at is None:
            return None
        return int((self.closed_at - self.opened_at).total_seconds() // 60) or None


@dataclass(frozen=True)
class RecalledPlace:
    """A lot, run or road in a case: what was there at its opening, how many of it the case's own, and what is there."""

    place: NamedPlace
    site_name: str
    stage: Stage | None
    on_hand: int
    own: Range
    now: int


@dataclass(frozen=True)
class Contact:
    name: str
    email: str


@dataclass(frozen=True)
class LineInCase:
    """Bottles that went to a winemaker under one line of an order, and whom to call."""

    told: RecalledLine
    reference: str
    model: Model
    grade: Grade
    winery_code: str
    winery_name: str
    contacts: tuple[Contact, ...]

    @property
    def own(self) -> Range:
        return Range(self.told.low, self.told.high)


@dataclass(frozen=True)
class Balance:
    """Where a start's bottles are now: the three together are all of them."""

    bottles: int
    on_hand: Range
    with_winemakers: Range
    gone: Range


@dataclass(frozen=True)
class CaseReport:
    case: CaseRow
    trace: Trace
    places: tuple[RecalledPlace, ...]
    lines: tuple[LineInCase, ...]
    balance: Balance


def find_cases(session: Session, actor: Actor) -> list[CaseRow]:
    """All cases of the territory, the latest first."""
    return [_case(session, actor, row) for row in _case_rows(session, actor)]


def get_case(session: Session, actor: Actor, code: str) -> CaseReport:
    """Raises NotFound for a case that there is not, or of another territory."""
    rows = _case_rows(session, actor, code.strip().upper())
    if not rows:
        raise NotFound("There is no recall “%(case)s”.", "Choose a recall of the list.", field="case", case=code[:40])
    case = _case(session, actor, rows[0])
    told = trace(session, case.start)
    return CaseReport(case, told, _places(session, case.id), _lines(session, case.id), balance_of(told))


def find_open_recalls(session: Session, place_id: int) -> list[str]:
    """The cases, no drills, for which a place must not move. The place comes from rows that are scoped already."""
    open_cases = RecallCase.closed_by.is_(None), RecallCase.drill.is_(False)
    query = select(RecallCase.code).join(RecallPlace, RecallPlace.case_id == RecallCase.id)
    return list(session.scalars(query.where(RecallPlace.place_id == place_id, *open_cases).order_by(RecallCase.id)))


def balance_of(told: Trace) -> Balance:
    """Where the bottles of a trace's start are: at the plant, with winemakers, or gone (cullet, broken…)."""
    parts = {0: NONE, 1: NONE, 2: NONE}
    for node in (*told.starts, *told.forth.nodes):
        part = 0 if node.place.kind in _ON_HAND else 1 if node.place.kind is PlaceKind.ORDER_LINE else 2
        parts[part] = parts[part].plus(node.there)
    parts = narrow({key: part.at_most(told.bottles) for key, part in parts.items()}, told.bottles)
    return Balance(told.bottles, parts[0], parts[1], parts[2])


def _case_rows(session: Session, actor: Actor, code: str | None = None) -> list[Row[RecallCase, Event, str]]:
    query = (
        select(RecallCase, Event, Person.name)
        .join(Event, Event.id == RecallCase.opened_by)
        .join(Person, Person.id == Event.actor_id)
        .where(RecallCase.territory_id == actor.territory_id)
        .order_by(RecallCase.id.desc())
    )
    return list(session.execute(query if code is None else query.where(RecallCase.code == code)).all())


def _case(session: Session, actor: Actor, row: Row[RecallCase, Event, str]) -> CaseRow:
    case, opening, opener = row
    closing, closer = _event(session, case.closed_by)
    return CaseRow(
        id=case.id,
        code=case.code,
        drill=case.drill,
        start=find_start(session, actor, case.start),
        reason=case.reason,
        opened_at=opening.happened_at,
        opened_by=opener,
        closed_at=closing.happened_at if closing else None,
        closed_by=closer,
        account=closing.reason if closing else "",
        missing=sum(line.missing for line in find_recalled_lines(session, case.id).values()),
    )


def _event(session: Session, event_id: uuid.UUID | None) -> tuple[Event | None, str | None]:
    query = select(Event, Person.name).join(Person, Person.id == Event.actor_id).where(Event.id == event_id)
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else (None, None)


def _places(session: Session, case_id: int) -> tuple[RecalledPlace, ...]:
    rows = session.execute(
        select(RecallPlace, Place.quantity, Site.name, Lot.stage)
        .join(Place, Place.id == RecallPlace.place_id)
        .join(Site, Site.id == Place.site_id)
        .outerjoin(Lot, Lot.id == Place.id)
        .where(RecallPlace.case_id == case_id, Place.kind.in_(_ON_HAND))
        .order_by(Place.id)
    ).all()
    named = name_places(session, (row.place_id for row, *_ in rows))
    return tuple(
        RecalledPlace(named[row.place_id], site_name, stage, row.on_hand, Range(row.low, row.high), now)
        for row, now, site_name, stage in rows
    )


def _lines(session: Session, case_id: int) -> tuple[LineInCase, ...]:
    told = find_recalled_lines(session, case_id)
    rows = session.execute(
        select(OrderLine, Order.reference, Winery)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Winery, Winery.id == Order.winery_id)
        .where(OrderLine.id.in_(told))
        .order_by(Winery.name, Order.reference, OrderLine.id)
    ).all()
    wineries = {winery.id for *_, winery in rows}
    models = {id_: model for id_, model in find_models(session, (line.model_id for line, *_ in rows)).items() if model}
    people = session.execute(
        select(Person.winery_id, Person.name, Person.email)
        .where(Person.winery_id.in_(wineries), Person.active.is_(True))
        .order_by(Person.name)
    ).all()
    return tuple(
        LineInCase(
            told=told[line.id],
            reference=reference,
            model=models[line.model_id],
            grade=line.grade,
            winery_code=winery.code,
            winery_name=winery.name,
            contacts=tuple(Contact(name, email) for winery_id, name, email in people if winery_id == winery.id),
        )
        for line, reference, winery in rows
    )
