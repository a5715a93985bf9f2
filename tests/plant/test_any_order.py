"""Whatever people do in whatever order: the ledger agrees with a small model, and its audit is clean."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from bottletrack.database import Database
from bottletrack.scans import Recorded, Scan
from bottletrack.stations import correction, quality
from bottletrack.vocabulary import EventKind, Grade, Role
from tests.plant.test_every_verb import CASES
from tests.plant.walks.connecting import Connecting
from tests.plant.walks.dispatching import Dispatching
from tests.plant.walks.inspecting import Inspecting
from tests.plant.walks.model import Effect, Run
from tests.plant.walks.storing import Storing
from tests.plant.walks.walker import ANY, PEOPLE, astray
from tests.plant.walks.washing import Washing
from tests.plant.world import Verb

#: Until when a mistake may be taken back, where the clock decides; what is not here stays.
CORRECTABLE: Mapping[EventKind, str] = {
    EventKind.COLLECTED: "day",
    EventKind.BROKEN: "shift",
    EventKind.RUN_STARTED: "shift",
    EventKind.TRIAL_EXAMINED: "shift",
} | dict.fromkeys(
    [
        EventKind.COUNT_ADJUSTED,
        EventKind.SORTED,
        EventKind.LOTS_MERGED,
        EventKind.LOT_SPLIT,
        EventKind.PRESOAK_STARTED,
        EventKind.RUN_LOADED,
        EventKind.OUTPUT_TAKEN,
        EventKind.RUN_CLOSED,
        EventKind.INSPECTION_STARTED,
        EventKind.DEFECTS_COUNTED,
        EventKind.TESTS_RECORDED,
        EventKind.LOT_RELEASED,
        EventKind.TRIAL_STARTED,
        EventKind.RELABELED,
        EventKind.TRANSFER_SENT,
        EventKind.TRANSFER_RECEIVED,
        EventKind.STOCK_COUNTED,
    ],
    "",
)


#: What walkers hardly ever get to: inspection stops after seven lots that failed.
SELDOM: set[Verb] = {quality.record_inspections_resumption}


class Plant(Storing, Washing, Inspecting, Dispatching, Connecting):
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

    # Mistakes

    @rule(number=ANY, by=PEOPLE)
    def correct(self, number: int, by: str) -> None:
        latest = [effect for effect in self.effects if effect[0].kind in CORRECTABLE][-4:]
        choice = self.effects if astray(number) or not latest else latest
        recorded, did, scan = choice[-1 - number % len(choice)]
        wrong = correction.Correction(recorded.event_id, "entered by mistake")

        def effect(_: Recorded) -> Effect:
            assert self.is_of(by, Role.LEAD)
            assert did in self.model.log, "an event was taken back twice"
            self._require_in_time(recorded, scan)
            if recorded.kind is EventKind.LOT_RELEASED:
                assert scan.by != self.world.people[by]
            if recorded.kind is EventKind.TRIAL_EXAMINED:
                (lot,) = did.lots
                self.trials[lot][1].discard(self.name_of(scan.by))
            return self.model.undone(did, self._runs_before(recorded, did))

        self.ask(correction.record_correction, wrong, by, scan.site_id, effect)

    def _require_in_time(self, recorded: Recorded, scan: Scan) -> None:
        passed = self.world.now - timedelta(minutes=1) - scan.happened_at
        limit = CORRECTABLE[recorded.kind]
        assert limit != "shift" or passed <= timedelta(hours=12)
        assert limit != "day" or passed < timedelta(days=1)

    def _runs_before(self, recorded: Recorded, did: Effect) -> dict[str, Run]:
        """A start and a closing are undone; what was read and what it holds stays."""
        undone = {EventKind.RUN_STARTED: {"started": False}, EventKind.RUN_CLOSED: {"closed": False}}
        flags: dict[str, Any] = undone.get(recorded.kind, {})
        return {code: replace(self.model.runs[code], **flags) for code in did.runs}

    @rule(number=ANY)
    def send_again(self, number: int) -> None:
        verb, content, scan, recorded = self.done[number % len(self.done)]
        assert self.world.send(verb, content, scan) == replace(recorded, again=True)


def walk(database: Database, **how: Any) -> Counter[Verb]:
    """Answers how often each verb was recorded."""
    recorded = Counter[Verb]()
    machine = type("PlantHere", (Plant,), {"database": database, "recorded": recorded})
    how |= {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}
    run_state_machine_as_test(machine, settings=settings(**how))
    return recorded


def test_any_order_of_things(shared_database: Database) -> None:
    walk(shared_database, max_examples=15, stateful_step_count=20, derandomize=True)


@pytest.mark.slow
def test_very_many_orders_of_things(shared_database: Database) -> None:
    recorded = walk(shared_database, max_examples=400, stateful_step_count=30)
    assert {case.verb for case in CASES.values()} - set(recorded) <= SELDOM
