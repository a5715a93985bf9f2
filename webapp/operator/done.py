"""What was just recorded: the success panel, the new codes in large letters, and what comes next."""

import uuid
from dataclasses import dataclass

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Permission, may
from bottletrack.errors import NotFound
from bottletrack.lots import find_lots
from bottletrack.reports.places import NamedPlace, name_places
from bottletrack.tables import Event, Lot, LotState, Movement
from bottletrack.vocabulary import EventKind
from webapp.database import reading
from webapp.operator.blueprint import blueprint
from webapp.operator.offers import needs_of
from webapp.operator.sight import LotSight, see_lots
from webapp.security import allow
from webapp.signed_in import current_actor


@dataclass(frozen=True)
class Went:
    """Bottles that the event moved."""

    origin: NamedPlace
    destination: NamedPlace
    quantity: int


@dataclass(frozen=True)
class Done:
    """One recorded event: the lots it made, the other lots it touched, and the bottles it moved."""

    event: Event
    made: tuple[LotSight, ...]
    touched: tuple[LotSight, ...]
    went: tuple[Went, ...]

    @property
    def kind(self) -> EventKind:
        return self.event.kind

    @property
    def elsewhere(self) -> tuple[Went, ...]:
        """Bottles that did not go into a lot of the event's own making."""
        made = {seen.lot.id for seen in self.made}
        return tuple(part for part in self.went if part.destination.id not in made)

    @property
    def open_lots(self) -> tuple[LotSight, ...]:
        """Those that hold bottles now, or wait for some; the new ones first."""
        return tuple(seen for seen in (*self.made, *self.touched) if not seen.dead)


@blueprint.get("/operator/done/<uuid:event_id>")
@allow(Permission.SEE_PLANT)
def done(event_id: uuid.UUID) -> str:
    """Where every form leads once it is recorded; opening it again records nothing."""
    actor = current_actor()
    with reading() as session:
        found = find_event(session, event_id)
        first = found.open_lots[0] if len(found.open_lots) == 1 else None
        return render_template(
            "operator/done.html",
            done=found,
            next=needs_of(first, actor) if first else None,
            may_print=may(actor, Permission.PRINT_LABELS),
        )


def find_event(session: Session, event_id: uuid.UUID) -> Done:
    """An event of one's territory. Raises NotFound."""
    event = session.scalar(
        select(Event).where(Event.id == event_id, Event.territory_id == current_actor().territory_id)
    )
    if event is None:
        raise NotFound("There is no such event here.", "Choose it from the lot's history.")
    touched = select(LotState.lot_id).where(LotState.event_id == event_id)
    made = find_lots(session, Lot.made_by == event_id)
    others = [lot for lot in find_lots(session, Lot.id.in_(touched)) if lot not in made]
    movements = session.scalars(select(Movement).where(Movement.event_id == event_id).order_by(Movement.id)).all()
    ends = [end for movement in movements for end in (movement.from_place_id, movement.to_place_id)]
    named = name_places(session, ends)
    return Done(
        event,
        tuple(see_lots(session, made)),
        tuple(see_lots(session, others)),
        tuple(
            Went(named[movement.from_place_id], named[movement.to_place_id], movement.quantity)
            for movement in movements
        ),
    )
