"""Who may do what: one map, asked by `require()` in every verb and by `may()` in every menu."""

from dataclasses import dataclass
from enum import StrEnum

from bottletrack.errors import NotAllowed
from bottletrack.vocabulary import Role


class Permission(StrEnum):
    """Something a person may or may not do."""

    ANNOUNCE = "announce"
    COLLECT = "collect"
    VOID = "void"
    COUNT_RECEPTION = "count_reception"
    APPROVE_COUNT = "approve_count"  # a difference above the site's tolerance
    SORT = "sort"
    DECIDE_HELD_ASIDE = "decide_held_aside"
    WASH = "wash"
    LOAD_REFUSED = "load_refused"  # what quality refused, or label trials: back into a run
    ABORT_RUN = "abort_run"
    INSPECT = "inspect"
    CONFIRM_VERDICT = "confirm_verdict"  # as the second person
    RELABEL = "relabel"
    SPLIT = "split"
    MERGE = "merge"
    MERGE_RELEASED = "merge_released"
    EXPIRE = "expire"
    WAIVE_AGE = "waive_age"
    SEND = "send"
    RECEIVE = "receive"  # what another site sent, or another operator gives back
    HAND_OVER = "hand_over"
    CLEAN_CONTAINERS = "clean_containers"
    REGISTER_LABEL = "register_label"
    START_TRIAL = "start_trial"
    EXAMINE_LABELS = "examine_labels"
    JUDGE_LABEL = "judge_label"
    HOLD = "hold"
    LIFT_HOLD = "lift_hold"
    BREAK = "break"
    TAKE_STOCK = "take_stock"
    DELIVER = "deliver"
    TAKE_BACK = "take_back"
    RECALL = "recall"
    CLOSE_RECALL = "close_recall"
    ENTER_HOURS = "enter_hours"
    CHANGE_SETTINGS = "change_settings"
    CORRECT = "correct"
    ORDER = "order"  # for one's own winery
    ORDER_FOR_OTHERS = "order_for_others"
    RESERVE = "reserve"
    SEE_PLANT = "see_plant"
    SEE_CATALOGUE = "see_catalogue"
    SEE_IMPACT = "see_impact"
    SEE_AUDIT = "see_audit"
    PRINT_LABELS = "print_labels"
    REPLACE_LABEL = "replace_label"  # lost or dirty
    SWAP_LABELS = "swap_labels"
    UNDO_OWN = "undo_own"  # one's own latest scan, a moment later
    SETTLE_LATE = "settle_late"  # what devices brought too late
    SET_UP_DEVICE = "set_up_device"
    MANAGE_DEVICES = "manage_devices"
    MANAGE_PEOPLE = "manage_people"


_FLOOR = frozenset({Role.OPERATOR, Role.LEAD})
_PLANT = frozenset({Role.OPERATOR, Role.LEAD, Role.QUALITY, Role.COORDINATOR, Role.DRIVER})

#: The column "who" of the transition table of the plant, a lead standing in for an operator.
PERMISSIONS: dict[Permission, frozenset[Role]] = {
    Permission.ANNOUNCE: frozenset({Role.LEAD, Role.DRIVER, Role.COORDINATOR}),
    Permission.COLLECT: _FLOOR | {Role.DRIVER, Role.COORDINATOR},
    Permission.VOID: _FLOOR,
    Permission.COUNT_RECEPTION: _FLOOR,
    Permission.APPROVE_COUNT: frozenset({Role.LEAD, Role.COORDINATOR}),
    Permission.SORT: _FLOOR,
    Permission.DECIDE_HELD_ASIDE: frozenset({Role.QUALITY, Role.LEAD}),
    Permission.WASH: _FLOOR,
    Permission.LOAD_REFUSED: frozenset({Role.QUALITY}),
    Permission.ABORT_RUN: frozenset({Role.LEAD}),
    Permission.INSPECT: frozenset({Role.QUALITY}),
    Permission.CONFIRM_VERDICT: frozenset({Role.QUALITY, Role.COORDINATOR}),
    Permission.RELABEL: _FLOOR,
    Permission.SPLIT: _FLOOR,
    Permission.MERGE: _FLOOR,
    Permission.MERGE_RELEASED: frozenset({Role.LEAD}),
    Permission.EXPIRE: _FLOOR | {Role.QUALITY},
    Permission.WAIVE_AGE: frozenset({Role.QUALITY}),
    Permission.SEND: _FLOOR | {Role.COORDINATOR},
    Permission.RECEIVE: _FLOOR,
    Permission.HAND_OVER: frozenset({Role.COORDINATOR}),
    Permission.CLEAN_CONTAINERS: _FLOOR,
    Permission.REGISTER_LABEL: frozenset({Role.QUALITY, Role.COORDINATOR}),
    Permission.START_TRIAL: frozenset({Role.QUALITY}),
    Permission.EXAMINE_LABELS: frozenset({Role.QUALITY, Role.LEAD, Role.OPERATOR}),
    Permission.JUDGE_LABEL: frozenset({Role.QUALITY}),
    Permission.HOLD: _PLANT,
    Permission.LIFT_HOLD: frozenset({Role.QUALITY, Role.LEAD}),
    Permission.BREAK: _PLANT,
    Permission.TAKE_STOCK: _FLOOR,
    Permission.DELIVER: _FLOOR | {Role.DRIVER},
    Permission.TAKE_BACK: _FLOOR | {Role.DRIVER},
    Permission.RECALL: frozenset({Role.QUALITY, Role.COORDINATOR}),
    Permission.CLOSE_RECALL: frozenset({Role.COORDINATOR}),
    Permission.ENTER_HOURS: frozenset({Role.LEAD, Role.COORDINATOR}),
    Permission.CHANGE_SETTINGS: frozenset({Role.QUALITY, Role.COORDINATOR}),
    Permission.CORRECT: frozenset({Role.LEAD}),
    Permission.ORDER: frozenset({Role.WINEMAKER}),
    Permission.ORDER_FOR_OTHERS: frozenset({Role.COORDINATOR}),
    Permission.RESERVE: frozenset({Role.COORDINATOR}),
    Permission.SEE_PLANT: _PLANT,
    Permission.SEE_CATALOGUE: frozenset({Role.WINEMAKER, Role.COORDINATOR}),
    Permission.SEE_IMPACT: frozenset({Role.COORDINATOR, Role.LEAD}),
    Permission.SEE_AUDIT: frozenset({Role.COORDINATOR, Role.LEAD, Role.QUALITY}),
    Permission.PRINT_LABELS: _FLOOR | {Role.QUALITY, Role.DRIVER},
    Permission.REPLACE_LABEL: _FLOOR | {Role.QUALITY, Role.DRIVER},
    Permission.SWAP_LABELS: frozenset({Role.LEAD}),
    Permission.UNDO_OWN: _PLANT,
    Permission.SETTLE_LATE: frozenset({Role.LEAD}),
    Permission.SET_UP_DEVICE: _PLANT,
    Permission.MANAGE_DEVICES: frozenset({Role.LEAD, Role.COORDINATOR, Role.ADMINISTRATOR}),
    Permission.MANAGE_PEOPLE: frozenset({Role.ADMINISTRATOR}),
}


@dataclass(frozen=True)
class Actor:
    """Who acts: a person's number and what it may touch. `site_id` None: any site of the territory."""

    person_id: int
    territory_id: int
    roles: frozenset[Role]
    site_id: int | None = None
    winery_id: int | None = None


def may(actor: Actor, permission: Permission) -> bool:
    """Whether one of the actor's roles carries the permission."""
    return not actor.roles.isdisjoint(PERMISSIONS[permission])


def require(actor: Actor, permission: Permission) -> None:
    """Raises NotAllowed unless `may()`."""
    if not may(actor, permission):
        raise NotAllowed(
            "Your role does not allow this: %(permission)s.",
            "Ask a person who may, or an administrator to give you the role.",
            permission=permission.value,
        )
