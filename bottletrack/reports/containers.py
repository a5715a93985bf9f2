"""What stands in containers, and which wait for their cleaning."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bottletrack.identifiers import show_code
from bottletrack.tables import Container, ContainerUse, Event, Lot, Place


@dataclass(frozen=True)
class DirtyContainer:
    """One container, since when it is dirty, and the lot that still stands in it (None: it is empty)."""

    code: str
    since: datetime
    holds: str | None


def find_dirty_containers(session: Session, territory_id: int, limit: int = 200) -> list[DirtyContainer]:
    """Those whose last bottles were dirty, the one that waits longest first."""
    last = (
        select(ContainerUse.container_id, func.max(Event.recorded_at).label("at"))
        .join(Event, Event.id == ContainerUse.event_id)
        .where(Event.territory_id == territory_id)
        .group_by(ContainerUse.container_id)
        .subquery()
    )
    rows = session.execute(
        select(Container.code, Event.happened_at, Lot.code, Place.quantity)
        .join(last, last.c.container_id == Container.id)
        .join(ContainerUse, ContainerUse.container_id == Container.id)
        .join(Event, (Event.id == ContainerUse.event_id) & (Event.recorded_at == last.c.at))
        .join(Lot, Lot.id == ContainerUse.lot_id)
        .join(Place, Place.id == Lot.id)
        .where(Container.territory_id == territory_id, Container.clean.is_(False))
        .order_by(Event.happened_at, Container.code)
        .limit(limit)
    )
    return [DirtyContainer(code, since, show_code(lot) if quantity else None) for code, since, lot, quantity in rows]


def find_lot_in(session: Session, territory_id: int, container_code: str) -> str | None:
    """The code of the lot that the container took last; None when that has gone on, or there is no such container."""
    row = session.execute(
        select(Lot.code, Place.quantity)
        .select_from(Container)
        .join(ContainerUse, ContainerUse.container_id == Container.id)
        .join(Event, Event.id == ContainerUse.event_id)
        .outerjoin(Lot, Lot.id == ContainerUse.lot_id)
        .outerjoin(Place, Place.id == Lot.id)
        .where(Container.territory_id == territory_id, Container.code == " ".join(container_code.split()).upper())
        .order_by(Event.recorded_at.desc())
        .limit(1)
    ).one_or_none()
    return row.code if row is not None and row.quantity else None


def find_container_of(session: Session, lot_id: int) -> str | None:
    """The container that took a lot last, where no other lot came into it since; None when nobody named one."""
    row = session.execute(
        select(ContainerUse.container_id, Container.code)
        .join(Event, Event.id == ContainerUse.event_id)
        .join(Container, Container.id == ContainerUse.container_id)
        .where(ContainerUse.lot_id == lot_id)
        .order_by(Event.recorded_at.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    latest = session.scalar(
        select(ContainerUse.lot_id)
        .join(Event, Event.id == ContainerUse.event_id)
        .where(ContainerUse.container_id == row.container_id)
        .order_by(Event.recorded_at.desc())
        .limit(1)
    )
    return row.code if latest == lot_id else None
