"""Recalls: a case, the places in its set, and what became of the bottles that had left."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bottletrack.tables.base import Base


class RecallCase(Base):
    """Opened from a lot, run, reception or delivery. While a case that is no drill is open, its lots do not move."""

    __tablename__ = "recall_case"
    __table_args__ = (UniqueConstraint("territory_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    #: What people call it, e.g. `R-0003`.
    code: Mapped[str] = mapped_column(String(20))
    drill: Mapped[bool]
    #: What it began with, as a trace finds it again: `lot:7K3M29QX`, `run:12`, `order:O-0012`, `event:…`.
    start: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
    opened_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"))
    closed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("event.id"))


class RecallPlace(Base):
    """A lot, run, road or order line in the set, with the bottles of the case that it held (bounds: lots merge)."""

    __tablename__ = "recall_place"
    __table_args__ = (
        Index("ix_recall_place_place_id", "place_id"),
        CheckConstraint("low >= 0 AND low <= high", name="bounds"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("recall_case.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True)
    #: Bottles there when the case was opened (all of them are recalled), and how many of them are the case's own.
    on_hand: Mapped[int]
    low: Mapped[int]
    high: Mapped[int]


class RecallTally(Base):
    """Bottles of an order line that came back, or that the winemaker says are gone. Append-only."""

    __tablename__ = "recall_tally"
    __table_args__ = (
        CheckConstraint("recovered >= 0 AND consumed >= 0 AND recovered + consumed >= 1", name="quantity"),
        Index("ix_recall_tally_case_id", "case_id"),
    )

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("recall_case.id"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"))
    recovered: Mapped[int]
    consumed: Mapped[int]
