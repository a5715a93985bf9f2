"""What is in a recall: its set grows with its bottles, and what had left is told line by line."""

from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, exists, func, insert, literal, select
from sqlalchemy.orm import Session, aliased

from bottletrack.tables import OrderLine, Place, RecallCase, RecallPlace, RecallTally

_RECALL_PLACE = cast(Table, RecallPlace.__table__)


@dataclass(frozen=True)
class RecalledLine:
    """An order line in a case, in bottles. `low` to `high` of the `delivered` are the case's own (lots merge)."""

    line_id: int
    #: Under this line when the case was opened, and now.
    delivered: int
    now: int
    low: int
    high: int
    recovered: int
    consumed: int

    @property
    def missing(self) -> int:
        """The most that may still be out there: neither back nor known to be gone."""
        return max(0, min(self.high - self.recovered, self.now) - self.consumed)

    @property
    def left(self) -> int:
        """How many bottles more can be told of."""
        return self.delivered - self.recovered - self.consumed


def find_recalled_lines(session: Session, case_id: int) -> dict[int, RecalledLine]:
    """The lines of a case by their number. The case comes from rows that are scoped already."""
    tallies = (
        select(
            RecallTally.order_line_id,
            func.sum(RecallTally.recovered).label("recovered"),
            func.sum(RecallTally.consumed).label("consumed"),
        )
        .where(RecallTally.case_id == case_id)
        .group_by(RecallTally.order_line_id)
        .subquery()
    )
    rows = session.execute(
        select(
            RecallPlace.place_id,
            RecallPlace.on_hand,
            Place.quantity,
            RecallPlace.low,
            RecallPlace.high,
            func.coalesce(tallies.c.recovered, 0),
            func.coalesce(tallies.c.consumed, 0),
        )
        .join(OrderLine, OrderLine.id == RecallPlace.place_id)
        .join(Place, Place.id == RecallPlace.place_id)
        .outerjoin(tallies, tallies.c.order_line_id == OrderLine.id)
        .where(RecallPlace.case_id == case_id)
        .order_by(RecallPlace.place_id)
    )
    return {row[0]: RecalledLine(*row) for row in rows}


def pass_on_recall(session: Session, origin: int, destination: int) -> None:
    """Bottles went from one place to another: where the first is recalled, the second joins the case.

    Called by every verb that moves bottles out of what a recall does not stop: runs, roads and order lines.
    """
    known = aliased(RecallPlace)
    joining = (
        select(RecallPlace.case_id, literal(destination), literal(0), literal(0), RecallPlace.high)
        .join(RecallCase, RecallCase.id == RecallPlace.case_id)
        .where(
            RecallPlace.place_id == origin,
            RecallCase.closed_by.is_(None),
            RecallCase.drill.is_(False),
            ~exists(select(known.case_id).where(known.case_id == RecallCase.id, known.place_id == destination)),
        )
    )
    session.execute(insert(_RECALL_PLACE).from_select(["case_id", "place_id", "on_hand", "low", "high"], joining))
