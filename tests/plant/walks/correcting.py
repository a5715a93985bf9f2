"""Mistakes that are taken back within their time, and scans that are sent again."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis.stateful import rule

from bottletrack.scans import Recorded, Scan
from bottletrack.stations import correction
from bottletrack.vocabulary import EventKind, Role
from tests.plant.walks.model import Effect, Run
from tests.plant.walks.storing import Storing
from tests.plant.walks.walker import ANY, PEOPLE, astray

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


class Correcting(Storing):
    @rule(number=ANY, by=PEOPLE)
    def correct(self, number: int, by: str) -> None:
        latest = [effect for effect in self.effects if effect[0].kind in CORRECTABLE][-4:]
        choice = self.effects if astray(number) or not latest else latest
        self.take_back(*choice[-1 - number % len(choice)], by)

    def take_back(self, recorded: Recorded, did: Effect, scan: Scan, by: str) -> None:
        wrong = correction.Correction(recorded.event_id, "entered by mistake")

        def effect(_: Recorded) -> Effect:
            assert self.is_of(by, Role.LEAD) or self._is_own_latest(recorded, scan, by)
            assert did in self.model.log, "an event was taken back twice"
            self._require_in_time(recorded, scan)
            if recorded.kind is EventKind.LOT_RELEASED:
                assert scan.by != self.world.people[by]
            if recorded.kind is EventKind.TRIAL_EXAMINED:
                (lot,) = did.lots
                self.trials[lot][1].discard(self.name_of(scan.by))
            return self.model.undone(did, self._runs_before(recorded, did))

        self.ask(correction.record_correction, wrong, by, scan.site_id, effect)

    def _is_own_latest(self, recorded: Recorded, scan: Scan, by: str) -> bool:
        """Whether nothing that this person recorded since is still in force, and it is a moment ago."""
        undone = {wrong.event_id for verb, wrong, *_ in self.done if verb is correction.record_correction}
        mine = [
            done.event_id
            for done, _, own in self.effects
            if own.by == scan.by and own.site_id == scan.site_id and done.kind is not EventKind.REVERSED
        ]
        passed = self.world.now - timedelta(minutes=1) - scan.happened_at
        in_force = [event_id for event_id in mine if event_id not in undone]
        is_latest = scan.by == self.world.people[by] and in_force[-1] == recorded.event_id
        return is_latest and passed <= timedelta(minutes=10)

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
