"""Bounds hold whichever bottles were taken, and are exact where nothing was mixed."""

from dataclasses import dataclass
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from bottletrack.genealogy.bounds import NONE, Flow, Mix, Range, add_mixes, carry, narrow

#: Two sources, of which the first is the start; then lots; then an end.
OURS, OTHERS, *LOTS = range(7)


def known(flow: Flow) -> Mix | None:
    if flow.origin == OURS:
        return {1: Range(flow.quantity, flow.quantity)}
    return {} if flow.origin == OTHERS else None


@dataclass(frozen=True)
class History:
    """Movements in order, and what nobody sees: which bottle (its source, its number) went with which, and is where."""

    flows: list[Flow]
    moved: list[set[tuple[int, int]]]
    held: dict[int, list[tuple[int, int]]]


@st.composite
def histories(draw: st.DrawFn, sources: tuple[int, ...] = (OURS, OTHERS)) -> History:
    history = History([], [], {lot: [] for lot in LOTS})
    held, made = history.held, count()
    for number in range(draw(st.integers(1, 25))):
        origin = draw(st.sampled_from([*sources, *(lot for lot in LOTS if held[lot])]))
        destination = draw(st.sampled_from([lot for lot in LOTS if lot != origin]))
        quantity = draw(st.integers(1, len(held[origin]) if origin in held else 8))
        if origin in held:
            draw(st.randoms()).shuffle(held[origin])
            bottles, held[origin] = held[origin][:quantity], held[origin][quantity:]
        else:
            bottles = [(origin, next(made)) for _ in range(quantity)]
        held[destination] += bottles
        history.flows.append(Flow(number, origin, destination, quantity))
        history.moved.append(set(bottles))
    return history


@given(histories())
def test_the_truth_lies_within_the_bounds(history: History) -> None:
    carried, contents = carry(history.flows, known)
    for flow, bottles in zip(history.flows, history.moved, strict=True):
        low, high = carried[flow.id].get(1, NONE)
        assert 0 <= low <= sum(source == OURS for source, _ in bottles) <= high <= flow.quantity
    there = {lot: contents.get(lot, {}).get(1, NONE) for lot in LOTS}
    whole = sum(flow.quantity for flow in history.flows if flow.origin == OURS)
    for lot, (low, high) in narrow(there, whole).items():
        ours = sum(source == OURS for source, _ in history.held[lot])
        assert there[lot].low <= low <= ours <= high <= there[lot].high


@given(histories())
def test_backward_too(history: History) -> None:
    """How many bottles of each movement came to the last lot later, or with it."""
    end = LOTS[-1]

    def to_the_end(flow: Flow) -> Mix | None:
        if flow.origin == end:
            return {1: Range(flow.quantity, flow.quantity)}
        return None if flow.origin in LOTS else {}

    held = {lot: len(bottles) for lot, bottles in history.held.items()}
    carried = carry([flow.backward() for flow in reversed(history.flows)], to_the_end, held=held)[0]
    to_come: set[tuple[int, int]] = set()
    for flow, bottles in zip(reversed(history.flows), reversed(history.moved), strict=True):
        if flow.destination == end:
            to_come |= bottles
        low, high = carried[flow.id].get(1, NONE)
        assert low <= len(bottles & to_come) <= high


@given(histories((OURS,)))
def test_exact_without_mixing(history: History) -> None:
    carried, contents = carry(history.flows, known)
    assert all(carried[flow.id] == {1: Range(flow.quantity, flow.quantity)} for flow in history.flows)
    for lot, bottles in history.held.items():
        assert contents.get(lot, {}).get(1, NONE) == Range(len(bottles), len(bottles))


def test_what_a_part_of_a_mixture_may_hold() -> None:
    """100 bottles, 30 of them ours: of 80 that leave at least 10 are, of 20 perhaps none."""
    flows = [Flow(1, OURS, 2, 30), Flow(2, OTHERS, 2, 70), Flow(3, 2, 3, 80), Flow(4, 2, 4, 20)]
    carried, contents = carry(flows, known)
    assert carried[3] == {1: Range(10, 30)}
    assert carried[4] == {1: Range(0, 20)}
    assert narrow({lot: contents[lot].get(1, NONE) for lot in (2, 3, 4)}, 30) == {
        2: NONE,
        3: Range(10, 30),
        4: Range(0, 20),
    }


def test_bottles_turn_into_another_kind_on_arrival() -> None:
    """Two washes and a merge: passes are counted place by place, and stay exact while a lot moves as a whole."""
    flows = [
        Flow(1, 0, 2, 50),  # into a run
        Flow(2, 2, 3, 50),  # washed once
        Flow(3, 3, 4, 20),  # a part of it into a second run
        Flow(4, 4, 5, 20),
        Flow(5, 3, 5, 10),  # merged with some that were washed once
        Flow(6, 5, 6, 12),
    ]

    def fresh(flow: Flow) -> Mix | None:
        return {0: Range(flow.quantity, flow.quantity)} if flow.origin == 0 else None

    def washed(place: int, mix: Mix) -> Mix:
        return {passes + 1: part for passes, part in mix.items()} if place in (2, 4) else mix

    carried, contents = carry(flows, fresh, turn=washed)
    assert contents[3] == {1: Range(20, 20)}
    assert add_mixes((carried[4], carried[5])) == {1: Range(10, 10), 2: Range(20, 20)}
    assert narrow(carried[6], 12) == {1: Range(0, 10), 2: Range(2, 12)}


def test_what_others_leave_narrows_a_part() -> None:
    assert narrow({1: Range(0, 9), 2: Range(4, 4)}, 10) == {1: Range(6, 6), 2: Range(4, 4)}
