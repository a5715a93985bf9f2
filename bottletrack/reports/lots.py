"""Lots: the open ones and those that a search finds, and one lot with all that happened to it."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from bottletrack.access import Actor
from bottletrack.identifiers import show_code
from bottletrack.lots import LotOnHand, get_lot
from bottletrack.reports.models import Model, find_models
from bottletrack.reports.movements import net_movements
from bottletrack.reports.places import NamedPlace, name_places
from bottletrack.tables import (
    BottleModel,
    Event,
    Lot,
    LotState,
    Movement,
    Order,
    OrderLine,
    Person,
    Place,
    Promise,
    Site,
    Winery,
)
from bottletrack.vocabulary import EventKind, Grade, PlaceKind, Stage


@dataclass(frozen=True)
class LotRow:
    """A lot in a list. `quantity` 0: its code is dead."""

    code: str
    partner_code: str | None
    stage: Stage
    grade: Grade | None
    held: bool
    model: Model | None
    quantity: int
    promised: int
    washed_on: date | None
    site_name: str

    @property
    def shown_code(self) -> str:
        return show_code(self.code)


@dataclass(frozen=True)
class LotList:
    """`more`: there are others that fit, left out."""

    rows: tuple[LotRow, ...]
    more: bool


@dataclass(frozen=True)
class Hold:
    """Why a lot may not move, since when, and who said so."""

    by: str
    reason: str
    since: datetime


@dataclass(frozen=True)
class Leg:
    """Bottles that one event brought into the lot (positive) or took out of it, and where the other end is."""

    quantity: int
    other: NamedPlace
    defect_code: str | None


@dataclass(frozen=True)
class HistoryRow:
    """One event that touched the lot, and how it left it. `promised`: bottles spoken for (or set free), by order."""

    event_id: uuid.UUID
    kind: EventKind
    happened_at: datetime
    recorded_at: datetime
    by: str
    reason: str
    readings: dict[str, Any]
    legs: tuple[Leg, ...]
    promised: tuple[tuple[str, int], ...]
    stage: Stage | None
    grade: Grade | None
    #: It was taken back by a later event.
    reversed: bool
    #: The kind of the event that this one takes back.
    takes_back: EventKind | None


@dataclass(frozen=True)
class Link:
    """Bottles that came from a place, or went to one. `through`: where a run's own loads came from or outputs went."""

    place: NamedPlace
    quantity: int
    through: tuple["Link", ...] = ()


@dataclass(frozen=True)
class LotPage:
    lot: LotOnHand
    model: Model | None
    site_name: str
    owner_name: str | None
    hold: Hold | None
    came_from: tuple[Link, ...]
    went_to: tuple[Link, ...]
    #: The latest first.
    history: tuple[HistoryRow, ...]


def list_lots(
    session: Session,
    territory_id: int,
    *,
    stage: Stage | None = None,
    text: str = "",
    open_only: bool = True,
    limit: int = 200,
) -> LotList:
    """Lots, the latest made first. `text`: the beginning of a code, part of a partner's name, or a model's code."""
    where: list[ColumnElement[bool]] = [Lot.territory_id == territory_id]
    if open_only:
        where.append(Place.quantity > 0)
    if stage is not None:
        where.append(Lot.stage == stage)
    wanted = text.strip().upper()
    if wanted:
        where.append(
            or_(
                Lot.code.startswith(wanted.replace("-", "").replace(" ", ""), autoescape=True),
                Lot.partner_code.contains(wanted, autoescape=True),
                Lot.model_id.in_(select(BottleModel.id).where(BottleModel.code == wanted)),
            )
        )
    found = session.execute(
        select(Lot, Place.quantity, Place.promised, Site.name)
        .join(Place, Place.id == Lot.id)
        .join(Site, Site.id == Lot.site_id)
        .where(*where)
        .order_by(Lot.id.desc())
        .limit(limit + 1)
    ).all()
    models = find_models(session, (lot.model_id for lot, *_ in found))
    rows = tuple(
        LotRow(
            code=lot.code,
            partner_code=lot.partner_code,
            stage=lot.stage,
            grade=lot.grade,
            held=lot.hold_event_id is not None,
            model=models[lot.model_id],
            quantity=quantity,
            promised=promised,
            washed_on=lot.washed_on,
            site_name=site_name,
        )
        for lot, quantity, promised, site_name in found
    )
    return LotList(rows[:limit], more=len(rows) > limit)


def get_lot_page(session: Session, actor: Actor, text: str) -> LotPage:
    """Everything about the lot that a code names. Raises BadInput or NotFound as `get_lot` does."""
    lot = get_lot(session, actor, text)
    site_name = session.scalars(select(Site.name).where(Site.id == lot.site_id)).one()
    owner = session.scalar(select(Winery.name).where(Winery.id == lot.owner_winery_id))
    return LotPage(
        lot=lot,
        model=find_models(session, [lot.model_id])[lot.model_id],
        site_name=site_name,
        owner_name=owner,
        hold=_hold(session, lot),
        came_from=_links(session, lot, back=True),
        went_to=_links(session, lot, back=False),
        history=_history(session, lot),
    )


def _hold(session: Session, lot: LotOnHand) -> Hold | None:
    row = session.execute(
        select(Person.name, Event.reason, Event.happened_at)
        .join(Person, Person.id == Event.actor_id)
        .where(Event.id == lot.hold_event_id)
    ).one_or_none()
    return Hold(*row) if row else None


def _links(session: Session, lot: LotOnHand, *, back: bool) -> tuple[Link, ...]:
    """One step back or on, corrections taken off; a run is looked through to the lots on its other side."""
    near = _neighbors(session, lot.territory_id, [lot.id], back=back)
    runs = [place.id for _, place, _ in near if place.kind is PlaceKind.WASH_RUN]
    beyond = _neighbors(session, lot.territory_id, runs, back=back) if runs else []
    return tuple(
        Link(place, quantity, tuple(Link(far, number) for run_id, far, number in beyond if run_id == place.id))
        for _, place, quantity in near
    )


def _neighbors(session: Session, territory_id: int, ids: list[int], *, back: bool) -> list[tuple[int, NamedPlace, int]]:
    net = net_movements(territory_id, or_(Movement.to_place_id.in_(ids), Movement.from_place_id.in_(ids)))
    total = func.sum(net.c.quantity)
    ends = (net.c.to_place_id, net.c.from_place_id) if back else (net.c.from_place_id, net.c.to_place_id)
    rows = session.execute(
        select(*ends, total).where(ends[0].in_(ids)).group_by(*ends).having(total != 0).order_by(total.desc(), ends[1])
    ).all()
    named = name_places(session, (far for _, far, _ in rows))
    return [(near, named[far], quantity) for near, far, quantity in rows]


def _history(session: Session, lot: LotOnHand) -> tuple[HistoryRow, ...]:
    legs = _legs(session, lot)
    promises = _promises(session, lot)
    states = {state.event_id: state for state in session.scalars(select(LotState).where(LotState.lot_id == lot.id))}
    original, correction = aliased(Event), aliased(Event)
    rows = session.execute(
        select(Event, Person.name, original.kind, correction.id)
        .join(Person, Person.id == Event.actor_id)
        .outerjoin(original, original.id == Event.reverses)
        .outerjoin(correction, correction.reverses == Event.id)
        .where(Event.id.in_(legs.keys() | promises.keys() | states.keys()))
        .order_by(Event.sequence.desc())
    )
    return tuple(
        HistoryRow(
            event_id=event.id,
            kind=event.kind,
            happened_at=event.happened_at,
            recorded_at=event.recorded_at,
            by=by,
            reason=event.reason,
            readings=event.readings,
            legs=tuple(legs.get(event.id, ())),
            promised=tuple(promises.get(event.id, ())),
            stage=states[event.id].stage if event.id in states else None,
            grade=states[event.id].grade if event.id in states else None,
            reversed=corrected_by is not None,
            takes_back=takes_back,
        )
        for event, by, takes_back, corrected_by in rows
    )


def _legs(session: Session, lot: LotOnHand) -> dict[uuid.UUID, list[Leg]]:
    movements = session.scalars(
        select(Movement)
        .where(or_(Movement.from_place_id == lot.id, Movement.to_place_id == lot.id))
        .order_by(Movement.id)
    ).all()
    ends = {movement.from_place_id for movement in movements} | {movement.to_place_id for movement in movements}
    named = name_places(session, ends)
    legs: dict[uuid.UUID, list[Leg]] = {}
    for movement in movements:
        came = movement.to_place_id == lot.id
        other = named[movement.from_place_id if came else movement.to_place_id]
        quantity = movement.quantity if came else -movement.quantity
        legs.setdefault(movement.event_id, []).append(Leg(quantity, other, movement.defect_code))
    return legs


def _promises(session: Session, lot: LotOnHand) -> dict[uuid.UUID, list[tuple[str, int]]]:
    rows = session.execute(
        select(Promise.event_id, Order.reference, Promise.quantity)
        .join(OrderLine, OrderLine.id == Promise.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Promise.lot_id == lot.id)
        .order_by(Promise.id)
    )
    promises: dict[uuid.UUID, list[tuple[str, int]]] = {}
    for event_id, reference, quantity in rows:
        promises.setdefault(event_id, []).append((reference, quantity))
    return promises
