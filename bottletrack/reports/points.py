"""Collection points, and what each has brought in."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bottletrack.reports.movements import ALL_TIME, Period, net_movements
from bottletrack.tables import CollectionPoint, Movement


@dataclass(frozen=True)
class PointRow:
    """One point. `collected`: bottles declared there in the period; `basis`: what of the row is made up."""

    code: str
    name: str
    town: str
    type: str
    container: str
    pickup: str
    basis: str
    collections: int
    collected: int
    last_collected_on: date | None


def find_points(session: Session, territory_id: int, period: Period = ALL_TIME) -> list[PointRow]:
    """Every point of the territory, those that brought most first; collections that were taken back do not count."""
    net = net_movements(territory_id, *period.where(Movement.happened_on))
    # A collection and its correction are one event here, and make nothing together.
    events = (
        select(
            net.c.from_place_id.label("point_id"),
            func.sum(net.c.quantity).label("quantity"),
            func.min(net.c.happened_on).label("day"),
        )
        .join(CollectionPoint, CollectionPoint.id == net.c.from_place_id)
        .group_by(net.c.event_id, net.c.from_place_id)
        .having(func.sum(net.c.quantity) != 0)
        .subquery()
    )
    collected = func.coalesce(func.sum(events.c.quantity), 0)
    rows = session.execute(
        select(
            CollectionPoint.code,
            CollectionPoint.name,
            CollectionPoint.town,
            CollectionPoint.type,
            CollectionPoint.container,
            CollectionPoint.pickup,
            CollectionPoint.basis,
            func.count(events.c.point_id),
            collected,
            func.max(events.c.day),
        )
        .outerjoin(events, events.c.point_id == CollectionPoint.id)
        .where(CollectionPoint.territory_id == territory_id)
        .group_by(CollectionPoint.id)
        .order_by(collected.desc(), CollectionPoint.code)
    )
    return [PointRow(*row) for row in rows]
