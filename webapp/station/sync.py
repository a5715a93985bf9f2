"""What devices bring: a batch of rows, and who sat there without a network. Each row gets its verdict."""

import logging
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from bottletrack.badges import read_token
from bottletrack.devices import DeviceOnFile
from bottletrack.errors import Refusal
from bottletrack.sittings import begin_sitting, find_badge_holder, find_sitter, find_sitting
from bottletrack.vocabulary import SignInProof
from webapp.config import secret_of, settings_of
from webapp.database import reading, writing
from webapp.languages import DEFAULT, speaking
from webapp.refusals import explain
from webapp.rows import Row, as_moment, as_uuid, read_json, read_row
from webapp.security import allow_device
from webapp.shapes import Shape
from webapp.signed_in import current_device, current_sitting, stay_awake
from webapp.station.batch import LATER, Answer, Batch, Sitter
from webapp.station.blueprint import blueprint
from webapp.station.release import current_release

logger = logging.getLogger(__name__)

MOST_ROWS = 100


@dataclass(frozen=True)
class Verdict:
    """What became of a row. `severity`: the kind of refusal, as the API calls it."""

    #: As the device wrote it.
    event_id: Any
    verdict: str
    lot_codes: tuple[str, ...] = ()
    what: str = ""
    remedy: str = ""
    severity: str = ""


@dataclass(frozen=True)
class SyncAnswer:
    """`version`: of the server's own release; `now`: its clock. Rows beyond the first hundred come later."""

    version: str
    now: datetime
    verdicts: tuple[Verdict, ...]


_ANSWER: Shape[SyncAnswer] = Shape(SyncAnswer)


@blueprint.post("/sync")
@allow_device
def sync() -> ResponseReturnValue:
    """Takes a batch; the same batch again gets the same answer."""
    device, now = current_device(), datetime.now(UTC)
    batch = _read_batch()
    rows = [read_row(given) for given in _list(batch, "rows")]
    if any(row.live and row.sitting == current_sitting() for row in rows):
        stay_awake()
    for sitting in _list(batch, "sittings"):
        _begin_offline_sitting(device, sitting)
    sitters = _sitters(device, {row.sitting for row in rows[:MOST_ROWS]} - {None})
    more = batch.get("more") is True or len(rows) > MOST_ROWS
    answers = Batch(device, rows[:MOST_ROWS], sitters, more, now).bring()
    answers += [LATER] * (len(rows) - len(answers))
    verdicts = tuple(_verdict(row, answer, sitters) for row, answer in zip(rows, answers, strict=True))
    answer = SyncAnswer(current_release().version, datetime.now(UTC), verdicts)
    return Response(_ANSWER.write(answer), mimetype="application/json")


def _read_batch() -> dict[str, Any]:
    try:
        batch = read_json(request.get_data())
    except ValueError:
        raise BadRequest from None
    if not isinstance(batch, dict):
        raise BadRequest
    return batch


def _list(batch: dict[str, Any], name: str) -> list[Any]:
    given = batch.get(name, [])
    if not isinstance(given, list):
        raise BadRequest
    return given


def _begin_offline_sitting(device: DeviceOnFile, given: object) -> None:
    """A badge opened the device while we were away. A sitting that is not taken leaves its rows without an author."""
    told = given if isinstance(given, dict) else {}
    sitting_id, began_at, token = as_uuid(told.get("id")), as_moment(told.get("began_at")), told.get("badge")
    badge_id = read_token(token, secret_of(settings_of())) if isinstance(token, str) else None
    if sitting_id is None or began_at is None or badge_id is None:
        return
    try:
        with writing() as session:
            if find_sitting(session, device, sitting_id) is None:
                person_id = find_badge_holder(session, device, badge_id, began_at)
                begin_sitting(session, device, person_id, SignInProof.BADGE_ALONE, began_at, sitting_id)
    except Refusal as refusal:
        logger.warning("A sitting of device %s was not taken: %s", device.id, refusal)


def _sitters(device: DeviceOnFile, sittings: set[uuid.UUID | None]) -> dict[uuid.UUID, Sitter]:
    found = {}
    with reading() as session:
        for sitting_id in sittings:
            sitting = find_sitting(session, device, sitting_id) if sitting_id else None
            if sitting is not None:
                found[sitting.id] = Sitter(sitting, find_sitter(session, device, sitting.id))
    return found


def _verdict(row: Row, answer: Answer, sitters: dict[uuid.UUID, Sitter]) -> Verdict:
    codes = answer.recorded.lot_codes if answer.recorded else ()
    if answer.refusal is None:
        return Verdict(row.named, answer.verdict, codes)
    sitter = sitters.get(row.sitting) if row.sitting else None
    with speaking(sitter.person.language if sitter and sitter.person else DEFAULT):
        told = explain(answer.refusal)
    return Verdict(row.named, answer.verdict, codes, told.what, told.remedy, answer.refusal.code)
