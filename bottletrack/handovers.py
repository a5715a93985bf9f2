"""What was handed over to another operator, and what of it came back: told by events, for verbs and pages alike."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bottletrack.tables import Event, Movement
from bottletrack.vocabulary import EventKind

#: Under this name the event of a giving back keeps which handing over it answers.
HANDOVER = "handover"


def handed_back(session: Session, handover_ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Bottles that came back of each handing over, where any did."""
    handover = Event.readings[HANDOVER].as_string()
    rows = session.execute(
        select(handover, func.sum(Movement.quantity))
        .join(Movement, Movement.event_id == Event.id)
        .where(Event.kind == EventKind.HANDED_BACK, handover.in_([str(handover_id) for handover_id in handover_ids]))
        .group_by(handover)
    )
    return {uuid.UUID(handover_id): int(quantity) for handover_id, quantity in rows}
