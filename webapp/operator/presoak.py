"""Presoak: bottles with stuck dirt go into a bath before their wash, and come out again."""

from flask.typing import ResponseReturnValue

from bottletrack.access import Permission
from bottletrack.stations.presoak import PresoakEnd, PresoakStart, record_presoak_end, record_presoak_start
from bottletrack.steps import Step
from webapp.forms import required_text, text
from webapp.operator.blueprint import blueprint
from webapp.operator.recording import lot_step
from webapp.security import allow


@blueprint.route("/operator/lots/<code>/presoak", methods=["GET", "POST"])
@allow(Permission.WASH)
def start_presoak(code: str) -> ResponseReturnValue:
    """Into which bath?"""
    return lot_step(
        Step.PRESOAK,
        code,
        record_presoak_start,
        lambda lot: PresoakStart(lot, required_text("bath", most=40)),
        "presoak.html",
    )


@blueprint.route("/operator/lots/<code>/presoak-end", methods=["GET", "POST"])
@allow(Permission.WASH)
def end_presoak(code: str) -> ResponseReturnValue:
    """Out of the bath, ready for the wash."""
    return lot_step(
        Step.END_PRESOAK, code, record_presoak_end, lambda lot: PresoakEnd(lot, text("note")), "presoak_end.html"
    )
