"""Pick-ups: bottles that are announced get a code and stand in the list until they are collected or given up."""

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bottletrack.access import Permission, may
from bottletrack.errors import Refusal
from bottletrack.reports.pickups import find_pickups
from bottletrack.stations.collection import (
    Announcement,
    EmptyCode,
    record_announcement,
    record_collection,
    record_lot_void,
    record_nothing_collected,
)
from bottletrack.steps import Step
from webapp.database import reading
from webapp.forms import a_day, required_bottles, required_text, text
from webapp.operator.blueprint import blueprint
from webapp.operator.choices import THE_POOL, collection_points, owners, sites
from webapp.operator.collection import collection_from_form
from webapp.operator.recording import lot_step, record
from webapp.operator.sight import LotSight
from webapp.security import allow
from webapp.signed_in import current_actor


@blueprint.get("/operator/pickups")
@allow(Permission.COLLECT)
def pickups() -> str:
    """What waits to be picked up, the most urgent first."""
    actor = current_actor()
    with reading() as session:
        return render_template(
            "operator/pickups.html",
            pickups=find_pickups(session, actor.territory_id, site_id=actor.site_id),
            may_announce=may(actor, Permission.ANNOUNCE),
            refusal=None,
        )


@blueprint.get("/operator/pickups/new")
@allow(Permission.ANNOUNCE)
def announce() -> str:
    """Where do bottles wait, and how many?"""
    return _announcement_page(None)


@blueprint.post("/operator/pickups/new")
@allow(Permission.ANNOUNCE)
def record_announced() -> ResponseReturnValue:
    """A code for bottles to come."""
    return record(record_announcement, _announcement, _announcement_page)


@blueprint.route("/operator/lots/<code>/collection", methods=["GET", "POST"])
@allow(Permission.COLLECT)
def collect_announced(code: str) -> ResponseReturnValue:
    """What was announced is picked up: the lot keeps its code."""
    return lot_step(
        Step.COLLECT,
        code,
        record_collection,
        collection_from_form,
        "announced_collection.html",
        _announced,
    )


@blueprint.route("/operator/lots/<code>/nothing", methods=["GET", "POST"])
@allow(Permission.COLLECT)
def give_up(code: str) -> ResponseReturnValue:
    """There was nothing to pick up."""
    return lot_step(Step.GIVE_UP, code, record_nothing_collected, _empty, "nothing_collected.html", _announced)


@blueprint.route("/operator/lots/<code>/void", methods=["GET", "POST"])
@allow(Permission.VOID)
def void(code: str) -> ResponseReturnValue:
    """The code is not used: its label was misprinted or lost."""
    return lot_step(Step.VOID, code, record_lot_void, _empty, "void.html", _announced)


def _empty(lot: str) -> EmptyCode:
    return EmptyCode(lot, required_text("reason"))


def _announced(session: Session, seen: LotSight) -> dict[str, object]:
    # None left where the lot has gone on meanwhile: then the page says what was refused.
    return {"pickup": next(iter(find_pickups(session, seen.lot.territory_id, lot_id=seen.lot.id)), None)}


def _announcement() -> Announcement:
    return Announcement(
        point_code=required_text("point", most=20),
        quantity=required_bottles("quantity"),
        wanted_on=a_day("wanted_on"),
        container=text("container", most=40),
        note=text("note"),
        owner_winery_code=None if text("owner") in ("", THE_POOL) else text("owner", most=20),
    )


def _announcement_page(refusal: Refusal | None) -> str:
    actor = current_actor()
    with reading() as session:
        return render_template(
            "operator/announcement.html",
            points=collection_points(session, actor),
            owners=owners(session, actor),
            sites=sites(session, actor),
            refusal=refusal,
        )
