"""Whatever people do in whatever order: the ledger agrees with a small model, and its audit is clean."""

import inspect
import sys
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, run_state_machine_as_test

from bottletrack.database import Database
from bottletrack.stations import correction, dispatch, labels, merging, quality, recall, transfer, washing
from bottletrack.vocabulary import Grade
from tests.plant import walks
from tests.plant.cases import CASES
from tests.plant.walks.tempting import Tempting
from tests.plant.world import Verb

#: What somebody tries although it is forbidden (each is a rule of the walk, too), and what is recorded all the same:
#: the right way, which shows that it nearly worked.
TEMPTATIONS: dict[str, Verb] = {
    "deliver_what_is_held": dispatch.record_delivery,
    "deliver_what_is_too_old": dispatch.record_delivery,
    "move_what_is_recalled": recall.record_recall_closing,
    "scrap_alone": quality.record_judgment_confirmation,
    "start_with_old_readings": washing.record_run_closing,
    "merge_across_owners": merging.record_merge,
    "merge_what_is_held": merging.record_release_merge,
    "approve_a_label_alone": labels.record_label_judgment,
    "lose_on_the_road": transfer.record_arrival,
    "split_and_correct_twice": correction.record_correction,
}


class Plant(Tempting):
    """Two sites and several people; each rule asks for something that may be right, or be refused."""

    @initialize(owner=st.sampled_from([None, "V1"]))
    def a_lot_goes_round(self, owner: str | None) -> None:
        for released in (True, False):
            self.collect(100, 0, 0, owner, "", "second")
            self.sort(1, 90, 0, True, "JU75", "second")
            self.wash(1, "second")
            if released:
                self.pass_control(1, "second")
            else:
                self.inspect(1, "second")
        self.relabel(1, 50, "", 0, "second")
        self.order(0, 60, owner or "V2", Grade.A, True)
        self.deliver(1, 1, 50, "second")
        self.register_label(None, "second")
        self.collect(100, 0, 0, owner, "", "second")
        self.sort(1, 50, 0, False, "JU75", "second")
        assert 0 < self.model.promised.total() < 60
        assert self.delivered()


def walk(database: Database, **how: Any) -> Counter[Verb]:
    """Answers how often each verb was recorded."""
    recorded = Counter[Verb]()
    machine = type("PlantHere", (Plant,), {"database": database, "recorded": recorded})
    how |= {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}
    run_state_machine_as_test(machine, settings=settings(**how))
    return recorded


def test_walkers_ask_for_every_verb() -> None:
    rooms = {sys.modules[room.__module__] for room in Plant.__mro__ if room.__module__.startswith(walks.__name__)}
    asked = "".join(inspect.getsource(room) for room in rooms)
    assert [case.verb.__name__ for case in CASES.values() if f".{case.verb.__name__}" not in asked] == []


def test_every_temptation_is_tried() -> None:
    assert set(TEMPTATIONS) == {name for name in vars(Tempting) if not name.startswith("_")}


@pytest.mark.parametrize("temptation", TEMPTATIONS)
def test_nobody_gives_in_to_temptation(shared_database: Database, temptation: str) -> None:
    walker = type("Tempted", (Plant,), {"database": shared_database, "recorded": Counter[Verb]()})()
    walker.a_lot_goes_round(None)
    before = walker.recorded[TEMPTATIONS[temptation]]
    getattr(walker, temptation)(("second", "third"))
    assert walker.recorded[TEMPTATIONS[temptation]] > before
    walker.the_ledger_agrees()
    walker.teardown()


def test_any_order_of_things(shared_database: Database) -> None:
    walk(shared_database, max_examples=15, stateful_step_count=20, derandomize=True)


@pytest.mark.slow
def test_very_many_orders_of_things(shared_database: Database) -> None:
    recorded = walk(shared_database, max_examples=400, stateful_step_count=30)
    # Chance decides which verbs a walk gets to; that it gets to nearly all shows that it goes deep.
    verbs = {case.verb for case in CASES.values()}
    assert len(verbs & set(recorded)) >= 0.9 * len(verbs), verbs - set(recorded)
