"""One declaration for each endpoint: its route, who may call it and its place in the document all come from it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from flask import Blueprint, Response, request
from werkzeug.exceptions import MethodNotAllowed

from bottletrack.access import Permission
from bottletrack.errors import BadInput, NotAllowed, NotFound, Refusal
from webapp.database import reading
from webapp.languages import N_
from webapp.problems import set_up_problems
from webapp.security import allow, allow_anyone, allow_signed_in
from webapp.shapes import Shape
from webapp.signed_in import current_actor, ignore_cookies

PREFIX = "/api/v1"
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})

blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
set_up_problems(
    blueprint,
    ("no_key", N_("No valid key was shown."), N_("Ask for one at /api/v1/tokens, and send it as a bearer token.")),
    challenge="Bearer",
)


@blueprint.url_value_preprocessor
def _forget_cookies(_endpoint: str | None, _in_path: dict[str, Any] | None) -> None:
    """Only a key opens anything here, so that no other site's page can act through a browser's cookies."""
    ignore_cookies()


View = Callable[..., Response]
Reader = TypeVar("Reader", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """What an endpoint takes and answers. `permissions`: one of them is needed; `anyone`: not even a key is."""

    name: str
    method: str
    path: str
    about: str
    outputs: dict[int, Shape[Any] | None]
    refusals: tuple[type[Refusal], ...] = ()
    permissions: tuple[Permission, ...] = ()
    anyone: bool = False
    #: Further statuses of the framework.
    statuses: tuple[int, ...] = ()
    body: Shape[Any] | None = None
    query: Shape[Any] | None = None

    @property
    def path_names(self) -> list[str]:
        """The parts of the path that the caller fills in."""
        return re.findall(r"<(\w+)>", self.path)


#: All of them, in the order they are declared.
ENDPOINTS: list[Endpoint] = []


def declare(endpoint: Endpoint, view: View) -> None:
    """Serve the endpoint with this view."""
    ENDPOINTS.append(endpoint)
    guarded = allow_anyone(view) if endpoint.anyone else allow(*endpoint.permissions)(view)
    blueprint.add_url_rule(endpoint.path, endpoint.name, guarded, methods=[endpoint.method])


def answers(
    path: str, *permissions: Permission, refusals: tuple[type[Refusal], ...] = ()
) -> Callable[[Reader], Reader]:
    """Serve a function that reads: given the session, the actor and what stands in the path (by name).

    Its return type is the output, its docstring the description; a parameter called `query` is read from the query.
    """

    def mark(read: Reader) -> Reader:
        hints = get_type_hints(read, include_extras=True)
        output: Shape[Any] = Shape(hints["return"])
        query: Shape[Any] | None = Shape(hints["query"]) if "query" in hints else None

        def view(**in_path: str) -> Response:
            given: dict[str, Any] = {**in_path, "query": query.read_query()} if query else in_path
            with reading() as session:
                body = output.write(read(session, current_actor(), **given))
            return json_response(body)

        refused = (*refusals, *((BadInput,) if query or "<" in path else ()), NotAllowed)
        endpoint = Endpoint(
            name=read.__name__,
            method="GET",
            path=path,
            about=read.__doc__ or "",
            permissions=permissions,
            outputs={200: output},
            refusals=refused,
            query=query,
        )
        declare(endpoint, view)
        return read

    return mark


def json_response(body: bytes, status: int = 200) -> Response:
    """JSON that is written already."""
    return Response(body, status, mimetype="application/json")


def close_paths() -> None:
    """Answer every other method (405) and path (404) under our prefix ourselves, in our own form."""
    for path in {endpoint.path for endpoint in ENDPOINTS}:
        others = METHODS.difference(_methods_of(path))
        blueprint.add_url_rule(path, "wrong_method", wrong_method, methods=sorted(others))
    for path in ("/", "/<path:unknown>"):
        blueprint.add_url_rule(path, "nothing_here", nothing_here, methods=sorted(METHODS))


def _methods_of(path: str) -> set[str]:
    return {endpoint.method for endpoint in ENDPOINTS if endpoint.path == path}


@allow_signed_in
def wrong_method(**_in_path: str) -> Response:
    """There is something at this address, but not for this method."""
    assert request.url_rule is not None, "a request without a rule came to a view"
    raise MethodNotAllowed(sorted(_methods_of(request.url_rule.rule.removeprefix(PREFIX))))


@allow_signed_in
def nothing_here(**_in_path: str) -> Response:
    """An address that there is not."""
    raise NotFound(
        N_("There is nothing at this address: %(path)s."),
        N_("Look into the document at /api/v1/openapi.json."),
        path=request.path[:200],
    )
