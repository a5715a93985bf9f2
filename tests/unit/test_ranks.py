"""Places in rows by their distance from a start."""

from hypothesis import given
from hypothesis import strategies as st

from bottletrack.reports.ranks import rank_places


def test_the_longest_way_counts() -> None:
    assert rank_places([(1, 2), (2, 3), (1, 3), (3, 4)], [1]) == {1: 0, 2: 1, 3: 2, 4: 3}


def test_a_loop_ends() -> None:
    """Delivered, returned, washed, delivered under the same line: the line was reached first."""
    assert rank_places([(1, 2), (2, 3), (3, 4), (4, 2)], [1]) == {1: 0, 2: 1, 3: 2, 4: 3}


def test_what_comes_back_to_the_start_leaves_it_at_0() -> None:
    assert rank_places([(1, 2), (2, 1)], [1])[1] == 0


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda step: step[0] < step[1])))
def test_every_step_leads_down(steps: list[tuple[int, int]]) -> None:
    ranks = rank_places(steps, [0])
    assert all(ranks[origin] < ranks[destination] for origin, destination in steps)
    assert all(rank == 0 or any(d == place and ranks[o] == rank - 1 for o, d in steps) for place, rank in ranks.items())
