"""One's own orders: all of them, one of them, and the way out of one."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from bottletrack.access import Permission
from bottletrack.order_book import find_orders
from bottletrack.orders import Cancellation, record_cancellation
from bottletrack.tables import BottleModel
from webapp.database import reading, writing
from webapp.forms import text
from webapp.languages import gettext
from webapp.scans import scan_from_form
from webapp.security import allow
from webapp.signed_in import current_actor
from webapp.winemaker.blueprint import blueprint
from webapp.winemaker.order_sight import see_order


@blueprint.get("/orders")
@allow(Permission.ORDER)
def order_list() -> ResponseReturnValue:
    """All of one's orders, newest first."""
    with reading() as session:
        orders = find_orders(session, current_actor())
        wanted = {line.model_id for order in orders for line in order.lines}
        models = {model.id: model for model in session.scalars(select(BottleModel).where(BottleModel.id.in_(wanted)))}
        return render_template("winemaker/orders.html", orders=orders, models=models)


@blueprint.get("/orders/<reference>")
@allow(Permission.ORDER)
def order(reference: str) -> ResponseReturnValue:
    """One order: what is reserved, what came, and what can be done about it."""
    with reading() as session:
        return render_template("winemaker/order.html", seen=see_order(session, reference))


@blueprint.get("/orders/<reference>/placed")
@allow(Permission.ORDER)
def order_placed(reference: str) -> ResponseReturnValue:
    """What was just ordered, and what happens next."""
    with reading() as session:
        return render_template("winemaker/placed.html", seen=see_order(session, reference))


@blueprint.post("/orders/<reference>/cancellation")
@allow(Permission.ORDER)
def cancel_order(reference: str) -> ResponseReturnValue:
    """Before the first delivery: what was reserved is free for others again."""
    scan = scan_from_form()
    with writing() as session:
        record_cancellation(session, Cancellation(reference, text("reason")), scan)
    flash(gettext("Order %(order)s is cancelled. Nothing will be delivered.") % {"order": reference}, "success")
    return redirect(url_for(".order", reference=reference), 303)
