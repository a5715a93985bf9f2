"""Transfer: bottles sent to another site and received there, and those that another operator takes over."""

import uuid

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Permission, may
from bottletrack.errors import NotFound, Refusal
from bottletrack.reports.roads import Handover, Road, find_handovers, find_roads
from bottletrack.stations.transfer import (
    Arrival,
    HandingBack,
    HandingOver,
    Sending,
    record_arrival,
    record_handing_back,
    record_handing_over,
    record_sending,
)
from bottletrack.steps import Step
from bottletrack.tables import Site
from webapp.database import reading
from webapp.forms import bottles, required_bottles, required_text, text
from webapp.languages import gettext
from webapp.operator.blueprint import blueprint
from webapp.operator.choices import Options
from webapp.operator.recording import crate_size_from_form, lot_step, record
from webapp.operator.sight import LotSight
from webapp.security import allow
from webapp.signed_in import current_actor


@blueprint.get("/operator/transfers")
@allow(Permission.SEND, Permission.RECEIVE)
def transfers() -> str:
    """What is on the road to here and from here, and what other operators have."""
    actor = current_actor()
    with reading() as session:
        roads = find_roads(session, actor.territory_id, actor.site_id)
        return render_template(
            "operator/transfers.html",
            arriving=[road for road in roads if actor.site_id in (None, road.to_site_id)],
            leaving=[road for road in roads if actor.site_id == road.from_site_id],
            handovers=find_handovers(session, actor.territory_id, actor.site_id),
            may_receive=may(actor, Permission.RECEIVE),
            refusal=None,
        )


@blueprint.route("/operator/lots/<code>/sending", methods=["GET", "POST"])
@allow(Permission.SEND)
def send(code: str) -> ResponseReturnValue:
    """To which site, and how many?"""
    return lot_step(
        Step.SEND,
        code,
        record_sending,
        lambda lot: Sending(
            lot,
            required_text("to_site", most=20),
            bottles("quantity", crate_size=crate_size_from_form()),
            text("note"),
        ),
        "sending.html",
        lambda session, seen: {"other_sites": _other_sites(session, seen)},
    )


@blueprint.route("/operator/lots/<code>/handover", methods=["GET", "POST"])
@allow(Permission.HAND_OVER)
def hand_over(code: str) -> ResponseReturnValue:
    """Out of the network: to whom, and why?"""
    return lot_step(
        Step.HAND_OVER,
        code,
        record_handing_over,
        lambda lot: HandingOver(
            lot,
            required_bottles("quantity", crate_size=crate_size_from_form()),
            required_text("operator", most=100),
            text("reason"),
        ),
        "handover.html",
    )


@blueprint.get("/operator/transfers/<int(max=2147483647):transit_id>")
@allow(Permission.RECEIVE)
def arrival(transit_id: int) -> str:
    """How many bottles got off the truck?"""
    return _arrival_page(transit_id, None)


@blueprint.post("/operator/transfers/<int(max=2147483647):transit_id>")
@allow(Permission.RECEIVE)
def receive(transit_id: int) -> ResponseReturnValue:
    """A lot of the same, at this site."""
    return record(
        record_arrival,
        lambda: Arrival(transit_id, required_bottles("counted", crate_size=crate_size_from_form()), text("reason")),
        lambda refusal: _arrival_page(transit_id, refusal),
    )


@blueprint.get("/operator/handovers/<uuid:event_id>")
@allow(Permission.RECEIVE)
def handed_over(event_id: uuid.UUID) -> str:
    """How many came back?"""
    return _handover_page(event_id, None)


@blueprint.post("/operator/handovers/<uuid:event_id>")
@allow(Permission.RECEIVE)
def take_handed_back(event_id: uuid.UUID) -> ResponseReturnValue:
    """A lot of its own, at the stage they left at."""
    return record(
        record_handing_back,
        lambda: HandingBack(
            event_id, required_bottles("quantity", crate_size=crate_size_from_form()), required_text("reason")
        ),
        lambda refusal: _handover_page(event_id, refusal),
    )


def _other_sites(session: Session, seen: LotSight) -> Options:
    found = session.execute(
        select(Site.code, Site.name)
        .where(Site.territory_id == seen.lot.territory_id, Site.id != seen.lot.site_id)
        .order_by(Site.name)
    )
    return [("", gettext("Choose…")), *((code, name) for code, name in found)]


def _arrival_page(transit_id: int, refusal: Refusal | None) -> str:
    with reading() as session:
        road = _find_road(session, transit_id)
        return render_template("operator/arrival.html", road=road, refusal=refusal)


def _handover_page(event_id: uuid.UUID, refusal: Refusal | None) -> str:
    with reading() as session:
        handover = _find_handover(session, event_id)
        return render_template("operator/handed_over.html", handover=handover, refusal=refusal)


def _find_road(session: Session, transit_id: int) -> Road:
    actor = current_actor()
    for road in find_roads(session, actor.territory_id, actor.site_id):
        if road.transit_id == transit_id and actor.site_id in (None, road.to_site_id):
            return road
    raise NotFound("No such bottles are on the road to this site.", "Choose them from the list of arrivals.")


def _find_handover(session: Session, event_id: uuid.UUID) -> Handover:
    actor = current_actor()
    for handover in find_handovers(session, actor.territory_id, actor.site_id):
        if handover.event_id == event_id:
            return handover
    raise NotFound("No such bottles were handed over from this site.", "Choose them from the list.")
