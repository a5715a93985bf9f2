"""Labels and whether they wash off: variants, trials, results, and the remains found at the washer."""

import uuid
from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bottletrack.tables.base import Base


class LabelVariant(Base):
    """A label as it is printed. It never changes: another paper, glue or printer is another variant (S42, S53)."""

    __tablename__ = "label_variant"
    __table_args__ = (
        UniqueConstraint("territory_id", "code"),
        CheckConstraint("ink_coverage_percent BETWEEN 0 AND 100", name="ink_coverage"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    #: What people call it, e.g. `E-0004`.
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(100))
    #: None: for whoever wants it.
    winery_id: Mapped[int | None] = mapped_column(ForeignKey("winery.id"))
    paper: Mapped[str] = mapped_column(String(100))
    glue: Mapped[str] = mapped_column(String(100))
    ink_coverage_percent: Mapped[int]
    varnish: Mapped[bool]
    foil: Mapped[bool]
    printer: Mapped[str] = mapped_column(String(100))
    registered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"))
    #: The last judgment; None: not judged yet.
    judged_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("event.id"))
    approved: Mapped[bool | None]
    #: The last day on which an approved label may be used.
    valid_until: Mapped[date | None]


class LabelTrial(Base):
    """Bottles with a label, stored and then washed off under named conditions. Its id is the starting event's."""

    __tablename__ = "label_trial"
    __table_args__ = (
        Index("ix_label_trial_variant_id", "variant_id"),
        CheckConstraint("bottles >= 1", name="bottles"),
    )

    id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("label_variant.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    bottles: Mapped[int]
    #: Where and how long the labeled bottles stood: weeks, sun, damp, cold.
    storage: Mapped[str] = mapped_column(Text)
    bath_naoh_percent: Mapped[Decimal] = mapped_column(Numeric(6, 3))
    bath_temperature_celsius: Mapped[Decimal] = mapped_column(Numeric(6, 2))


class TrialResult(Base):
    """What one examiner saw; results vary between examiners (S42), so two are asked for. Append-only."""

    __tablename__ = "trial_result"
    __table_args__ = (
        Index("ix_trial_result_trial_id", "trial_id"),
        CheckConstraint("residue BETWEEN 0 AND 3", name="residue"),
        CheckConstraint("minutes_90 >= 0 AND (minutes_100 IS NULL OR minutes_100 >= minutes_90)", name="minutes"),
    )

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    trial_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("label_trial.id"))
    examiner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: Minutes in the bath until 90 % and 100 % of the labels were off; None: they never were.
    minutes_90: Mapped[Decimal] = mapped_column(Numeric(6, 1))
    minutes_100: Mapped[Decimal | None] = mapped_column(Numeric(6, 1))
    #: The paper went to pulp, which blocks nozzles (S43).
    pulp: Mapped[bool]
    #: What stays on the glass: 0 nothing to 3 much.
    residue: Mapped[int]
    ink_bleed: Mapped[bool]
    #: The label stays on in ice water, as on a table.
    holds_in_ice_water: Mapped[bool]


class LabelRemains(Base):
    """Bottles whose label did not come off in a wash, credited to the winery and label they came from. Append-only."""

    __tablename__ = "label_remains"
    __table_args__ = (
        CheckConstraint("winery_id IS NOT NULL OR variant_id IS NOT NULL", name="from_somebody"),
        CheckConstraint("quantity >= 1", name="quantity"),
    )

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    wash_run_id: Mapped[int] = mapped_column(ForeignKey("wash_run.id"))
    winery_id: Mapped[int | None] = mapped_column(ForeignKey("winery.id"), index=True)
    variant_id: Mapped[int | None] = mapped_column(ForeignKey("label_variant.id"), index=True)
    quantity: Mapped[int]
