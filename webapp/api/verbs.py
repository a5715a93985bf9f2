"""One endpoint for each verb of the plant. What is posted is the verb's own input, with the scan around it."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from flask import Response
from pydantic import AwareDatetime, Field

from bottletrack.errors import BadInput, Conflict, NotAllowed, NotFound, Refusal, Stopped, WrongQuantity, WrongStep
from bottletrack.late import require_recent
from bottletrack.scans import Recorded, Scan
from webapp.api.endpoints import Endpoint, declare, json_response
from webapp.api.sites import get_site_id
from webapp.database import writing
from webapp.shapes import BODY, Code, Shape, read_as
from webapp.signed_in import current_actor
from webapp.verbs import VERBS, Verb

Input = TypeVar("Input")
#: Nothing happened to these bottles before, whatever a device's clock says.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
#: What a verb may refuse; which of them, depends on the lot, the run or the order.
REFUSALS: tuple[type[Refusal], ...] = (
    BadInput,
    NotAllowed,
    NotFound,
    WrongStep,
    WrongQuantity,
    Stopped,
    Conflict,
)


@read_as(BODY)
@dataclass(frozen=True)
class Posted(Generic[Input]):
    """One scan: `event_id` is made by the sender, so that what is sent again counts once.

    `site` is asked for only where the person works at several; `happened_at` only where it was not now: at most so many
    days ago as the site's settings say.
    """

    event_id: uuid.UUID
    input: Input
    site: Code | None = None
    happened_at: Annotated[AwareDatetime, Field(ge=EARLIEST)] | None = None


def serve(verb: Verb) -> None:
    """Serve a verb at its own path."""
    body: Shape[Posted[Any]] = Shape(Posted[verb.takes])  # type: ignore[name-defined]
    output: Shape[Recorded] = Shape(verb.tells)

    def view() -> Response:
        posted = body.read_body()
        actor = current_actor()
        with writing() as session:
            site_id, now = get_site_id(session, actor, posted.site), datetime.now(UTC)
            scan = Scan(posted.event_id, actor, site_id, posted.happened_at or now)
            if posted.happened_at is not None:
                require_recent(session, scan, now)
            recorded = verb.record(session, posted.input, scan)
            answer = verb.tell(session, recorded)
        return json_response(output.write(answer), 200 if recorded.again else 201)

    endpoint = Endpoint(
        name=verb.record.__name__,
        method="POST",
        path=f"/{verb.name}",
        about=verb.record.__doc__ or "",
        permissions=verb.permissions,
        body=body,
        outputs={201: output, 200: output},
        refusals=REFUSALS,
    )
    declare(endpoint, view)


for verb in VERBS.values():
    serve(verb)
