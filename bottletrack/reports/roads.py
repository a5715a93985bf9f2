"""On the road: bottles between two sites of the network, and those that another operator has."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from bottletrack.handovers import handed_back
from bottletrack.identifiers import show_code
from bottletrack.reports.models import Model, find_models
from bottletrack.tables import Event, Lot, Movement, Place, Site, Transit
from bottletrack.vocabulary import EventKind


@dataclass(frozen=True)
class Road:
    """Bottles of a lot that left one site and are not counted at the other yet. `model` None: not sorted."""

    transit_id: int
    lot_code: str
    model: Model | None
    color: str
    quantity: int
    from_site_id: int
    from_site_name: str
    to_site_id: int
    to_site_name: str
    sent_at: datetime
    note: str

    @property
    def shown_code(self) -> str:
        return show_code(self.lot_code)


@dataclass(frozen=True)
class Handover:
    """Bottles that another operator took over; `away`: those that did not come back."""

    event_id: uuid.UUID
    lot_code: str
    model: Model | None
    color: str
    quantity: int
    away: int
    operator: str
    site_id: int
    handed_at: datetime
    reason: str

    @property
    def shown_code(self) -> str:
        return show_code(self.lot_code)


def find_roads(session: Session, territory_id: int, site_id: int | None = None) -> list[Road]:
    """From or to a site (None: any), the longest on the road first."""
    sender, receiver = aliased(Site), aliased(Site)
    where = [Transit.territory_id == territory_id, Place.quantity > 0]
    if site_id is not None:
        where.append(or_(sender.id == site_id, receiver.id == site_id))
    rows = session.execute(
        select(Transit.id, Lot, Place.quantity, sender, receiver, Event.happened_at, Event.reason)
        .join(Place, Place.id == Transit.id)
        .join(Lot, Lot.id == Transit.lot_id)
        .join(Event, Event.id == Transit.sent_by)
        .join(sender, sender.id == Event.site_id)
        .join(receiver, receiver.id == Transit.to_site_id)
        .where(*where)
        .order_by(Event.happened_at)
    ).all()
    models = find_models(session, (lot.model_id for _, lot, *_ in rows))
    return [
        Road(
            transit_id=transit_id,
            lot_code=lot.code,
            model=models[lot.model_id],
            color=lot.color,
            quantity=quantity,
            from_site_id=left.id,
            from_site_name=left.name,
            to_site_id=bound.id,
            to_site_name=bound.name,
            sent_at=sent_at,
            note=note,
        )
        for transit_id, lot, quantity, left, bound, sent_at, note in rows
    ]


def find_handovers(session: Session, territory_id: int, site_id: int | None = None) -> list[Handover]:
    """Those of which bottles are still away, the latest first."""
    where = [Event.territory_id == territory_id, Event.kind == EventKind.HANDED_OVER]
    if site_id is not None:
        where.append(Event.site_id == site_id)
    rows = session.execute(
        select(Event, Lot, Movement.quantity)
        .join(Movement, Movement.event_id == Event.id)
        .join(Lot, Lot.id == Movement.from_place_id)
        .where(*where)
        .order_by(Event.happened_at.desc())
    ).all()
    came = handed_back(session, [event.id for event, *_ in rows])
    models = find_models(session, (lot.model_id for _, lot, _ in rows))
    found = [
        Handover(
            event_id=event.id,
            lot_code=lot.code,
            model=models[lot.model_id],
            color=lot.color,
            quantity=quantity,
            away=quantity - came.get(event.id, 0),
            operator=event.readings["operator"],
            site_id=event.site_id,
            handed_at=event.happened_at,
            reason=event.readings["reason"],
        )
        for event, lot, quantity in rows
    ]
    return [handover for handover in found if handover.away]
