"""Scans that devices brought too late, or that could not be: a lead records each as it is, otherwise, or not at all."""

import json
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bottletrack.access import Permission
from bottletrack.errors import BadInput, NotAllowed, Refusal
from bottletrack.late import (
    Brought,
    LateOnFile,
    get_late,
    list_settled,
    list_waiting,
    settle,
    take_waiting,
)
from bottletrack.lots import LotOnHand, get_lot
from bottletrack.scans import Recorded, Scan
from bottletrack.sign_in import find_signed_in
from bottletrack.steps import Step
from bottletrack.vocabulary import EventKind, LateState
from webapp.database import reading, writing
from webapp.forms import text
from webapp.languages import N_, current_timezone
from webapp.operator.blueprint import blueprint
from webapp.operator.done import find_event
from webapp.operator.late_fields import Field, Offered, lots_of, read_fields, readable
from webapp.operator.sight import LotSight, see_lots
from webapp.refusals import status_of
from webapp.rows import UNREADABLE, read_input, record_brought, verb_of, write_json
from webapp.security import allow
from webapp.signed_in import current_actor

#: What each verb of a station does with a lot, or records, for its word.
ACTS: dict[str, Step | EventKind] = {
    "collections": Step.COLLECT,
    "dropped-pickups": Step.GIVE_UP,
    "lot-voids": Step.VOID,
    "reception-counts": Step.COUNT,
    "sortings": Step.SORT,
    "held-aside-decisions": Step.DECIDE_HELD_ASIDE,
    "loadings": Step.LOAD,
    "refused-loadings": Step.LOAD_REFUSED,
    "readings": EventKind.READINGS_TAKEN,
    "starts": EventKind.RUN_STARTED,
    "stops": EventKind.LINE_STOPPED,
    "outputs": EventKind.OUTPUT_TAKEN,
    "closings": EventKind.RUN_CLOSED,
    "presoaks": Step.PRESOAK,
    "presoak-ends": Step.END_PRESOAK,
    "relabelings": Step.RELABEL,
    "splits": Step.SPLIT,
    "container-cleanings": EventKind.CONTAINER_CLEANED,
    "label-printings": EventKind.LABELS_PRINTED,
    "label-stickings": EventKind.LABEL_STUCK,
    "label-replacements": EventKind.LABEL_REPLACED,
    "age-expiries": Step.EXPIRE,
    "holds": Step.HOLD,
    "hold-lifts": Step.LIFT_HOLD,
    "breakages": Step.BREAK,
    "stock-counts": Step.TAKE_STOCK,
    "deliveries": Step.DELIVER,
    "returns": EventKind.RETURNED,
    "corrections": EventKind.REVERSED,
}
_NOBODY = (
    N_("Nobody knows who sat at the device, or may record in their name."),
    N_("Find out who it was, and record in your own name what they did."),
)


@dataclass(frozen=True)
class LateSight:
    """One scan as a lead sees it. `act` None: it cannot be told what was to be recorded."""

    late: LateOnFile
    act: Step | EventKind | None
    fields: tuple[Field, ...]
    #: The lots it names, as they stand now.
    lots: tuple[LotSight, ...]

    @property
    def told(self) -> list[tuple[str, str]]:
        """Its fields that say something, in words."""
        return [(field.label, field.shown) for field in self.fields if field.shown]

    @property
    def in_somebodys_name(self) -> bool:
        """Whether it can be recorded as it is: what was to be recorded is known, and who did it."""
        return self.act is not None and self.late.person_id is not None

    @property
    def lacks_bottles(self) -> bool:
        """Whether it asks for more than a lot holds: then to count comes first."""
        return self.late.told["code"] == "wrong_quantity" and bool(self.lots)


@blueprint.get("/operator/late-scans")
@allow(Permission.SETTLE_LATE)
def late_scans() -> str:
    """Those that wait, and what became of the last ones."""
    return _list_page(None)


@blueprint.post("/operator/late-scans/again")
@allow(Permission.SETTLE_LATE)
def try_late_again() -> ResponseReturnValue:
    """Records all that have become possible, in the order in which they came, until nothing moves any more."""
    actor, booked, moved = current_actor(), 0, True
    while moved:
        moved = False
        with reading() as session:
            waiting = list_waiting(session, actor)
        for late in waiting:
            try:
                _book(late.id)
            except Refusal:
                continue
            booked, moved = booked + 1, True
    return redirect(url_for("operator.late_scans", booked=booked), 303)


@blueprint.get("/operator/late-scans/<int:late_id>")
@allow(Permission.SETTLE_LATE)
def late_scan(late_id: int) -> str:
    """One scan: what was sent, why it was not recorded, and what to do about it."""
    return _page("late_scan.html", late_id, None)


@blueprint.post("/operator/late-scans/<int:late_id>/booking")
@allow(Permission.SETTLE_LATE)
def book_late(late_id: int) -> ResponseReturnValue:
    """Records it as it was sent: in its author's name, at the device's time."""
    try:
        recorded = _book(late_id)
    except Refusal as refusal:
        return _page("late_scan.html", late_id, refusal), status_of(refusal)
    return _to_list(recorded)


@blueprint.get("/operator/late-scans/<int:late_id>/adjustment")
@allow(Permission.SETTLE_LATE)
def adjust_late(late_id: int) -> str:
    """Its fields, to put right."""
    return _page("late_adjustment.html", late_id, None)


@blueprint.post("/operator/late-scans/<int:late_id>/adjustment")
@allow(Permission.SETTLE_LATE)
def record_late_adjusted(late_id: int) -> ResponseReturnValue:
    """Records what the form says, in the lead's own name: it is the lead's word, not what was scanned."""
    actor, now = current_actor(), datetime.now(UTC)
    try:
        happened_at = _moment(text("happened_at")) or now
        event_id = _event_id(text("event_id"))
        with writing() as session:
            late = take_waiting(session, actor, late_id)
            verb = verb_of(late.verb)
            content = read_input(verb, write_json(read_fields(verb.takes, readable(json.loads(late.content)))))
            recorded = verb.record(session, content, Scan(event_id, actor, late.site_id, happened_at))
            settle(session, actor, late, LateState.ADJUSTED, now, reason=text("why"), event_id=recorded.event_id)
    except Refusal as refusal:
        return _page("late_adjustment.html", late_id, refusal), status_of(refusal)
    return _to_list(recorded)


@blueprint.get("/operator/late-scans/<int:late_id>/rejection")
@allow(Permission.SETTLE_LATE)
def reject_late(late_id: int) -> str:
    """Why it does not count."""
    return _page("late_rejection.html", late_id, None)


@blueprint.post("/operator/late-scans/<int:late_id>/rejection")
@allow(Permission.SETTLE_LATE)
def record_late_rejected(late_id: int) -> ResponseReturnValue:
    """Keeps it as not recorded, with the reason."""
    actor = current_actor()
    try:
        with writing() as session:
            late = take_waiting(session, actor, late_id)
            settle(session, actor, late, LateState.REJECTED, datetime.now(UTC), reason=text("reason"))
    except Refusal as refusal:
        return _page("late_rejection.html", late_id, refusal), status_of(refusal)
    return redirect(url_for("operator.late_scans", rejected=late_id), 303)


def _book(late_id: int) -> Recorded:
    actor = current_actor()
    with writing() as session:
        late = take_waiting(session, actor, late_id)
        author = find_signed_in(session, late.person_id) if late.person_id is not None else None
        if author is None:
            raise NotAllowed(*_NOBODY)
        brought = Brought(late.event_id, late.verb, late.content, late.happened_at)
        recorded = record_brought(session, brought, author.actor, late.site_id)
        settle(session, actor, late, LateState.BOOKED, datetime.now(UTC), event_id=recorded.event_id)
    return recorded


def _to_list(recorded: Recorded) -> ResponseReturnValue:
    return redirect(url_for("operator.late_scans", done=recorded.event_id), 303)


def _list_page(refusal: Refusal | None) -> str:
    actor, done = current_actor(), request.args.get("done", type=uuid.UUID)
    with reading() as session:
        waiting = list_waiting(session, actor)
        return render_template(
            "operator/late_scans.html",
            waiting=_see(session, waiting),
            settled=list_settled(session, actor),
            acts=ACTS,
            done=find_event(session, done) if done else None,
            booked=request.args.get("booked", type=int),
            rejected=request.args.get("rejected", type=int),
            refusal=refusal,
        )


def _page(template: str, late_id: int, refusal: Refusal | None) -> str:
    with reading() as session:
        late = get_late(session, current_actor(), late_id)
        (seen,) = _see(session, [late])
        if template == "late_adjustment.html" and seen.act is None:
            raise BadInput(*UNREADABLE)
        return render_template(
            f"operator/{template}",
            seen=seen,
            late=late,
            refusal=refusal,
            happened_at=_in_form(late.happened_at or late.received_at),
            settled_event=find_event(session, late.settled_event_id) if late.settled_event_id else None,
        )


def _see(session: Session, scans: list[LateOnFile]) -> list[LateSight]:
    actor = current_actor()
    offered = {site_id: Offered(session, actor, site_id) for site_id in {late.site_id for late in scans}}
    seen = []
    for late in scans:
        act = ACTS.get(late.verb)
        if act is None:
            seen.append(LateSight(late, None, (), ()))
            continue
        content = readable(json.loads(late.content))
        fields = offered[late.site_id].fields_of(verb_of(late.verb).takes, content)
        seen.append(LateSight(late, act, tuple(fields), tuple(see_lots(session, _lots(session, content)))))
    return seen


def _lots(session: Session, content: object) -> list[LotOnHand]:
    """Those that are known: a code that nobody knows is told by the refusal."""
    found = []
    for code in lots_of(content):
        with suppress(Refusal):
            found.append(get_lot(session, current_actor(), code))
    return found


def _in_form(moment: datetime) -> str:
    return moment.astimezone(current_timezone()).strftime("%Y-%m-%dT%H:%M:%S")


def _moment(typed: str) -> datetime | None:
    """A moment at the site, as the browser sends it. Raises BadInput."""
    if not typed:
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=current_timezone())
    except ValueError:
        raise BadInput(
            "“%(text)s” is not a moment.", "Open the page again and enter it anew.", field="happened_at", text=typed
        ) from None


def _event_id(typed: str) -> uuid.UUID:
    try:
        return uuid.UUID(typed)
    except ValueError:
        raise BadInput("This form has no event number.", "Open the page again and enter it anew.") from None
