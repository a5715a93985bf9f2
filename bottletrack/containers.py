"""Crates, paloxes and pallets with a code of their own: what each took last, and whether it is clean (I14)."""

from typing import cast

from sqlalchemy import ColumnElement, Table, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bottletrack.errors import BadInput, Stopped, WrongStep
from bottletrack.identifiers import show_code
from bottletrack.ledger import Entry
from bottletrack.tables import Container, ContainerType, ContainerUse, Event, Lot, Place

_CONTAINER = cast(Table, Container.__table__)
_INSERT_IF_NEW = {
    name: dialect.insert(_CONTAINER).on_conflict_do_nothing()
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
MAX_CODE = 40


def fill_container(entry: Entry, code: str, lot_id: int, *, clean: bool, field: str = "container") -> None:
    """Says that a lot's bottles went into a container; nothing for a blank code, or one that names a type of container.

    A container that nobody has seen before is taken for what its first bottles are. Raises Stopped for clean bottles
    into a dirty container, and for dirty ones into a container in which clean ones still stand (I14).
    """
    container = _take(entry, code, clean=clean, field=field)
    if container is None:
        return
    if clean and not container.clean:
        raise Stopped(
            "Container %(container)s is dirty: no clean bottles go into it.",
            "Take a clean one, or have this one cleaned and recorded as clean.",
            field=field,
            container=container.code,
        )
    if not clean and container.clean and (lot := _occupant(entry, container)):
        raise Stopped(
            "Container %(container)s still holds clean bottles, lot %(lot)s.",
            "Check the code on the container.",
            field=field,
            container=container.code,
            lot=lot,
        )
    _use(entry, container, lot_id, clean=clean)


def clean_container(entry: Entry, code: str, *, field: str = "container") -> None:
    """Says that a container was cleaned. Raises WrongStep while bottles stand in it, BadInput for no container."""
    container = _take(entry, code, clean=True, field=field)
    if container is None:
        raise BadInput("No container was named.", "Scan or type the code of one container.", field=field)
    if lot := _occupant(entry, container):
        raise WrongStep(
            "Container %(container)s still holds lot %(lot)s.",
            "Empty it first, and record where its bottles went.",
            field=field,
            container=container.code,
            lot=lot,
        )
    _use(entry, container, None, clean=True)


def find_largest_load(session: Session, site_id: int, code: str) -> int | None:
    """The bottles that the site's largest container takes, where a code names one container; None where it does not."""
    if not _tidy(code) or session.get(ContainerType, (site_id, _tidy(code))) is not None:
        return None
    in_use = ContainerType.site_id == site_id, ContainerType.in_use.is_(True)
    return session.scalar(select(func.max(ContainerType.capacity_bottles)).where(*in_use))


def find_container(session: Session, territory_id: int, code: str) -> Container | None:
    """The container of that code; None for one that nobody has seen, a blank code, or a type of container."""
    return session.scalar(
        select(Container).where(Container.territory_id == territory_id, Container.code == _tidy(code))
    )


def _tidy(code: str) -> str:
    return " ".join(code.split()).upper()


def _take(entry: Entry, code: str, *, clean: bool, field: str) -> Container | None:
    """The container of that code, locked until the event is written; made known if it was not."""
    wanted = _tidy(code)
    if len(wanted) > MAX_CODE:
        raise BadInput("This is too long.", "Write at most %(most)s characters.", field=field, most=MAX_CODE)
    session, territory_id = entry.session, entry.scan.by.territory_id
    if not wanted or session.get(ContainerType, (entry.site.id, wanted)) is not None:
        return None
    # Two sites may see it for the first time at the same moment.
    if_new = _INSERT_IF_NEW[session.connection().dialect.name]
    session.execute(if_new.values(territory_id=territory_id, code=wanted, clean=clean))
    return session.scalars(
        select(Container).where(Container.territory_id == territory_id, Container.code == wanted).with_for_update()
    ).one()


def _use(entry: Entry, container: Container, lot_id: int | None, *, clean: bool) -> None:
    entry.session.execute(
        insert(ContainerUse).values(event_id=entry.id, container_id=container.id, lot_id=lot_id, clean=clean)
    )
    entry.session.execute(update(_CONTAINER).where(_CONTAINER.c.id == container.id).values(clean=clean))


def _occupant(entry: Entry, container: Container) -> str | None:
    """The code of a lot that was put there since the last cleaning and holds bottles still."""
    cleaned: ColumnElement[bool] = ContainerUse.lot_id.is_(None)
    of_container = ContainerUse.container_id == container.id
    last_cleaned = (
        select(Event.recorded_at)
        .join(ContainerUse, ContainerUse.event_id == Event.id)
        .where(of_container, cleaned)
        .order_by(Event.recorded_at.desc())
        .limit(1)
    )
    since = entry.session.scalar(last_cleaned)
    code = entry.session.scalar(
        select(Lot.code)
        .join(ContainerUse, ContainerUse.lot_id == Lot.id)
        .join(Event, Event.id == ContainerUse.event_id)
        .join(Place, Place.id == Lot.id)
        .where(of_container, Place.quantity > 0, *([] if since is None else [Event.recorded_at > since]))
        .limit(1)
    )
    return show_code(code) if code else None
