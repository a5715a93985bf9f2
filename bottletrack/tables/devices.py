"""Shared devices, who sat at them, the badges that open them, and the scans that arrived too late to be taken."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from bottletrack.tables.base import Base, UtcDateTime, words
from bottletrack.vocabulary import LateState, SignInProof, Station


class Device(Base):
    """A tablet, phone or scanner that was set up for a site. It knows its place, and nothing of people."""

    __tablename__ = "device"

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    #: What people call it, e.g. `Tablette lavage`.
    name: Mapped[str] = mapped_column(String(100))
    station: Mapped[Station] = mapped_column(words(Station, "station"))
    #: Of the key that it shows with each request; the key itself is on the device only.
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    set_up_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    set_up_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Sitting(Base):
    """One person at one device, from signing in to the end. What the device sends later still counts as theirs."""

    __tablename__ = "sitting"
    __table_args__ = (Index("ix_sitting_device_id", "device_id"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proof: Mapped[SignInProof] = mapped_column(words(SignInProof, "proof"))
    #: The device's clock where it was offline, else the server's.
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Badge(Base):
    """A printed card with a signed token. The token is not kept: it follows from the number and the server's secret."""

    __tablename__ = "badge"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LateScan(Base):
    """A scan that a device brought and that could not be recorded. It waits for a lead; it is never deleted."""

    __tablename__ = "late_scan"
    __table_args__ = (
        # The same scan brought again is the same; the same id with other content is another.
        UniqueConstraint("event_id", "fingerprint"),
        Index("ix_late_scan_site_state", "site_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    #: Whose scan it is; None where the device brought no sitting that we know.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The id that its event would have, or has; not a foreign key, for there may never be such an event.
    event_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: The verb's path in the API, e.g. `loadings`; and its input as the device sent it, also where it cannot be read.
    verb: Mapped[str] = mapped_column(String(60))
    content: Mapped[str] = mapped_column(Text)
    #: SHA-256 of verb and content.
    fingerprint: Mapped[str] = mapped_column(String(64))
    #: The device's clock; None where it could not be read.
    happened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Why it was not recorded: `what`, `remedy` and `values` of the refusal.
    refusal: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[LateState] = mapped_column(words(LateState, "state"), default=LateState.WAITING)
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_reason: Mapped[str] = mapped_column(Text, default="")
    #: What was recorded in the end.
    settled_event_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("event.id"))
