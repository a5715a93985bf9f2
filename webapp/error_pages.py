"""What people read when something is refused or goes wrong: the plant's words, never a technical text."""

import logging
from urllib.parse import urlsplit

from flask import Flask, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from werkzeug.exceptions import HTTPException, InternalServerError

from bottletrack.errors import NotFound, Refusal
from webapp.languages import N_, gettext
from webapp.refusals import Explanation, explain, status_of
from webapp.security import safe_next

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 5
BUSY = (
    N_("The database is busy; nothing was recorded."),
    N_("Wait a few seconds, then send it again."),
)
BROKEN = (
    N_("Something went wrong on our side; nothing was recorded."),
    N_("Try again. If it goes wrong again, tell an administrator the time and what you were doing."),
)


def set_up_error_pages(app: Flask) -> None:
    """For all faces; the API answers its own callers itself."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(401, sign_in_needed)
    app.register_error_handler(CSRFError, page_too_old)
    app.register_error_handler(HTTPException, failed)
    app.register_error_handler(DBAPIError, database_failed)
    app.register_error_handler(NoFreeConnection, database_failed)


def refused(refusal: Refusal) -> ResponseReturnValue:
    """The plant refused: nothing was written."""
    return _page(explain(refusal), status_of(refusal))


def sign_in_needed(_error: HTTPException) -> ResponseReturnValue:
    """To the sign-in page, and back to where they wanted to go; a form that was sent cannot be sent again for them."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else way_back()
    return redirect(url_for("account.sign_in", next=wanted if wanted != url_for("start") else None), 303)


def page_too_old(_error: CSRFError) -> ResponseReturnValue:
    """A form without its token: the session it was opened in has ended, or another page sent it."""
    what = gettext("This page was open for too long; nothing was recorded.")
    return _page(Explanation(what, gettext("Open the page again and enter it anew."), None), 400)


def failed(error: HTTPException) -> ResponseReturnValue:
    """Whatever the framework refuses, and every fault of ours (500), which is logged by then."""
    if error.code == 404:
        missing = NotFound("There is no such page.", "Check the address, or go back to the start.")
        return _page(explain(missing), 404)
    if isinstance(error, InternalServerError):
        return _fault_page(BROKEN, 500)
    if error.response is not None or error.code is None or error.code < 400:
        return error
    what = gettext("The browser asked for something that this page does not do.")
    return _page(Explanation(what, gettext("Go back and try again."), None), error.code)


def database_failed(error: Exception) -> ResponseReturnValue:
    """Too many want to write at once (503); anything else that the database says is a fault of ours."""
    if not is_busy(error):
        raise error
    logger.warning("The database was too busy for %s %s", request.method, request.path, exc_info=error)
    body, status = _fault_page(BUSY, 503)
    return body, status, {"Retry-After": str(RETRY_AFTER_SECONDS)}


def is_busy(error: Exception) -> bool:
    """Whether the database would take the same again in a moment: locked, overloaded, or just being restarted."""
    if isinstance(error, NoFreeConnection):
        return True
    return isinstance(error, OperationalError) and "no such" not in str(error.orig)


def way_back() -> str:
    """The page that the reader came from, when it is ours; else the start."""
    parts = urlsplit(request.referrer or "")
    same_host = parts.netloc == request.host and parts.path != request.path
    return (safe_next(parts.path + (f"?{parts.query}" if parts.query else "")) if same_host else None) or "/"


def _fault_page(texts: tuple[str, str], status: int) -> tuple[str, int]:
    # Any page asks the database who is reading, unless that is known: it would fail again on what has just failed.
    g.setdefault("person", None)
    return _page(Explanation(gettext(texts[0]), gettext(texts[1]), None), status)


def _page(explanation: Explanation, status: int) -> tuple[str, int]:
    return render_template("refused.html", refusal=explanation, back=way_back()), status
