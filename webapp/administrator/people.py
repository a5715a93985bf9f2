"""The people of the territory: added, changed, given a new password, deactivated; never deleted."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Permission
from bottletrack.badges import list_badges, opens_devices
from bottletrack.errors import Refusal
from bottletrack.passwords import make_password
from bottletrack.people import (
    PersonOnFile,
    Profile,
    add_person,
    change_person,
    get_person,
    list_people,
    reset_password,
)
from bottletrack.people import deactivate as deactivate_person
from bottletrack.people import reactivate as reactivate_person
from bottletrack.tables import Site, Winery
from bottletrack.vocabulary import Role
from webapp.administrator.blueprint import blueprint
from webapp.database import reading, writing
from webapp.forms import choices, text
from webapp.languages import LANGUAGES, gettext
from webapp.refusals import explain, status_of
from webapp.security import allow
from webapp.signed_in import current_actor
from webapp.words import word


@blueprint.get("/people")
@allow(Permission.MANAGE_PEOPLE)
def people() -> str:
    """Everybody of the territory."""
    with reading() as session:
        found = list_people(session, current_actor())
    return render_template("administrator/people.html", people=found)


@blueprint.get("/people/new")
@allow(Permission.MANAGE_PEOPLE)
def new_person() -> str:
    """The form for a new person."""
    return _form(None)


@blueprint.post("/people/new")
@allow(Permission.MANAGE_PEOPLE)
def add() -> ResponseReturnValue:
    """A new person; without a typed password, one is made up and shown this once."""
    typed = request.form.get("password", "")
    password = typed or make_password()
    try:
        with writing() as session:
            person_id = add_person(
                session, current_actor(), text("email"), _profile(), password, language=text("language")
            )
    except Refusal as refusal:
        return _form(None, refusal), status_of(refusal)
    if typed:
        flash(gettext("%(name)s can sign in now.") % {"name": text("name")}, "success")
        return redirect(url_for(".people"), 303)
    return _password_page(person_id, password)


@blueprint.get("/people/<int:person_id>")
@allow(Permission.MANAGE_PEOPLE)
def person(person_id: int) -> str:
    """One person: what they may do, and what can be changed."""
    return _form(_get(person_id))


@blueprint.post("/people/<int:person_id>")
@allow(Permission.MANAGE_PEOPLE)
def change(person_id: int) -> ResponseReturnValue:
    """New name, roles, site or winery."""
    try:
        with writing() as session:
            change_person(session, current_actor(), person_id, _profile())
    except Refusal as refusal:
        return _form(_get(person_id), refusal), status_of(refusal)
    flash(gettext("The change is made. If roles, site or winery changed, this person has to sign in again."), "success")
    return redirect(url_for(".people"), 303)


@blueprint.post("/people/<int:person_id>/password")
@allow(Permission.MANAGE_PEOPLE)
def new_password(person_id: int) -> ResponseReturnValue:
    """A made-up password in place of a forgotten one, shown this once."""
    password = make_password()
    with writing() as session:
        reset_password(session, current_actor(), person_id, password)
    return _password_page(person_id, password)


@blueprint.post("/people/<int:person_id>/deactivation")
@allow(Permission.MANAGE_PEOPLE)
def deactivate(person_id: int) -> ResponseReturnValue:
    """Closes the account; what the person recorded stays."""
    with writing() as session:
        deactivate_person(session, current_actor(), person_id)
    flash(gettext("The account is closed. What this person recorded stays."), "success")
    return redirect(url_for(".people"), 303)


@blueprint.post("/people/<int:person_id>/reactivation")
@allow(Permission.MANAGE_PEOPLE)
def reactivate(person_id: int) -> ResponseReturnValue:
    """Opens a closed account again."""
    with writing() as session:
        reactivate_person(session, current_actor(), person_id)
    flash(gettext("The account is open again, with its old password."), "success")
    return redirect(url_for(".people"), 303)


def _profile() -> Profile:
    return Profile(text("name"), choices("roles", Role), text("site") or None, text("winery") or None)


def _get(person_id: int) -> PersonOnFile:
    with reading() as session:
        return get_person(session, current_actor(), person_id)


def _form(person: PersonOnFile | None, refusal: Refusal | None = None) -> str:
    """The form for one person, or a new one (None); after a refusal, as it was filled in."""
    explanation = explain(refusal) if refusal else None
    with reading() as session:
        options = _options(session)
        badges = list_badges(session, current_actor(), person.id) if person else []
    return render_template(
        "administrator/person.html",
        person=person,
        entered=_entered(person),
        refusal=explanation,
        badges=badges,
        opens_devices=person is not None and person.can_sign_in and opens_devices(person.roles),
        **options,
    )


def _entered(person: PersonOnFile | None) -> dict[str, Any]:
    if request.method == "POST":
        return {**request.form.to_dict(), "roles": request.form.getlist("roles")}
    if person is None:
        return {"roles": []}
    return {
        "name": person.name,
        "roles": [role.value for role in person.roles],
        "site": person.site_code,
        "winery": person.winery_code,
    }


def _options(session: Session) -> dict[str, list[tuple[str, str]]]:
    territory = current_actor().territory_id
    sites = session.execute(select(Site.code, Site.name).where(Site.territory_id == territory).order_by(Site.code))
    wineries = session.execute(
        select(Winery.code, Winery.name).where(Winery.territory_id == territory).order_by(Winery.code)
    )
    return {
        "roles": [(role.value, word(role)) for role in Role],
        "sites": [("", gettext("All sites")), *sites],
        "wineries": [("", gettext("None")), *wineries],
        "languages_spoken": list(LANGUAGES),
    }


def _password_page(person_id: int, password: str) -> str:
    return render_template("administrator/password.html", person=_get(person_id), password=password)
