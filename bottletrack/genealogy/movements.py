"""Which movements count: those that were not taken back."""

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from bottletrack.tables import Event, Movement
from bottletrack.vocabulary import EventKind


def in_force() -> list[ColumnElement[bool]]:
    """Conditions on a movement: it is no correction, and none took it back."""
    correction = aliased(Event)
    return [
        Movement.kind != EventKind.REVERSED,
        ~exists(select(correction.id).where(correction.reverses == Movement.event_id)),
    ]
