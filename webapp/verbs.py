"""Every verb that the API and the stations' devices may ask for, by name: what it takes, who may, what it tells."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_type_hints

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack import orders
from bottletrack.access import Permission
from bottletrack.scans import Recorded, Scan
from bottletrack.stations import (
    cleaning,
    collection,
    correction,
    dispatch,
    findings,
    hours,
    labels,
    lot_labels,
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

Record = Callable[[Session, Any, Scan], Recorded]
Tell = Callable[[Session, Recorded], Recorded]


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


@dataclass(frozen=True)
class Verb:
    """One verb. `name` is its path in the API; one of the permissions is needed; `tell` adds to its answer."""

    name: str
    record: Record
    permissions: tuple[Permission, ...]
    tell: Tell

    @cached_property
    def takes(self) -> Any:
        """The dataclass that is the verb's second parameter."""
        hints = get_type_hints(self.record)
        return next(hint for name, hint in hints.items() if name not in ("session", "scan", "return"))

    @cached_property
    def tells(self) -> type[Recorded]:
        """What it answers, with what the caller needs next."""
        answer: type[Recorded] = get_type_hints(self.tell)["return"]
        return answer


def _verb(name: str, record: Record, *permissions: Permission, tell: Tell = _as_recorded) -> Verb:
    return Verb(name, record, permissions, tell)


_ALL = (
    _verb("announcements", collection.record_announcement, Permission.ANNOUNCE),
    _verb("collections", collection.record_collection, Permission.COLLECT),
    _verb("dropped-pickups", collection.record_nothing_collected, Permission.COLLECT),
    _verb("lot-voids", collection.record_lot_void, Permission.VOID),
    _verb("reception-counts", collection.record_reception_count, Permission.COUNT_RECEPTION),
    _verb("sortings", sorting.record_sorting, Permission.SORT),
    _verb("held-aside-decisions", storage.record_held_aside_decision, Permission.DECIDE_HELD_ASIDE),
    _verb("runs", washing.record_run_opening, Permission.WASH, tell=_with_run),
    _verb("loadings", washing.record_run_loading, Permission.WASH),
    _verb("refused-loadings", washing.record_refused_loading, Permission.LOAD_REFUSED),
    _verb("readings", washer.record_run_readings, Permission.WASH),
    _verb("starts", washer.record_run_start, Permission.WASH),
    _verb("stops", washer.record_line_stop, Permission.WASH),
    _verb("outputs", washing.record_run_output, Permission.WASH),
    _verb("closings", washing.record_run_closing, Permission.WASH),
    _verb("aborts", washer.record_run_abort, Permission.ABORT_RUN),
    _verb("presoaks", presoak.record_presoak_start, Permission.WASH),
    _verb("presoak-ends", presoak.record_presoak_end, Permission.WASH),
    _verb("inspections", quality.record_inspection_start, Permission.INSPECT),
    _verb("samplings", quality.record_sampling, Permission.INSPECT),
    _verb("defect-counts", findings.record_defects_found, Permission.INSPECT),
    _verb("test-results", findings.record_test_results, Permission.INSPECT),
    _verb("judgments", quality.record_judgment, Permission.INSPECT),
    _verb("verdict-proposals", quality.record_verdict_proposal, Permission.INSPECT),
    _verb("judgment-confirmations", quality.record_judgment_confirmation, Permission.CONFIRM_VERDICT),
    _verb("inspection-resumptions", quality.record_inspections_resumption, Permission.INSPECT),
    _verb("return-inspections", second_look.record_return_inspection, Permission.INSPECT),
    _verb("downgrades", second_look.record_downgrade, Permission.INSPECT),
    _verb("age-waivers", second_look.record_age_waiver, Permission.WAIVE_AGE),
    _verb("relabelings", relabeling.record_relabeling, Permission.RELABEL),
    _verb("splits", storage.record_split, Permission.SPLIT),
    _verb("merges", merging.record_merge, Permission.MERGE),
    _verb("release-merges", merging.record_release_merge, Permission.MERGE_RELEASED),
    _verb("sendings", transfer.record_sending, Permission.SEND, tell=_with_transit),
    _verb("arrivals", transfer.record_arrival, Permission.RECEIVE),
    _verb("handovers", transfer.record_handing_over, Permission.HAND_OVER),
    _verb("handbacks", transfer.record_handing_back, Permission.RECEIVE),
    _verb("wine-labels", labels.record_label_registration, Permission.REGISTER_LABEL, tell=_with_label),
    _verb("trial-starts", labels.record_trial_start, Permission.START_TRIAL),
    _verb("trial-examinations", labels.record_trial_examination, Permission.EXAMINE_LABELS),
    _verb("trial-rejects", labels.record_trial_reject, Permission.START_TRIAL),
    _verb("label-judgments", labels.record_label_judgment, Permission.JUDGE_LABEL),
    _verb("label-printings", lot_labels.record_label_printing, Permission.PRINT_LABELS),
    _verb("label-stickings", lot_labels.record_label_sticking, Permission.PRINT_LABELS),
    _verb("label-replacements", lot_labels.record_label_replacement, Permission.REPLACE_LABEL),
    _verb("label-swaps", lot_labels.record_label_swap, Permission.SWAP_LABELS),
    _verb("container-cleanings", cleaning.record_container_cleaning, Permission.CLEAN_CONTAINERS),
    _verb("age-expiries", storage.record_age_expiry, Permission.EXPIRE),
    _verb("holds", storage.record_hold, Permission.HOLD),
    _verb("hold-lifts", storage.record_hold_lift, Permission.LIFT_HOLD),
    _verb("breakages", storage.record_breakage, Permission.BREAK),
    _verb("stock-counts", stocktake.record_stock_count, Permission.TAKE_STOCK),
    _verb("deliveries", dispatch.record_delivery, Permission.DELIVER),
    _verb("returns", dispatch.record_return, Permission.TAKE_BACK),
    _verb("hours", hours.record_hours, Permission.ENTER_HOURS),
    _verb("corrections", correction.record_correction, Permission.CORRECT, Permission.UNDO_OWN),
    _verb("recalls", recall.record_recall_opening, Permission.RECALL, tell=_with_case),
    _verb("recall-recoveries", recall.record_recall_recovery, Permission.TAKE_BACK),
    _verb("recall-consumptions", recall.record_recall_consumption, Permission.TAKE_BACK),
    _verb("recall-closings", recall.record_recall_closing, Permission.CLOSE_RECALL),
    _verb("setting-changes", settings.record_setting_change, Permission.CHANGE_SETTINGS),
    _verb("measure-changes", settings.record_measure_change, Permission.CHANGE_SETTINGS),
    _verb("defect-changes", settings.record_defect_change, Permission.CHANGE_SETTINGS),
    _verb("washer-changes", settings.record_washer_change, Permission.CHANGE_SETTINGS),
    _verb("container-type-changes", settings.record_container_type_change, Permission.CHANGE_SETTINGS),
    _verb("orders", orders.record_order, Permission.ORDER, Permission.ORDER_FOR_OTHERS, tell=_with_reference),
    _verb("reservations", orders.record_reservation, Permission.RESERVE),
    _verb("unreservations", orders.record_unreservation, Permission.RESERVE),
    _verb("cancellations", orders.record_cancellation, Permission.ORDER, Permission.ORDER_FOR_OTHERS),
)

VERBS: dict[str, Verb] = {verb.name: verb for verb in _ALL}

#: What devices may ask for: the floor's own work. Settings, orders, labels of winemakers and the like have their pages.
AT_STATIONS = frozenset(
    {
        "collections",
        "dropped-pickups",
        "lot-voids",
        "reception-counts",
        "sortings",
        "held-aside-decisions",
        "loadings",
        "refused-loadings",
        "readings",
        "starts",
        "stops",
        "outputs",
        "closings",
        "presoaks",
        "presoak-ends",
        "relabelings",
        "splits",
        "container-cleanings",
        "label-printings",
        "label-stickings",
        "label-replacements",
        "age-expiries",
        "holds",
        "hold-lifts",
        "breakages",
        "stock-counts",
        "deliveries",
        "returns",
        "corrections",
    }
)
