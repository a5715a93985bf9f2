"""A scan that a device brings, as text until it is recorded: read without trust, and recorded through its verb."""

import json
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest

from bottletrack.access import Actor
from bottletrack.errors import BadInput
from bottletrack.fingerprints import fingerprint
from bottletrack.late import MOST_CHARACTERS, Brought, require_recent
from bottletrack.scans import Recorded, Scan
from bottletrack.tables import Event, Lot
from webapp.languages import N_
from webapp.shapes import BODY, BadFields, Shape, read_as
from webapp.verbs import AT_STATIONS, VERBS, Verb

Input = TypeVar("Input")
#: A device's clock may be far off, as one that lost its battery; outside of these it says nothing at all.
_CENTURIES = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_NAME = re.compile(r"[a-z-]{1,60}")
#: Longer numbers stay text: no quantity has so many digits, and Python would not even read them.
_MOST_DIGITS = 30
UNREADABLE = (
    N_("What the device brought cannot be read."),
    N_("Record what really happened on the lot's page, then reject this."),
)


@dataclass(frozen=True)
class Row:
    """One row of a batch. `sitting` None, or `brought.verb` empty: that part of it cannot be read."""

    #: As the device wrote it, for the answer.
    named: object
    brought: Brought
    sitting: uuid.UUID | None
    #: Its operator still stands at the panel and is told at once: a refused one is not kept.
    live: bool


@read_as(BODY)
@dataclass(frozen=True)
class Given(Generic[Input]):
    """A verb's input, alone."""

    input: Input


def read_json(body: bytes) -> Any:
    """What a device sent. Raises ValueError for what is not JSON at all."""
    try:
        return json.loads(body, parse_int=_number)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _number(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def read_row(given: object) -> Row:
    """A row of a batch, whatever it holds: what cannot be read of it is kept as it came."""
    row = given if isinstance(given, dict) else {}
    event_id, happened_at = as_uuid(row.get("event_id")), as_moment(row.get("happened_at"))
    verb = row.get("verb")
    whole = write_json(given)
    readable = (
        event_id is not None
        and happened_at is not None
        and isinstance(verb, str)
        and _NAME.fullmatch(verb) is not None
        and isinstance(row.get("input"), dict)
        and len(whole) <= MOST_CHARACTERS
    )
    brought = Brought(
        event_id or uuid.uuid5(uuid.NAMESPACE_OID, whole),
        verb if readable and isinstance(verb, str) else "",
        write_json(row["input"]) if readable else whole,
        happened_at,
    )
    return Row(row.get("event_id"), brought, as_uuid(row.get("sitting")), row.get("live") is True)


def write_json(value: object) -> str:
    """The same for the same value, in ASCII: whatever characters came, every database keeps them."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def record_brought(
    session: Session, brought: Brought, by: Actor, site_id: int, *, late_at: datetime | None = None
) -> Recorded:
    """Records the scan through its verb, in this person's name. Raises what the verb refuses; BadInput: unreadable.

    `late_at`: now, for a scan that is refused when it is too old; None: a lead has looked at it.
    """
    if not brought.verb or brought.happened_at is None:
        raise BadInput(*UNREADABLE)
    verb, scan = verb_of(brought.verb), Scan(brought.event_id, by, site_id, brought.happened_at)
    if late_at is not None:
        require_recent(session, scan, late_at)
    return verb.record(session, read_input(verb, brought.content), scan)


def find_recorded(session: Session, brought: Brought, person_id: int, site_id: int) -> Recorded | None:
    """What this very scan recorded when it came before, whatever its person may do now."""
    event = session.get(Event, brought.event_id)
    if event is None or (event.actor_id, event.site_id) != (person_id, site_id) or not brought.verb:
        return None
    if fingerprint(event.kind, read_input(verb_of(brought.verb), brought.content)) != event.fingerprint:
        return None
    codes = session.scalars(select(Lot.code).where(Lot.made_by == event.id).order_by(Lot.id))
    return Recorded(event.id, event.kind, event.sequence, event.recorded_at, tuple(codes), again=True)


def verb_of(name: str) -> Verb:
    """The verb of this name. Raises BadInput for one that no station has."""
    if name not in AT_STATIONS:
        raise BadInput(
            N_("No station records this: %(verb)s."),
            N_("Record it on its own page, then reject this."),
            verb=name,
        )
    return VERBS[name]


def read_input(verb: Verb, content: str) -> Any:
    """The verb's input. Raises BadInput."""
    # The databases keep no NUL in a text.
    if "\\u0000" in content:
        raise BadInput(*UNREADABLE)
    try:
        return _shape_of(verb.name).read(f'{{"input":{content}}}').input
    except (BadFields, BadRequest) as error:
        raise BadInput(*UNREADABLE) from error


@cache
def _shape_of(name: str) -> Shape[Given[Any]]:
    return Shape(Given[VERBS[name].takes])  # type: ignore[misc]


def as_uuid(value: object) -> uuid.UUID | None:
    """The id that this is, if it is one."""
    try:
        return uuid.UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def as_moment(value: object) -> datetime | None:
    """The moment that this is (ISO 8601 with its offset), if a clock can say so."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None:
        return None
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        return None
    return utc if _CENTURIES[0] <= utc < _CENTURIES[1] else None
