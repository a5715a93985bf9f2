"""Around the bottles: hours worked at a site, the containers that bottles travel in, and the labels on them."""

import uuid
from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bottletrack.tables.base import Base, words
from bottletrack.vocabulary import LabelRemedy, Station


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


class LabelPrint(Base):
    """A lot's label came out of a printer under this code. Stuck: scanned back, where it says which container."""

    __tablename__ = "label_print"
    __table_args__ = (Index("ix_label_print_lot_id", "lot_id"),)

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(8))
    #: The event that scanned it back; None: printed, and nobody knows where it is.
    stuck_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("event.id"))
    #: The crate, palox or pallet that it was stuck on, where that has a code of its own.
    container_id: Mapped[int | None] = mapped_column(ForeignKey("container.id"))


class RetiredCode(Base):
    """A code that a lot had: its label was lost, dirty or on other bottles. It is never given again. Append-only."""

    __tablename__ = "retired_code"

    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    retired_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"))
    remedy: Mapped[LabelRemedy] = mapped_column(words(LabelRemedy, "remedy"))
