"""However two devices' rows are cut into batches, doubled and mixed: each is in the books once, or on the list once."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bottletrack.vocabulary import LateState
from tests.plant.stages import hold, sorted_out
from tests.sync.conftest import Given, Plant, Tablet

#: What operators do with one of two lots: verb, and its input beside the lot.
ACTS: list[tuple[str, Given]] = [
    ("breakages", {"quantity": 1}),
    ("breakages", {"quantity": 5}),
    ("breakages", {"quantity": 50}),
    ("stock-counts", {"counted": 12, "reason": "compté"}),
    ("holds", {"reason": "odeur"}),
    ("hold-lifts", {"reason": "c'était le bouchon"}),
    ("presoaks", {"bath": "1"}),
    ("presoak-ends", {}),
    ("breakages", {"quantity": "many"}),
]
DEVICES = st.integers(0, 1)
#: Per row: which device, which lot, what; and whether its operator waits at the panel.
ROWS = st.lists(st.tuples(DEVICES, st.integers(0, 1), st.sampled_from(ACTS), st.booleans()), min_size=4, max_size=16)
#: Which rows go together: cuts are drawn as numbers of a row, and a batch may come several times, in any order.
SENDINGS = st.lists(st.tuples(st.integers(0, 15), st.integers(1, 8), st.booleans()), min_size=1, max_size=8)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, sendings=SENDINGS)
def test_each_row_ends_in_the_books_once_or_on_the_list_once(
    new_plant: Callable[[], Plant], rows: list[Any], sendings: list[tuple[int, int, bool]]
) -> None:
    plant = new_plant()
    world = plant.world
    lots = [sorted_out(world, 10), sorted_out(world, 20)]
    hold(world, lots[1])
    tablets = [plant.tablet(by, name=by) for by in ("lead", "operator")]
    queues: list[list[Given]] = [[], []]
    for device, lot, (verb, said), live in rows:
        queues[device].append(tablets[device].row(verb, {"lot_code": lots[lot], **said}, live=live))
    told: dict[str, str] = {}
    for start, size, more in sendings:
        for tablet, queue in zip(tablets, queues, strict=True):
            _bring(tablet, queue[start : start + size], told, more=more)
    # In the end a device sends whatever it was not told to forget, until nothing is left.
    for _ in range(20):
        for tablet, queue in zip(tablets, queues, strict=True):
            _bring(tablet, [row | {"live": False} for row in queue if told.get(row["event_id"]) not in DONE], told)
    recorded, listed = plant.recorded(), plant.late()
    for row in queues[0] + queues[1]:
        booked = row["event_id"] in recorded
        assert booked != (row["event_id"] in listed), row
        assert told[row["event_id"]] == ("stored" if booked else "review")
    assert not plant.late(LateState.BOOKED)
    report = world.audit()
    assert report.clean, report.findings


DONE = ("stored", "review")


def _bring(tablet: Tablet, rows: list[Given], told: dict[str, str], *, more: bool = False) -> None:
    """Sends the rows, and remembers the answers. What was settled once stays so, whatever is sent again."""
    if not rows:
        return
    for row, verdict in zip(rows, tablet.verdicts(*rows, more=more), strict=True):
        before = told.get(row["event_id"])
        assert before not in DONE or before == verdict
        told[row["event_id"]] = verdict
