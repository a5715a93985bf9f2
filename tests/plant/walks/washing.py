"""The wash run: opened, loaded, read, started, stopped, emptied, closed, or given up."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from bottletrack.measuring import Reading
from bottletrack.scans import Recorded
from bottletrack.stations import washer, washing
from bottletrack.vocabulary import Role, Stage, WashProgram
from tests.plant.stages import GOOD_READINGS, LINE_CLEAR
from tests.plant.walks.model import Effect, Lot, Run
from tests.plant.walks.walker import ANY, PEOPLE, SHARE, Walker, astray, at

REFUSED = {Stage.BLOCKED, Stage.TRIAL}
LOADABLE = {Stage.SORTED, Stage.REWORK, Stage.EXPIRED, Stage.RETURNED} | REFUSED
#: The limits that a new site has (S24), as the walker knows them.
LIMITS = {
    "bath2_naoh_percent": ("2.00", "2.70"),
    "bath2_temperature_celsius": ("78", "82"),
    "final_rinse_bar": ("1.18", "100"),
    "final_rinse_ph": ("6", "8"),
}
VALUES = st.sampled_from(
    [GOOD_READINGS] * 4
    + [
        {"bath2_temperature_celsius": "71"},
        {"bath2_naoh_percent": "16"},
        {"bath2_naoh_percent": "2.70", "final_rinse_ph": "6"},
        GOOD_READINGS | {"final_rinse_bar": "1.1"},
    ]
)


def there_is_a_run(**state: bool) -> Callable[[Any], Any]:
    """Goes there only while a run in this state is open."""
    return precondition(lambda self: bool(self.runs_that(**state)))


class Washing(Walker):
    @at(*LOADABLE)
    @rule(number=ANY, by=st.sampled_from(["second", "third"]))
    def wash(self, number: int, by: str) -> None:
        """A whole run, so that walks get beyond the wash often."""
        self.wash_lot(self.pick(number, *LOADABLE), by)

    def wash_lot(self, code: str, by: str) -> None:
        self.open_for(code, None, WashProgram.WASH, by)
        run = list(self.model.runs)[-1]
        self.read_run(run, GOOD_READINGS, True, by)
        self.start_run(run, by)
        self.take_out_of(run, self.model.held[run] - 5, 5, 0, 0, by, close=True)

    def runs_that(self, **state: bool) -> list[str]:
        return [
            code
            for code, run in self.model.runs.items()
            if not run.closed and all(getattr(run, name) == value for name, value in state.items())
        ]

    def _run(self, number: int, **state: bool) -> str | None:
        """A run in this state, or now and then any run; None where there is none yet."""
        runs = self.runs_that(**state)
        choice = runs if runs and not astray(number) else list(self.model.runs)
        return choice[number % len(choice)] if choice else None

    def _washes(self, run: str) -> Lot | None:
        """What is on the line: all of the same, at the pass it gets here."""
        loaded = [(self.model.lots[code], quantity) for code, _, quantity in self.model.loaded(run)]
        if not loaded:
            return None
        passes = max(lot.passes for lot, _ in loaded) + (self.model.runs[run].program is WashProgram.WASH)
        return replace(loaded[0][0], passes=passes, grade=None, held_by=self.model.runs[run].held_by, waived_until=None)

    def _is_inside(self, run: Run, code: str, value: str) -> bool:
        low, high = LIMITS[code]
        low = self.settings.get((run.site_id, f"{run.program} {code}"), low)
        return Decimal(low) <= Decimal(value) <= Decimal(high)

    @at(*LOADABLE)
    @rule(number=ANY, share=st.none() | SHARE, program=st.sampled_from(WashProgram), clear=ANY, by=PEOPLE)
    def load(self, number: int, share: int | None, program: WashProgram, clear: int, by: str) -> None:
        self.open_for(self.pick(number, *LOADABLE), share, program, by, clear=not astray(clear))

    def open_for(self, code: str, share: int | None, program: WashProgram, by: str, *, clear: bool = True) -> None:
        site_id = self.site_of(code)
        run = f"RUN-{len(self.model.runs) + 1}"
        opening = washing.RunOpening(program, run, line_clear=LINE_CLEAR if clear else None)

        def effect(_: Recorded) -> Effect:
            assert opening.line_clear
            return Effect(runs={run: Run(site_id, program)})

        if self.ask(washing.record_run_opening, opening, by, site_id, effect):
            self.load_more(run, code, share, by)

    @there_is_a_run(started=False)
    @rule(run=ANY, number=ANY, share=st.none() | SHARE, by=PEOPLE)
    def load_again(self, run: int, number: int, share: int | None, by: str) -> None:
        if code := self._run(run, started=False):
            self.load_more(code, self.pick(number, *LOADABLE), share, by)

    def load_more(self, run: str, code: str, share: int | None, by: str) -> None:
        lot, line = self.model.lots[code], self.model.runs[run]
        moved = self.model.free(code) if share is None else self.some(code, share)
        verb = washing.record_refused_loading if lot.stage in REFUSED else washing.record_run_loading
        before = self._washes(run)

        def effect(_: Recorded) -> Effect:
            assert lot.stage in LOADABLE
            assert lot.stage not in REFUSED or self.is_of(by, Role.QUALITY)
            assert lot.stage is not Stage.RETURNED or lot.seen
            assert not line.started
            assert not line.closed
            passes = lot.passes + (line.program is WashProgram.WASH)
            if line.program is WashProgram.RINSE:
                assert lot.stage is Stage.EXPIRED
            if before:
                assert (before.model, before.owner) == (lot.model, lot.owner)
                assert line.program is WashProgram.RINSE or before.passes == passes
            if lot.stage is Stage.REWORK:
                assert passes <= self.setting(lot.site_id, "max_passes", 2)
            return Effect([(code, run, moved)], {code: lot})

        loading = washing.RunLoading(run, code, None if share is None else moved)
        self.ask(verb, loading, by, line.site_id, effect)

    @there_is_a_run()
    @rule(number=ANY, values=VALUES, sure=st.booleans(), by=PEOPLE)
    def read(self, number: int, values: Mapping[str, str], sure: bool, by: str) -> None:
        if run := self._run(number):
            self.read_run(run, values, sure, by)

    def read_run(self, run: str, values: Mapping[str, str], sure: bool, by: str) -> None:
        line = self.model.runs[run]
        taken = tuple(Reading(code, Decimal(value), Decimal(value) if sure else None) for code, value in values.items())

        def effect(_: Recorded) -> Effect:
            assert not line.closed
            inside = {code: self._is_inside(line, code, value) for code, value in values.items()}
            # The clock has gone on by a minute since.
            now = self.world.now - timedelta(minutes=1)
            kept = tuple(reading for reading in line.readings if reading[0] not in inside)
            read = kept + tuple((code, now, value) for code, value in values.items())
            outside = line.started and not all(inside.values())
            did = Effect(runs={run: replace(line, readings=read, held_by=line.held_by or (by if outside else None))})
            if outside:
                for code in [to for origin, to, _ in self.model.moves() if origin == run]:
                    lot = self.model.lots.get(code)
                    if lot and self.model.held[code] and lot.stage is Stage.WASHED and not lot.held:
                        did.lots[code] = replace(lot, held_by=by)
                came_out = [code for code in self.model.lots if run in self.model.ancestors(code, last_wash=True)]
                rest = [code for code in came_out if self.model.held[code] and code not in did.lots]
                stages = {self.model.lots[code].stage for code in rest if not self.model.lots[code].held}
                assert stages <= {Stage.REWORK}, "a bad reading did not reach all that came out of the run"
            return did

        self.ask(washer.record_run_readings, washer.RunReadings(run, taken), by, line.site_id, effect)

    @there_is_a_run(started=False)
    @rule(number=ANY, by=PEOPLE)
    def start(self, number: int, by: str) -> None:
        if run := self._run(number, started=False):
            self.start_run(run, by)

    def start_run(self, run: str, by: str) -> None:
        line = self.model.runs[run]

        def effect(_: Recorded) -> Effect:
            assert not line.closed
            assert not line.started
            assert self.model.held[run]
            now = self.world.now - timedelta(minutes=1)
            longest = timedelta(minutes=self.setting(line.site_id, "reading_interval_minutes", 30))
            fresh = {
                code
                for code, taken_at, value in line.readings
                if self._is_inside(line, code, value) and now - taken_at <= longest
            }
            assert fresh == set(LIMITS)
            return Effect(runs={run: replace(line, started=True)})

        self.ask(washer.record_run_start, washer.RunStart(run), by, line.site_id, effect)

    @there_is_a_run(started=True)
    @rule(number=ANY, minutes=st.sampled_from([5, 0]), by=PEOPLE)
    def stop(self, number: int, minutes: int, by: str) -> None:
        if run := self._run(number, started=True):
            line = self.model.runs[run]

            def effect(_: Recorded) -> Effect:
                assert line.started
                assert not line.closed
                return Effect()

            self.ask(washer.record_line_stop, washer.LineStop(run, "jam", minutes), by, line.site_id, effect)

    @there_is_a_run(started=False)
    @rule(number=ANY, by=PEOPLE)
    def abort(self, number: int, by: str) -> None:
        run = self._run(number, started=False)
        if run is None:
            return
        line = self.model.runs[run]

        def effect(_: Recorded) -> Effect:
            assert not line.started
            assert not line.closed
            assert self.is_of(by, Role.LEAD)
            given = Counter[str]()
            for code, quantity in ((origin, count) for origin, _, count in self.model.loaded(run)):
                given[code] += quantity
            back = [(run, code, quantity) for code, quantity in given.items()]
            return Effect(back, {code: self.model.lots[code] for code in given}, runs={run: replace(line, closed=True)})

        self.ask(washer.record_run_abort, washer.RunAbort(run, "the pump failed"), by, line.site_id, effect)

    @there_is_a_run(started=True)
    @rule(number=ANY, share=SHARE, rework=st.integers(0, 9), rejected=st.integers(0, 5), broken=ANY, by=PEOPLE)
    def take_off(self, number: int, share: int, rework: int, rejected: int, broken: int, by: str) -> None:
        if run := self._run(number, started=True):
            passed = self.model.held[run] * share // 100
            self.take_out_of(run, passed, rework, rejected, broken % 3, by, close=False)

    @there_is_a_run(started=True)
    @rule(number=ANY, rework=st.integers(0, 20), rejected=st.integers(0, 5), off=st.integers(-1, 1), by=PEOPLE)
    def close(self, number: int, rework: int, rejected: int, off: int, by: str) -> None:
        if run := self._run(number, started=True):
            self.take_out_of(
                run, self.model.held[run] - rework - rejected + min(off, 0), rework, rejected, 0, by, close=True
            )

    def take_out_of(
        self, run: str, passed: int, rework: int, rejected: int, broken: int, by: str, *, close: bool
    ) -> None:
        line = self.model.runs[run]
        washes = self._washes(run)
        rejects = (washing.RunReject("CR02", rejected),) if rejected else ()
        kind = washing.RunClosing if close else washing.RunOutput
        output = kind(run, passed, rework, "MA01", None, rejects, broken, "infeed", True)

        def effect(recorded: Recorded) -> Effect:
            assert line.started
            assert not line.closed
            assert 0 <= output.total <= self.model.held[run]
            assert not close or output.total == self.model.held[run]
            codes = iter(recorded.lot_codes)
            did = Effect(runs={run: replace(line, closed=close)})
            if passed or rework:
                assert washes
            if passed and washes:
                code = next(codes)
                did.moves.append((run, code, passed))
                did.lots[code] = replace(washes, stage=Stage.WASHED, washed_on=self.day())
            if rework and washes:
                assert washes.passes < self.setting(line.site_id, "max_passes", 2)
                code = next(codes)
                did.moves.append((run, code, rework))
                did.lots[code] = replace(washes, stage=Stage.REWORK, washed_on=None, held_by=None)
            did.moves += [(run, "cullet", rejected)] * bool(rejected) + [(run, "broken", broken)] * bool(broken)
            return did

        verb = washing.record_run_closing if close else washing.record_run_output
        self.ask(verb, output, by, line.site_id, effect)
