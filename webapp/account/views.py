"""The pages of one's own account."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bottletrack.badges import badges_by_email, change_own_pin, has_pin, opens_devices
from bottletrack.errors import BadInput, Refusal
from bottletrack.passwords import password_fits
from bottletrack.sign_in import (
    SignedIn,
    attempt_fits,
    change_own_language,
    change_own_password,
    complete_sign_in,
    count_attempt,
    count_own_attempt,
    find_signed_in,
    get_password_hash,
    list_own_keys,
    make_own_key,
    revoke_own_key,
    sign_out_everywhere,
)
from bottletrack.sittings import leave_sitting
from webapp.cards import badge_address
from webapp.config import DemonstrationAccount
from webapp.database import reading, writing
from webapp.languages import CODES, gettext, keep_language
from webapp.refusals import Explanation, explain, status_of
from webapp.security import allow_anyone, allow_signed_in, safe_next
from webapp.signed_in import current_actor, current_person, current_sitting, find_person, forget, remember, renew

blueprint = Blueprint("account", __name__, url_prefix="/account", template_folder="templates")


@blueprint.get("/sign-in")
@allow_anyone
def sign_in() -> ResponseReturnValue:
    """The door. Whoever is in already goes on."""
    wanted = safe_next(request.args.get("next"))
    if find_person() is not None:
        return redirect(wanted or url_for("start"))
    return _sign_in_page(wanted)


@blueprint.post("/sign-in")
@allow_anyone
def sign_in_submitted() -> ResponseReturnValue:
    """Begins a session. One answer for every failure: which accounts there are is nobody's business."""
    wanted = safe_next(request.form.get("next"))
    email = request.form.get("email", "")
    person = _signed_in(email, request.form.get("password", ""))
    if person is None:
        refusal = Explanation(
            gettext("Email and password do not fit together."),
            gettext("Check both. After five wrong passwords in a row, the account stays closed for 15 minutes."),
            "password",
        )
        return _sign_in_page(wanted, email, refusal), 422
    _leave_sitting()
    remember(person)
    return redirect(wanted or url_for("start"), 303)


def _leave_sitting() -> None:
    """Whoever sat at this device sits there no more: the station asks who is there when it opens again."""
    if sitting_id := current_sitting():
        with writing() as session:
            leave_sitting(session, sitting_id, datetime.now(UTC))


def _signed_in(email: str, password: str) -> SignedIn | None:
    with writing() as session:
        attempt = count_attempt(session, email, datetime.now(UTC))
    # Outside of any transaction: the slow look at the password must not hold up the stations.
    if not attempt_fits(attempt, password):
        return None
    with writing() as session:
        return complete_sign_in(session, attempt)


def _sign_in_page(wanted: str | None, email: str = "", refusal: Explanation | None = None) -> str:
    accounts: Sequence[DemonstrationAccount] = current_app.config["DEMONSTRATION"]
    return render_template(
        "account/sign_in.html",
        wanted=wanted,
        email=email,
        refusal=refusal,
        accounts=accounts,
        badges=_badges(accounts) if accounts else [],
    )


def _badges(accounts: Sequence[DemonstrationAccount]) -> list[tuple[str, str]]:
    """Who has a badge in a demonstration, and what it holds."""
    with reading() as session:
        known = badges_by_email(session, [account.email for account in accounts])
    return [
        (gettext(account.what), badge_address(known[account.email])) for account in accounts if account.email in known
    ]


@blueprint.post("/sign-out")
@allow_signed_in
def sign_out() -> ResponseReturnValue:
    """Ends the session in this browser, and at a shared device the sitting that it belongs to."""
    _leave_sitting()
    forget()
    return redirect(url_for("start"), 303)


@blueprint.post("/sign-out-everywhere")
@allow_signed_in
def end_all_sessions() -> ResponseReturnValue:
    """Ends all of one's sessions: a lost telephone, a shared tablet left open."""
    with writing() as session:
        sign_out_everywhere(session, current_actor())
    forget()
    return redirect(url_for("start"), 303)


@blueprint.post("/language")
@allow_anyone
def choose_language() -> ResponseReturnValue:
    """The language from now on: in this browser, and for somebody who is signed in in all others too."""
    language = request.form.get("language", "")
    if language not in CODES:
        raise BadInput("This language is not known here.", "Choose one of the list.", field="language")
    if find_person() is not None:
        with writing() as session:
            change_own_language(session, current_actor(), language)
    keep_language(language)
    return redirect(safe_next(request.form.get("next")) or url_for("start"), 303)


@blueprint.get("/")
@allow_signed_in
def settings() -> ResponseReturnValue:
    """Who one is here, one's password and one's keys."""
    return _settings_page()


@blueprint.post("/password")
@allow_signed_in
def change_password() -> ResponseReturnValue:
    """Asks for the old password again: an open page must not be enough to take an account over."""
    try:
        _change_password(request.form.get("old_password", ""), request.form.get("password", ""))
    except Refusal as refusal:
        return _settings_page(explain(refusal)), status_of(refusal)
    flash(gettext("Your password is changed. Your sessions on other devices have ended."), "success")
    return redirect(url_for(".settings"), 303)


def _change_password(old: str, new: str) -> None:
    person = current_person()
    with reading() as session:
        known = get_password_hash(session, person.actor)
    if not password_fits(known, old):
        raise BadInput("This is not your password.", "Enter the one you use now.", field="old_password")
    with writing() as session:
        change_own_password(session, person.actor, new)
        renewed = find_signed_in(session, person.id)
    assert renewed is not None, "whoever changed a password is still there"
    renew(renewed)


@blueprint.post("/pin")
@allow_signed_in
def change_pin() -> ResponseReturnValue:
    """The PIN that goes with one's badge; asks for password or PIN again, as for a new password."""
    try:
        _change_pin(request.form.get("known", ""), request.form.get("pin", ""))
    except Refusal as refusal:
        return _settings_page(explain(refusal)), status_of(refusal)
    flash(gettext("Your PIN is changed. Your sessions on other devices have ended."), "success")
    return redirect(url_for(".settings"), 303)


def _change_pin(known: str, new: str) -> None:
    person = current_person()
    with writing() as session:
        attempts = count_own_attempt(session, person.actor, datetime.now(UTC))
    fitting = next((attempt for attempt in attempts if attempt_fits(attempt, known)), None)
    if fitting is None:
        raise BadInput(
            "This is neither your password nor your PIN.",
            "Check it. After five wrong ones in a row, the account stays closed for 15 minutes.",
            field="known",
        )
    with writing() as session:
        complete_sign_in(session, fitting)
        change_own_pin(session, person.actor, new)
        renewed = find_signed_in(session, person.id)
    assert renewed is not None, "whoever changed a PIN is still there"
    renew(renewed)


@blueprint.post("/keys")
@allow_signed_in
def make_key() -> ResponseReturnValue:
    """Shows the new key, this once: only its hash is kept."""
    with writing() as session:
        key = make_own_key(session, current_actor())
    return _settings_page(key=key)


@blueprint.post("/keys/<int:key_id>/revocation")
@allow_signed_in
def revoke_key(key_id: int) -> ResponseReturnValue:
    """Ends a key."""
    with writing() as session:
        revoke_own_key(session, current_actor(), key_id)
    flash(gettext("The key opens nothing any more."), "success")
    return redirect(url_for(".settings"), 303)


def _settings_page(refusal: Explanation | None = None, *, key: str | None = None) -> str:
    person = current_person()
    with reading() as session:
        keys, pin = list_own_keys(session, person.actor), has_pin(session, person.actor)
    return render_template(
        "account/settings.html",
        person=person,
        keys=keys,
        refusal=refusal,
        new_key=key,
        has_pin=pin,
        opens_devices=opens_devices(person.roles),
    )
