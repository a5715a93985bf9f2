"""Collection, reception, sorting, presoak, and what other operators take."""

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import rule

from bottletrack.scans import Recorded
from bottletrack.stations import cleaning, collection, presoak, sorting, storage
from bottletrack.vocabulary import Stage
from tests.plant.walks.model import Effect, Lot, difference_of
from tests.plant.walks.walker import ANY, PEOPLE, SHARE, Walker, at

OWNERS = st.sampled_from([None, None, "V1"])
CRATES = st.sampled_from(["", "", "C1", "C2"])


class Arriving(Walker):
    def __init__(self) -> None:
        super().__init__()
        #: What each crate took last: whether it is clean, and the lots put there since it was cleaned.
        self.crates: dict[str, tuple[bool, set[str]]] = {}

    @rule(site=ANY, owner=OWNERS, by=PEOPLE)
    def announce(self, site: int, owner: str | None, by: str) -> None:
        site_id = self.sites[site % 2]

        def effect(recorded: Recorded) -> Effect:
            (code,) = recorded.lot_codes
            return Effect(lots={code: Lot(Stage.EXPECTED, site_id, owner=owner)})

        announced = collection.Announcement("P1", 120, owner_winery_code=owner)
        self.ask(collection.record_announcement, announced, by, site_id, effect)

    @at(Stage.EXPECTED)
    @rule(number=ANY, dropped=st.booleans(), by=PEOPLE)
    def give_up(self, number: int, dropped: bool, by: str) -> None:
        code = self.pick(number, Stage.EXPECTED)
        lot = self.model.lots[code]
        verb = collection.record_nothing_collected if dropped else collection.record_lot_void

        def effect(_: Recorded) -> Effect:
            assert lot.stage is Stage.EXPECTED
            assert not self.model.held[code]
            return Effect(lots={code: replace(lot, stage=Stage.VOIDED)})

        self.ask(verb, collection.EmptyCode(code, "nobody there"), by, lot.site_id, effect)

    @rule(
        declared=st.sampled_from([100, 60, 240, 1, 0, -1]),
        difference=st.integers(-3, 3),
        site=ANY,
        owner=OWNERS,
        crate=CRATES,
        by=PEOPLE,
    )
    def collect(self, declared: int, difference: int, site: int, owner: str | None, crate: str, by: str) -> None:
        site_id = self.sites[site % 2]
        taken = collection.Collection("P1", declared, declared + difference, crate, owner_winery_code=owner)

        def effect(recorded: Recorded) -> Effect:
            (code,) = recorded.lot_codes
            self._fill(crate, code)
            return Effect(
                [("P1", code, declared), *difference_of(code, difference)],
                {code: Lot(Stage.RECEIVED, site_id, owner=owner)},
                forced=True,
            )

        self.ask(collection.record_collection, taken, by, site_id, effect)

    @at(Stage.EXPECTED)
    @rule(number=ANY, declared=st.sampled_from([100, 60, 0]), crate=CRATES, by=PEOPLE)
    def pick_up(self, number: int, declared: int, crate: str, by: str) -> None:
        code = self.pick(number, Stage.EXPECTED)
        lot = self.model.lots[code]

        def effect(recorded: Recorded) -> Effect:
            assert lot.stage is Stage.EXPECTED
            assert not recorded.lot_codes
            self._fill(crate, code)
            return Effect([("P1", code, declared)], {code: replace(lot, stage=Stage.RECEIVED)})

        taken = collection.Collection("P1", declared, container=crate, lot_code=code)
        self.ask(collection.record_collection, taken, by, lot.site_id, effect)

    def _fill(self, crate: str, code: str) -> None:
        """I14, the other way round: dirty bottles do not go where clean ones still stand."""
        clean, lots = self.crates.get(crate, (False, set()))
        assert not clean or not any(self.model.held[lot] for lot in lots)
        if crate:
            self.crates[crate] = (False, lots | {code})

    @rule(crate=CRATES, by=PEOPLE)
    def clean(self, crate: str, by: str) -> None:
        def effect(_: Recorded) -> Effect:
            assert not any(self.model.held[lot] for lot in self.crates.get(crate, (True, set()))[1])
            self.crates[crate] = (True, set())
            return Effect()

        self.ask(cleaning.record_container_cleaning, cleaning.ContainerCleaning((crate,)), by, self.sites[0], effect)

    @at(Stage.RECEIVED)
    @rule(number=ANY, difference=st.integers(-12, 12), by=PEOPLE)
    def count_reception(self, number: int, difference: int, by: str) -> None:
        code = self.pick(number, Stage.RECEIVED)
        lot = self.model.lots[code]

        def effect(_: Recorded) -> Effect:
            assert lot.stage is Stage.RECEIVED
            return Effect(difference_of(code, difference), {code: lot}, forced=True)

        counted = collection.ReceptionCount(code, self.model.held[code] + difference, "found so")
        self.ask(collection.record_reception_count, counted, by, lot.site_id, effect)

    @at(Stage.RECEIVED)
    @rule(
        number=ANY,
        share=SHARE,
        aside=st.integers(0, 3),
        finished=st.booleans(),
        model=st.sampled_from(["JU75", "JU75", "CL62"]),
        by=PEOPLE,
    )
    def sort(self, number: int, share: int, aside: int, finished: bool, model: str, by: str) -> None:
        code = self.pick(number, Stage.RECEIVED)
        self.sort_out(code, self.some(code, share) - aside, aside, finished, model, by)

    def sort_out(self, code: str, out: int, aside: int, finished: bool, model: str, by: str) -> None:
        lot, rest = self.model.lots[code], (self.model.held[code] - out - aside) * finished
        held_aside = (sorting.HeldAside("MA03", aside),) if aside else ()
        rejects = (sorting.SortingReject("CR01", rest),) if rest else ()
        done = sorting.Sorting(code, (sorting.SortedOut(model, out),), rejects, held_aside, finished)

        def effect(recorded: Recorded) -> Effect:
            assert lot.stage is Stage.RECEIVED
            into = recorded.lot_codes[0]
            did = Effect([(code, into, out)], {code: lot, into: replace(lot, stage=Stage.SORTED, model=model)})
            if rest:
                did.moves.append((code, "cullet", rest))
            if aside:
                kept = recorded.lot_codes[1]
                did.moves.append((code, kept, aside))
                did.lots[kept] = replace(lot, held_by=by)
            return did

        self.ask(sorting.record_sorting, done, by, lot.site_id, effect)

    @at(Stage.RECEIVED, held=True)
    @rule(number=ANY, share=SHARE, by=PEOPLE)
    def give_up_held_aside(self, number: int, share: int, by: str) -> None:
        code = self.pick(number, Stage.RECEIVED, held=True)
        quantity = self.some(code, share)
        decision = storage.HeldAsideDecision(code, quantity, "MA03", "no release")
        # The one step that begins with a hold; a recall stops it all the same.
        forced = self.model.lots[code].held and not self.model.is_recalled(code)
        self.leave(storage.record_held_aside_decision, decision, by, code, quantity, "cullet", forced=forced)

    @at(Stage.SORTED)
    @rule(number=ANY, by=PEOPLE)
    def soak(self, number: int, by: str) -> None:
        code = self.pick(number, Stage.SORTED)
        self.turn(presoak.record_presoak_start, presoak.PresoakStart(code, "B1"), by, code, Stage.PRESOAKING)

    @at(Stage.PRESOAKING)
    @rule(number=ANY, by=PEOPLE)
    def take_out(self, number: int, by: str) -> None:
        code = self.pick(number, Stage.PRESOAKING)
        was = self.model.lots[code].stage
        done = self.turn(presoak.record_presoak_end, presoak.PresoakEnd(code), by, code, Stage.SORTED)
        assert done is None or was is Stage.PRESOAKING
