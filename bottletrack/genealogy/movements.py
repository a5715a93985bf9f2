"""Which movements count: those that were not taken back, and not those of a wash run that was given up."""

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from bottletrack.tables import Event, Movement, WashRun
from bottletrack.vocabulary import EventKind


def in_force() -> list[ColumnElement[bool]]:
    """Conditions on a movement: it is no correction, none took it back, and it led to no run that was given up.

    Bottles of such a run never entered the bath, nor met those of the other lots that were loaded.
    """
    correction, end = aliased(Event), aliased(Event)
    given_up = exists(
        select(WashRun.id)
        .join(end, end.id == WashRun.closed_by)
        .where(WashRun.id == Movement.to_place_id, end.kind == EventKind.RUN_ABORTED)
    )
    return [
        Movement.kind.not_in((EventKind.REVERSED, EventKind.RUN_ABORTED)),
        ~exists(select(correction.id).where(correction.reverses == Movement.event_id)),
        or_(Movement.kind != EventKind.RUN_LOADED, ~given_up),
    ]
