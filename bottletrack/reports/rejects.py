"""Why bottles were not reused: rejects by cause, the most frequent first, and by the station that found them.

A reject is a bottle that went to cullet or to another operator. Bottles broken or destroyed in a test have no cause to
be told apart by, and are figures of their own.
"""

from dataclasses import dataclass
from itertools import accumulate

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from bottletrack.reports.movements import ALL_TIME, Period, net_movements
from bottletrack.tables import Defect, Movement, Place
from bottletrack.vocabulary import DefectClass, EventKind, PlaceKind

REJECT_PLACES = (PlaceKind.CULLET, PlaceKind.TRANSFERRED)


@dataclass(frozen=True)
class RejectCause:
    """Bottles refused for one defect. `cumulative`: bottles of this cause and of those more frequent."""

    defect_code: str
    name_fr: str
    name_en: str
    defect_class: DefectClass
    cullet: int
    transferred: int
    total: int
    cumulative: int


@dataclass(frozen=True)
class RejectStation:
    """Bottles refused in one kind of event."""

    kind: EventKind
    total: int


@dataclass(frozen=True)
class Rejects:
    period: Period
    causes: tuple[RejectCause, ...]
    stations: tuple[RejectStation, ...]

    @property
    def total(self) -> int:
        return sum(cause.total for cause in self.causes)


def find_rejects(session: Session, territory_id: int, period: Period = ALL_TIME) -> Rejects:
    """Causes in Pareto order; those that corrections have brought to nothing are left out."""
    return Rejects(period, _causes(session, territory_id, period), _stations(session, territory_id, period))


def _causes(session: Session, territory_id: int, period: Period) -> tuple[RejectCause, ...]:
    net = net_movements(territory_id, *period.where(Movement.happened_on))
    total = func.sum(net.c.quantity)
    rows = session.execute(
        select(
            Defect.code,
            Defect.name_fr,
            Defect.name_en,
            Defect.defect_class,
            func.sum(case((Place.kind == PlaceKind.CULLET, net.c.quantity), else_=0)),
            func.sum(case((Place.kind == PlaceKind.TRANSFERRED, net.c.quantity), else_=0)),
            total,
        )
        .join(Place, Place.id == net.c.to_place_id)
        .join(Defect, Defect.code == net.c.defect_code)
        .where(Place.kind.in_(REJECT_PLACES))
        .group_by(Defect.code, Defect.name_fr, Defect.name_en, Defect.defect_class)
        .having(total != 0)
        .order_by(total.desc(), Defect.code)
    ).all()
    so_far = accumulate(row[-1] for row in rows)
    return tuple(
        RejectCause(code, name_fr, name_en, defect_class, cullet, transferred, quantity, cumulative)
        for (code, name_fr, name_en, defect_class, cullet, transferred, quantity), cumulative in zip(
            rows, so_far, strict=True
        )
    )


def _stations(session: Session, territory_id: int, period: Period) -> tuple[RejectStation, ...]:
    net = net_movements(territory_id, *period.where(Movement.happened_on))
    total = func.sum(net.c.quantity)
    rows = session.execute(
        select(net.c.kind, total)
        .join(Place, Place.id == net.c.to_place_id)
        .where(Place.kind.in_(REJECT_PLACES))
        .group_by(net.c.kind)
        .having(total != 0)
        .order_by(total.desc())
    )
    return tuple(RejectStation(kind, quantity) for kind, quantity in rows)
