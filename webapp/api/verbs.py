"""One endpoint for each verb of the plant. What is posted is the verb's own input, with the scan around it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar, get_type_hints

from flask import Response
from pydantic import AwareDatetime, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack import orders
from bottletrack.access import Permission
from bottletrack.errors import BadInput, Conflict, NotAllowed, NotFound, Refusal, Stopped, WrongQuantity, WrongStep
from bottletrack.scans import Recorded, Scan
from bottletrack.stations import (
    cleaning,
    collection,
    correction,
    dispatch,
    findings,
    hours,
    labels,
    merging,
    presoak,
    quality,
    recall,
    relabeling,
    second_look,
    settings,
    sorting,
    stocktake,
    storage,
    transfer,
    washer,
    washing,
)
from bottletrack.tables import Transit, WashRun
from webapp.api.endpoints import Endpoint, declare, json_response
from webapp.api.shapes import BODY, Code, Shape, read_as
from webapp.api.sites import get_site_id
from webapp.database import writing
from webapp.signed_in import current_actor

Input = TypeVar("Input")
Verb = Callable[[Session, Any, Scan], Recorded]
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

    `site` is asked for only where the person works at several; `happened_at` only where it was not now.
    """

    event_id: uuid.UUID
    input: Input
    site: Code | None = None
    happened_at: Annotated[AwareDatetime, Field(ge=EARLIEST)] | None = None


@dataclass(frozen=True)
class RunOpened(Recorded):
    """What a verb answers, and the name of the run it opened."""

    run_code: str = ""


@dataclass(frozen=True)
class LabelRegistered(Recorded):
    """What a verb answers, and the code of the label it registered."""

    label_code: str = ""


@dataclass(frozen=True)
class OrderPlaced(Recorded):
    """What a verb answers, and the reference of the order it placed."""

    order_reference: str = ""


@dataclass(frozen=True)
class RecallOpened(Recorded):
    """What a verb answers, and the code of the case it opened."""

    case_code: str = ""


@dataclass(frozen=True)
class SentAway(Recorded):
    """What a verb answers, and the number under which the other site receives the bottles."""

    transit_id: int = 0


def _as_recorded(_session: Session, recorded: Recorded) -> Recorded:
    return recorded


def _with_run(session: Session, recorded: Recorded) -> RunOpened:
    code = session.scalars(select(WashRun.code).where(WashRun.opened_by == recorded.event_id)).one()
    return RunOpened(**vars(recorded), run_code=code)


def _with_label(session: Session, recorded: Recorded) -> LabelRegistered:
    return LabelRegistered(**vars(recorded), label_code=labels.get_code(session, recorded))


def _with_case(session: Session, recorded: Recorded) -> RecallOpened:
    return RecallOpened(**vars(recorded), case_code=recall.get_case_code(session, recorded))


def _with_transit(session: Session, recorded: Recorded) -> SentAway:
    transit_id = session.scalars(select(Transit.id).where(Transit.sent_by == recorded.event_id)).one()
    return SentAway(**vars(recorded), transit_id=transit_id)


def _with_reference(session: Session, recorded: Recorded) -> OrderPlaced:
    return OrderPlaced(**vars(recorded), order_reference=orders.get_reference(session, recorded))


def serve(
    path: str,
    record: Verb,
    *permissions: Permission,
    tell: Callable[[Session, Recorded], Recorded] = _as_recorded,
) -> None:
    """Serve a verb at a path. `tell` adds to its answer what the caller needs next."""
    body: Shape[Posted[Any]] = Shape(Posted[_input_of(record)])  # type: ignore[misc]
    output: Shape[Recorded] = Shape(get_type_hints(tell)["return"])

    def view() -> Response:
        posted = body.read_body()
        actor = current_actor()
        with writing() as session:
            happened_at = posted.happened_at or datetime.now(UTC)
            scan = Scan(posted.event_id, actor, get_site_id(session, actor, posted.site), happened_at)
            recorded = record(session, posted.input, scan)
            answer = tell(session, recorded)
        return json_response(output.write(answer), 200 if recorded.again else 201)

    endpoint = Endpoint(
        name=record.__name__,
        method="POST",
        path=path,
        about=record.__doc__ or "",
        permissions=permissions,
        body=body,
        outputs={201: output, 200: output},
        refusals=REFUSALS,
    )
    declare(endpoint, view)


def _input_of(record: Verb) -> Any:
    """The dataclass that is the verb's second parameter."""
    return next(hint for name, hint in get_type_hints(record).items() if name not in ("session", "scan", "return"))


serve("/announcements", collection.record_announcement, Permission.ANNOUNCE)
serve("/collections", collection.record_collection, Permission.COLLECT)
serve("/dropped-pickups", collection.record_nothing_collected, Permission.COLLECT)
serve("/lot-voids", collection.record_lot_void, Permission.VOID)
serve("/reception-counts", collection.record_reception_count, Permission.COUNT_RECEPTION)
serve("/sortings", sorting.record_sorting, Permission.SORT)
serve("/held-aside-decisions", storage.record_held_aside_decision, Permission.DECIDE_HELD_ASIDE)
serve("/runs", washing.record_run_opening, Permission.WASH, tell=_with_run)
serve("/loadings", washing.record_run_loading, Permission.WASH)
serve("/refused-loadings", washing.record_refused_loading, Permission.LOAD_REFUSED)
serve("/readings", washer.record_run_readings, Permission.WASH)
serve("/starts", washer.record_run_start, Permission.WASH)
serve("/stops", washer.record_line_stop, Permission.WASH)
serve("/outputs", washing.record_run_output, Permission.WASH)
serve("/closings", washing.record_run_closing, Permission.WASH)
serve("/aborts", washer.record_run_abort, Permission.ABORT_RUN)
serve("/presoaks", presoak.record_presoak_start, Permission.WASH)
serve("/presoak-ends", presoak.record_presoak_end, Permission.WASH)
serve("/inspections", quality.record_inspection_start, Permission.INSPECT)
serve("/samplings", quality.record_sampling, Permission.INSPECT)
serve("/defect-counts", findings.record_defects_found, Permission.INSPECT)
serve("/test-results", findings.record_test_results, Permission.INSPECT)
serve("/judgments", quality.record_judgment, Permission.INSPECT)
serve("/verdict-proposals", quality.record_verdict_proposal, Permission.INSPECT)
serve("/judgment-confirmations", quality.record_judgment_confirmation, Permission.CONFIRM_VERDICT)
serve("/inspection-resumptions", quality.record_inspections_resumption, Permission.INSPECT)
serve("/return-inspections", second_look.record_return_inspection, Permission.INSPECT)
serve("/downgrades", second_look.record_downgrade, Permission.INSPECT)
serve("/age-waivers", second_look.record_age_waiver, Permission.WAIVE_AGE)
serve("/relabelings", relabeling.record_relabeling, Permission.RELABEL)
serve("/splits", storage.record_split, Permission.SPLIT)
serve("/merges", merging.record_merge, Permission.MERGE)
serve("/release-merges", merging.record_release_merge, Permission.MERGE_RELEASED)
serve("/sendings", transfer.record_sending, Permission.SEND, tell=_with_transit)
serve("/arrivals", transfer.record_arrival, Permission.RECEIVE)
serve("/handovers", transfer.record_handing_over, Permission.HAND_OVER)
serve("/handbacks", transfer.record_handing_back, Permission.RECEIVE)
serve("/wine-labels", labels.record_label_registration, Permission.REGISTER_LABEL, tell=_with_label)
serve("/trial-starts", labels.record_trial_start, Permission.START_TRIAL)
serve("/trial-examinations", labels.record_trial_examination, Permission.EXAMINE_LABELS)
serve("/trial-rejects", labels.record_trial_reject, Permission.START_TRIAL)
serve("/label-judgments", labels.record_label_judgment, Permission.JUDGE_LABEL)
serve("/container-cleanings", cleaning.record_container_cleaning, Permission.CLEAN_CONTAINERS)
serve("/age-expiries", storage.record_age_expiry, Permission.EXPIRE)
serve("/holds", storage.record_hold, Permission.HOLD)
serve("/hold-lifts", storage.record_hold_lift, Permission.LIFT_HOLD)
serve("/breakages", storage.record_breakage, Permission.BREAK)
serve("/stock-counts", stocktake.record_stock_count, Permission.TAKE_STOCK)
serve("/deliveries", dispatch.record_delivery, Permission.DELIVER)
serve("/returns", dispatch.record_return, Permission.TAKE_BACK)
serve("/hours", hours.record_hours, Permission.ENTER_HOURS)
serve("/corrections", correction.record_correction, Permission.CORRECT)
serve("/recalls", recall.record_recall_opening, Permission.RECALL, tell=_with_case)
serve("/recall-recoveries", recall.record_recall_recovery, Permission.TAKE_BACK)
serve("/recall-consumptions", recall.record_recall_consumption, Permission.TAKE_BACK)
serve("/recall-closings", recall.record_recall_closing, Permission.CLOSE_RECALL)
serve("/setting-changes", settings.record_setting_change, Permission.CHANGE_SETTINGS)
serve("/measure-changes", settings.record_measure_change, Permission.CHANGE_SETTINGS)
serve("/defect-changes", settings.record_defect_change, Permission.CHANGE_SETTINGS)
serve("/washer-changes", settings.record_washer_change, Permission.CHANGE_SETTINGS)
serve("/container-type-changes", settings.record_container_type_change, Permission.CHANGE_SETTINGS)
serve("/orders", orders.record_order, Permission.ORDER, Permission.ORDER_FOR_OTHERS, tell=_with_reference)
serve("/reservations", orders.record_reservation, Permission.RESERVE)
serve("/unreservations", orders.record_unreservation, Permission.RESERVE)
serve("/cancellations", orders.record_cancellation, Permission.ORDER, Permission.ORDER_FOR_OTHERS)
