"""What a walk begins from: a lot, a wash run, an order, or an event that moved bottles (a reception, a delivery)."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Actor
from bottletrack.errors import BadInput, NotFound
from bottletrack.lots import get_lot
from bottletrack.order_book import get_order
from bottletrack.tables import Event, WashRun
from bottletrack.vocabulary import EventKind


class StartKind(StrEnum):
    LOT = "lot"
    RUN = "run"
    ORDER = "order"
    EVENT = "event"


@dataclass(frozen=True)
class Start:
    """`key` is what finds it again: a lot's code, a run's number, an order's reference, an event's id.

    All bottles that were ever in `place_ids` are traced; for an event, those that it moved. An event has no name of its
    own: it is told by its kind and time.
    """

    kind: StartKind
    key: str
    name: str
    territory_id: int
    place_ids: frozenset[int] = frozenset()
    event_id: uuid.UUID | None = None
    event_kind: EventKind | None = None
    happened_at: datetime | None = None

    def __str__(self) -> str:
        """As `find_start` reads it."""
        return f"{self.kind}:{self.key}"


def get_start(session: Session, actor: Actor, kind: StartKind, key: str) -> Start:
    """The start of that kind in the actor's territory. Raises NotFound, and BadInput for a misread lot code."""
    finders = {
        StartKind.LOT: _start_at_lot,
        StartKind.RUN: _start_at_run,
        StartKind.ORDER: _start_at_order,
        StartKind.EVENT: _start_at_event,
    }
    return finders[kind](session, actor, key)


def find_start(session: Session, actor: Actor, text: str) -> Start:
    """What a scanned or typed text names: an event's id, a lot, an order, or a run's code (the latest one's).

    Also `kind:key`, as a start writes itself. Raises NotFound where it names nothing here, BadInput for a lot code that
    was misread.
    """
    wanted = text.strip()
    kind, colon, key = wanted.partition(":")
    if colon and kind in set(StartKind):
        return get_start(session, actor, StartKind(kind), key)
    if _as_uuid(wanted) is not None:
        return _start_at_event(session, actor, wanted)
    for finder in (_start_at_order, _start_at_run_called):
        try:
            return finder(session, actor, wanted)
        except NotFound:
            continue
    return _start_at_lot(session, actor, wanted)


def _as_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _start_at_run_called(session: Session, actor: Actor, code: str) -> Start:
    named = WashRun.code == code.upper(), WashRun.territory_id == actor.territory_id
    run_id = session.scalar(select(WashRun.id).where(*named).order_by(WashRun.id.desc()).limit(1))
    return _start_at_run(session, actor, str(run_id or ""))


def _start_at_lot(session: Session, actor: Actor, code: str) -> Start:
    lot = get_lot(session, actor, code)
    return Start(StartKind.LOT, lot.code, lot.shown_code, lot.territory_id, frozenset({lot.id}))


def _start_at_run(session: Session, actor: Actor, key: str) -> Start:
    number = int(key) if key.isdecimal() and len(key) <= 18 else 0
    code = session.scalar(select(WashRun.code).where(WashRun.id == number, WashRun.territory_id == actor.territory_id))
    if code is None:
        raise NotFound("There is no such wash run.", "Choose a run of the list.")
    return Start(StartKind.RUN, str(number), code, actor.territory_id, frozenset({number}))


def _start_at_order(session: Session, actor: Actor, reference: str) -> Start:
    order = get_order(session, actor, reference)
    line_ids = frozenset(line.id for line in order.lines)
    return Start(StartKind.ORDER, order.reference, order.reference, actor.territory_id, line_ids)


def _start_at_event(session: Session, actor: Actor, key: str) -> Start:
    event_id = _as_uuid(key)
    if event_id is None:
        raise BadInput("“%(text)s” is not the number of an event.", "Open it from a list.", text=key[:40])
    event = session.execute(
        select(Event.kind, Event.happened_at).where(Event.id == event_id, Event.territory_id == actor.territory_id)
    ).one_or_none()
    if event is None:
        raise NotFound("There is no such event here.", "Choose it from the lot's history.")
    return Start(
        StartKind.EVENT,
        str(event_id),
        "",
        actor.territory_id,
        event_id=event_id,
        event_kind=event.kind,
        happened_at=event.happened_at,
    )
