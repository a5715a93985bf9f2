"""Merging: lots of the same that stand together become one, under one code."""

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bottletrack.access import Permission
from bottletrack.errors import WrongStep
from bottletrack.lots import find_lots
from bottletrack.stations.merging import MOST_LOTS, Merge, record_merge, record_release_merge
from bottletrack.steps import Step
from bottletrack.tables import Lot, Place
from webapp.forms import text
from webapp.operator.blueprint import blueprint
from webapp.operator.recording import lot_step
from webapp.operator.sight import LotSight, see_lots
from webapp.security import allow


@blueprint.route("/operator/lots/<code>/merge", methods=["GET", "POST"])
@allow(Permission.MERGE)
def merge(code: str) -> ResponseReturnValue:
    """Sorted lots."""
    return lot_step(Step.MERGE, code, record_merge, _merge, "merge.html", _others)


@blueprint.route("/operator/lots/<code>/release-merge", methods=["GET", "POST"])
@allow(Permission.MERGE_RELEASED)
def merge_released(code: str) -> ResponseReturnValue:
    """Released or packed lots: the new one is as old as the oldest of them."""
    return lot_step(Step.MERGE_RELEASED, code, record_release_merge, _merge, "merge.html", _others)


def _merge(lot: str) -> Merge:
    # One more than may be merged is enough to be refused.
    return Merge(lot, tuple(request.form.getlist("with")[:MOST_LOTS]), text("reason"))


def _others(session: Session, seen: LotSight) -> dict[str, object]:
    """Lots here that may join this one. Raises WrongStep where there is none: a form that cannot be sent is no help."""
    lot = seen.lot
    others = find_lots(
        session,
        Lot.site_id == lot.site_id,
        Lot.id != lot.id,
        Lot.stage == lot.stage,
        Lot.model_id == lot.model_id,
        Lot.color == lot.color,
        Lot.owner_winery_id.is_not_distinct_from(lot.owner_winery_id),
        Lot.grade.is_not_distinct_from(lot.grade),
        Lot.hold_event_id.is_(None),
        Place.quantity > Place.promised,
    )
    if not others and request.method == "GET":
        raise WrongStep(
            "No other lot here is the same as lot %(lot)s: same stage, model, color, owner and grade.",
            "Nothing is to be done.",
            lot=lot.shown_code,
        )
    return {"others": see_lots(session, [other for other in others if not other.recalled])}
