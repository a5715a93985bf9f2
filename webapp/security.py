"""Who may call what, and the headers every answer carries. Every view declares its callers with one decorator.

    @blueprint.post("/lots/<code>/sorting")
    @allow(Permission.SORT)
    def sort(code: str) -> Response: …

A view without a declaration is not served at all: a forgotten one must not be a hole.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest, Unauthorized, UnsupportedMediaType

from bottletrack.access import Permission, may, require
from bottletrack.errors import BadInput
from bottletrack.sign_in import SignedIn
from webapp.signed_in import (
    Sessions,
    brings_key,
    cookies_count,
    current_actor,
    find_person,
    find_this_device,
    leave_session_alone,
    stay_awake,
)

View = TypeVar("View", bound=Callable[..., Any])

_DECLARATION = "may_be_called_by"

_SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def content_security_policy(**others: str) -> str:
    """The policy of all pages, but for the directives named (`script_src="'self' …"`)."""
    sources = _SOURCES | {name.replace("_", "-"): source for name, source in others.items()}
    return "; ".join(f"{name} {source}" for name, source in sources.items())


CONTENT_SECURITY_POLICY = content_security_policy()

_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

#: What the station's program sends with each request. Another site's page cannot: the browser would ask us first.
PROGRAM_HEADER = "X-Station"

csrf = CSRFProtect()


class NoDevice(Unauthorized):
    """The request shows no key of a device that was set up, or one that was revoked."""


class NotOurProgram(BadRequest):
    """The request does not come from the station's program."""


@dataclass(frozen=True)
class Callers:
    """Who may call a view: anyone, or who is signed in and has one of the permissions (none: all of them).

    `device`: any device that was set up, whoever sits at it. `program`: only the station's program, with JSON; it needs
    no CSRF token.
    """

    permissions: tuple[Permission, ...] = ()
    anyone: bool = False
    device: bool = False
    program: bool = False

    def include(self, person: SignedIn | None) -> bool:
        """Whether this person is one of them."""
        if self.anyone:
            return True
        if person is None:
            return False
        return not self.permissions or any(may(person.actor, permission) for permission in self.permissions)


def allow(*permissions: Permission) -> Callable[[View], View]:
    """For people with one of these permissions."""
    return _declare(Callers(permissions))


def allow_signed_in(view: View) -> View:
    """For everybody who is signed in."""
    return _declare(Callers())(view)


def allow_anyone(view: View) -> View:
    """For strangers too: only what tells nothing and changes nothing of the plant."""
    return _declare(Callers(anyone=True))(view)


def allow_device(view: View) -> View:
    """For devices that were set up, whoever sits at them: only what the station's program asks for."""
    return _declare(Callers(device=True, program=True))(view)


def allow_program(*permissions: Permission) -> Callable[[View], View]:
    """For people with one of these permissions, through the station's program."""
    return _declare(Callers(permissions, program=True))


def _declare(callers: Callers) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, _DECLARATION, callers)
        return view

    return mark


def callers_of(endpoint: str) -> Callers | None:
    """Who may call an endpoint; None where its view does not say."""
    return getattr(current_app.view_functions[endpoint], _DECLARATION, None)


def guard() -> None:
    """Before each view: refuses callers it does not name (401, NotAllowed), and changes without a CSRF token (400)."""
    if request.endpoint is None:
        return
    callers = callers_of(request.endpoint)
    if callers is None:
        raise RuntimeError(f"{request.endpoint} does not say who may call it: decorate it with allow…")
    if callers.program:
        _require_program()
    if callers.device:
        leave_session_alone()
        if find_this_device() is None:
            raise NoDevice
    elif not callers.anyone and find_person() is None:
        abort(401)
    # A browser sends cookies by itself, but never a key: only cookies need proof that our own page was used.
    if cookies_count() and not callers.program:
        csrf.protect()
    if not callers.anyone and not callers.device:
        _require_right(callers)
    refuse_nul()


def _require_right(callers: Callers) -> None:
    if not callers.include(find_person()):
        require(current_actor(), callers.permissions[0])
    stay_awake()


def _require_program() -> None:
    """Raises NotOurProgram, UnsupportedMediaType: a form of another site's page is neither, and keys open no device."""
    if PROGRAM_HEADER not in request.headers or brings_key():
        raise NotOurProgram
    if request.method in ("POST", "PUT", "PATCH") and request.mimetype != "application/json":
        raise UnsupportedMediaType


def refuse_nul() -> None:
    """PostgreSQL keeps no NUL in a text, and nobody means one: refused here, once, wherever it stands."""
    # A program's body is no form: whoever reads it looks for itself.
    form = request.form.listvalues() if cookies_count() else ()
    given = ((request.view_args or {}).values(), *request.args.listvalues(), *form)
    if any("\x00" in text for texts in given for text in texts if isinstance(text, str)):
        raise BadInput("A text must not hold the character NUL.", "Scan or type it again.")


def safe_next(target: str | None) -> str | None:
    """A path on this very server, or None: nobody is sent to a stranger's page after signing in."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(character < " " or character == "\\" for character in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def add_headers(response: Response) -> Response:
    """On every answer, errors and files included."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    # Sheds the trace of the last person from a shared tablet: nothing but our own files is kept.
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def set_up_security(app: Flask) -> None:
    """Guard and headers for all views, those of the framework included."""
    app.session_interface = Sessions()
    csrf.init_app(app)
    app.before_request(guard)
    app.after_request(add_headers)
    allow_anyone(app.view_functions["static"])
