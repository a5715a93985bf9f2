"""Inspections as they stand: what each asks (its frozen plan), what was found so far, and how strictly a site inspects.

A correction takes an event back without touching what it wrote, so everything here asks which events are in force.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from sqlalchemy import ColumnElement, exists, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from bottletrack.errors import WrongStep
from bottletrack.genealogy.movements import in_force as movements_in_force
from bottletrack.lots import LotOnHand, get_lot_at, require_step
from bottletrack.measuring import find_measures
from bottletrack.sampling.assessment import Assessment, assess
from bottletrack.sampling.plans import SamplingPlan, plan_for, plan_for_all
from bottletrack.sampling.switching import Mark, severity_after
from bottletrack.scans import Scan
from bottletrack.steps import Step
from bottletrack.tables import (
    Defect,
    DefectCount,
    Event,
    Inspection,
    InspectionPlan,
    LotState,
    Measure,
    Measurement,
    Movement,
    Place,
    SiteDefect,
    WashRun,
)
from bottletrack.vocabulary import DefectClass, EventKind, InspectionLevel, MeasuredAt, PlaceKind, Severity, Verdict


class InspectingSite(Protocol):
    """What a site's settings say of its inspections."""

    id: int
    inspection_level: InspectionLevel
    aql_major: Decimal
    aql_minor: Decimal


@dataclass(frozen=True)
class Proposal:
    """A verdict that waits for a second person."""

    event_id: uuid.UUID
    verdict: Verdict
    by: int
    reason: str
    defect_code: str | None
    quantity: int | None


@dataclass(frozen=True)
class InspectionNow:
    """One lot's inspection, as far as it has come. `counted`: bottles by defect; `results`: the latest last."""

    row: Inspection
    plans: Mapping[DefectClass, SamplingPlan]
    counted: Mapping[str, int]
    by_class: Mapping[DefectClass, int]
    measures: tuple[Measure, ...]
    results: tuple[Measurement, ...]
    assessment: Assessment
    proposal: Proposal | None


def in_force(
    event_id: InstrumentedAttribute[uuid.UUID] | InstrumentedAttribute[uuid.UUID | None],
) -> ColumnElement[bool]:
    """Whether the event was not taken back."""
    correction = aliased(Event)
    return ~exists(select(correction.id).where(correction.reverses == event_id))


def find_inspection(session: Session, lot_id: int) -> InspectionNow | None:
    """The lot's latest inspection that was begun in earnest."""
    row = session.scalar(
        select(Inspection)
        .join(Event, Event.id == Inspection.id)
        .where(Inspection.lot_id == lot_id, in_force(Inspection.id))
        .order_by(Event.sequence.desc())
        .limit(1)
    )
    return None if row is None else _as_it_stands(session, row)


def get_inspection(session: Session, lot: LotOnHand) -> InspectionNow:
    """As `find_inspection`. Raises WrongStep for a lot that came into quality control before plans were kept."""
    found = find_inspection(session, lot.id)
    if found is None:
        raise WrongStep(
            "The inspection of lot %(lot)s has no plan: it was begun before plans were kept.",
            "Have a lead take its beginning back, then begin it again.",
            field="code",
            lot=lot.shown_code,
        )
    return found


def get_in_control(session: Session, scan: Scan, code: str, step: Step) -> tuple[LotOnHand, InspectionNow]:
    """The lot in quality control that was scanned, and its inspection. Raises as `require_step` does."""
    lot = get_lot_at(session, scan.by, scan.site_id, code)
    require_step(lot, step)
    return lot, get_inspection(session, lot)


def plans_at(
    site: InspectingSite, lot_size: int, severity: Severity
) -> dict[DefectClass, tuple[Decimal | None, SamplingPlan]]:
    """What the site asks of a lot of this size: AQL and plan for each class of defects, every bottle for critical ones.

    Raises Stopped while inspection is discontinued.
    """
    aqls = {DefectClass.MAJOR: site.aql_major, DefectClass.MINOR: site.aql_minor}
    sampled = {kind: (aql, plan_for(lot_size, site.inspection_level, aql, severity)) for kind, aql in aqls.items()}
    return {DefectClass.CRITICAL: (None, plan_for_all(lot_size)), **sampled}


def severity_at(session: Session, site_id: int, *, besides: uuid.UUID | None = None) -> Severity:
    """How strictly the site inspects its next lot, after all that it judged by a plan the first time.

    `besides`: an event that does not count, such as the one that is being recorded.
    """
    judged = session.execute(
        select(Event.sequence, Inspection.passed)
        .join(Event, Event.id == Inspection.judged_by)
        .where(Inspection.site_id == site_id, Inspection.first_time, ~Inspection.verdict_only)
        .where(in_force(Inspection.id), in_force(Inspection.judged_by))
    ).all()
    resumed = session.scalars(
        select(Event.sequence)
        .where(Event.site_id == site_id, Event.kind == EventKind.INSPECTIONS_RESUMED)
        .where(Event.id != besides, in_force(Event.id))
    )
    marks = {sequence: Mark.ACCEPTED if passed else Mark.FAILED for sequence, passed in judged}
    marks |= dict.fromkeys(resumed, Mark.RESUMED)
    return severity_after(marks[sequence] for sequence in sorted(marks))


@dataclass(frozen=True)
class Origins:
    """Where a lot's bottles were before: whether quality refused them once, and the run that is still open, if any."""

    failed_before: bool
    open_run: str | None


def find_origins(session: Session, lot_id: int) -> Origins:
    """Walks back through lots and wash runs, also those of other sites."""
    walk = select(literal(lot_id).label("id")).cte("walk", recursive=True)
    walk = walk.union(
        select(Movement.from_place_id)
        .join(walk, walk.c.id == Movement.to_place_id)
        .join(Place, Place.id == Movement.from_place_id)
        .where(Place.kind.in_((PlaceKind.LOT, PlaceKind.WASH_RUN, PlaceKind.TRANSIT)), *movements_in_force())
    )
    failed = select(Inspection.id).where(
        Inspection.lot_id.in_(select(walk.c.id)),
        Inspection.passed.is_(False),
        in_force(Inspection.id),
        in_force(Inspection.judged_by),
    )
    open_runs = select(WashRun.code).where(WashRun.id.in_(select(walk.c.id)), WashRun.closed_by.is_(None))
    return Origins(session.scalar(failed.limit(1)) is not None, session.scalar(open_runs.limit(1)))


def return_was_inspected(session: Session, lot_id: int) -> bool:
    """Whether quality has looked at a returned lot."""
    looked_at = (
        select(LotState.lot_id)
        .join(Event, Event.id == LotState.event_id)
        .where(LotState.lot_id == lot_id, Event.kind == EventKind.RETURN_INSPECTED, in_force(Event.id))
        .limit(1)
    )
    return session.scalar(looked_at) is not None


def require_run_closed(session: Session, lot: LotOnHand) -> Origins:
    """The lot's origins. Raises WrongStep while its wash run is open: a bad reading may still hold what came out."""
    origins = find_origins(session, lot.id)
    if origins.open_run is not None:
        raise WrongStep(
            "Lot %(lot)s comes from run %(run)s, which is still open.",
            "Close the run first: then it is known what became of all its bottles.",
            field="code",
            lot=lot.shown_code,
            run=origins.open_run,
        )
    return origins


def find_defect_classes(session: Session, site_id: int) -> dict[str, DefectClass]:
    """How much each defect matters at the site: as the reference list says, unless the site says otherwise."""
    classes = dict(session.execute(select(Defect.code, Defect.defect_class)).all())
    own = select(SiteDefect.defect_code, SiteDefect.defect_class).where(SiteDefect.site_id == site_id)
    return classes | dict(session.execute(own).all())


def _as_it_stands(session: Session, row: Inspection) -> InspectionNow:
    frozen = {
        plan.defect_class: SamplingPlan(
            plan.code_letter, plan.sample_size, plan.accept, plan.reject, plan.sample_size >= row.lot_size
        )
        for plan in session.scalars(select(InspectionPlan).where(InspectionPlan.inspection_id == row.id))
    }
    plans = {kind: frozen[kind] for kind in DefectClass}
    counted: dict[str, int] = {}
    by_class: dict[DefectClass, int] = {}
    for count in session.scalars(
        select(DefectCount).where(DefectCount.inspection_id == row.id, in_force(DefectCount.event_id))
    ):
        counted[count.defect_code] = counted.get(count.defect_code, 0) + count.quantity
        by_class[count.defect_class] = by_class.get(count.defect_class, 0) + count.quantity
    results = session.scalars(
        select(Measurement)
        .join(Event, Event.id == Measurement.event_id)
        .where(Measurement.inspection_id == row.id, in_force(Measurement.event_id))
        .order_by(Event.sequence)
    ).all()
    measures = find_measures(session, row.site_id, MeasuredAt.QUALITY)
    return InspectionNow(
        row=row,
        plans=plans,
        counted=counted,
        by_class=by_class,
        measures=tuple(measures),
        results=tuple(results),
        assessment=assess(
            plans,
            by_class,
            outside=_classes_outside(session, row.site_id, measures, {r.code for r in results if not r.inside}),
            missing=[m.code for m in measures if m.required and m.code not in {r.code for r in results}],
        ),
        proposal=_find_proposal(session, row),
    )


def _classes_outside(session: Session, site_id: int, measures: list[Measure], outside: set[str]) -> set[DefectClass]:
    """The classes of tests that were ever outside their limits: a second try does not undo the first.

    A test that names no defect counts as major.
    """
    if not outside:
        return set()
    classes = find_defect_classes(session, site_id)
    defects = {measure.code: measure.defect_code for measure in measures}
    return {classes.get(defects.get(code) or "", DefectClass.MAJOR) for code in outside}


def _find_proposal(session: Session, row: Inspection) -> Proposal | None:
    """The verdict that waits, unless it was taken back or a verdict was given since."""
    if row.proposed_by is None or row.verdict is None:
        return None
    event = session.scalar(select(Event).where(Event.id == row.proposed_by, in_force(Event.id)))
    judged = session.get(Event, row.judged_by) if row.judged_by else None
    if event is None or (judged is not None and judged.sequence > event.sequence):
        return None
    return Proposal(
        event.id, row.verdict, event.actor_id, event.reason, event.readings["defect_code"], event.readings["quantity"]
    )
