"""The order book for a coordinator: who waits for what, and which lots serve them."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bottletrack.access import Permission
from bottletrack.errors import BadInput, Refusal
from bottletrack.order_book import OrderStatus, find_orders, get_order
from bottletrack.orders import (
    Cancellation,
    Reservation,
    record_cancellation,
    record_reservation,
    record_unreservation,
)
from bottletrack.reports.orders import find_candidates, find_lots_of_order
from bottletrack.scans import Recorded, Scan
from webapp.coordinator.blueprint import blueprint
from webapp.database import reading, writing
from webapp.forms import required_text, whole_number
from webapp.languages import gettext
from webapp.refusals import explain, status_of
from webapp.scans import scan_from_form
from webapp.security import allow
from webapp.signed_in import current_actor

#: Orders that still need a coordinator, or bottles.
TO_SERVE = frozenset(OrderStatus) - {OrderStatus.DELIVERED, OrderStatus.CANCELLED}


@blueprint.get("/orders")
@allow(Permission.RESERVE)
def orders() -> str:
    """All orders of the territory, the newest first, or those of one status, or those still to serve."""
    wanted = request.args.get("status", "")
    with reading() as session:
        found = find_orders(session, current_actor())
    shown = [order for order in found if order.status in _statuses(wanted)]
    return render_template(
        "coordinator/orders.html",
        orders=shown,
        wanted=wanted,
        statuses=OrderStatus,
        to_serve=sum(order.status in TO_SERVE for order in found),
        total=len(found),
    )


def _statuses(wanted: str) -> frozenset[OrderStatus]:
    if wanted == "to_serve":
        return TO_SERVE
    try:
        return frozenset({OrderStatus(wanted)}) if wanted else frozenset(OrderStatus)
    except ValueError:
        raise BadInput("There is no status “%(text)s”.", "Choose a status of the list.", text=wanted[:40]) from None


@blueprint.get("/orders/<reference>")
@allow(Permission.RESERVE)
def order(reference: str) -> ResponseReturnValue:
    """One order: its lines, the lots behind them, and those that could still be reserved."""
    return _page(reference)


def _page(reference: str, refusal: Refusal | None = None) -> tuple[str, int]:
    with reading() as session:
        found = get_order(session, current_actor(), reference)
        lots = find_lots_of_order(session, found)
        candidates = find_candidates(session, found, datetime.now(UTC))
    page = render_template(
        "coordinator/order.html",
        order=found,
        lots=lots,
        candidates=candidates,
        lines={line.id: line for line in found.lines},
        cancellable=not found.cancelled and not any(line.delivered for line in found.lines),
        refusal=explain(refusal) if refusal else None,
    )
    return page, status_of(refusal) if refusal else 200


@blueprint.post("/orders/<reference>/reserve")
@allow(Permission.RESERVE)
def reserve(reference: str) -> ResponseReturnValue:
    """Speaks for bottles of a lot."""

    def record(session: Session, scan: Scan) -> Recorded:
        return record_reservation(session, _reservation(reference), scan)

    return _recorded(reference, record, gettext("The bottles are reserved."))


@blueprint.post("/orders/<reference>/unreserve")
@allow(Permission.RESERVE)
def unreserve(reference: str) -> ResponseReturnValue:
    """Sets reserved bottles of a lot free."""

    def record(session: Session, scan: Scan) -> Recorded:
        return record_unreservation(session, _reservation(reference), scan)

    return _recorded(reference, record, gettext("The bottles are free again."))


@blueprint.post("/orders/<reference>/cancel")
@allow(Permission.ORDER_FOR_OTHERS)
def cancel(reference: str) -> ResponseReturnValue:
    """Cancels an order of which nothing was delivered, and sets all its bottles free."""

    def record(session: Session, scan: Scan) -> Recorded:
        return record_cancellation(session, Cancellation(reference, required_text("reason")), scan)

    return _recorded(reference, record, gettext("The order is cancelled."))


def _reservation(reference: str) -> Reservation:
    quantity = whole_number("quantity")
    if quantity is None:
        raise BadInput("No quantity was entered.", "Enter how many bottles.", field="quantity")
    return Reservation(reference, required_text("lot", most=40), quantity)


def _recorded(reference: str, record: Callable[[Session, Scan], Recorded], done: str) -> ResponseReturnValue:
    """Back to the order, with what was done or refused."""
    try:
        scan = scan_from_form()
        with writing() as session:
            record(session, scan)
    except Refusal as refusal:
        return _page(reference, refusal)
    flash(done, "success")
    return redirect(url_for(".order", reference=reference), 303)
