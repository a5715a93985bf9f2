"""Whatever people do in whatever order: the ledger agrees with a small model, and its audit is clean."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from bottletrack import orders
from bottletrack.database import Database
from bottletrack.scans import Recorded
from bottletrack.stations import (
    collection,
    correction,
    dispatch,
    quality,
    relabeling,
    sorting,
    stocktake,
    storage,
    washing,
)
from bottletrack.vocabulary import Grade, Stage, Verdict, WashProgram
from tests.plant.model import Effect, Lot, difference_of
from tests.plant.walker import Walker

ANY = st.integers(0, 10_000)
#: Hundredths of what is there: mostly part or all of it, sometimes nothing, less than nothing, or too much.
SHARE = st.sampled_from([100, 50, 10, 1, 33, 75, 100, 50, 0, -10, 101, 150])
PEOPLE = st.sampled_from(["second", "third"] * 4 + ["operator", "lead", "quality", "coordinator"])
READY = {Stage.RELEASED, Stage.RELABELED}
LOADABLE = {Stage.SORTED, Stage.REWORK, Stage.EXPIRED, Stage.RETURNED, Stage.BLOCKED, Stage.TRIAL}


class Plant(Walker):
    """Two sites and several people; each rule asks for something that may be right, or be refused."""

    # Collection and sorting

    @initialize(owner=st.sampled_from([None, "V1"]))
    def a_lot_goes_round(self, owner: str | None) -> None:
        for verdict in (Verdict.ACCEPT_A, None):
            self.collect(100, 0, 0, owner, "second")
            self.sort(1, 90, 0, "second", "JU75")
            self.load(1, None, WashProgram.WASH, "second")
            self.close(0, 5, 0, 1, "second")
            self.inspect(1, "second")
            if verdict:
                self.judge(1, verdict, "second")
        self.relabel(1, 50, "second")
        self.order(0, 60, owner or "V2", Grade.A, True)
        assert 0 < self.model.promised.total() < 60

    @rule(
        declared=st.sampled_from([100, 60, 240, 1, 0, -1]),
        difference=st.integers(-3, 3),
        site=ANY,
        owner=st.sampled_from([None, "V1"]),
        by=PEOPLE,
    )
    def collect(self, declared: int, difference: int, site: int, owner: str | None, by: str) -> None:
        site_id = self.sites[site % 2]
        taken = collection.Collection("P1", declared, declared + difference, owner_winery_code=owner)

        def effect(recorded: Recorded) -> Effect:
            (code,) = recorded.lot_codes
            return Effect(
                [("P1", code, declared), *difference_of(code, difference)],
                {code: Lot(Stage.RECEIVED, site_id, owner=owner)},
            )

        self.ask(collection.record_collection, taken, by, site_id, effect)

    @rule(number=ANY, share=SHARE, aside=st.integers(0, 3), by=PEOPLE, model=st.sampled_from(["JU75", "CL62"]))
    def sort(self, number: int, share: int, aside: int, by: str, model: str) -> None:
        code = self.pick(number, Stage.RECEIVED)
        out = self.some(code, share) - aside
        lot, rest = self.model.lots[code], self.model.held[code] - out - aside
        held_aside = (sorting.HeldAside("MA03", aside),) if aside else ()
        rejects = (sorting.SortingReject("CR01", rest),) if rest else ()
        done = sorting.Sorting(code, (sorting.SortedOut(model, out),), rejects, held_aside)

        def effect(recorded: Recorded) -> Effect:
            assert lot.stage is Stage.RECEIVED
            assert not lot.held
            into = recorded.lot_codes[0]
            did = Effect([(code, into, out)], {code: lot, into: replace(lot, stage=Stage.SORTED, model=model)})
            if rest:
                did.moves.append((code, "cullet", rest))
            if aside:
                kept = recorded.lot_codes[1]
                did.moves.append((code, kept, aside))
                did.lots[kept] = replace(lot, held=True)
            return did

        self.ask(sorting.record_sorting, done, by, lot.site_id, effect)

    @rule(number=ANY, share=SHARE, by=PEOPLE)
    def give_up_held_aside(self, number: int, share: int, by: str) -> None:
        code = self.pick(number, Stage.RECEIVED, held=True)
        quantity = self.some(code, share)
        decision = storage.HeldAsideDecision(code, quantity, "MA03", "no release")
        self.leave(storage.record_held_aside_decision, decision, by, code, quantity, "cullet")

    # Washing

    @rule(number=ANY, share=st.none() | SHARE, program=st.sampled_from(WashProgram), by=PEOPLE)
    def load(self, number: int, share: int | None, program: WashProgram, by: str) -> None:
        code = self.pick(number, *LOADABLE)
        site_id = self.site_of(code)
        run = f"RUN-{len(self.runs) + 1}"
        opening = washing.RunOpening(program, run)
        if self.ask(washing.record_run_opening, opening, by, site_id, lambda _: Effect()):
            self.runs[run] = (None, site_id, program)
            self.load_more(run, code, share, by)

    @rule(run=ANY, number=ANY, share=st.none() | SHARE, by=PEOPLE)
    def load_again(self, run: int, number: int, share: int | None, by: str) -> None:
        if self.runs:
            self.load_more(list(self.runs)[run % len(self.runs)], self.pick(number, *LOADABLE), share, by)

    def load_more(self, run: str, code: str, share: int | None, by: str) -> None:
        quantity = None if share is None else self.some(code, share)
        lot = self.model.lots[code]
        washes, site_id, program = self.runs[run]
        moved = self.model.free(code) if quantity is None else quantity

        def effect(_: Recorded) -> Effect:
            assert not lot.held
            assert lot.stage in LOADABLE
            if washes and self.model.held[run]:
                assert (washes.model, washes.owner) == (lot.model, lot.owner)
            passes = lot.passes + (program is WashProgram.WASH)
            if washes and self.model.held[run]:
                passes = max(passes, washes.passes)
            self.runs[run] = (replace(lot, passes=passes), site_id, program)
            return Effect([(code, run, moved)], {code: lot})

        self.ask(washing.record_run_loading, washing.RunLoading(run, code, quantity), by, site_id, effect)

    @rule(number=ANY, rework=st.integers(0, 20), rejected=st.integers(0, 5), off=st.integers(-1, 1), by=PEOPLE)
    def close(self, number: int, rework: int, rejected: int, off: int, by: str) -> None:
        loaded = [run for run in self.runs if self.model.held[run]]
        if not loaded:
            return
        run = loaded[number % len(loaded)]
        washes, site_id, _ = self.runs[run]
        assert washes is not None
        passed = self.model.held[run] - rework - rejected + min(off, 0)
        closing = washing.RunClosing(
            run, passed, rework, "MA01", None, (washing.RunReject("CR02", rejected),) if rejected else ()
        )

        def effect(recorded: Recorded) -> Effect:
            assert closing.total == self.model.held[run]
            codes = iter(recorded.lot_codes)
            did = Effect()
            if passed:
                code = next(codes)
                did.moves.append((run, code, passed))
                did.lots[code] = replace(washes, stage=Stage.WASHED, washed_on=self.day(), grade=None)
            if rework:
                assert washes.passes < 2
                code = next(codes)
                did.moves.append((run, code, rework))
                did.lots[code] = replace(washes, stage=Stage.REWORK, washed_on=None, grade=None)
            if rejected:
                did.moves.append((run, "cullet", rejected))
            return did

        self.ask(washing.record_run_closing, closing, by, site_id, effect)

    # Quality and storage

    @rule(number=ANY, by=PEOPLE)
    def inspect(self, number: int, by: str) -> None:
        code = self.pick(number, Stage.WASHED)
        self.turn(quality.record_inspection_start, quality.InspectionStart(code), by, code, Stage.IN_QUALITY_CONTROL)

    @rule(number=ANY, share=SHARE, by=PEOPLE)
    def sample(self, number: int, share: int, by: str) -> None:
        code = self.pick(number, Stage.IN_QUALITY_CONTROL)
        quantity = self.some(code, share)
        self.leave(quality.record_sampling, quality.Sampling(code, quantity), by, code, quantity, "sampled")

    @rule(number=ANY, verdict=st.sampled_from(Verdict), by=PEOPLE)
    def judge(self, number: int, verdict: Verdict, by: str) -> None:
        code = self.pick(number, Stage.IN_QUALITY_CONTROL)
        judgment = quality.Judgment(code, verdict, "CR08", "liquid inside")
        if verdict is Verdict.SCRAP:
            self.leave(quality.record_judgment, judgment, by, code, self.model.held[code], "cullet")
        elif verdict is Verdict.REWASH:
            self.turn(quality.record_judgment, judgment, by, code, Stage.BLOCKED)
        else:
            grade = "A" if verdict is Verdict.ACCEPT_A else "B"
            self.turn(quality.record_judgment, judgment, by, code, Stage.RELEASED, grade=grade)

    @rule(number=ANY, share=SHARE, by=PEOPLE)
    def relabel(self, number: int, share: int, by: str) -> None:
        code = self.pick(number, Stage.RELEASED)
        self.part(
            relabeling.record_relabeling, relabeling.Relabeling(code, self.some(code, share)), by, code, Stage.RELABELED
        )

    @rule(number=ANY, share=SHARE, by=PEOPLE, grade=st.sampled_from([None, Grade.A, Grade.B]))
    def split(self, number: int, share: int, by: str, grade: Grade | None) -> None:
        code = self.pick(number, Stage.SORTED, Stage.RELEASED, Stage.RELABELED)
        lot = self.model.lots[code]
        new = grade.value if grade else lot.grade
        self.part(storage.record_split, storage.Split(code, self.some(code, share), grade), by, code, lot.stage, new)

    @rule(number=ANY, share=SHARE, by=PEOPLE)
    def start_trial(self, number: int, share: int, by: str) -> None:
        code = self.pick(number, Stage.RELEASED)
        self.part(
            storage.record_trial_start, storage.TrialStart(code, self.some(code, share)), by, code, Stage.TRIAL, None
        )

    @rule(number=ANY, share=SHARE, by=PEOPLE)
    def break_some(self, number: int, share: int, by: str) -> None:
        code = self.pick(number, *Stage)
        quantity = self.some(code, share)
        self.leave(storage.record_breakage, storage.Breakage(code, quantity), by, code, quantity, "broken")

    @rule(number=ANY, by=PEOPLE)
    def hold(self, number: int, by: str) -> None:
        code = self.pick(number, *Stage)
        self.turn(storage.record_hold, storage.LotReason(code, "smells"), by, code, held=True)

    @rule(number=ANY, by=PEOPLE)
    def lift(self, number: int, by: str) -> None:
        code = self.pick(number, *Stage, held=True)
        self.turn(storage.record_hold_lift, storage.LotReason(code, "fine"), by, code, held=False)

    @rule(number=ANY, by=PEOPLE)
    def expire(self, number: int, by: str) -> None:
        code = self.pick(number, *READY)
        recorded = self.turn(storage.record_age_expiry, storage.LotReason(code), by, code, Stage.EXPIRED)
        washed_on = self.model.lots[code].washed_on
        assert recorded is None or (washed_on and (self.day() - washed_on).days > 30)

    @rule(number=ANY, difference=st.integers(-12, 12), by=PEOPLE)
    def count(self, number: int, difference: int, by: str) -> None:
        code = self.pick(number, *Stage)
        lot = self.model.lots[code]
        counted = stocktake.StockCount(code, self.model.held[code] + difference, "found so")
        self.ask(
            stocktake.record_stock_count,
            counted,
            by,
            lot.site_id,
            lambda _: Effect(difference_of(code, difference), {code: lot}),
        )

    @rule(days=st.sampled_from([1, 3, 31]))
    def sleep(self, days: int) -> None:
        self.world.next_day(days)

    # Orders

    @rule(
        site=ANY,
        ordered=st.sampled_from([30, 100, 10, 1, 0]),
        winery=st.sampled_from(["V1", "V2"]),
        grade=st.sampled_from(Grade),
        reserve=st.booleans(),
    )
    def order(self, site: int, ordered: int, winery: str, grade: Grade, reserve: bool) -> None:
        reference = f"O-{len(self.orders) + 1}"
        request = orders.OrderRequest(
            (orders.OrderedBottles("JU75", ordered, grade),), winery, reserve=reserve, reference=reference
        )

        site_id = self.sites[site % 2]
        oldest_first = sorted(
            (code for code in self.model.lots if self.fits(code, winery, "JU75", grade.value, site_id)),
            key=lambda code: str(self.model.lots[code].washed_on),
        )

        def effect(_: Recorded) -> Effect:
            self.orders[reference] = (winery, "JU75", grade.value, ordered)
            did, missing = Effect(), ordered
            for code in oldest_first if reserve else []:
                taken = min(missing, self.model.free(code))
                if taken > 0:
                    did.promises.append((code, reference, taken))
                    missing -= taken
            return did

        self.ask(orders.record_order, request, "coordinator", site_id, effect)

    @rule(order=ANY, number=ANY, share=SHARE, by=PEOPLE)
    def reserve(self, order: int, number: int, share: int, by: str) -> None:
        reference, code = self.chosen(order), self.pick(number, Stage.RELABELED)
        winery, model, grade, ordered = self.orders[reference]
        site_id = self.site_of(code)
        spoken_for = sum(count for (_, other), count in self.model.promised.items() if other == reference)
        quantity = min(self.some(code, share), (ordered - spoken_for - self.model.held[reference]) * share // 100)

        def effect(_: Recorded) -> Effect:
            assert self.fits(code, winery, model, grade, site_id)
            assert 0 < quantity <= self.model.free(code)
            assert quantity + spoken_for + self.model.held[reference] <= ordered
            return Effect(promises=[(code, reference, quantity)])

        asked = orders.Reservation(reference, code, quantity)
        self.ask(orders.record_reservation, asked, by, site_id, effect)

    @rule(order=ANY, number=ANY, share=SHARE, by=PEOPLE)
    def unreserve(self, order: int, number: int, share: int, by: str) -> None:
        reference, code = self.reserved(order, number)
        quantity = self.model.promised[code, reference] * share // 100
        asked = orders.Reservation(reference, code, quantity)

        def effect(_: Recorded) -> Effect:
            assert 0 < quantity <= self.model.promised[code, reference]
            return Effect(promises=[(code, reference, -quantity)])

        self.ask(orders.record_unreservation, asked, by, self.site_of(code), effect)

    @rule(order=ANY, number=ANY, share=SHARE, by=PEOPLE)
    def deliver(self, order: int, number: int, share: int, by: str) -> None:
        reference, code = self.reserved(order, number)
        winery, model, grade, _ = self.orders[reference]
        lot = self.model.lots[code]
        quantity = self.model.promised[code, reference] * share // 100

        def effect(_: Recorded) -> Effect:
            assert self.fits(code, winery, model, grade, lot.site_id)
            assert 0 < quantity <= self.model.promised[code, reference]
            return Effect([(code, reference, quantity)], {code: lot}, [(code, reference, -quantity)])

        asked = dispatch.Delivery(reference, code, quantity)
        self.ask(dispatch.record_delivery, asked, by, lot.site_id, effect)

    @rule(order=ANY, share=SHARE, by=PEOPLE)
    def give_back(self, order: int, share: int, by: str) -> None:
        reference = self.chosen(order)
        winery, model, _, _ = self.orders[reference]
        quantity = self.model.held[reference] * share // 100

        def effect(recorded: Recorded) -> Effect:
            assert 0 < quantity <= self.model.held[reference]
            (code,) = recorded.lot_codes
            with_owner = self.world.lot(code)
            lot = Lot(
                Stage.RETURNED,
                self.sites[0],
                model=model,
                owner=winery if with_owner.owner_winery_id else None,
                passes=with_owner.pass_number,
            )
            return Effect([(reference, code, quantity)], {code: lot})

        back = dispatch.Return(reference, quantity, "glue marks")
        self.ask(dispatch.record_return, back, by, self.sites[0], effect)

    @rule(order=ANY, by=PEOPLE)
    def cancel(self, order: int, by: str) -> None:
        reference = self.chosen(order)

        def effect(_: Recorded) -> Effect:
            assert self.model.held[reference] == 0
            freed = [(code, other, -count) for (code, other), count in self.model.promised.items() if count]
            return Effect(promises=[promise for promise in freed if promise[1] == reference])

        self.ask(orders.record_cancellation, orders.Cancellation(reference, "late"), by, self.sites[0], effect)

    # Mistakes

    @rule(number=ANY, by=PEOPLE)
    def correct(self, number: int, by: str) -> None:
        recorded, did, site_id = self.effects[-1 - number % min(len(self.effects), 6)]
        wrong = correction.Correction(recorded.event_id, "entered by mistake")
        self.ask(correction.record_correction, wrong, by, site_id, lambda _: self.model.undone(did))

    @rule(number=ANY)
    def send_again(self, number: int) -> None:
        verb, content, scan, recorded = self.done[number % len(self.done)]
        assert self.world.send(verb, content, scan) == replace(recorded, again=True)


def walk(database: Database, **how: Any) -> None:
    machine = type("PlantHere", (Plant,), {"database": database})
    how |= {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}
    run_state_machine_as_test(machine, settings=settings(**how))


def test_any_order_of_things(shared_database: Database) -> None:
    walk(shared_database, max_examples=15, stateful_step_count=20, derandomize=True)


@pytest.mark.slow
def test_very_many_orders_of_things(shared_database: Database) -> None:
    walk(shared_database, max_examples=400, stateful_step_count=30)
