"""Scans that devices brought and that wait for a lead, for programs that watch over them; people settle them."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bottletrack.access import Actor, Permission
from bottletrack.errors import BadInput, NotFound
from bottletrack.late import LateOnFile, get_late, list_settled, list_waiting
from bottletrack.vocabulary import LateState
from webapp.api.endpoints import answers
from webapp.languages import N_
from webapp.refusals import explain
from webapp.shapes import QUERY, read_as


@read_as(QUERY)
@dataclass(frozen=True)
class LateQuery:
    """Which scans: those that wait, or the last ones that were settled."""

    waiting: bool = True


@dataclass(frozen=True)
class LateSeen:
    """One scan. `content`: the input of the verb as the device sent it, JSON in a text; `verb` empty: unreadable.

    `what` and `remedy`: why it was not recorded. `settled_event_id`: what was recorded in the end.
    """

    id: int
    event_id: uuid.UUID
    verb: str
    content: str
    site: str
    device: str
    happened_at: datetime | None
    received_at: datetime
    code: str
    what: str
    remedy: str
    state: LateState
    settled_at: datetime | None
    settled_reason: str
    settled_event_id: uuid.UUID | None


@dataclass(frozen=True)
class LateList:
    """Those that wait in the order in which they came; settled ones the latest first."""

    scans: tuple[LateSeen, ...]


@answers("/late-scans", Permission.SETTLE_LATE)
def list_late_scans(session: Session, actor: Actor, query: LateQuery) -> LateList:
    """Scans that devices brought and that could not be recorded, 200 at most."""
    found = list_waiting(session, actor) if query.waiting else list_settled(session, actor)
    return LateList(tuple(_seen(late) for late in found))


@answers("/late-scans/<number>", Permission.SETTLE_LATE, refusals=(NotFound,))
def show_late_scan(session: Session, actor: Actor, number: str) -> LateSeen:
    """One of them, by its number on the list."""
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise BadInput(N_("This is not a number of the list."), N_("Take the number from the list."), field="number")
    return _seen(get_late(session, actor, int(number)))


def _seen(late: LateOnFile) -> LateSeen:
    told = explain(late.refusal)
    return LateSeen(
        late.id,
        late.event_id,
        late.verb,
        late.content,
        late.site_name,
        late.device_name,
        late.happened_at,
        late.received_at,
        late.refusal.code,
        told.what,
        told.remedy,
        late.state,
        late.settled_at,
        late.settled_reason,
        late.settled_event_id,
    )
