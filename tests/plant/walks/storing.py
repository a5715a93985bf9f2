"""Clean stock: split, merged, packed, tried with labels, held, broken, counted, grown old."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from bottletrack.scans import Recorded
from bottletrack.stations import labels, lot_labels, merging, relabeling, stocktake, storage
from bottletrack.vocabulary import Grade, LabelRemedy, Role, Stage
from tests.plant.trials import GOOD_RESULT
from tests.plant.walks.arriving import CRATES, Arriving
from tests.plant.walks.model import Effect, difference_of
from tests.plant.walks.walker import ANY, PEOPLE, READY, SHARE, astray, at


class Storing(Arriving):
    def __init__(self) -> None:
        super().__init__()
        #: Registered labels: whose, and until when they are approved; who examined which trial lot.
        self.labels: dict[str, tuple[str | None, object]] = {}
        self.trials: dict[str, tuple[str, set[str]]] = {}
        #: The pallet that a lot's label was scanned back on last.
        self.stuck_on: dict[str, str] = {}

    @at(Stage.SORTED, *READY)
    @rule(number=ANY, share=SHARE, by=PEOPLE, grade=st.sampled_from([None, None, Grade.A, Grade.B]))
    def split(self, number: int, share: int, by: str, grade: Grade | None) -> None:
        code = self.pick(number, Stage.SORTED, *READY)
        self.split_off(code, self.some(code, share), grade, by)

    def split_off(self, code: str, quantity: int, grade: Grade | None, by: str) -> None:
        lot = self.model.lots[code]
        new = grade.value if grade else lot.grade
        asked = storage.Split(code, quantity, grade)
        if self.part(storage.record_split, asked, by, code, lot.stage, new):
            assert new == lot.grade or (lot.grade, new) == ("A", "B")

    @precondition(lambda self: self.model.lots)
    @rule(number=ANY, pallet=st.sampled_from(["", "PAL-1"]), by=PEOPLE)
    def print_and_stick(self, number: int, pallet: str, by: str) -> None:
        code = list(self.model.lots)[number % len(self.model.lots)]

        def stuck(_: Recorded) -> Effect:
            others = {other for other, on in self.stuck_on.items() if on == pallet and other != code}
            assert not (pallet and any(self.model.held[other] for other in others))
            self.stuck_on[code] = pallet
            return Effect()

        site_id = self.site_of(code)
        self.ask(lot_labels.record_label_printing, lot_labels.LabelPrinting((code,)), by, site_id, lambda _: Effect())
        self.ask(lot_labels.record_label_sticking, lot_labels.LabelSticking(code, pallet), by, site_id, stuck)

    @precondition(lambda self: len(self.model.lots) > 1)
    @rule(first=ANY, second=ANY, remedy=st.sampled_from(LabelRemedy), by=PEOPLE)
    def give_new_labels(self, first: int, second: int, remedy: LabelRemedy, by: str) -> None:
        known = list(self.model.lots)
        lots = [known[first % len(known)]]
        if remedy is LabelRemedy.SWAPPED:
            lots.append(known[second % len(known)])
            self.ask(
                lot_labels.record_label_swap,
                lot_labels.LabelSwap(*lots),
                by,
                self.site_of(lots[0]),
                lambda recorded: self._relabeled(lots, recorded),
            )
        else:
            self.ask(
                lot_labels.record_label_replacement,
                lot_labels.LabelReplacement(lots[0], remedy),
                by,
                self.site_of(lots[0]),
                lambda recorded: self._relabeled(lots, recorded),
            )

    def _relabeled(self, lots: list[str], recorded: Recorded) -> Effect:
        assert len({self.site_of(code) for code in lots}) == 1
        # The new codes come in the order in which the lots were made.
        made = list(self.model.lots)
        self.codes |= zip(sorted(lots, key=made.index), recorded.lot_codes, strict=True)
        return Effect()

    def _kind(self, code: str) -> tuple[object, ...]:
        lot = self.model.lots[code]
        return (lot.stage, lot.site_id, lot.model, lot.owner, lot.grade)

    @at(Stage.SORTED, *READY)
    @rule(first=ANY, second=ANY, third=st.none() | ANY, ready=st.booleans(), by=PEOPLE)
    def merge(self, first: int, second: int, third: int | None, ready: bool, by: str) -> None:
        wanted = READY if ready else {Stage.SORTED}
        one = self.pick(first, *wanted)
        same = [code for code in self.lots_at(wanted) if self._kind(code) == self._kind(one) and code != one] or [one]
        codes = [one]
        for number in (second, third) if third is not None else (second,):
            codes.append(self.pick(number, *wanted) if astray(number) else same[number % len(same)])
        self.merge_lots(codes, by, ready=ready)

    def merge_lots(self, codes: list[str], by: str, *, ready: bool) -> None:
        wanted = READY if ready else {Stage.SORTED}
        lots = [self.model.lots[code] for code in codes]
        free = [self.model.free(code) for code in codes]

        def effect(recorded: Recorded) -> Effect:
            assert len(set(codes)) == len(codes)
            assert len({self._kind(code) for code in codes}) == 1
            assert lots[0].stage in wanted
            assert min(free) > 0
            (new,) = recorded.lot_codes
            waivers = [lot.waived_until for lot in lots if lot.waived_until]
            together = replace(
                lots[0],
                passes=max(lot.passes for lot in lots),
                washed_on=min((lot.washed_on for lot in lots if lot.washed_on), default=None),
                waived_until=min(waivers) if len(waivers) == len(lots) else None,
            )
            moves = [(code, new, quantity) for code, quantity in zip(codes, free, strict=True)]
            return Effect(moves, {new: together} | dict(zip(codes, lots, strict=True)))

        verb = merging.record_release_merge if ready else merging.record_merge
        self.ask(verb, merging.Merge(codes[0], tuple(codes[1:]), "one pallet"), by, lots[0].site_id, effect)

    @at(Stage.RELEASED)
    @rule(number=ANY, share=SHARE, crate=CRATES, label=ANY, by=PEOPLE)
    def relabel(self, number: int, share: int, crate: str, label: int, by: str) -> None:
        code = self.pick(number, Stage.RELEASED)
        lot = self.model.lots[code]
        names = ["", *self.labels]
        name = names[label % len(names)]
        packed = relabeling.Relabeling(code, self.some(code, share), crate, name or None)
        clean, lots = self.crates.get(crate, (True, set()))
        recorded = self.part(relabeling.record_relabeling, packed, by, code, Stage.RELABELED)
        if recorded:
            assert self.is_young(lot)
            assert clean, "clean bottles went into a dirty crate"
            if crate:
                self.crates[crate] = (True, lots | {recorded.lot_codes[0]})
            if name:
                winery, until = self.labels[name]
                assert until is not None
                assert str(self.day()) <= str(until)
                assert lot.owner is None or winery in (None, lot.owner)

    # Label trials

    @rule(winery=st.sampled_from([None, "V1", "V2"]), by=PEOPLE)
    def register_label(self, winery: str | None, by: str) -> None:
        code = f"E-{len(self.labels) + 1}"
        label = labels.LabelRegistration("Savagnin", "wet strength", "casein", "Dole", 40, False, False, winery, code)
        if self.ask(labels.record_label_registration, label, by, self.sites[0], lambda _: Effect()):
            self.labels[code] = (winery, None)

    @at(Stage.RELEASED)
    @rule(number=ANY, share=SHARE, label=ANY, by=PEOPLE)
    def start_trial(self, number: int, share: int, label: int, by: str) -> None:
        code = self.pick(number, Stage.RELEASED)
        names = [*self.labels] if self.labels and not astray(label) else ["E-0"]
        self.try_label(code, self.some(code, share), names[label % len(names)], by)

    def try_label(self, code: str, quantity: int, name: str, by: str) -> None:
        trial = labels.TrialStart(code, quantity, name, "damp", Decimal("1.5"), Decimal(80))
        if recorded := self.part(labels.record_trial_start, trial, by, code, Stage.TRIAL, None):
            assert name in self.labels
            self.trials[recorded.lot_codes[0]] = (name, set())

    @at(Stage.TRIAL)
    @rule(number=ANY, off=st.booleans(), by=PEOPLE)
    def examine(self, number: int, off: bool, by: str) -> None:
        self.examine_lot(self.pick(number, Stage.TRIAL), off, by)

    def examine_lot(self, code: str, off: bool, by: str) -> None:
        seen = replace(GOOD_RESULT, lot_code=code, minutes_100=GOOD_RESULT.minutes_100 if off else None)
        if self.turn(labels.record_trial_examination, seen, by, code, self.model.lots[code].stage):
            _, examiners = self.trials[code]
            assert by not in examiners
            examiners.add(by)

    @at(Stage.TRIAL)
    @rule(number=ANY, share=SHARE, by=PEOPLE)
    def reject_trial(self, number: int, share: int, by: str) -> None:
        code = self.pick(number, Stage.TRIAL)
        self.reject_some(code, self.some(code, share), by)

    def reject_some(self, code: str, quantity: int, by: str) -> None:
        self.leave(labels.record_trial_reject, labels.TrialReject(code, quantity, "ET01"), by, code, quantity, "cullet")

    @precondition(lambda self: self.trials)
    @rule(label=ANY, approved=st.sampled_from([True, True, False]), by=PEOPLE)
    def judge_label(self, label: int, approved: bool, by: str) -> None:
        self.approve(list(self.labels)[label % len(self.labels)], approved, by)

    def approve(self, code: str, approved: bool, by: str) -> None:
        until = self.day() + timedelta(days=20) if approved else None
        if self.ask(
            labels.record_label_judgment,
            labels.LabelJudgment(code, approved, until, "two saw it"),
            by,
            self.sites[0],
            lambda _: Effect(),
        ):
            examined = [len(examiners) for name, examiners in self.trials.values() if name == code]
            assert not approved or max(examined) >= 2
            self.labels[code] = (self.labels[code][0], until)

    # Whatever the stage

    @rule(number=ANY, share=SHARE, by=PEOPLE)
    def break_some(self, number: int, share: int, by: str) -> None:
        code = self.pick(number, *Stage)
        quantity = self.some(code, share)
        self.leave(storage.record_breakage, storage.Breakage(code, quantity), by, code, quantity, "broken", forced=True)

    @rule(number=ANY, by=PEOPLE)
    def hold(self, number: int, by: str) -> None:
        self.hold_lot(self.pick(number, *Stage), by)

    def hold_lot(self, code: str, by: str) -> None:
        self.turn(storage.record_hold, storage.LotReason(code, "smells"), by, code, held_by=by)

    @at(*Stage, held=True)
    @rule(number=ANY, by=PEOPLE)
    def lift(self, number: int, by: str) -> None:
        self.lift_hold(self.pick(number, *Stage, held=True), by)

    def lift_hold(self, code: str, by: str) -> None:
        holder = self.model.lots[code].held_by
        if self.turn(storage.record_hold_lift, storage.LotReason(code, "fine"), by, code, held_by=None):
            assert holder not in (None, by)
            assert self.is_of(by, Role.QUALITY, Role.LEAD)

    @precondition(lambda self: self.old_lots())
    @rule(number=ANY, by=PEOPLE)
    def expire(self, number: int, by: str) -> None:
        old = self.old_lots()
        code = self.pick(number, *READY) if astray(number) or not old else old[number % len(old)]
        lot, promised = self.model.lots[code], self.model.promised_of(code)
        if self.turn(storage.record_age_expiry, storage.LotReason(code), by, code, Stage.EXPIRED):
            assert not self.is_young(lot)
            assert not promised

    @rule(number=ANY, difference=st.integers(-12, 12), ask_lead=st.booleans(), by=PEOPLE)
    def count(self, number: int, difference: int, ask_lead: bool, by: str) -> None:
        code = self.pick(number, *Stage)
        lot, there = self.model.lots[code], self.model.held[code]
        counted = stocktake.StockCount(code, there + difference, "found so", ask_lead)

        def effect(_: Recorded) -> Effect:
            above = abs(difference) > 10 or abs(difference) * 100 > 2 * there
            waits = above and not self.is_of(by, Role.LEAD, Role.COORDINATOR)
            assert not waits or ask_lead
            return Effect([] if waits else difference_of(code, difference), {code: lot}, forced=True)

        self.ask(stocktake.record_stock_count, counted, by, lot.site_id, effect)
