"""Keys: got with an email and a password, shown once, and given back."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Response, request
from werkzeug.exceptions import Unauthorized

from bottletrack.errors import BadInput
from bottletrack.sign_in import attempt_fits, complete_sign_in, count_attempt, make_own_key, revoke_key
from webapp.api.endpoints import Endpoint, declare, json_response
from webapp.database import writing
from webapp.shapes import BODY, Shape, read_as

#: A program signs in again each month; whoever leaves is forgotten soon.
LIFETIME = timedelta(days=30)


@read_as(BODY)
@dataclass(frozen=True)
class Credentials:
    """The same email and password as on the sign-in page, under the same lock after wrong ones."""

    email: str
    password: str


@dataclass(frozen=True)
class Token:
    """A key. Send it as `Authorization: Bearer <token>`; it is shown this once, and opens until `expires_at`."""

    token: str
    expires_at: datetime


_CREDENTIALS: Shape[Credentials] = Shape(Credentials)
_TOKEN: Shape[Token] = Shape(Token)


def get_token() -> Response:
    """A key that acts as this person. A 401 does not say whether the account is unknown or locked, or what is wrong."""
    given = _CREDENTIALS.read_body()
    now = datetime.now(UTC)
    with writing() as session:
        attempt = count_attempt(session, given.email, now)
    # Outside of any transaction: the slow look at the password must not hold up the stations.
    if not attempt_fits(attempt, given.password):
        raise Unauthorized
    with writing() as session:
        person = complete_sign_in(session, attempt)
        if person is None:
            raise Unauthorized
        token = make_own_key(session, person.actor, LIFETIME)
    return json_response(_TOKEN.write(Token(token, now + LIFETIME)), 201)


def revoke_token() -> Response:
    """The key that is shown opens nothing from now on."""
    with writing() as session:
        revoke_key(session, request.headers["Authorization"].removeprefix("Bearer "))
    return Response(status=204)


declare(
    Endpoint(
        name="get_token",
        method="POST",
        path="/tokens",
        about=get_token.__doc__ or "",
        anyone=True,
        body=_CREDENTIALS,
        outputs={201: _TOKEN},
        refusals=(BadInput,),
        statuses=(401,),
    ),
    get_token,
)
declare(
    Endpoint(
        name="revoke_token",
        method="DELETE",
        path="/tokens/current",
        about=revoke_token.__doc__ or "",
        outputs={204: None},
    ),
    revoke_token,
)
