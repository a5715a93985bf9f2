"""Quality control: an inspection with its frozen plan, and the defects that were counted."""

import uuid
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from bottletrack.tables.base import Base, words
from bottletrack.vocabulary import DefectClass, InspectionLevel, Severity, Verdict


class Inspection(Base):
    """One inspection of one lot, from its start to its verdict. Its id is the starting event's."""

    __tablename__ = "inspection"
    __table_args__ = (
        Index("ix_inspection_lot_id", "lot_id"),
        Index("ix_inspection_site_id", "site_id"),
        CheckConstraint("lot_size >= 1", name="lot_size"),
    )

    id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    level: Mapped[InspectionLevel] = mapped_column(words(InspectionLevel, "level"))
    severity: Mapped[Severity] = mapped_column(words(Severity, "severity"))
    lot_size: Mapped[int]
    #: Whether the switching rules count it: a lot, or what it was washed from, that failed before does not.
    first_time: Mapped[bool]
    #: Taken over from a journal that tells no results: only the verdict is known.
    verdict_only: Mapped[bool]
    #: By the plan and the tests; None until the verdict.
    passed: Mapped[bool | None]
    verdict: Mapped[Verdict | None] = mapped_column(words(Verdict, "verdict"))
    #: A verdict that waits for a second person is proposed first.
    proposed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("event.id"))
    judged_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("event.id"))


class InspectionPlan(Base):
    """What the inspection asks for each class of defects, frozen at its start."""

    __tablename__ = "inspection_plan"

    inspection_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("inspection.id"), primary_key=True)
    defect_class: Mapped[DefectClass] = mapped_column(words(DefectClass, "defect_class"), primary_key=True)
    #: None: every bottle, and none may have it.
    aql_percent: Mapped[Decimal | None] = mapped_column(Numeric(6, 3))
    code_letter: Mapped[str] = mapped_column(String(1))
    sample_size: Mapped[int]
    accept: Mapped[int]
    reject: Mapped[int]


class DefectCount(Base):
    """Bottles found with a defect in an inspection. Append-only; several counts add up."""

    __tablename__ = "defect_count"
    __table_args__ = (
        Index("ix_defect_count_inspection_id", "inspection_id"),
        CheckConstraint("quantity >= 1", name="quantity"),
    )

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    defect_code: Mapped[str] = mapped_column(ForeignKey("defect.code"), primary_key=True)
    inspection_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("inspection.id"))
    #: The class at this site on that day.
    defect_class: Mapped[DefectClass] = mapped_column(words(DefectClass, "defect_class"))
    quantity: Mapped[int]


class SiteDefect(Base):
    """Where a site departs from the reference list: a defect it does not use, or classes otherwise."""

    __tablename__ = "site_defect"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    defect_code: Mapped[str] = mapped_column(ForeignKey("defect.code"), primary_key=True)
    in_use: Mapped[bool]
    defect_class: Mapped[DefectClass] = mapped_column(words(DefectClass, "defect_class"))
