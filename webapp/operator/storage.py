"""Between stations: hold and lift, breakage, lots grown too old, bottles put aside, and the stocktake by scan."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bottletrack.access import Permission, may
from bottletrack.errors import Refusal
from bottletrack.reports.counts import find_waiting_counts
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
from webapp.assortment import AT_SORTING, defects
from webapp.database import reading
from webapp.forms import required_bottles, required_text, text
from webapp.operator.blueprint import blueprint
from webapp.operator.recording import crate_size_from_form, lot_step
from webapp.operator.scanning import lot_scanned
from webapp.operator.sight import LotSight
from webapp.refusals import status_of
from webapp.security import allow
from webapp.signed_in import current_actor


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
        return _stocktake_page(None)
    try:
        code = lot_scanned(request.args["code"])
    except Refusal as refusal:
        return _stocktake_page(refusal), status_of(refusal)
    return redirect(url_for("operator.take_stock", code=code))


@blueprint.route("/operator/lots/<code>/stock", methods=["GET", "POST"])
@allow(Permission.TAKE_STOCK)
def take_stock(code: str) -> ResponseReturnValue:
    """What stands there against what the ledger says, which is not shown beforehand: a count is not a copy.

    A count that waits for a lead is shown with it: that person looks at what somebody else counted.
    """
    return lot_step(
        Step.TAKE_STOCK,
        code,
        record_stock_count,
        lambda lot: StockCount(
            lot,
            required_bottles("counted", crate_size=crate_size_from_form()),
            text("reason"),
            ask_lead=bool(text("ask_lead")),
        ),
        "stock_count.html",
        _waiting_count,
    )


def _waiting_count(session: Session, seen: LotSight) -> dict[str, object]:
    lot, may_approve = seen.lot, may(current_actor(), Permission.APPROVE_COUNT)
    waiting = find_waiting_counts(session, lot.territory_id, lot.site_id) if may_approve else []
    return {
        "waiting": next((count for count in waiting if count.lot_id == lot.id), None),
        "may_approve": may_approve,
    }


def _stocktake_page(refusal: Refusal | None) -> str:
    actor = current_actor()
    with reading() as session:
        waiting = find_waiting_counts(session, actor.territory_id, actor.site_id)
        return render_template("operator/stocktake.html", waiting=waiting, refusal=refusal)


def _reason(lot: str) -> LotReason:
    return LotReason(lot, required_text("reason"))


def _quantity() -> int:
    return required_bottles("quantity", crate_size=crate_size_from_form())
