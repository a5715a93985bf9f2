"""A recall drill as a journal tells it, in one sentence: "start: order O-07; …; 1 h 52; 100 % located"."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Actor
from bottletrack.errors import BadInput
from bottletrack.exchange.journal_rows import Row
from bottletrack.recalled import find_recalled_lines
from bottletrack.scans import Scan
from bottletrack.stations import recall
from bottletrack.tables import BottleModel, Order, OrderLine, RecallCase, RecallPlace

_START = re.compile(r"start: \w+ (\S+?)[;,]?(?:\s|$)")
_DURATION = re.compile(r"\b(\d+) h (\d\d)\b")
_ALL_LOCATED = re.compile(r"\b100\s?%\s+located")


def take_drill(session: Session, actor: Actor, row: Row, scan: Callable[[Row, str], Scan]) -> None:
    """Opens the drill, tallies what was located, and closes it after as long as it took."""
    start = _START.search(row.detail)
    if start is None:
        raise BadInput("A drill says what it began with.", "Write it as “start: order O-07”, “start: lot W-12”…")
    opening = recall.RecallOpening(start[1], start[0].rstrip(" ;,"), drill=True)
    opened = recall.record_recall_opening(session, opening, scan(row, "RECALL_OPEN"))
    case = recall.get_case_code(session, opened)
    if _ALL_LOCATED.search(row.detail):
        for line_id, found in _everything(session, actor, case):
            recall.record_recall_recovery(session, found, scan(row, f"LOCATED:{line_id}"))
    closing, took = scan(row, ""), _DURATION.search(row.detail)
    if took:
        after = timedelta(hours=int(took[1]), minutes=int(took[2]))
        closing = replace(closing, happened_at=closing.happened_at + after)
    recall.record_recall_closing(session, recall.RecallClosing(case, row.detail), closing)


def _everything(session: Session, actor: Actor, case: str) -> list[tuple[int, recall.RecallRecovery]]:
    """What had been delivered of a case, line by line."""
    lines = session.execute(
        select(RecallCase.id, OrderLine.id, Order.reference, BottleModel.code, OrderLine.grade)
        .join(Order, Order.id == OrderLine.order_id)
        .join(BottleModel, BottleModel.id == OrderLine.model_id)
        .join(RecallPlace, RecallPlace.place_id == OrderLine.id)
        .join(RecallCase, RecallCase.id == RecallPlace.case_id)
        .where(RecallCase.territory_id == actor.territory_id, RecallCase.code == case)
        .order_by(OrderLine.id)
    ).all()
    if not lines:
        return []
    left = {line_id: line.left for line_id, line in find_recalled_lines(session, lines[0][0]).items()}
    return [
        (line_id, recall.RecallRecovery(case, order, left[line_id], model, grade))
        for _, line_id, order, model, grade in lines
    ]
