"""What an example of a transition says, and how its states and people read in the plant's own words."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bottletrack.errors import Refusal
from bottletrack.scans import Recorded
from bottletrack.steps import OPEN, READY, Step
from bottletrack.vocabulary import Grade, PlaceKind, Role, Stage
from tests.plant.world import Verb, World

#: The reference, as the plant's people wrote it.
TABLE = Path(__file__).parent.parent / "lot_transitions.csv"
Row = dict[str, str]
#: A row's name: where it begins, and what happens.
Name = tuple[str, str]


def read_table() -> dict[Name, Row]:
    with TABLE.open(encoding="utf-8") as file:
        return {(row["from_state"], row["event"]): row for row in csv.DictReader(file)}


@dataclass(frozen=True)
class At:
    """Where a transition begins: the lot it is about (None: it makes one), and what else it needs."""

    lot: str | None = None
    run: str = ""
    order: str = ""
    case: str = ""


@dataclass(frozen=True)
class Done:
    """A transition that was carried out."""

    at: At
    recorded: Recorded

    @property
    def lot(self) -> str:
        """The lot that it made, else the one it is about."""
        made = self.recorded.lot_codes
        code = made[0] if made else self.at.lot
        assert code is not None
        return code


@dataclass(frozen=True)
class TakenBack:
    """A lead's correction undoes it, but no more after this."""

    until: Callable[[World, Done], object]


@dataclass(frozen=True)
class Answered:
    """Another verb undoes it, by this person; then this is true."""

    verb: Verb
    content: Callable[[World, Done], Any]
    by: str
    holds: Callable[[World, Done], bool]


@dataclass(frozen=True)
class Final:
    """Nothing undoes it."""


@dataclass(frozen=True)
class Guard:
    """Content that its guard refuses, and how."""

    refusal: type[Refusal]
    content: Callable[[World, At], Any]


FLOOR = frozenset({Role.OPERATOR, Role.LEAD})
#: The table's people. A lead stands in for an operator everywhere; drivers collect; the second of two people confirms.
WHO: Mapping[str, frozenset[Role]] = {
    "collector": frozenset({Role.DRIVER}),
    "driver": frozenset({Role.DRIVER}),
    "operator": FLOOR,
    "lead": frozenset({Role.LEAD}),
    "quality": frozenset({Role.QUALITY}),
    "coordinator": frozenset({Role.COORDINATOR}),
    "quality + coordinator": frozenset({Role.COORDINATOR}),
    "anyone": FLOOR | {Role.QUALITY, Role.COORDINATOR, Role.DRIVER},
    "system": frozenset(),
}


def who(column: str) -> frozenset[Role]:
    return frozenset().union(*(WHO[name] for name in column.split(";")))


@dataclass(frozen=True)
class Example:
    """One row as it happens here. `departs`: the columns that do not say what we do, each with the reason."""

    verb: Verb
    roles: frozenset[Role]
    bring: Callable[[World], At]
    content: Callable[[World, At], Any]
    undo: TakenBack | Answered | Final
    #: The step of the lot, where it is one of a lot.
    step: Step | None = None
    #: From which kind of place to which, how many bottles.
    moves: tuple[tuple[PlaceKind, PlaceKind, int], ...] = ()
    makes: int = 0
    guard: Guard | None = None
    departs: Mapping[str, str] = field(default_factory=dict)


#: The table's words for what undoes a row.
UNDO: Mapping[str, type[TakenBack | Answered | Final]] = {
    "no": Final,
    "VOID": Answered,
    "new adjustment": Answered,
    "return movement": Answered,
    "waiver by quality with reason": Answered,
    "UNRESERVE": Answered,
    "RESERVE": Answered,
    "RELEASE_HOLD": Answered,
    "HOLD": Answered,
    "CLOSE_RECALL": Answered,
    "cancel": TakenBack,
    "split back": TakenBack,
    "merge back": TakenBack,
    "merge back if same parent": TakenBack,
    "merge back if unused": TakenBack,
    "unload before start": TakenBack,
    "reverse before QC": TakenBack,
    "reverse before next run": TakenBack,
    "reverse movement same day": TakenBack,
    "reverse same shift": TakenBack,
    "reverse until the cullet bin is emptied": TakenBack,
    "reverse until washed": TakenBack,
    "reopen by reverse movement": TakenBack,
    "QC_REOPEN": TakenBack,
    "QC_REOPEN by second person before delivery": TakenBack,
}
#: The table's words for a row that moves no bottle, or need not.
UNMOVED = ("none", "none or after split", "whole lot or part", "quantity flagged to an order", "flag removed")
#: How many lots the table says that a row makes.
MAKES: Mapping[str, frozenset[int]] = {
    "no": frozenset({0}),
    "same": frozenset({0}),
    "same or new": frozenset({0, 1}),
    "parent closed when 0": frozenset({0}),
    "yes": frozenset({1}),
    "yes (new QR)": frozenset({1}),
    "yes or open one": frozenset({0, 1}),
    "split": frozenset({1}),
}
_STAGES = {
    "EXPECTED": {Stage.EXPECTED},
    "RECEIVED": {Stage.RECEIVED},
    "SORTED": {Stage.SORTED},
    "PRESOAK": {Stage.PRESOAKING},
    "WASHED": {Stage.WASHED},
    "IN_QC": {Stage.IN_QUALITY_CONTROL},
    "REWORK": {Stage.REWORK},
    "BLOCKED": {Stage.BLOCKED},
    "EXPIRED": {Stage.EXPIRED},
    "TRIAL": {Stage.TRIAL},
    "RETURNED": {Stage.RETURNED},
    "VOIDED": {Stage.VOIDED},
    # Relabeling is a station of its own here, between release and order; the table does not know it yet.
    "RELEASED_A": set(READY),
    "RELEASED_B": set(READY),
    # A promise is no stage: reserved bottles stay in their lot, as it was.
    "RESERVED": set(READY),
    "lot with no movement": {Stage.EXPECTED},
}
_GRADES = {"RELEASED_A": Grade.A, "RELEASED_B": Grade.B}
_SINKS = {
    "CULLET": PlaceKind.CULLET,
    "BROKEN": PlaceKind.BROKEN,
    "TRANSFERRED": PlaceKind.TRANSFERRED,
    "IN_RUN": PlaceKind.WASH_RUN,
    "DELIVERED": PlaceKind.ORDER_LINE,
}
#: Where bottles are, or were until the last one was taken.
_ANY = (
    "any open state",
    "any open state with 0 on hand",
    "any state with hold flag",
    "any lot in the recall set",
    "lot with recall flag",
)


def stages_of(state: str) -> frozenset[Stage]:
    """The stages of lots that a state of the table is; none for places (a run, an order) and for no lot at all."""
    if state in _ANY:
        return OPEN
    return frozenset().union(*(_STAGES.get(name, set()) for name in state.split(";")))


def stands(world: World, state: str, at: At) -> bool:
    """Whether what a transition begins from is at a state of the table."""
    if state == "-":
        return at.lot is None
    if state == "IN_RUN":
        return bool(at.run) and world.held(PlaceKind.WASH_RUN) > 0
    if state == "DELIVERED":
        return bool(at.order) and world.held(PlaceKind.ORDER_LINE) > 0
    assert at.lot is not None
    lot = world.lot(at.lot)
    if state == "lot with no movement":
        return lot.quantity == 0 and lot.stage is Stage.EXPECTED
    if state == "RESERVED":
        return lot.promised > 0
    if state == "lot with recall flag":
        return lot.recalled
    if lot.stage not in stages_of(state):
        return False
    grades = {_GRADES[name] for name in state.split(";") if name in _GRADES}
    return (not grades or lot.grade in grades) and lot.held == (state == "any state with hold flag")


def became(world: World, row: Row, done: Done) -> bool:
    """Whether a transition led to where its row says."""
    state = row["to_state"]
    if state in _SINKS:
        return {to for _, to, _, _ in world.moved(done.recorded)} == {_SINKS[state]}
    if state == "CLOSED":
        return world.lot(done.at.lot or "").quantity == 0
    lot = world.lot(done.lot)
    flags = {
        "same + hold flag": lot.held,
        "same + recall flag": lot.recalled,
        "RESERVED": lot.promised > 0,
        "RELEASED_x": lot.promised == 0 and lot.stage in READY,
    }
    if state in flags:
        return flags[state]
    if state == "same":
        return lot.stage in stages_of(row["from_state"]) and not lot.held and not lot.recalled
    return lot.stage in stages_of(state) and lot.grade == _GRADES.get(state, lot.grade)
