"""What was read and checked on the way of bottles: wash runs with their readings, inspections with their plans."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from bottletrack.tables import (
    DefectCount,
    Event,
    Inspection,
    InspectionPlan,
    Measure,
    Measurement,
    Site,
    WashRun,
)
from bottletrack.vocabulary import DefectClass, InspectionLevel, MeasuredAt, Severity, Verdict, WashProgram


@dataclass(frozen=True)
class Measured:
    """A value, and the limits it was held against then. The names are the site's; the code where it dropped them."""

    code: str
    name_fr: str
    name_en: str
    unit: str
    value: Decimal
    low: Decimal | None
    high: Decimal | None
    inside: bool
    measured_at: datetime


@dataclass(frozen=True)
class RunOnTheWay:
    """`noted`: what was written down at its closing, by name (meters; a partner's readings)."""

    id: int
    code: str
    site_name: str
    program: WashProgram
    opened_at: datetime
    closed_at: datetime | None
    held: bool
    readings: tuple[Measured, ...]
    noted: dict[str, Any]


@dataclass(frozen=True)
class ClassPlan:
    """What the plan asked for a class of defects, and what was found. `aql_percent` None: every bottle, none may."""

    defect_class: DefectClass
    aql_percent: Decimal | None
    sample_size: int
    accept: int
    reject: int
    found: int


@dataclass(frozen=True)
class Check:
    """An inspection of a lot on the way. `verdict_only`: from a journal that tells no results."""

    lot_id: int
    started_at: datetime
    level: InspectionLevel
    severity: Severity
    lot_size: int
    verdict_only: bool
    verdict: Verdict | None
    judged_at: datetime | None
    plans: tuple[ClassPlan, ...]
    tests: tuple[Measured, ...]


def find_runs_on_the_way(session: Session, run_ids: Collection[int]) -> list[RunOnTheWay]:
    """The runs with these ids, the first opened first. The ids come from rows that are scoped already."""
    opening, closing = aliased(Event), aliased(Event)
    rows = session.execute(
        select(WashRun, Site.name, opening.happened_at, closing)
        .join(Site, Site.id == WashRun.site_id)
        .join(opening, opening.id == WashRun.opened_by)
        .outerjoin(closing, closing.id == WashRun.closed_by)
        .where(WashRun.id.in_(run_ids))
        .order_by(opening.happened_at, WashRun.id)
    ).all()
    readings = _measured(session, Measurement.wash_run_id.in_(run_ids))
    return [
        RunOnTheWay(
            id=run.id,
            code=run.code,
            site_name=site_name,
            program=run.program,
            opened_at=opened_at,
            closed_at=closed.happened_at if closed else None,
            held=run.held_by is not None,
            readings=tuple(readings[run.id]),
            noted=closed.readings if closed else {},
        )
        for run, site_name, opened_at, closed in rows
    ]


def find_checks(session: Session, lot_ids: Collection[int]) -> list[Check]:
    """The inspections of these lots, the first begun first."""
    start, judgment = aliased(Event), aliased(Event)
    taken_back = aliased(Event)
    rows = session.execute(
        select(Inspection, start.happened_at, judgment.happened_at)
        .join(start, start.id == Inspection.id)
        .outerjoin(judgment, judgment.id == Inspection.judged_by)
        .outerjoin(taken_back, taken_back.reverses == Inspection.id)
        .where(Inspection.lot_id.in_(lot_ids), taken_back.id.is_(None))
        .order_by(start.happened_at, Inspection.lot_id)
    ).all()
    ids = [inspection.id for inspection, *_ in rows]
    plans = _plans(session, ids)
    tests = _measured(session, Measurement.inspection_id.in_(ids))
    return [
        Check(
            lot_id=inspection.lot_id,
            started_at=started_at,
            level=inspection.level,
            severity=inspection.severity,
            lot_size=inspection.lot_size,
            verdict_only=inspection.verdict_only,
            verdict=inspection.verdict,
            judged_at=judged_at,
            plans=tuple(plans[inspection.id]),
            tests=tuple(tests[inspection.id]),
        )
        for inspection, started_at, judged_at in rows
    ]


def _plans(session: Session, ids: list[uuid.UUID]) -> defaultdict[uuid.UUID, list[ClassPlan]]:
    counted = session.execute(
        select(DefectCount.inspection_id, DefectCount.defect_class, func.sum(DefectCount.quantity))
        .where(DefectCount.inspection_id.in_(ids))
        .group_by(DefectCount.inspection_id, DefectCount.defect_class)
    )
    found = {(inspection_id, defect_class): quantity for inspection_id, defect_class, quantity in counted}
    order = list(DefectClass)
    plans: defaultdict[uuid.UUID, list[ClassPlan]] = defaultdict(list)
    rows = session.scalars(select(InspectionPlan).where(InspectionPlan.inspection_id.in_(ids)))
    for plan in sorted(rows, key=lambda plan: order.index(plan.defect_class)):
        plans[plan.inspection_id].append(
            ClassPlan(
                plan.defect_class,
                plan.aql_percent,
                plan.sample_size,
                plan.accept,
                plan.reject,
                found.get((plan.inspection_id, plan.defect_class), 0),
            )
        )
    return plans


def _measured(session: Session, which: Any) -> defaultdict[Any, list[Measured]]:
    """Measurements by the run or inspection they belong to, in the order they were taken, named as their site does."""
    rows = session.execute(
        select(Measurement, Event.happened_at, Event.site_id, WashRun.program)
        .join(Event, Event.id == Measurement.event_id)
        .outerjoin(WashRun, WashRun.id == Measurement.wash_run_id)
        .where(which)
        .order_by(Event.happened_at, Event.sequence, Measurement.code)
    ).all()
    sites = {site_id for _, _, site_id, _ in rows}
    names = {
        (measure.site_id, measure.measured_at, measure.code): measure
        for measure in session.scalars(select(Measure).where(Measure.site_id.in_(sites)))
    }
    measured: defaultdict[Any, list[Measured]] = defaultdict(list)
    for row, moment, site_id, program in rows:
        named = names.get((site_id, MeasuredAt(program.value) if program else MeasuredAt.QUALITY, row.code))
        measured[row.inspection_id or row.wash_run_id].append(
            Measured(
                code=row.code,
                name_fr=named.name_fr if named else row.code,
                name_en=named.name_en if named else row.code,
                unit=named.unit if named else "",
                value=row.value,
                low=row.low,
                high=row.high,
                inside=row.inside,
                measured_at=moment,
            )
        )
    return measured
