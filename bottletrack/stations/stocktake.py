"""Stocktake: what stands there against what the ledger says; the difference is an event with a reason."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.counting import book_count, may_book
from bottletrack.errors import BadInput, WrongQuantity
from bottletrack.ledger import open_entry
from bottletrack.lots import get_lot_at, require_step
from bottletrack.scans import Recorded, Scan
from bottletrack.steps import Step
from bottletrack.vocabulary import EventKind


@dataclass(frozen=True)
class StockCount:
    """What was counted of one lot, in bottles. A count that fits needs no reason.

    `ask_lead`: a difference above the tolerance is kept for a lead to approve, instead of being refused.
    """

    lot_code: str
    counted: int
    reason: str = ""
    ask_lead: bool = False


def record_stock_count(session: Session, count: StockCount, scan: Scan) -> Recorded:
    """Also records a count that fits: somebody looked, and it was right. What waits for a lead moves nothing."""
    require(scan.by, Permission.TAKE_STOCK)
    readings = {"counted": count.counted, "ask_lead": count.ask_lead}
    entry = open_entry(session, scan, EventKind.STOCK_COUNTED, count, reason=count.reason, readings=readings)
    if isinstance(entry, Recorded):
        return entry
    lot = get_lot_at(session, scan.by, scan.site_id, count.lot_code)
    require_step(lot, Step.TAKE_STOCK)
    if count.counted != lot.quantity and not count.reason.strip():
        raise BadInput(
            "You counted %(counted)s bottles, and the ledger says %(quantity)s: this needs a reason.",
            "Count again; if it is right, say in a few words what may have happened.",
            field="reason",
            counted=count.counted,
            quantity=lot.quantity,
        )
    if 0 <= count.counted < lot.promised:
        raise WrongQuantity(
            "%(promised)s bottles of lot %(lot)s are promised to orders, and only %(counted)s are there.",
            "Have a coordinator free the missing ones first.",
            field="counted",
            promised=lot.promised,
            lot=lot.shown_code,
            counted=count.counted,
        )
    if count.counted < 0 or not count.ask_lead or may_book(entry, expected=lot.quantity, counted=count.counted):
        book_count(entry, lot.id, expected=lot.quantity, counted=count.counted, model_id=lot.model_id)
    entry.mark(lot)
    return entry.post()
