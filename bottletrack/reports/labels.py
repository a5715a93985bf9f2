"""Labels as people ask about them: which are approved, what trials showed, and how well they wash off at the line.

The washability score of a label: of 100 bottles packed for it, how many came out of the wash without a trace of it. Of
a winery: of 100 bottles delivered to it net (or, where its own bottles come back, of those washed, if they are more).
Remains are what the washer credited to the label or the winery; what was corrected does not count. Before anything was
credited in the territory nobody has looked, so there is nothing to judge by: that is no score of 100.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from bottletrack.identifiers import show_code
from bottletrack.reports.movements import net_movements
from bottletrack.tables import (
    Event,
    LabelRemains,
    LabelTrial,
    LabelVariant,
    Lot,
    Order,
    OrderLine,
    Place,
    Site,
    TrialResult,
    WashRun,
    Winery,
)
from bottletrack.vocabulary import EventKind, WashProgram
from bottletrack.washability import (
    Change,
    Examined,
    LabelStatus,
    Obstacle,
    Washability,
    bleeds,
    find_obstacles,
    status_of,
    what_to_change,
)


@dataclass(frozen=True)
class TrialSeen:
    """One trial: so many bottles, how they stood, in which bath, and what examiners saw."""

    lot_code: str
    site_name: str
    started_at: datetime
    bottles: int
    storage: str
    bath_naoh_percent: Decimal
    bath_temperature_celsius: Decimal
    results: tuple[Examined, ...]

    @property
    def shown_code(self) -> str:
        return show_code(self.lot_code)


@dataclass(frozen=True)
class LabelSeen:
    """A label, where it stands on a day, what its trials showed, and how it proved itself at the washer."""

    id: int
    code: str
    name: str
    #: None: for whoever wants it.
    winery_code: str | None
    winery_name: str | None
    paper: str
    glue: str
    printer: str
    ink_coverage_percent: int
    varnish: bool
    foil: bool
    status: LabelStatus
    #: The last day of an approval.
    valid_until: date | None
    #: Why it was approved, on which condition, or refused.
    reason: str
    trials: tuple[TrialSeen, ...]
    obstacles: tuple[Obstacle, ...]
    ink_bleed: bool
    changes: tuple[Change, ...]
    washability: Washability


@dataclass(frozen=True)
class WinerySeen:
    """A winery's bottles at the washer, whatever label they carried."""

    code: str
    name: str
    approved_labels: int
    washability: Washability


def find_labels(
    session: Session, territory_id: int, day: date, *, winery_id: int | None = None, code: str | None = None
) -> list[LabelSeen]:
    """All labels of the territory in the order of their codes; of one winery with those for all, or one by its code."""
    judging = aliased(Event)
    query = (
        select(LabelVariant, Winery, judging.reason)
        .outerjoin(Winery, Winery.id == LabelVariant.winery_id)
        .outerjoin(judging, judging.id == LabelVariant.judged_by)
        .where(LabelVariant.territory_id == territory_id)
        .order_by(LabelVariant.code)
    )
    if winery_id is not None:
        query = query.where((LabelVariant.winery_id == winery_id) | LabelVariant.winery_id.is_(None))
    if code is not None:
        query = query.where(LabelVariant.code == code.strip().upper())
    found = session.execute(query).all()
    within = _release_minutes(session, territory_id)
    trials = _trials(session, [label.id for label, _, _ in found])
    remains = _remains(session, territory_id, LabelRemains.variant_id)
    packed = _packed_for(session, territory_id) if _has_looked(session, territory_id) else {}
    return [
        _label_seen(
            label,
            winery,
            reason or "",
            tuple(trials[label.id]),
            within,
            day,
            Washability(packed.get(label.code, 0), remains.get(label.id, 0)),
        )
        for label, winery, reason in found
    ]


def find_usable_labels(session: Session, territory_id: int, day: date, owner_winery_id: int | None) -> list[LabelSeen]:
    """The approved list: what bottles of that owner (None: the pool) may be packed for on that day."""
    return [
        label
        for label in find_labels(session, territory_id, day, winery_id=owner_winery_id)
        if label.status is LabelStatus.APPROVED
    ]


def find_winery_washability(
    session: Session, territory_id: int, day: date, *, winery_id: int | None = None
) -> list[WinerySeen]:
    """The territory's wineries by name, or one of them, each with its score."""
    delivered, washed = (
        (_delivered_to(session, territory_id), _own_washed(session, territory_id))
        if _has_looked(session, territory_id)
        else ({}, {})
    )
    remains = _remains(session, territory_id, LabelRemains.winery_id)
    approved: dict[str | None, int] = defaultdict(int)
    for label in find_labels(session, territory_id, day):
        approved[label.winery_code] += label.status is LabelStatus.APPROVED
    query = select(Winery).where(Winery.territory_id == territory_id).order_by(Winery.name)
    wineries = session.scalars(query if winery_id is None else query.where(Winery.id == winery_id))
    return [
        WinerySeen(
            winery.code,
            winery.name,
            approved[winery.code],
            Washability(max(delivered.get(winery.id, 0), washed.get(winery.id, 0)), remains.get(winery.id, 0)),
        )
        for winery in wineries
    ]


def _label_seen(
    label: LabelVariant,
    winery: Winery | None,
    reason: str,
    trials: tuple[TrialSeen, ...],
    within_minutes: int,
    day: date,
    washability: Washability,
) -> LabelSeen:
    every = [result for trial in trials for result in trial.results]
    obstacles, ink_bleed = find_obstacles(every, within_minutes), bleeds(every)
    return LabelSeen(
        id=label.id,
        code=label.code,
        name=label.name,
        winery_code=winery.code if winery else None,
        winery_name=winery.name if winery else None,
        paper=label.paper,
        glue=label.glue,
        printer=label.printer,
        ink_coverage_percent=label.ink_coverage_percent,
        varnish=label.varnish,
        foil=label.foil,
        status=status_of(label.approved, label.valid_until, [trial.results for trial in trials], day),
        valid_until=label.valid_until,
        reason=reason,
        trials=trials,
        obstacles=obstacles,
        ink_bleed=ink_bleed,
        changes=what_to_change(
            obstacles,
            ink_bleed=ink_bleed,
            varnish=label.varnish,
            foil=label.foil,
            ink_coverage_percent=label.ink_coverage_percent,
        ),
        washability=washability,
    )


def _release_minutes(session: Session, territory_id: int) -> int:
    """What the fastest line of the territory gives a label: a label may come back to any of them."""
    return session.scalar(select(func.min(Site.label_release_minutes)).where(Site.territory_id == territory_id)) or 0


def _taken_back() -> Any:
    return select(Event.reverses).where(Event.reverses.is_not(None))


def _trials(session: Session, label_ids: Iterable[int]) -> dict[int, list[TrialSeen]]:
    """Trials of each label, the oldest first, without what was taken back."""
    wanted = LabelTrial.variant_id.in_(set(label_ids))
    results: dict[object, list[Examined]] = defaultdict(list)
    for row in session.scalars(
        select(TrialResult)
        .join(LabelTrial, LabelTrial.id == TrialResult.trial_id)
        .join(Event, Event.id == TrialResult.event_id)
        .where(wanted, TrialResult.event_id.not_in(_taken_back()))
        .order_by(Event.recorded_at)
    ):
        results[row.trial_id].append(
            Examined(
                row.examiner_id,
                row.minutes_90,
                row.minutes_100,
                row.pulp,
                row.residue,
                row.ink_bleed,
                row.holds_in_ice_water,
            )
        )
    trials: dict[int, list[TrialSeen]] = defaultdict(list)
    for trial, lot_code, site_name, started_at in session.execute(
        select(LabelTrial, Lot.code, Site.name, Event.happened_at)
        .join(Event, Event.id == LabelTrial.id)
        .join(Lot, Lot.id == LabelTrial.lot_id)
        .join(Site, Site.id == Lot.site_id)
        .where(wanted, LabelTrial.id.not_in(_taken_back()))
        .order_by(Event.recorded_at)
    ):
        trials[trial.variant_id].append(
            TrialSeen(
                lot_code,
                site_name,
                started_at,
                trial.bottles,
                trial.storage,
                trial.bath_naoh_percent,
                trial.bath_temperature_celsius,
                tuple(results[trial.id]),
            )
        )
    return trials


def _packed_for(session: Session, territory_id: int) -> dict[str, int]:
    """Bottles packed for each label, by its code."""
    net = net_movements(territory_id)
    label = Event.readings["label"].as_string()
    rows = session.execute(
        select(label, func.sum(net.c.quantity))
        .join(Event, Event.id == net.c.event_id)
        .where(net.c.kind == EventKind.RELABELED)
        .group_by(label)
    )
    return {code: int(quantity) for code, quantity in rows if code}


def _has_looked(session: Session, territory_id: int) -> bool:
    """Whether the washer ever said whose label remained."""
    credited = (
        select(LabelRemains.event_id)
        .join(WashRun, WashRun.id == LabelRemains.wash_run_id)
        .where(WashRun.territory_id == territory_id, LabelRemains.event_id.not_in(_taken_back()))
        .limit(1)
    )
    return session.scalar(credited) is not None


def _remains(session: Session, territory_id: int, credited_to: Any) -> dict[int, int]:
    """Bottles with remains of a label, by whom they were credited to."""
    rows = session.execute(
        select(credited_to, func.sum(LabelRemains.quantity))
        .join(WashRun, WashRun.id == LabelRemains.wash_run_id)
        .where(WashRun.territory_id == territory_id, credited_to.is_not(None))
        .where(LabelRemains.event_id.not_in(_taken_back()))
        .group_by(credited_to)
    )
    return {key: int(quantity) for key, quantity in rows}


def _delivered_to(session: Session, territory_id: int) -> dict[int, int]:
    """Bottles delivered to each winery net: what its order lines hold."""
    rows = session.execute(
        select(Order.winery_id, func.sum(Place.quantity))
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Place, Place.id == OrderLine.id)
        .where(Order.territory_id == territory_id)
        .group_by(Order.winery_id)
    )
    return {winery_id: int(quantity) for winery_id, quantity in rows}


def _own_washed(session: Session, territory_id: int) -> dict[int, int]:
    """Bottles of each winery's own that came out of full washes; one that is washed again counts again."""
    net = net_movements(territory_id)
    rows = session.execute(
        select(WashRun.owner_winery_id, func.sum(net.c.quantity))
        .join(WashRun, WashRun.id == net.c.from_place_id)
        .where(net.c.kind.in_((EventKind.OUTPUT_TAKEN, EventKind.RUN_CLOSED)))
        .where(WashRun.program == WashProgram.WASH, WashRun.owner_winery_id.is_not(None))
        .group_by(WashRun.owner_winery_id)
    )
    return {winery_id: int(quantity) for winery_id, quantity in rows if winery_id is not None}
