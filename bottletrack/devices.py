"""Shared devices: set up once for a site and a station, known by a key that only the device has, and revoked when lost.

A device opens nothing by itself: it says where a scan comes from, and lets a badge and a PIN tell who it is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from bottletrack.access import Actor, Permission, require
from bottletrack.errors import BadInput, NotAllowed, NotFound
from bottletrack.passwords import hash_key, make_key
from bottletrack.tables import Device, Person, Site
from bottletrack.vocabulary import Station

#: When a device was last seen is for finding lost ones: not worth a write with each scan.
SEEN_EVERY = timedelta(minutes=1)
_NAME_CHARACTERS = 100


@dataclass(frozen=True)
class DeviceOnFile:
    """A device, without its key: only a hash is kept. `idle_minutes`: its site's, after which it asks who is there."""

    id: int
    territory_id: int
    site_id: int
    site_code: str
    site_name: str
    idle_minutes: int
    name: str
    station: Station
    set_up_at: datetime
    set_up_by: str
    last_seen_at: datetime | None
    revoked_at: datetime | None


def set_up_device(
    session: Session,
    actor: Actor,
    site_id: int,
    name: str,
    station: Station,
    now: datetime,
    *,
    until_now: DeviceOnFile | None = None,
) -> str:
    """A key for the device that asks, shown this once. Raises BadInput, NotAllowed, NotFound.

    `until_now`: what this very device was. At the same site it stays the same one, so that what waits on it keeps its
    author; brought to another site or network it becomes another, and the one it was is revoked.
    """
    require(actor, Permission.SET_UP_DEVICE)
    _require_site(session, actor, site_id)
    called = name.strip()
    if not called or len(called) > _NAME_CHARACTERS:
        raise BadInput(
            "A device needs a name.",
            "Enter a name of at most %(most)s characters.",
            field="name",
            most=_NAME_CHARACTERS,
        )
    key = make_key()
    known = session.get_one(Device, until_now.id, with_for_update=True) if until_now else None
    if known is not None and known.site_id == site_id:
        known.name, known.station, known.key_hash = called, station, hash_key(key)
        known.set_up_by, known.set_up_at, known.last_seen_at = actor.person_id, now, now
        session.flush()
        return key
    if known is not None:
        known.revoked_at = now
    device = Device(
        territory_id=actor.territory_id,
        site_id=site_id,
        name=called,
        station=station,
        key_hash=hash_key(key),
        set_up_by=actor.person_id,
        set_up_at=now,
        last_seen_at=now,
    )
    session.add(device)
    session.flush()
    return key


def find_device(session: Session, key: str) -> DeviceOnFile | None:
    """The device whose key this is; None for a revoked one."""
    row = session.execute(
        _select_devices().where(Device.key_hash == hash_key(key), Device.revoked_at.is_(None))
    ).one_or_none()
    return DeviceOnFile(*row) if row else None


def was_seen_lately(device: DeviceOnFile, now: datetime) -> bool:
    """Whether its row says so already: then there is nothing to write."""
    return device.last_seen_at is not None and now - device.last_seen_at < SEEN_EVERY


def note_seen(session: Session, device: DeviceOnFile, now: datetime) -> None:
    """The device has just been heard of."""
    session.execute(update(Device).where(Device.id == device.id).values(last_seen_at=now))


def list_devices(session: Session, actor: Actor) -> list[DeviceOnFile]:
    """The devices of the actor's site, or of all of the territory's; those that still open first, by name."""
    require(actor, Permission.MANAGE_DEVICES)
    rows = session.execute(
        _select_devices()
        .where(*_own(actor))
        .order_by(Device.revoked_at.is_not(None), Site.code, Device.name, Device.id)
    )
    return [DeviceOnFile(*row) for row in rows]


def revoke_device(session: Session, actor: Actor, device_id: int, now: datetime) -> None:
    """The device opens nothing and brings nothing from now on. Raises NotFound for another site's."""
    require(actor, Permission.MANAGE_DEVICES)
    device = session.scalar(select(Device).where(Device.id == device_id, *_own(actor)).with_for_update())
    if device is None:
        raise NotFound("There is no such device here.", "Choose a device of the list.")
    if device.revoked_at is None:
        device.revoked_at = now


def _require_site(session: Session, actor: Actor, site_id: int) -> None:
    if session.scalar(select(Site.id).where(Site.id == site_id, Site.territory_id == actor.territory_id)) is None:
        raise NotFound("There is no such site.", "Choose a site of your territory.", field="site")
    if actor.site_id not in (None, site_id):
        raise NotAllowed("You work at another site.", "Ask somebody of that site to set up its devices.", field="site")


def _own(actor: Actor) -> tuple[Any, ...]:
    site = () if actor.site_id is None else (Device.site_id == actor.site_id,)
    return (Device.territory_id == actor.territory_id, *site)


def _select_devices() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Device.id,
            Device.territory_id,
            Device.site_id,
            Site.code,
            Site.name,
            Site.idle_minutes,
            Device.name,
            Device.station,
            Device.set_up_at,
            Person.name,
            Device.last_seen_at,
            Device.revoked_at,
        )
        .join(Site, Site.id == Device.site_id)
        .join(Person, Person.id == Device.set_up_by)
    )
