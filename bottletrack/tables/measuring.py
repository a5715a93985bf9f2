"""What a site measures, within which limits, and what was measured: at the washer and in quality control alike."""

import uuid
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from bottletrack.tables.base import Base, words
from bottletrack.vocabulary import MeasuredAt


class Measure(Base):
    """One thing that is measured at a site, with its limits. A limit that is None does not bind."""

    __tablename__ = "measure"
    __table_args__ = (CheckConstraint("low IS NULL OR high IS NULL OR low <= high", name="low_to_high"),)

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    measured_at: Mapped[MeasuredAt] = mapped_column(words(MeasuredAt, "measured_at"), primary_key=True)
    #: The name says the unit where there is one, e.g. `bath2_temperature_celsius`.
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_fr: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    unit: Mapped[str] = mapped_column(String(20))
    low: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    target: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    high: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    #: A run does not start, and a lot is not released, without it.
    required: Mapped[bool]
    #: Bottles it is measured on; None: not on bottles, or on each.
    bottles: Mapped[int | None]
    #: What a bottle outside the limits has; None at the washer.
    defect_code: Mapped[str | None] = mapped_column(ForeignKey("defect.code"))
    #: Order on screens.
    position: Mapped[int]
    source: Mapped[str] = mapped_column(String(60))


class Measurement(Base):
    """A value, and the limits it was held against at that moment. Append-only."""

    __tablename__ = "measurement"
    __table_args__ = (
        # What was measured last is asked at every reading, also of what never was.
        Index("ix_measurement_code", "code"),
        Index("ix_measurement_wash_run_id", "wash_run_id"),
        Index("ix_measurement_inspection_id", "inspection_id"),
        CheckConstraint("(wash_run_id IS NULL) <> (inspection_id IS NULL)", name="run_or_inspection"),
    )

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    wash_run_id: Mapped[int | None] = mapped_column(ForeignKey("wash_run.id"))
    inspection_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("inspection.id"))
    value: Mapped[Decimal] = mapped_column(Numeric(12, 4))
    #: What was typed first, where a slip of the decimal point was asked about.
    first_typed: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    low: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    high: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    inside: Mapped[bool]
