"""Quality control by one and by two, and what quality decides later."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from bottletrack.measuring import Reading
from bottletrack.sampling.plans import plan_for
from bottletrack.scans import Recorded
from bottletrack.stations import findings, quality, second_look
from bottletrack.vocabulary import InspectionLevel, Role, Severity, Stage, Verdict
from tests.plant.stages import GOOD_RESULTS
from tests.plant.walks.model import Effect, Inspected, Lot
from tests.plant.walks.walker import ANY, PEOPLE, READY, SHARE, Walker, astray, at

MANDATORY = {result.code for result in GOOD_RESULTS}
CLASSES = {"CR08": "critical", "MA17": "major", "MI01": "minor"}
#: A result outside its limits counts as a defect of this class.
OUTSIDE = {
    "caustic_pink_bottles": ("1", "critical"),
    "residual_water_ml": ("4", "major"),
    "bore_mm": ("19.5", "major"),
}
ACCEPTING = {Verdict.ACCEPT_A: "A", Verdict.ACCEPT_B: "B"}
VERDICTS = st.sampled_from([Verdict.ACCEPT_A] * 4 + list(Verdict))
#: What needs a second person, mostly.
AGAINST = st.sampled_from([Verdict.SCRAP] * 4 + list(Verdict))


class Inspecting(Walker):
    @at(Stage.WASHED)
    @rule(number=ANY, by=PEOPLE)
    def inspect(self, number: int, by: str) -> None:
        self.inspect_lot(self.pick(number, Stage.WASHED), by)

    def inspect_lot(self, code: str, by: str) -> None:
        lot = self.model.lots[code]

        def effect(_: Recorded) -> Effect:
            assert lot.stage is Stage.WASHED
            assert not self.is_stopped(code)
            before = self.model.ancestors(code)
            assert all(run.closed for name, run in self.model.runs.items() if name in before)
            control = replace(lot, stage=Stage.IN_QUALITY_CONTROL)
            return Effect(lots={code: control}, inspections={code: Inspected(self.model.held[code])})

        self.ask(quality.record_inspection_start, quality.InspectionStart(code), by, lot.site_id, effect)

    def _look(self, code: str, seen: Inspected) -> Effect:
        """What an inspection's steps have in common: a lot in control that may be touched."""
        lot = self.model.lots[code]
        assert lot.stage is Stage.IN_QUALITY_CONTROL
        assert not self.is_stopped(code)
        return Effect(lots={code: lot}, inspections={code: seen})

    def _in_control(self, number: int) -> str:
        return self.pick(number, Stage.IN_QUALITY_CONTROL)

    def _seen(self, code: str) -> Inspected:
        return self.model.inspections.get(code) or Inspected(0)

    @at(Stage.IN_QUALITY_CONTROL)
    @rule(number=ANY, defect=st.sampled_from([*CLASSES, "MI01", "MI01"]), count=st.integers(0, 6), by=PEOPLE)
    def find_defects(self, number: int, defect: str, count: int, by: str) -> None:
        self.find_in(self._in_control(number), defect, count, by)

    def find_in(self, code: str, defect: str, count: int, by: str) -> None:
        seen = self._seen(code)
        found = replace(seen, found=(*seen.found, (CLASSES[defect], count)))

        def effect(_: Recorded) -> Effect:
            assert count > 0
            assert found.of(CLASSES[defect]) <= seen.size
            return self._look(code, found)

        asked = findings.DefectsFound(code, (findings.DefectFound(defect, count),))
        self.ask(findings.record_defects_found, asked, by, self.site_of(code), effect)

    @at(Stage.IN_QUALITY_CONTROL)
    @rule(number=ANY, bad=st.sampled_from([None, None, None, *OUTSIDE]), some=st.booleans(), by=PEOPLE)
    def test(self, number: int, bad: str | None, some: bool, by: str) -> None:
        code = self._in_control(number)
        seen = self._seen(code)
        results = [result for result in GOOD_RESULTS if result.code != bad]
        if some:
            results = results[:2]
        outside = seen.outside
        if bad:
            value, kind = OUTSIDE[bad]
            results.append(Reading(bad, Decimal(value), Decimal(value)))
            outside |= {kind}
        tested = replace(seen, tested=seen.tested | {result.code for result in results}, outside=outside)
        asked = findings.TestResults(code, tuple(results))
        self.ask(findings.record_test_results, asked, by, self.site_of(code), lambda _: self._look(code, tested))

    @at(Stage.IN_QUALITY_CONTROL)
    @rule(number=ANY, share=SHARE, by=PEOPLE)
    def sample(self, number: int, share: int, by: str) -> None:
        code = self.pick(number, Stage.IN_QUALITY_CONTROL)
        quantity = self.some(code, share)
        self.leave(quality.record_sampling, quality.Sampling(code, quantity), by, code, quantity, "sampled")

    def _require_acceptable(self, code: str, verdict: Verdict, seen: Inspected, *, alone: bool) -> None:
        """What must be true of every verdict, and of one that a single person gave."""
        if verdict in ACCEPTING:
            assert seen.tested >= MANDATORY
            assert not seen.of("critical")
            assert "critical" not in seen.outside
        if alone:
            assert verdict is not Verdict.SCRAP
            level, site_id = InspectionLevel.II, self.site_of(code)
            failed = set(seen.outside) | ({"critical"} if seen.of("critical") else set())
            for kind, aql in (("major", "0.65"), ("minor", "2.5")):
                # Tightened plans accept no more than the normal one.
                normal = plan_for(seen.size, level, Decimal(aql), Severity.NORMAL)
                failed |= {kind} if seen.of(kind) > normal.accept else set()
            if verdict is Verdict.ACCEPT_A:
                assert not failed, site_id
            if verdict is Verdict.ACCEPT_B:
                assert failed <= {"minor"}

    def _carried_out(self, code: str, verdict: Verdict, quantity: int | None, recorded: Recorded) -> Effect:
        lot, there = self.model.lots[code], self.model.held[code]
        did = self._look(code, replace(self.model.inspections[code] or Inspected(0), proposed=None))
        match verdict:
            case Verdict.ACCEPT_A | Verdict.ACCEPT_B:
                did.lots[code] = replace(lot, stage=Stage.RELEASED, grade=ACCEPTING[verdict])
            case Verdict.REWASH:
                did.lots[code] = replace(lot, stage=Stage.BLOCKED)
            case Verdict.SCRAP:
                did.moves.append((code, "cullet", there))
            case Verdict.SORT_100 if quantity in (None, there):
                did.lots[code] = replace(lot, stage=Stage.REWORK)
            case Verdict.SORT_100:
                (part,) = recorded.lot_codes
                assert quantity
                did.moves.append((code, part, quantity))
                did.lots |= {part: replace(lot, stage=Stage.REWORK), code: replace(lot, stage=Stage.WASHED)}
        return did

    @at(Stage.IN_QUALITY_CONTROL)
    @rule(number=ANY, verdict=VERDICTS, share=st.sampled_from([None, 10, 50, 150]), by=PEOPLE)
    def judge(self, number: int, verdict: Verdict, share: int | None, by: str) -> None:
        code = self._in_control(number)
        self.judge_lot(code, verdict, share, by)

    def judge_lot(self, code: str, verdict: Verdict, share: int | None, by: str) -> None:
        seen = self._seen(code)
        quantity = None if share is None or verdict is not Verdict.SORT_100 else self.some(code, share)

        def effect(recorded: Recorded) -> Effect:
            self._require_acceptable(code, verdict, seen, alone=True)
            return self._carried_out(code, verdict, quantity, recorded)

        judgment = quality.Judgment(code, verdict, "CR08", "liquid inside", quantity)
        self.ask(quality.record_judgment, judgment, by, self.site_of(code), effect)

    @at(Stage.IN_QUALITY_CONTROL)
    @rule(number=ANY, verdict=AGAINST, by=PEOPLE)
    def propose(self, number: int, verdict: Verdict, by: str) -> None:
        self.propose_for(self._in_control(number), verdict, by)

    def propose_for(self, code: str, verdict: Verdict, by: str) -> None:
        seen = self._seen(code)
        proposed = replace(seen, proposed=(verdict, by, None))

        def effect(_: Recorded) -> Effect:
            self._require_acceptable(code, verdict, seen, alone=False)
            return self._look(code, proposed)

        judgment = quality.Judgment(code, verdict, "CR08", "liquid inside")
        self.ask(quality.record_verdict_proposal, judgment, by, self.site_of(code), effect)

    @precondition(lambda self: any(seen and seen.proposed for seen in self.model.inspections.values()))
    @rule(number=ANY, verdict=AGAINST, agree=st.sampled_from([True, True, False]), by=PEOPLE)
    def confirm(self, number: int, verdict: Verdict, agree: bool, by: str) -> None:
        waiting = [code for code, seen in self.model.inspections.items() if seen and seen.proposed]
        code = waiting[number % len(waiting)]
        proposal = self._seen(code).proposed
        self.confirm_for(code, proposal[0] if proposal and not astray(number) else verdict, agree, by)

    def confirm_for(self, code: str, verdict: Verdict, agree: bool, by: str) -> None:
        seen = self._seen(code)

        def effect(recorded: Recorded) -> Effect:
            assert seen.proposed
            proposed, proposer, quantity = seen.proposed
            assert (proposed, True) == (verdict, by != proposer)
            if not agree:
                return self._look(code, replace(seen, proposed=None))
            if verdict is Verdict.SCRAP:
                assert all(
                    self.is_of(by, role) or self.is_of(proposer, role) for role in (Role.QUALITY, Role.COORDINATOR)
                )
            self._require_acceptable(code, verdict, seen, alone=False)
            return self._carried_out(code, verdict, quantity, recorded)

        confirmation = quality.JudgmentConfirmation(code, verdict, agree, "I looked too")
        self.ask(quality.record_judgment_confirmation, confirmation, by, self.site_of(code), effect)

    @precondition(lambda self: len(self.model.inspections) > 4)
    @rule(site=ANY, by=PEOPLE)
    def resume(self, site: int, by: str) -> None:
        resumption = quality.InspectionsResumption("the nozzles are new")
        self.ask(quality.record_inspections_resumption, resumption, by, self.sites[site % 2], lambda _: Effect())

    @at(Stage.RETURNED)
    @rule(number=ANY, share=st.sampled_from([0, 0, 10, 150]), wash=st.booleans(), by=PEOPLE)
    def inspect_return(self, number: int, share: int, wash: bool, by: str) -> None:
        code = self.pick(number, Stage.RETURNED)
        lot, rejected = self.model.lots[code], self.some(code, share)
        rejects = (second_look.ReturnReject("CR02", rejected),) if rejected else ()

        def effect(_: Recorded) -> Effect:
            assert lot.stage is Stage.RETURNED
            assert not self.is_stopped(code)
            assert rejected <= self.model.free(code)
            stage = Stage.RETURNED if wash else Stage.WASHED
            moves = [(code, "cullet", rejected)] if rejected else []
            return Effect(moves, {code: replace(lot, stage=stage, seen=True)})

        asked = second_look.ReturnInspection(code, wash, rejects)
        self.ask(second_look.record_return_inspection, asked, by, lot.site_id, effect)

    @at(*READY)
    @rule(number=ANY, by=PEOPLE)
    def downgrade(self, number: int, by: str) -> None:
        code = self.pick(number, *READY)
        promised, was = self.model.promised_of(code), self.model.lots[code]
        asked = second_look.Downgrade(code, "scuffed")
        if self.turn(second_look.record_downgrade, asked, by, code, was.stage, grade="B"):
            assert (promised, was.grade) == (0, "A")

    @precondition(lambda self: self.lots_at([Stage.EXPIRED]) or self.old_lots())
    @rule(number=ANY, days=st.sampled_from([10, 30, 31, 0]), by=PEOPLE)
    def waive_age(self, number: int, days: int, by: str) -> None:
        old = [*self.lots_at([Stage.EXPIRED]), *self.old_lots()]
        code = self.pick(number, *READY) if astray(number) or not old else old[number % len(old)]
        lot = self.model.lots[code]
        until = self.day() + timedelta(days=days)

        def effect(_: Recorded) -> Effect:
            assert not self.is_stopped(code)
            assert 0 <= days <= 30
            assert lot.stage is Stage.EXPIRED or (lot.stage in READY and not self.is_young(lot))
            stage = self._stage_before(code) if lot.stage is Stage.EXPIRED else lot.stage
            return Effect(lots={code: replace(lot, stage=stage, waived_until=until)})

        waiver = second_look.AgeWaiver(code, until, "tested again")
        self.ask(second_look.record_age_waiver, waiver, by, lot.site_id, effect)

    def _stage_before(self, code: str) -> Stage:
        states: list[Lot] = [effect.lots[code] for effect in self.model.log if code in effect.lots]
        return next(lot.stage for lot in reversed(states) if lot.stage in READY)

    @at(Stage.WASHED)
    @rule(number=ANY, by=st.sampled_from(["second", "third"]))
    def pass_control(self, number: int, by: str) -> None:
        """The usual way, so that walks get beyond quality control often."""
        self.inspect(number, by)
        self.test(number, None, False, by)
        self.judge(number, Verdict.ACCEPT_A, None, by)

    @at(Stage.WASHED)
    @rule(
        number=ANY,
        verdict=st.sampled_from([Verdict.REWASH, Verdict.SORT_100]),
        share=SHARE,
        by=st.sampled_from(["second", "third"]),
    )
    def fail_control(self, number: int, verdict: Verdict, share: int, by: str) -> None:
        """As good bottles do not, so that walks see them again in another run."""
        self.inspect(number, by)
        self.find_defects(number, "CR08", 1, by)
        self.judge(number, verdict, share, by)
