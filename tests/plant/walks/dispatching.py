"""Orders, reservations, deliveries, what comes back, and recalls."""

from collections import Counter
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from bottletrack import orders
from bottletrack.scans import Recorded
from bottletrack.stations import dispatch, recall
from bottletrack.vocabulary import Grade, Role, Stage
from tests.plant.walks.model import Effect, Lot, Recall
from tests.plant.walks.walker import ANY, PEOPLE, SHARE, Walker, astray, at


class Dispatching(Walker):
    def delivered(self) -> list[str]:
        return [reference for reference in self.orders if self.model.held[reference]]

    def chosen(self, number: int) -> str:
        """An order, mostly one under which bottles were delivered, where there is one."""
        delivered = self.delivered()
        choice = delivered if delivered and number % 4 != 3 else list(self.orders)
        return choice[number % len(choice)]

    def reserved(self, order: int, number: int) -> tuple[str, str]:
        """A reservation that stands, or now and then any order and lot."""
        standing = [(reference, code) for (code, reference), count in self.model.promised.items() if count]
        if standing and not astray(number):
            return standing[number % len(standing)]
        return self.chosen(order), self.pick(number, Stage.RELABELED)

    @rule(
        site=ANY,
        ordered=st.sampled_from([30, 100, 10, 1, 0]),
        winery=st.sampled_from(["V1", "V2"]),
        grade=st.sampled_from(Grade),
        reserve=st.booleans(),
    )
    def order(self, site: int, ordered: int, winery: str, grade: Grade, reserve: bool) -> None:
        reference = f"O-{len(self.orders) + 1}"
        lines = (orders.OrderedBottles("JU75", ordered, grade),)
        request = orders.OrderRequest(lines, winery, reserve=reserve, reference=reference)
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

    @at(Stage.RELABELED)
    @rule(order=ANY, number=ANY, share=SHARE, by=PEOPLE)
    def reserve(self, order: int, number: int, share: int, by: str) -> None:
        reference, code = list(self.orders)[order % len(self.orders)], self.pick(number, Stage.RELABELED)
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

    @precondition(lambda self: self.model.promised.total())
    @rule(order=ANY, number=ANY, share=SHARE, by=PEOPLE)
    def unreserve(self, order: int, number: int, share: int, by: str) -> None:
        reference, code = self.reserved(order, number)
        quantity = self.model.promised[code, reference] * share // 100
        asked = orders.Reservation(reference, code, quantity)

        def effect(_: Recorded) -> Effect:
            assert 0 < quantity <= self.model.promised[code, reference]
            return Effect(promises=[(code, reference, -quantity)])

        self.ask(orders.record_unreservation, asked, by, self.site_of(code), effect)

    @precondition(lambda self: self.model.promised.total())
    @rule(order=ANY, number=ANY, share=SHARE, by=PEOPLE)
    def deliver(self, order: int, number: int, share: int, by: str) -> None:
        self.deliver_of(*self.reserved(order, number), share, by)

    def deliver_of(self, reference: str, code: str, share: int, by: str) -> None:
        winery, model, grade, _ = self.orders[reference]
        lot = self.model.lots[code]
        quantity = self.model.promised[code, reference] * share // 100

        def effect(_: Recorded) -> Effect:
            assert self.fits(code, winery, model, grade, lot.site_id)
            assert 0 < quantity <= self.model.promised[code, reference]
            return Effect([(code, reference, quantity)], {code: lot}, [(code, reference, -quantity)])

        asked = dispatch.Delivery(reference, code, quantity)
        self.ask(dispatch.record_delivery, asked, by, lot.site_id, effect)

    def _came_back(self, reference: str, quantity: int, named: str | None, recorded: Recorded, site_id: int) -> Effect:
        """A returned lot is as old, and as often washed, as the oldest that it can be of."""
        assert 0 < quantity <= self.model.held[reference]
        (code,) = recorded.lot_codes
        delivered = {origin for origin, to, _ in self.model.moves() if to == reference}
        assert named is None or named in delivered
        lots = [self.model.lots[code] for code in ({named} if named else delivered)]
        lot = Lot(
            Stage.RETURNED,
            site_id,
            model=self.orders[reference][1],
            owner=lots[0].owner,
            passes=max(lot.passes for lot in lots),
            washed_on=min(lot.washed_on for lot in lots if lot.washed_on),
        )
        return Effect([(reference, code, quantity)], {code: lot})

    @precondition(lambda self: self.delivered())
    @rule(order=ANY, share=SHARE, refused=st.booleans(), known=st.none() | ANY, by=PEOPLE)
    def give_back(self, order: int, share: int, refused: bool, known: int | None, by: str) -> None:
        reference = self.chosen(order)
        quantity = self.model.held[reference] * share // 100
        named = None if known is None else self.pick(known, Stage.RELABELED)
        origins = [origin for origin, to, _ in self.model.moves() if to == reference]
        if named and origins and known:
            named = origins[known % len(origins)]
        site_id = self.site_of(named) if named else self.sites[order % 2]
        back = dispatch.Return(reference, quantity, "glue marks", lot_code=named, refused=refused)
        self.ask(
            dispatch.record_return,
            back,
            by,
            site_id,
            lambda recorded: self._came_back(reference, quantity, named, recorded, site_id),
        )

    @rule(order=ANY, by=PEOPLE)
    def cancel(self, order: int, by: str) -> None:
        reference = self.chosen(order)

        def effect(_: Recorded) -> Effect:
            assert self.model.held[reference] == 0
            freed = [(code, other, -count) for (code, other), count in self.model.promised.items() if count]
            return Effect(promises=[promise for promise in freed if promise[1] == reference])

        self.ask(orders.record_cancellation, orders.Cancellation(reference, "late"), by, self.sites[0], effect)

    # Recalls

    @precondition(lambda self: not any(case.is_open and not case.drill for case in self.model.recalls.values()))
    @rule(number=ANY, drill=st.sampled_from([True, False, True]), by=PEOPLE)
    def open_recall(self, number: int, drill: bool, by: str) -> None:
        names = [*self.model.lots, *self.model.runs, *self.orders]
        self.recall_from(names[number % len(names)], drill, by)

    def recall_from(self, start: str, drill: bool, by: str) -> None:
        opening = recall.RecallOpening(start, "glass found", drill)
        recorded = self.ask(recall.record_recall_opening, opening, by, self.sites[0], lambda _: Effect())
        if recorded:
            assert self.is_of(by, Role.QUALITY, Role.COORDINATOR)
            places = self.model.may_hold(start)
            assert places
            with self.world.database.reading() as session:
                code = recall.get_case_code(session, recorded)
            delivered = Counter({name: self.model.held[name] for name in places if name in self.orders})
            self.model.recalls[code] = Recall(drill, places, delivered)

    def told_of(self) -> list[tuple[str, str]]:
        """Cases and their orders, as long as bottles of them are to be told of; then any case."""
        cases = [(code, name) for code, case in self.model.recalls.items() for name in case.delivered]
        waiting = [
            (code, name)
            for code, name in cases
            if self.model.recalls[code].is_open
            and self.model.recalls[code].told[name] < self.model.recalls[code].delivered[name]
        ]
        return waiting or cases

    def _tell(self, verb: Any, kind: Any, number: int, share: int, by: str, *reason: str) -> None:
        """Bottles of a recalled order: counted back, or known to be gone."""
        cases = self.told_of()
        code, reference = cases[number % len(cases)]
        case, site_id = self.model.recalls[code], self.sites[number % 2]
        quantity = case.delivered[reference] * share // 100
        told = kind(code, reference, quantity, *reason)

        def effect(recorded: Recorded) -> Effect:
            assert case.is_open
            assert 0 < quantity <= case.delivered[reference] - case.told[reference]
            case.told[reference] += quantity
            if reason or case.drill:
                return Effect()
            return self._came_back(reference, quantity, None, recorded, site_id)

        self.ask(verb, told, by, site_id, effect)

    @precondition(lambda self: self.told_of())
    @rule(number=ANY, share=SHARE, by=PEOPLE)
    def recover(self, number: int, share: int, by: str) -> None:
        self._tell(recall.record_recall_recovery, recall.RecallRecovery, number, share, by)

    @precondition(lambda self: self.told_of())
    @rule(number=ANY, share=SHARE, by=PEOPLE)
    def consume(self, number: int, share: int, by: str) -> None:
        self._tell(recall.record_recall_consumption, recall.RecallConsumption, number, share, by, "drunk")

    @precondition(lambda self: any(case.is_open for case in self.model.recalls.values()))
    @rule(number=ANY, account=st.sampled_from(["", "all were found but three", "all were found but three"]), by=PEOPLE)
    def close_recall(self, number: int, account: str, by: str) -> None:
        code = list(self.model.recalls)[-1 - number % min(len(self.model.recalls), 2)]
        self.close_case(code, account, by)

    def close_case(self, code: str, account: str, by: str) -> None:
        case = self.model.recalls[code]
        if self.ask(
            recall.record_recall_closing,
            recall.RecallClosing(code, account),
            by,
            self.sites[0],
            lambda _: Effect(),
        ):
            assert case.is_open
            assert self.is_of(by, Role.COORDINATOR)
            case.is_open = False
