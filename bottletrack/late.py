"""Scans that devices brought and that could not be recorded as they were: kept until a lead has settled each of them.

Nothing that a device brings is dropped: it is recorded once, or it stands here once. What stands here may be
unreadable, so its content is text; it becomes an event only through its verb, like any other scan.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from bottletrack import errors, vocabulary
from bottletrack.access import Actor, Permission, require
from bottletrack.errors import BadInput, Conflict, NotFound, Refusal
from bottletrack.scans import Scan
from bottletrack.tables import Device, Event, LateScan, Person, Site
from bottletrack.vocabulary import LateState

_LATE = cast(Table, LateScan.__table__)
_KEEP = {
    name: dialect.insert(_LATE).on_conflict_do_nothing()
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
#: The longest input of a verb is far shorter; more than this can only be rejected, so its beginning is enough.
MOST_CHARACTERS = 64 * 1024
_REFUSALS = {kind.code: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Refusal)}
_WORDS = {kind.__name__: kind for kind in vars(vocabulary).values() if isinstance(kind, type)}


@dataclass(frozen=True)
class Brought:
    """One scan as a device brought it. `verb` empty: it cannot be told what was to be recorded.

    `content` is the verb's input as JSON, in ASCII, or all that came where that cannot be read.
    """

    event_id: uuid.UUID
    verb: str
    content: str
    #: The device's clock; None where it could not be read.
    happened_at: datetime | None

    @property
    def fingerprint(self) -> str:
        """Tells the same scan from another one under the same id."""
        return hashlib.sha256(f"{self.verb}\n{self.content}".encode()).hexdigest()


@dataclass(frozen=True)
class LateOnFile:
    """A scan on the list, and what became of it."""

    id: int
    event_id: uuid.UUID
    verb: str
    content: str
    site_id: int
    site_name: str
    device_name: str
    #: None: nobody knows who sat at the device.
    person_id: int | None
    person_name: str | None
    happened_at: datetime | None
    received_at: datetime
    told: dict[str, Any]
    state: LateState
    settled_by: str | None
    settled_at: datetime | None
    settled_reason: str
    settled_event_id: uuid.UUID | None

    @property
    def refusal(self) -> Refusal:
        """Why it was not recorded."""
        values = {name: _from_json(value) for name, value in self.told["values"].items()}
        kind = _REFUSALS[self.told["code"]]
        return kind(self.told["what"], self.told["remedy"], field=self.told["field"], **values)


def take_turn(session: Session, site_id: int) -> None:
    """What is read of this site stays true until the transaction ends: a scan cannot be kept while it is recorded."""
    session.execute(select(Site.id).where(Site.id == site_id).with_for_update())


def find_kept(session: Session, brought: Brought) -> LateState | None:
    """What became of this very scan, if it stands on the list."""
    named = LateScan.event_id == brought.event_id, LateScan.fingerprint == brought.fingerprint
    return session.scalar(select(LateScan.state).where(*named))


def keep(
    session: Session,
    brought: Brought,
    refusal: Refusal,
    *,
    device_id: int,
    site_id: int,
    person_id: int | None,
    now: datetime,
) -> None:
    """Puts the scan on its site's list, once."""
    territory_id = session.scalars(select(Site.territory_id).where(Site.id == site_id)).one()
    session.execute(
        _KEEP[session.connection().dialect.name].values(
            territory_id=territory_id,
            site_id=site_id,
            device_id=device_id,
            person_id=person_id,
            event_id=brought.event_id,
            verb=brought.verb,
            content=brought.content[:MOST_CHARACTERS],
            fingerprint=brought.fingerprint,
            happened_at=brought.happened_at,
            received_at=now,
            refusal=_told(refusal),
            state=LateState.WAITING,
            settled_reason="",
        )
    )


def require_recent(session: Session, scan: Scan, now: datetime) -> None:
    """Raises BadInput for what is said to have happened longer ago than the site takes without a second look.

    What was recorded already is not late, however long ago: it gets its answer again.
    """
    days = session.scalar(select(Site.late_days).where(Site.id == scan.site_id))
    is_late = days is not None and now - scan.happened_at > timedelta(days=days)
    if is_late and session.get(Event, scan.id) is None:
        raise BadInput(
            "This is said to have happened more than %(days)s days ago.",
            "Check the date and the device's clock.",
            field="happened_at",
            days=days,
        )


def count_waiting(session: Session, actor: Actor) -> int:
    """Scans that wait for the actor. Raises NotAllowed."""
    require(actor, Permission.SETTLE_LATE)
    waiting = select(func.count(LateScan.id)).where(LateScan.state == LateState.WAITING, *_own(actor))
    return session.scalars(waiting).one()


def list_waiting(session: Session, actor: Actor, limit: int = 200) -> list[LateOnFile]:
    """Those that wait, in the order in which they came. Raises NotAllowed."""
    require(actor, Permission.SETTLE_LATE)
    return _find(session, LateScan.state == LateState.WAITING, *_own(actor), newest_first=False, limit=limit)


def list_settled(session: Session, actor: Actor, limit: int = 50) -> list[LateOnFile]:
    """Those that were settled, the latest first. Raises NotAllowed."""
    require(actor, Permission.SETTLE_LATE)
    return _find(session, LateScan.state != LateState.WAITING, *_own(actor), newest_first=True, limit=limit)


def get_late(session: Session, actor: Actor, late_id: int) -> LateOnFile:
    """One of the actor's list, settled or not. Raises NotAllowed, NotFound."""
    require(actor, Permission.SETTLE_LATE)
    found = _find(session, LateScan.id == late_id, *_own(actor), newest_first=False, limit=1)
    if not found:
        raise NotFound("There is no such scan on the list.", "Choose one of the list.")
    return found[0]


def take_waiting(session: Session, actor: Actor, late_id: int) -> LateOnFile:
    """As `get_late`, and nobody else settles it before the transaction ends. Raises Conflict for a settled one."""
    session.execute(select(LateScan.id).where(LateScan.id == late_id, *_own(actor)).with_for_update())
    late = get_late(session, actor, late_id)
    if late.state is not LateState.WAITING:
        raise Conflict("Somebody has settled this scan already.", "Nothing is to be done.")
    return late


def settle(
    session: Session,
    actor: Actor,
    late: LateOnFile,
    state: LateState,
    now: datetime,
    *,
    reason: str = "",
    event_id: uuid.UUID | None = None,
) -> None:
    """Says what became of a scan that was taken. Raises BadInput for one that is rejected without a reason."""
    if state is LateState.REJECTED and not reason.strip():
        raise BadInput(
            "A scan is not rejected without a reason.", "Say in a few words why it does not count.", field="reason"
        )
    row = session.get_one(LateScan, late.id)
    row.state, row.settled_by, row.settled_at = state, actor.person_id, now
    row.settled_reason, row.settled_event_id = reason.strip(), event_id
    session.flush()


def _own(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    site = () if actor.site_id is None else (LateScan.site_id == actor.site_id,)
    return (LateScan.territory_id == actor.territory_id, *site)


def _find(session: Session, *where: ColumnElement[bool], newest_first: bool, limit: int) -> list[LateOnFile]:
    order = LateScan.settled_at.desc() if newest_first else LateScan.id
    return [LateOnFile(*row) for row in session.execute(_select().where(*where).order_by(order).limit(limit))]


def _select() -> Select[*tuple[Any, ...]]:
    scanner, settler = aliased(Person), aliased(Person)
    return (
        select(
            LateScan.id,
            LateScan.event_id,
            LateScan.verb,
            LateScan.content,
            LateScan.site_id,
            Site.name,
            Device.name,
            LateScan.person_id,
            scanner.name,
            LateScan.happened_at,
            LateScan.received_at,
            LateScan.refusal,
            LateScan.state,
            settler.name,
            LateScan.settled_at,
            LateScan.settled_reason,
            LateScan.settled_event_id,
        )
        .join(Site, Site.id == LateScan.site_id)
        .join(Device, Device.id == LateScan.device_id)
        .outerjoin(scanner, scanner.id == LateScan.person_id)
        .outerjoin(settler, settler.id == LateScan.settled_by)
    )


def _told(refusal: Refusal) -> dict[str, Any]:
    """A refusal as it is kept: templates and values, so that each lead reads it in their own language."""
    values = {name: _to_json(value) for name, value in refusal.values.items()}
    return {"code": refusal.code, "what": refusal.what, "remedy": refusal.remedy, "field": refusal.field} | {
        "values": values
    }


def _to_json(value: object) -> object:
    if isinstance(value, StrEnum) and type(value).__name__ in _WORDS:
        return {"word": type(value).__name__, "value": value.value}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if value is None or isinstance(value, (int, str)):
        return value
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def _from_json(value: object) -> object:
    if isinstance(value, dict):
        return Decimal(value["decimal"]) if "decimal" in value else _WORDS[value["word"]](value["value"])
    return value
