"""Between stations: hold and lift, breakage, lots grown too old, bottles put aside, and the stocktake by scan."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bottletrack.access import Permission
from bottletrack.errors import Refusal
from bottletrack.stations.stocktake import StockCount, record_stock_count
from bottletrack.stations.storage import (
    Breakage,
    HeldAsideDecision,
    LotReason,
    record_age_expiry,
    record_breakage,
    record_held_aside_decision,
    record_hold,
    record_hold_lift,
)
from bottletrack.steps import Step
from webapp.forms import required_bottles, required_text, text
from webapp.operator.blueprint import blueprint
from webapp.operator.choices import AT_SORTING, defects
from webapp.operator.recording import crate_size_from_form, lot_step
from webapp.operator.scanning import lot_scanned
from webapp.refusals import status_of
from webapp.security import allow


@blueprint.route("/operator/lots/<code>/hold", methods=["GET", "POST"])
@allow(Permission.HOLD)
def hold(code: str) -> ResponseReturnValue:
    """Anyone stops a lot, with a reason."""
    return lot_step(Step.HOLD, code, record_hold, _reason, "hold.html")


@blueprint.route("/operator/lots/<code>/lift", methods=["GET", "POST"])
@allow(Permission.LIFT_HOLD)
def lift(code: str) -> ResponseReturnValue:
    """Another person frees it."""
    return lot_step(Step.LIFT_HOLD, code, record_hold_lift, _reason, "lift.html")


@blueprint.route("/operator/lots/<code>/breakage", methods=["GET", "POST"])
@allow(Permission.BREAK)
def break_bottles(code: str) -> ResponseReturnValue:
    """Bottles broken outside a run."""
    return lot_step(
        Step.BREAK,
        code,
        record_breakage,
        lambda lot: Breakage(lot, _quantity(), text("where")),
        "breakage.html",
    )


@blueprint.route("/operator/lots/<code>/expiry", methods=["GET", "POST"])
@allow(Permission.EXPIRE)
def expire(code: str) -> ResponseReturnValue:
    """Too many days since the wash."""
    return lot_step(Step.EXPIRE, code, record_age_expiry, lambda lot: LotReason(lot, text("reason")), "expiry.html")


@blueprint.route("/operator/lots/<code>/decision", methods=["GET", "POST"])
@allow(Permission.DECIDE_HELD_ASIDE)
def decide(code: str) -> ResponseReturnValue:
    """Bottles put aside at sorting that are given up."""
    return lot_step(
        Step.DECIDE_HELD_ASIDE,
        code,
        record_held_aside_decision,
        lambda lot: HeldAsideDecision(lot, _quantity(), required_text("defect"), text("reason")),
        "decision.html",
        lambda session, seen: {"defects": defects(session, seen.lot.site_id, AT_SORTING)},
    )


@blueprint.get("/operator/stocktake")
@allow(Permission.TAKE_STOCK)
def stocktake() -> ResponseReturnValue:
    """Scan a lot to count it; `code` is what was scanned."""
    if "code" not in request.args:
        return render_template("operator/stocktake.html", refusal=None)
    try:
        code = lot_scanned(request.args["code"])
    except Refusal as refusal:
        return render_template("operator/stocktake.html", refusal=refusal), status_of(refusal)
    return redirect(url_for("operator.take_stock", code=code))


@blueprint.route("/operator/lots/<code>/stock", methods=["GET", "POST"])
@allow(Permission.TAKE_STOCK)
def take_stock(code: str) -> ResponseReturnValue:
    """What stands there against what the ledger says, which is not shown beforehand: a count is not a copy."""
    return lot_step(
        Step.TAKE_STOCK,
        code,
        record_stock_count,
        lambda lot: StockCount(lot, required_bottles("counted", crate_size=crate_size_from_form()), text("reason")),
        "stock_count.html",
    )


def _reason(lot: str) -> LotReason:
    return LotReason(lot, required_text("reason"))


def _quantity() -> int:
    return required_bottles("quantity", crate_size=crate_size_from_form())
