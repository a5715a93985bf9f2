"""Lots and wash runs: the places that bottles pass through, and what they are besides a quantity."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bottletrack.tables.base import Base, words
from bottletrack.vocabulary import Grade, Stage, WashProgram


class Lot(Base):
    """Bottles that go together under one code.

    From sorting on: one model, one color, one owner. Stage, grade and hold are the latest row of `lot_state`; the
    audit proves it. A lot is open while its place holds bottles; at zero its code is dead.
    """

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("territory_id", "code"),
        UniqueConstraint("territory_id", "partner_code"),
        Index("ix_lot_site_stage", "site_id", "stage"),
        CheckConstraint("pass_number >= 0", name="pass_number"),
        CheckConstraint(
            "stage IN ('expected', 'received', 'voided') OR model_id IS NOT NULL", name="model_known_from_sorting"
        ),
    )

    id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    code: Mapped[str] = mapped_column(String(8))
    #: The name a partner's journal gives it.
    partner_code: Mapped[str | None] = mapped_column(String(40))
    stage: Mapped[Stage] = mapped_column(words(Stage, "stage"))
    grade: Mapped[Grade | None] = mapped_column(words(Grade, "grade"))
    #: The event that put it on hold; None: free to move.
    hold_event_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("event.id"))
    #: None while unsorted.
    model_id: Mapped[int | None] = mapped_column(ForeignKey("bottle_model.id"))
    #: As sorted; empty where nobody recorded it.
    color: Mapped[str] = mapped_column(String(40), default="")
    #: None: the pool's own bottles.
    owner_winery_id: Mapped[int | None] = mapped_column(ForeignKey("winery.id"))
    #: How many full washes it has been through.
    pass_number: Mapped[int] = mapped_column(default=0)
    #: The day of the last wash or rinse, at the site.
    washed_on: Mapped[date | None]
    made_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"), index=True)
    #: Quality lets it leave until this day, whatever its age; None: the site's limit holds.
    waived_until: Mapped[date | None]


class Washer(Base):
    """A machine, and the largest bottle that goes through it."""

    __tablename__ = "washer"
    __table_args__ = (
        UniqueConstraint("site_id", "code"),
        CheckConstraint("below_height_mm >= 1", name="height"),
        CheckConstraint("max_diameter_mm >= 1", name="diameter"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(100))
    #: Bottles are lower than this, and at most so wide (S47: height < 308 mm, diameter <= 90 mm).
    below_height_mm: Mapped[int] = mapped_column(default=308)
    max_diameter_mm: Mapped[int] = mapped_column(default=90)


class WashRun(Base):
    """One batch through the washer. A place: it holds what was loaded until the outputs balance."""

    __tablename__ = "wash_run"
    __table_args__ = (UniqueConstraint("site_id", "code"),)

    id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    code: Mapped[str] = mapped_column(String(20))
    program: Mapped[WashProgram] = mapped_column(words(WashProgram, "program"))
    #: Taken from the first lot loaded; None while empty.
    model_id: Mapped[int | None] = mapped_column(ForeignKey("bottle_model.id"))
    color: Mapped[str] = mapped_column(String(40), default="")
    owner_winery_id: Mapped[int | None] = mapped_column(ForeignKey("winery.id"))
    #: Full washes after this run: a wash is its lots' + 1, a rinse the same as theirs (the highest, where merged).
    pass_number: Mapped[int | None]
    opened_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"))
    #: None while the run is open.
    closed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("event.id"))
    #: None: the site's first washer, of before machines were told apart.
    washer_id: Mapped[int | None] = mapped_column(ForeignKey("washer.id"))
    #: None until the line runs; until then lots may be unloaded.
    started_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("event.id"))
    #: The first reading outside the limits; what passes from then on is made on hold, by that event.
    held_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("event.id"))


class Transit(Base):
    """Bottles of a lot on the road to another site. A place: it holds them until they are counted there."""

    __tablename__ = "transit"

    id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    to_site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    sent_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"))
    #: None while on the road.
    received_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("event.id"))
