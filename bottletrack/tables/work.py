"""Around the bottles: hours worked at a site, and the containers that bottles travel in."""

import uuid
from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bottletrack.tables.base import Base, words
from bottletrack.vocabulary import Station


class WorkHours(Base):
    """Hours at one station on one day, of all people together, never of one. Append-only: the latest entry counts."""

    __tablename__ = "work_hours"
    __table_args__ = (
        Index("ix_work_hours_site_day", "site_id", "day"),
        CheckConstraint("hours >= 0 AND insertion_hours >= 0 AND insertion_hours <= hours", name="insertion_within"),
    )

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    day: Mapped[date]
    station: Mapped[Station] = mapped_column(words(Station, "station"))
    hours: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    #: Of these, by people on social-insertion contracts.
    insertion_hours: Mapped[Decimal] = mapped_column(Numeric(7, 2))


class ContainerType(Base):
    """A kind of crate, palox or pallet that a site uses, and how many bottles it takes."""

    __tablename__ = "container_type"
    __table_args__ = (CheckConstraint("capacity_bottles >= 1", name="capacity"),)

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name_fr: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    capacity_bottles: Mapped[int]
    in_use: Mapped[bool]
    source: Mapped[str] = mapped_column(String(60))


class Container(Base):
    """One crate, palox or pallet with a code of its own. Clean or not: what its last use says."""

    __tablename__ = "container"
    __table_args__ = (UniqueConstraint("territory_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    code: Mapped[str] = mapped_column(String(40))
    clean: Mapped[bool]


class ContainerUse(Base):
    """A container was cleaned (no lot), or took bottles that were clean or dirty. Append-only (I14)."""

    __tablename__ = "container_use"
    __table_args__ = (Index("ix_container_use_container_id", "container_id"),)

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    container_id: Mapped[int] = mapped_column(ForeignKey("container.id"), primary_key=True)
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"))
    clean: Mapped[bool]
