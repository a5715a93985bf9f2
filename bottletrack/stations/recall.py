"""Recall: everything that may hold a start's bottles stands still, and what had left is counted back (S55).

A drill does the same on paper: it moves nothing and stops nothing, and tells how long finding took.
"""

from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.errors import BadInput, NotFound, WrongQuantity, WrongStep
from bottletrack.genealogy.start import find_start
from bottletrack.genealogy.walk import Lineage, Stay, follow
from bottletrack.ledger import Entry, checked_quantity, open_entry
from bottletrack.order_book import LineOnBook, OrderOnBook, take_order
from bottletrack.recalled import find_recalled_lines
from bottletrack.returns import book_return
from bottletrack.scans import Recorded, Scan
from bottletrack.tables import RecallCase, RecallPlace, RecallTally, Site
from bottletrack.vocabulary import EventKind, Grade, PlaceKind

#: Where a case's bottles can be laid hands on; others are gone (cullet…) or never were in a place (sources).
_TO_HAND = (PlaceKind.LOT, PlaceKind.WASH_RUN, PlaceKind.TRANSIT, PlaceKind.ORDER_LINE)


@dataclass(frozen=True)
class RecallOpening:
    """`start`: a lot's code, a run's, an order's reference, or the id of a delivery or reception."""

    start: str
    reason: str
    drill: bool = False


@dataclass(frozen=True)
class RecallRecovery:
    """Bottles of a case that a winemaker gave back, counted; in a drill, that were located there.

    `model_code` and `grade` where several lines of the order are in the case.
    """

    case_code: str
    order_reference: str
    quantity: int
    model_code: str | None = None
    grade: Grade | None = None
    partner_code: str | None = None


@dataclass(frozen=True)
class RecallConsumption:
    """Bottles of a case that will not come back, and why: drunk, sold on, broken at the winemaker's."""

    case_code: str
    order_reference: str
    quantity: int
    reason: str
    model_code: str | None = None
    grade: Grade | None = None


@dataclass(frozen=True)
class RecallClosing:
    """`account`: what was found; it must explain what is missing, where anything is."""

    case_code: str
    account: str = ""


def record_recall_opening(session: Session, opening: RecallOpening, scan: Scan) -> Recorded:
    """The set is complete: while it is put together, no site of the territory records anything.

    Raises NotFound for an unknown start, WrongStep where none of its bottles can be laid hands on.
    """
    require(scan.by, Permission.RECALL)
    sites = select(Site.id).where(Site.territory_id == scan.by.territory_id).order_by(Site.id)
    session.execute(sites.with_for_update()).all()
    entry = open_entry(
        session, scan, EventKind.RECALL_OPENED, opening, reason=opening.reason, readings={"drill": opening.drill}
    )
    if isinstance(entry, Recorded):
        return entry
    if not opening.reason.strip():
        raise BadInput(
            "A recall needs a reason.", "Say in a few words what is wrong with these bottles.", field="reason"
        )
    start = find_start(session, scan.by, opening.start)
    places = _set_of(follow(session, start))
    if not places:
        raise WrongStep(
            "No bottle that came through there can be laid hands on any more.",
            "Look at the trace: all of them are gone, or none ever came.",
            field="start",
        )
    case = RecallCase(
        territory_id=scan.by.territory_id,
        code=_next_code(session, scan.by.territory_id),
        drill=opening.drill,
        start=str(start),
        reason=opening.reason.strip(),
        opened_by=entry.id,
    )
    session.add(case)
    session.flush()
    session.add_all(
        RecallPlace(
            case_id=case.id, place_id=stay.place_id, on_hand=stay.holds, low=stay.there.low, high=stay.there.high
        )
        for stay in places
    )
    session.flush()
    return entry.post()


def record_recall_recovery(session: Session, recovery: RecallRecovery, scan: Scan) -> Recorded:
    """Back from the order into a returned lot, which joins the case. Raises WrongQuantity for more than are there."""
    require(scan.by, Permission.TAKE_BACK)
    entry = open_entry(session, scan, EventKind.RECALL_RECOVERED, recovery)
    if isinstance(entry, Recorded):
        return entry
    case = _get_open_case(session, scan, recovery.case_code)
    order, line = _line_of(session, scan, case, recovery)
    if not case.drill:
        book_return(entry, order, line, recovery.quantity, partner_code=recovery.partner_code)
    _tally(entry, case, line, recovered=recovery.quantity)
    return entry.post()


def record_recall_consumption(session: Session, consumption: RecallConsumption, scan: Scan) -> Recorded:
    """Keeps account of what cannot come back. The bottles stay with the winemaker, as far as the ledger knows."""
    require(scan.by, Permission.TAKE_BACK)
    entry = open_entry(session, scan, EventKind.RECALL_CONSUMED, consumption, reason=consumption.reason)
    if isinstance(entry, Recorded):
        return entry
    if not consumption.reason.strip():
        raise BadInput("This needs a reason.", "Say in a few words what became of them.", field="reason")
    case = _get_open_case(session, scan, consumption.case_code)
    _, line = _line_of(session, scan, case, consumption)
    _tally(entry, case, line, consumed=consumption.quantity)
    return entry.post()


def record_recall_closing(session: Session, closing: RecallClosing, scan: Scan) -> Recorded:
    """Delivered − recovered − consumed is 0 for every line, or the account explains it. Its lots may move again."""
    require(scan.by, Permission.CLOSE_RECALL)
    entry = open_entry(session, scan, EventKind.RECALL_CLOSED, closing, reason=closing.account)
    if isinstance(entry, Recorded):
        return entry
    case = _get_open_case(session, scan, closing.case_code)
    missing = sum(line.missing for line in find_recalled_lines(session, case.id).values())
    if missing and not closing.account.strip():
        raise WrongQuantity(
            "Up to %(missing)s bottles of this recall are still with winemakers.",
            "Count them back, enter those that were consumed, or explain what is missing.",
            field="account",
            missing=missing,
        )
    session.execute(update(RecallCase).where(RecallCase.id == case.id).values(closed_by=entry.id))
    return entry.post()


def get_case_code(session: Session, recorded: Recorded) -> str:
    """What the case that this event opened is called."""
    return session.scalars(select(RecallCase.code).where(RecallCase.opened_by == recorded.event_id)).one()


def _set_of(lineage: Lineage) -> list[Stay]:
    return [
        stay
        for stay in (*lineage.starts, *lineage.forth.stays)
        if stay.kind in _TO_HAND and stay.holds and stay.there.high
    ]


def _next_code(session: Session, territory_id: int) -> str:
    """Nobody else opens a case of the territory now: its sites are locked."""
    count = session.scalar(select(func.count(RecallCase.id)).where(RecallCase.territory_id == territory_id)) or 0
    return f"R-{count + 1:04d}"


def _get_open_case(session: Session, scan: Scan, code: str) -> RecallCase:
    """The case, which nobody else changes before the transaction ends. Raises NotFound, WrongStep for a closed one."""
    wanted = code.strip().upper()
    case = session.scalar(
        select(RecallCase)
        .where(RecallCase.territory_id == scan.by.territory_id, RecallCase.code == wanted)
        .with_for_update()
    )
    if case is None:
        raise NotFound("There is no recall “%(case)s”.", "Choose a recall of the list.", field="case", case=code[:40])
    if case.closed_by is not None:
        raise WrongStep("Recall %(case)s is closed.", "Open a new one where something is left to find.", case=case.code)
    return case


def _line_of(
    session: Session, scan: Scan, case: RecallCase, named: RecallRecovery | RecallConsumption
) -> tuple[OrderOnBook, LineOnBook]:
    """The one line of the order that is in the case, with enough bottles left to be told of.

    Raises BadInput where there is no such line, or several; WrongQuantity for more bottles than are left.
    """
    order = take_order(session, scan.by, named.order_reference)
    recalled = find_recalled_lines(session, case.id)
    lines = [
        line
        for line in order.lines
        if line.id in recalled and named.model_code in (None, line.model_code) and named.grade in (None, line.grade)
    ]
    if len(lines) != 1:
        raise BadInput(
            "Order %(order)s has no single line that is in this recall.",
            "Choose the order of the list, with its bottle model and grade.",
            field="order",
            order=order.reference,
        )
    left = recalled[lines[0].id].left
    if checked_quantity(named.quantity) > left:
        raise WrongQuantity(
            "Only %(left)s more bottles of this recall can be there, not %(wanted)s.",
            "Count again, and check the order.",
            field="quantity",
            left=left,
            wanted=named.quantity,
        )
    return order, lines[0]


def _tally(entry: Entry, case: RecallCase, line: LineOnBook, *, recovered: int = 0, consumed: int = 0) -> None:
    tally = RecallTally(
        event_id=entry.id, case_id=case.id, order_line_id=line.id, recovered=recovered, consumed=consumed
    )
    entry.session.add(tally)
    entry.session.flush()
