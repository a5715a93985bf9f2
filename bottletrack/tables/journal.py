"""The ledger's own tables: events, the bottles they moved, what they promised, and how they left each lot.

All four are append-only: the database refuses to change or delete a row.
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from bottletrack.tables.base import Base, UtcDateTime, words
from bottletrack.vocabulary import EventKind, Grade, Stage

#: SQLite numbers rows by itself only in a column called INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")
MAX_QUANTITY = 10_000_000


class Event(Base):
    """One thing that happened at a site. Its id is made by the device, and counts once."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("site_id", "sequence"),
        UniqueConstraint("reverses"),
        Index("ix_event_territory_happened", "territory_id", "happened_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[EventKind] = mapped_column(words(EventKind, "kind"))
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    #: 1, 2, 3… without a gap for each site: nothing was taken out.
    sequence: Mapped[int]
    #: A pseudonym: the person's number.
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: The device's clock, and the server's.
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")
    #: What was read or declared besides bottles: meters, baths, crates, kilometers.
    readings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    reverses: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("event.id"))
    #: SHA-256 of what was asked: the same id with another content is refused.
    fingerprint: Mapped[str] = mapped_column(String(64))


class Movement(Base):
    """Bottles that went from one place to another. One row has both ends, so none can appear or vanish."""

    __tablename__ = "movement"
    __table_args__ = (
        CheckConstraint(f"quantity BETWEEN 1 AND {MAX_QUANTITY}", name="quantity"),
        CheckConstraint("from_place_id <> to_place_id", name="two_places"),
        Index("ix_movement_from_to", "from_place_id", "to_place_id"),
        Index("ix_movement_to_from", "to_place_id", "from_place_id"),
        Index("ix_movement_territory_kind_day", "territory_id", "kind", "happened_on"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"), index=True)
    from_place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    to_place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    quantity: Mapped[int]
    #: The model as known when it moved; None before sorting.
    model_id: Mapped[int | None] = mapped_column(ForeignKey("bottle_model.id"))
    #: Why, for bottles that left the way.
    defect_code: Mapped[str | None] = mapped_column(ForeignKey("defect.code"))
    #: Copied from the event, which never changes, so that reports need no join. The day is the site's own.
    kind: Mapped[EventKind] = mapped_column(words(EventKind, "kind"))
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    happened_on: Mapped[date]


class Promise(Base):
    """Bottles of a lot spoken for by an order line (positive), or set free again (negative)."""

    __tablename__ = "promise"
    __table_args__ = (
        CheckConstraint(f"quantity <> 0 AND quantity BETWEEN -{MAX_QUANTITY} AND {MAX_QUANTITY}", name="quantity"),
        Index("ix_promise_line_lot", "order_line_id", "lot_id"),
        Index("ix_promise_lot", "lot_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"))
    quantity: Mapped[int]


class LotState(Base):
    """How an event left a lot. The latest row by site sequence is what the lot's own row says."""

    __tablename__ = "lot_state"
    __table_args__ = (Index("ix_lot_state_lot", "lot_id"),)

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    stage: Mapped[Stage] = mapped_column(words(Stage, "stage"))
    grade: Mapped[Grade | None] = mapped_column(words(Grade, "grade"))
    hold_event_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("event.id"))
