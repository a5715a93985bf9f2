"""What a program is told when something is refused: application/problem+json (RFC 9457), in the plant's words.

Of the API and of the station's program alike. The status comes from the same table as the pages'. `code` is for
programs, `detail` and `remedy` are for people, in the language that the request asks for, or the person's own.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, g, request
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from bottletrack.errors import BadInput, Refusal
from webapp.error_pages import BROKEN, BUSY, RETRY_AFTER_SECONDS, is_busy
from webapp.languages import CODES, N_, gettext
from webapp.refusals import explain, status_of
from webapp.shapes import BadFields, Shape

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

TITLES = {
    "not_allowed": N_("Not allowed"),
    "not_found": N_("Not found"),
    "bad_input": N_("Bad input"),
    "wrong_step": N_("Wrong step"),
    "wrong_quantity": N_("Wrong quantity"),
    "stopped": N_("Stopped"),
    "conflict": N_("Conflict"),
    "bad_json": N_("Not JSON"),
    "no_key": N_("No valid key"),
    "no_device": N_("Device not set up"),
    "signed_out": N_("Nobody is signed in"),
    "wrong_page": N_("Not from our own page"),
    "wrong_method": N_("Wrong method"),
    "too_large": N_("Too large"),
    "wrong_media_type": N_("Wrong media type"),
    "busy": N_("Busy"),
    "broken": N_("Server fault"),
    "refused": N_("Refused"),
}

#: A code, what was refused, and what to do now.
Told = tuple[str, str, str]
#: What the framework refuses, but for 401: how to be let in, each face says itself.
_OF_STATUS: dict[int, Told] = {
    400: ("bad_json", N_("The body is not JSON."), N_("Send one JSON object, encoded in UTF-8.")),
    405: ("wrong_method", N_("This address does not take that method."), N_("Use a method that is allowed here.")),
    413: ("too_large", N_("The body is too large."), N_("Send at most 64 kB at once.")),
    415: ("wrong_media_type", N_("The body must be JSON."), N_("Send it with Content-Type: application/json.")),
}


@dataclass(frozen=True)
class Fault:
    """A field that does not fit, and why."""

    field: str
    detail: str


@dataclass(frozen=True)
class Problem:
    """A refusal (RFC 9457). `code` is stable; `detail` says what was refused, `remedy` what to do now."""

    type: str
    title: str
    status: int
    detail: str
    remedy: str
    code: str
    field: str | None = None
    errors: tuple[Fault, ...] = ()


PROBLEM: Shape[Problem] = Shape(Problem)


def set_up_problems(
    blueprint: Blueprint,
    not_let_in: Told,
    *,
    challenge: str | None = None,
    others: Mapping[type[HTTPException], Told] = {},
) -> None:
    """For everything that goes wrong at this blueprint's addresses.

    `not_let_in`: what a 401 says; `challenge`: how programs are asked for a key then. `others`: kinds of failure that
    mean something of their own here.
    """
    failed = _failing(_OF_STATUS | {401: not_let_in}, challenge)
    blueprint.register_error_handler(Refusal, refused)
    blueprint.register_error_handler(HTTPException, failed)
    for status in (401, *_OF_STATUS):
        # The application has pages of its own for some; those of the same status here come before them.
        blueprint.register_error_handler(status, failed)
    for kind, told in others.items():
        blueprint.register_error_handler(kind, _failing({kind.code or 500: told}, challenge))
    blueprint.register_error_handler(DBAPIError, database_failed)
    blueprint.register_error_handler(NoFreeConnection, database_failed)


def refused(refusal: Refusal) -> Response:
    """The plant refused: nothing was written."""
    _use_wanted_language()
    told = explain(refusal)
    faults = tuple(Fault(*fault) for fault in refusal.faults) if isinstance(refusal, BadFields) else ()
    return _response(refusal.code, status_of(refusal), told.what, told.remedy, told.field, faults)


def _failing(of_status: Mapping[int, Told], challenge: str | None) -> Callable[[HTTPException], Response]:
    def failed(error: HTTPException) -> Response:
        """What the framework refuses, and every fault of ours (500), which is logged by then."""
        _use_wanted_language()
        status = error.code or 500
        code, what, remedy = of_status.get(status, ("broken", *BROKEN))
        response = _response(code, status, gettext(what), gettext(remedy))
        if status == 401 and challenge:
            response.headers["WWW-Authenticate"] = challenge
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.headers["Allow"] = ", ".join(error.valid_methods)
        return response

    return failed


def database_failed(error: Exception) -> Response:
    """What the database itself refuses (422), too many at once (503); anything else is a fault of ours."""
    _use_wanted_language()
    if isinstance(error, (IntegrityError, DataError)):
        logger.warning("The database refused %s %s", request.method, request.path, exc_info=error)
        refusal = BadInput(N_("A name or text is taken already, or too long."), N_("Choose another one."))
        return refused(refusal)
    if not is_busy(error):
        raise error
    logger.warning("The database was too busy for %s %s", request.method, request.path, exc_info=error)
    response = _response("busy", 503, gettext(BUSY[0]), gettext(BUSY[1]))
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _response(
    code: str, status: int, detail: str, remedy: str, field: str | None = None, errors: tuple[Fault, ...] = ()
) -> Response:
    kind = f"urn:bottletrack:problem:{code}"
    problem = Problem(kind, gettext(TITLES[code]), status, detail, remedy, code, field, errors)
    return Response(PROBLEM.write(problem), status, mimetype=MEDIA_TYPE)


def _use_wanted_language() -> None:
    """A program says with each request which language its reader wants; without a word, it is the person's own."""
    wanted = request.accept_languages.best_match(CODES)
    if wanted:
        g.language = wanted
