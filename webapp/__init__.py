"""The faces: one for each kind of user, over the same verbs of the plant."""

from collections.abc import Sequence
from datetime import timedelta
from importlib import import_module

from flask import Flask, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from bottletrack.database import Database
from bottletrack.identifiers import new_event_id
from webapp.config import DemonstrationAccount, Settings, load_settings, secret_of
from webapp.database import attach_database, reading
from webapp.error_pages import set_up_error_pages
from webapp.languages import set_up_languages
from webapp.navigation import MenuEntry, set_up_navigation, start_of
from webapp.refusals import explain
from webapp.security import allow_anyone, allow_signed_in, set_up_security
from webapp.signed_in import current_person
from webapp.words import word

#: Each is a package beside this file with a `blueprint` (or several: `BLUEPRINTS`), and with its `MENU`
#: where it has pages. In the menu's order.
FACES = ("operator", "station", "winemaker", "coordinator", "tracing", "administrator", "account", "api")
#: Somebody who leaves a tablet lying about is signed out by the next shift at the latest.
IDLE_TIMEOUT = timedelta(hours=12)
#: The largest form is a wash run with all its readings; a journal comes by the command line.
MAX_REQUEST_BYTES = 1_000_000


def create_app(settings: Settings | None = None, *, demonstration: Sequence[DemonstrationAccount] = ()) -> Flask:
    """The web application over the settings' database. Raises BadSettings.

    `demonstration`: accounts of made-up data, which the sign-in page then offers to everybody.
    """
    settings = settings or load_settings()
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=secret_of(settings),
        SETTINGS=settings,
        DEMONSTRATION=tuple(demonstration),
        PERMANENT_SESSION_LIFETIME=IDLE_TIMEOUT,
        SESSION_COOKIE_NAME="bottletrack",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        WTF_CSRF_CHECK_DEFAULT=False,  # security.guard() checks, after it knows whether cookies count
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a station's page stays open all day
        WTF_CSRF_SSL_STRICT=False,  # its check of the referrer fails behind a proxy; SameSite and the token stay
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
    )
    attach_database(app, Database(settings.database_url, connections=settings.threads))
    set_up_security(app)
    set_up_languages(app)
    set_up_error_pages(app)
    app.jinja_env.filters.update(word=word, explain=explain)
    app.jinja_env.globals["event_id"] = new_event_id
    app.add_url_rule("/", "start", start)
    app.add_url_rule("/healthz", "healthz", healthz)
    set_up_navigation(app, _register_faces(app))
    return app


def _register_faces(app: Flask) -> list[MenuEntry]:
    menu: list[MenuEntry] = []
    for name in FACES:
        face = import_module(f"webapp.{name}")
        for blueprint in getattr(face, "BLUEPRINTS", None) or (face.blueprint,):
            app.register_blueprint(blueprint)
        menu += getattr(face, "MENU", ())
    return menu


@allow_signed_in
def start() -> ResponseReturnValue:
    """To the page where this person's work begins."""
    return redirect(url_for(start_of(current_person())))


@allow_anyone
def healthz() -> ResponseReturnValue:
    """Whether the server and its database answer, for a supervisor; tells nothing else."""
    with reading() as session:
        session.execute(text("SELECT 1"))
    return {"status": "ok"}
