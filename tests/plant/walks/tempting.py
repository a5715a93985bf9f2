"""What people try although they must not, from where it nearly works: the model says no where the plant does not."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from bottletrack.vocabulary import Stage, Verdict, WashProgram
from tests.plant.stages import GOOD_READINGS
from tests.plant.walks.connecting import Connecting
from tests.plant.walks.correcting import Correcting
from tests.plant.walks.dispatching import Dispatching
from tests.plant.walks.inspecting import Inspecting
from tests.plant.walks.walker import READY, at
from tests.plant.walks.washing import Washing

TWO = st.sampled_from([("second", "third"), ("third", "second")])


class Tempting(Correcting, Washing, Inspecting, Dispatching, Connecting):
    def _fresh(self, by: str, owner: str | None = None) -> str:
        """A sorted lot that came in just now."""
        self.collect(60, 0, 0, owner, "", by)
        self.sort_out(list(self.model.lots)[-1], 60, 0, True, "JU75", by)
        return list(self.model.lots)[-1]

    @precondition(lambda self: self.model.promised.total())
    @rule(two=TWO)
    def deliver_what_is_held(self, two: tuple[str, str]) -> None:
        one, other = two
        reference, code = self.reserved(0, 0)
        self.hold_lot(code, one)
        self.deliver_of(reference, code, 50, one)
        self.lift_hold(code, one)
        self.lift_hold(code, other)
        self.deliver_of(reference, code, 50, one)

    @precondition(lambda self: self.model.promised.total())
    @rule(two=TWO)
    def deliver_what_is_too_old(self, two: tuple[str, str]) -> None:
        reference, code = self.reserved(0, 0)
        self.deliver_of(reference, code, 20, two[0])
        self.sleep(31)
        self.deliver_of(reference, code, 50, two[0])

    @at(*READY, Stage.SORTED)
    @rule(two=TWO)
    def move_what_is_recalled(self, two: tuple[str, str]) -> None:
        code = self.pick(0, *READY, Stage.SORTED)
        self.recall_from(code, False, two[0])
        self.split_off(code, 10, None, two[0])
        for reference, _ in self.orders.items():
            self.deliver_of(reference, code, 50, two[0])
        for name, case in self.model.recalls.items():
            if case.is_open:
                self.close_case(name, "it was another lot", two[1])

    @rule(two=TWO)
    def scrap_alone(self, two: tuple[str, str]) -> None:
        one, other = two
        self.wash_lot(self._fresh(one), one)
        code = (self.lots_at([Stage.WASHED]) or list(self.model.lots))[-1]
        self.inspect_lot(code, one)
        self.find_in(code, "CR08", 1, one)
        self.judge_lot(code, Verdict.SCRAP, None, one)
        self.propose_for(code, Verdict.SCRAP, one)
        self.confirm_for(code, Verdict.SCRAP, True, one)
        self.confirm_for(code, Verdict.SCRAP, True, other)

    @rule(two=TWO)
    def start_with_old_readings(self, two: tuple[str, str]) -> None:
        self.open_for(self._fresh(two[0]), None, WashProgram.WASH, two[0])
        run = list(self.model.runs)[-1]
        self.read_run(run, GOOD_READINGS, True, two[0])
        self.world.now += timedelta(hours=2)
        self.start_run(run, two[0])
        self.read_run(run, GOOD_READINGS, True, two[0])
        self.start_run(run, two[0])
        # And then: a bottle less than went in; a bad bath; and what came out before it.
        self.take_out_of(run, self.model.held[run] - 1, 0, 0, 0, two[0], close=True)
        self.take_out_of(run, 1, 0, 0, 0, two[0], close=False)
        self.read_run(run, {"bath2_temperature_celsius": "60"}, True, two[0])
        self.take_out_of(run, self.model.held[run], 0, 0, 0, two[0], close=True)

    @rule(two=TWO)
    def merge_across_owners(self, two: tuple[str, str]) -> None:
        codes = [self._fresh(two[0], owner) for owner in ("V1", None)]
        self.merge_lots(codes, two[0], ready=False)
        self.merge_lots([codes[1], self._fresh(two[0])], two[0], ready=False)

    @at(*READY)
    @rule(two=TWO)
    def merge_what_is_held(self, two: tuple[str, str]) -> None:
        one, other = two
        code = self.pick(0, *READY)
        self.split_off(code, 5, None, one)
        part = list(self.model.lots)[-1]
        self.hold_lot(part, one)
        self.merge_lots([code, part], one, ready=True)
        self.lift_hold(part, other)
        self.merge_lots([code, part], one, ready=True)

    @at(Stage.RELEASED)
    @rule(two=TWO)
    def approve_a_label_alone(self, two: tuple[str, str]) -> None:
        one, other = two
        self.register_label(None, one)
        name = list(self.labels)[-1]
        self.approve(name, True, one)
        self.try_label(self.pick(0, Stage.RELEASED), 5, name, one)
        lot = list(self.model.lots)[-1]
        self.examine_lot(lot, True, one)
        self.examine_lot(lot, True, one)
        self.approve(name, True, one)
        self.examine_lot(lot, True, other)
        self.approve(name, True, one)
        self.reject_some(lot, 2, one)

    @at(Stage.SORTED)
    @rule(two=TWO)
    def lose_on_the_road(self, two: tuple[str, str]) -> None:
        for off in (-2, 2):
            self.send(0, 50, two[0])
            self.arrive(0, off, two[0])

    @at(Stage.SORTED)
    @rule(two=TWO)
    def split_and_correct_twice(self, two: tuple[str, str]) -> None:
        self.split_off(self.pick(0, Stage.SORTED), 20, None, two[0])
        recorded, did, scan = self.effects[-1]
        self.take_back(recorded, did, scan, two[1])
        self.take_back(recorded, did, scan, two[1])
