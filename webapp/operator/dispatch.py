"""Dispatch: the lots an order waits for are loaded one by one, confirmed by scan; and bottles that come back."""

import uuid
from enum import StrEnum

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Permission
from bottletrack.errors import BadInput, Refusal, WrongStep
from bottletrack.order_book import OrderOnBook, find_orders_waiting_for, get_order
from bottletrack.reports.orders import find_lots_of_order
from bottletrack.stations.dispatch import Delivery, Return, record_delivery, record_return
from bottletrack.steps import Step
from bottletrack.tables import BottleModel
from webapp.database import reading
from webapp.forms import choice, required_bottles, required_text, text
from webapp.languages import gettext, number
from webapp.naming import name_of
from webapp.operator.blueprint import blueprint
from webapp.operator.choices import orders_delivered, orders_to_deliver, sites
from webapp.operator.done import find_event
from webapp.operator.recording import crate_size_from_form, lot_step, record
from webapp.operator.scanning import own_code
from webapp.operator.sight import LotSight, see_lots
from webapp.security import allow
from webapp.signed_in import current_actor


class WhyBack(StrEnum):
    """Why bottles come back, as the two tiles say it."""

    REFUSED = "refused"
    RETURNED = "returned"


@blueprint.get("/operator/orders")
@allow(Permission.DELIVER)
def orders() -> str:
    """Orders that have bottles waiting to leave."""
    with reading() as session:
        waiting = orders_to_deliver(session, current_actor())
        return render_template("operator/orders.html", orders=waiting, models=_models(session, waiting))


@blueprint.get("/operator/orders/<reference>")
@allow(Permission.DELIVER)
def order(reference: str) -> str:
    """Its reserved lots, and the scan that confirms each."""
    return _order_page(reference, None)


@blueprint.post("/operator/orders/<reference>")
@allow(Permission.DELIVER)
def deliver(reference: str) -> ResponseReturnValue:
    """Bottles of the scanned lot leave."""
    return record(
        record_delivery,
        lambda: _delivery(reference, own_code(required_text("code"))),
        lambda refusal: _order_page(reference, refusal),
        lambda recorded: url_for("operator.order", reference=reference, done=recorded.event_id),
    )


@blueprint.route("/operator/lots/<code>/delivery", methods=["GET", "POST"])
@allow(Permission.DELIVER)
def deliver_lot(code: str) -> ResponseReturnValue:
    """The same, begun at the lot: against which order?"""
    return lot_step(
        Step.DELIVER,
        code,
        record_delivery,
        lambda lot: _delivery(required_text("order", most=20), lot),
        "delivery.html",
        _waiting_orders,
    )


@blueprint.get("/operator/return")
@allow(Permission.TAKE_BACK)
def take_back() -> str:
    """From which order do the bottles come back?"""
    return _return_page(None)


@blueprint.post("/operator/return")
@allow(Permission.TAKE_BACK)
def record_taken_back() -> ResponseReturnValue:
    """A lot of its own, on hold for nobody, to be washed again."""
    return record(record_return, _return, _return_page)


def _delivery(reference: str, lot: str) -> Delivery:
    quantity = required_bottles("quantity", crate_size=crate_size_from_form())
    return Delivery(reference, lot, quantity, text("packages"))


def _return() -> Return:
    # One choice names both: an order's line, by its reference and model.
    reference, _, model = required_text("line", most=60).partition(" ")
    code = own_code(text("code"))
    if bool(code) == bool(text("lot_unknown")):
        raise BadInput(
            "Is the lot known or not?",
            "Scan the label that the bottles came with, or say that there is none.",
            field="code",
        )
    return Return(
        order_reference=reference,
        quantity=required_bottles("quantity"),
        reason=required_text("reason"),
        model_code=model or None,
        lot_code=code or None,
        refused=choice("what", WhyBack) is WhyBack.REFUSED,
    )


def _order_page(reference: str, refusal: Refusal | None) -> str:
    with reading() as session:
        found = get_order(session, current_actor(), reference)
        lots = find_lots_of_order(session, found)
        seen = see_lots(session, [row.lot for row in lots])
        done = request.args.get("done", type=uuid.UUID)
        return render_template(
            "operator/order.html",
            order=found,
            lots=[(row, sight) for row, sight in zip(lots, seen, strict=True) if row.reserved],
            models=_models(session, [found]),
            done=find_event(session, done) if done and refusal is None else None,
            refusal=refusal,
        )


def _waiting_orders(session: Session, seen: LotSight) -> dict[str, object]:
    """Orders that wait for this lot. Raises WrongStep where none does: a form that cannot be sent is no help."""
    orders = find_orders_waiting_for(session, current_actor(), seen.lot.id)
    if not orders and request.method == "GET":
        raise WrongStep(
            "Lot %(lot)s is not reserved for any order.",
            "Have a coordinator reserve it first.",
            lot=seen.lot.shown_code,
        )
    return {"orders": orders}


def _return_page(refusal: Refusal | None) -> str:
    actor = current_actor()
    with reading() as session:
        delivered = orders_delivered(session, actor)
        models = _models(session, delivered)
        lines = [
            (
                f"{order.reference} {line.model_code}",
                f"{order.reference}, {order.winery_name}: {name_of(models[line.model_id])} ({number(line.delivered)})",
            )
            for order in delivered
            for line in order.lines
            if line.delivered
        ]
        return render_template(
            "operator/return.html",
            lines=[("", gettext("Choose…")), *lines] if lines else [],
            sites=sites(session, actor),
            refusal=refusal,
        )


def _models(session: Session, found: list[OrderOnBook]) -> dict[int, BottleModel]:
    wanted = {line.model_id for order in found for line in order.lines}
    return {model.id: model for model in session.scalars(select(BottleModel).where(BottleModel.id.in_(wanted)))}
