"""Quality looks again: at a returned lot, at a grade, at an age."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import request
from flask.typing import ResponseReturnValue

from bottletrack.access import Permission
from bottletrack.errors import BadInput
from bottletrack.stations.second_look import (
    LONGEST_WAIVER_DAYS,
    AgeWaiver,
    Downgrade,
    ReturnInspection,
    ReturnReject,
    record_age_waiver,
    record_downgrade,
    record_return_inspection,
)
from bottletrack.steps import Step
from webapp.assortment import AT_QUALITY, defects
from webapp.forms import a_day, text
from webapp.operator.blueprint import blueprint
from webapp.operator.recording import lot_step
from webapp.operator.sight import LotSight
from webapp.operator.sorting import counted
from webapp.security import allow


@blueprint.route("/operator/lots/<code>/return-inspection", methods=["GET", "POST"])
@allow(Permission.INSPECT)
def inspect_return(code: str) -> ResponseReturnValue:
    """To the wash, or as washed to quality control; rejects to cullet."""
    return lot_step(
        Step.INSPECT_RETURN,
        code,
        record_return_inspection,
        _return_inspection,
        "return_inspection.html",
        lambda session, seen: {"defects": defects(session, seen.lot.site_id, AT_QUALITY)},
    )


@blueprint.route("/operator/lots/<code>/downgrade", methods=["GET", "POST"])
@allow(Permission.INSPECT)
def downgrade(code: str) -> ResponseReturnValue:
    """Grade A becomes B."""
    return lot_step(
        Step.DOWNGRADE, code, record_downgrade, lambda lot: Downgrade(lot, text("reason")), "downgrade.html"
    )


@blueprint.route("/operator/lots/<code>/age-waiver", methods=["GET", "POST"])
@allow(Permission.WAIVE_AGE)
def waive_age(code: str) -> ResponseReturnValue:
    """Too old, and it may leave until a day."""
    return lot_step(
        Step.WAIVE_AGE,
        code,
        record_age_waiver,
        _waiver,
        "age_waiver.html",
        lambda session, seen: _days(seen),
    )


def _return_inspection(lot: str) -> ReturnInspection:
    way = request.form.get("way")
    if way not in ("wash", "clean"):
        raise BadInput("Nothing was chosen.", "Choose one of the possibilities.", field="way")
    rejected = tuple(ReturnReject(defect, quantity) for defect, quantity in counted("reject"))
    return ReturnInspection(lot, way == "wash", rejected, text("note"))


def _waiver(lot: str) -> AgeWaiver:
    until = a_day("until")
    if until is None:
        raise BadInput("No day was chosen.", "Choose the last day on which the lot may leave.", field="until")
    return AgeWaiver(lot, until, text("reason"))


def _days(seen: LotSight) -> dict[str, object]:
    today = datetime.now(UTC).astimezone(ZoneInfo(seen.site.timezone)).date()
    return {"first_day": today, "last_day": today + timedelta(days=LONGEST_WAIVER_DAYS)}
