"""A person's badges and PIN: made, printed, revoked. With both they sign in at the plant's shared devices."""

from datetime import UTC, datetime
from io import BytesIO

from flask import flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from bottletrack.access import Permission
from bottletrack.badges import get_open_badge, make_badge, set_pin
from bottletrack.badges import revoke_badge as end_badge
from bottletrack.passwords import make_pin
from bottletrack.people import get_person
from webapp.administrator.blueprint import blueprint
from webapp.cards import print_badge
from webapp.database import reading, writing
from webapp.languages import gettext
from webapp.security import allow
from webapp.signed_in import current_actor


@blueprint.post("/people/<int:person_id>/badges")
@allow(Permission.MANAGE_PEOPLE)
def add_badge(person_id: int) -> ResponseReturnValue:
    """A new badge, beside those that this person has."""
    with writing() as session:
        make_badge(session, current_actor(), person_id, datetime.now(UTC))
    flash(gettext("The badge is made. Print it and hand it over."), "success")
    return redirect(url_for(".person", person_id=person_id), 303)


@blueprint.get("/badges/<int:badge_id>.pdf")
@allow(Permission.MANAGE_PEOPLE)
def badge_sheet(badge_id: int) -> ResponseReturnValue:
    """The badge to print and cut out; the same one as often as it is asked for."""
    with reading() as session:
        badge = get_open_badge(session, current_actor(), badge_id)
    file = BytesIO(print_badge(badge))
    return send_file(file, "application/pdf", as_attachment=True, download_name=gettext("badge") + ".pdf")


@blueprint.post("/people/<int:person_id>/badges/<int:badge_id>/revocation")
@allow(Permission.MANAGE_PEOPLE)
def revoke_badge(person_id: int, badge_id: int) -> ResponseReturnValue:
    """A lost badge, or one that is not needed any more."""
    with writing() as session:
        end_badge(session, current_actor(), badge_id, datetime.now(UTC))
    flash(gettext("The badge opens nothing any more."), "success")
    return redirect(url_for(".person", person_id=person_id), 303)


@blueprint.post("/people/<int:person_id>/pin")
@allow(Permission.MANAGE_PEOPLE)
def new_pin(person_id: int) -> ResponseReturnValue:
    """A made-up PIN for the first day, or in place of a forgotten one, shown this once."""
    pin = make_pin()
    with writing() as session:
        set_pin(session, current_actor(), person_id, pin)
        person = get_person(session, current_actor(), person_id)
    return render_template("administrator/pin.html", person=person, pin=pin)
