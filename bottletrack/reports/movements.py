"""What every figure is summed from: movements with corrections taken off, over a period of days.

A correction moves the bottles of the event it names back. Here it counts as that event's own kind with a negative
quantity, on the day the correction was made: figures of a period that is over never change afterwards, and periods
add up to all time.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Subquery, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased

from bottletrack.tables import Event, Movement
from bottletrack.vocabulary import EventKind


@dataclass(frozen=True)
class Period:
    """Days at the site, both included. None: no limit on that side."""

    first: date | None = None
    last: date | None = None

    def holds(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def where(self, column: InstrumentedAttribute[date]) -> list[ColumnElement[bool]]:
        """The period as conditions of a query."""
        conditions = []
        if self.first is not None:
            conditions.append(column >= self.first)
        if self.last is not None:
            conditions.append(column <= self.last)
        return conditions


ALL_TIME = Period()


def net_movements(territory_id: int, *where: ColumnElement[bool]) -> Subquery:
    """The territory's movements, as event_id, kind, from_place_id, to_place_id, quantity, defect_code, happened_on.

    The quantity of a correction is negative. `where` narrows the movements first; it must hold for a movement and for
    the correction that mirrors it alike.
    """
    original = aliased(Event)
    scope = (Movement.territory_id == territory_id, *where)
    forward: Any = select(
        Movement.event_id,
        Movement.kind,
        Movement.from_place_id,
        Movement.to_place_id,
        Movement.quantity,
        Movement.defect_code,
        Movement.happened_on,
    ).where(Movement.kind != EventKind.REVERSED, *scope)
    back: Any = (
        select(
            original.id.label("event_id"),
            original.kind,
            Movement.to_place_id.label("from_place_id"),
            Movement.from_place_id.label("to_place_id"),
            -Movement.quantity,
            Movement.defect_code,
            Movement.happened_on,
        )
        .join(Event, Event.id == Movement.event_id)
        .join(original, original.id == Event.reverses)
        .where(Movement.kind == EventKind.REVERSED, *scope)
    )
    return union_all(forward, back).subquery("net_movement")
