"""A person who walks through the plant, asks for things, and keeps the model beside the ledger."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant

from bottletrack.database import Database
from bottletrack.errors import Refusal
from bottletrack.scans import Recorded, Scan
from bottletrack.vocabulary import Stage, WashProgram
from tests.plant.model import Effect, Lot, Model
from tests.plant.world import Verb, World, found_world


class Walker(RuleBasedStateMachine):
    """What all steps have in common: to choose a lot, to ask, and to compare afterwards."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.world: World = found_world(self.database)
        self.model = Model()
        self.sites = (self.world.site_id, self.world.other_site_id)
        #: Run code → what it washes, where it stands, and its program; orders → winery, model, grade, ordered bottles.
        self.runs: dict[str, tuple[Lot | None, int, WashProgram]] = {}
        self.orders: dict[str, tuple[str, str, str, int]] = {}
        self.done: list[tuple[Verb, Any, Scan, Recorded]] = []
        self.effects: list[tuple[Recorded, Effect, int]] = []

    def some(self, code: str, share: int) -> int:
        """So many hundredths of a lot's free bottles; more than all of them above 100."""
        free = self.model.free(code)
        return free * share // 100 + (share > 100)

    def pick(self, number: int, *stages: Stage, held: bool = False) -> str:
        """A lot at one of these stages, or now and then any lot."""
        lots = [
            code
            for code, lot in self.model.lots.items()
            if lot.stage in stages and lot.held == held and self.model.held[code]
        ]
        choice = lots if lots and number % 8 else list(self.model.lots)
        return choice[number % len(choice)]

    def ask(
        self, verb: Verb, content: Any, by: str, site_id: int, effect: Callable[[Recorded], Effect]
    ) -> Recorded | None:
        """Asks for it: either it is recorded, and the model follows, or it is refused, and nothing changes."""
        scan = self.world.scan(by, site_id=site_id)
        try:
            recorded = self.world.send(verb, content, scan)
        except Refusal:
            return None
        did = effect(recorded)
        self.model.apply(did)
        self.done.append((verb, content, scan, recorded))
        self.effects.append((recorded, did, site_id))
        return recorded

    def site_of(self, code: str) -> int:
        return self.model.lots[code].site_id

    def day(self) -> date:
        return self.world.now.date()

    def fits(self, code: str, winery: str, model: str, grade: str, site_id: int) -> bool:
        lot = self.model.lots[code]
        return (
            lot.stage is Stage.RELABELED
            and not lot.held
            and (lot.model, lot.grade, lot.site_id) == (model, grade, site_id)
            and lot.owner in (None, winery)
            and lot.washed_on is not None
            and (self.day() - lot.washed_on).days <= 30
        )

    def chosen(self, number: int) -> str:
        """An order, mostly one under which bottles were delivered, where there is one."""
        delivered = [reference for reference in self.orders if self.model.held[reference]]
        choice = delivered if delivered and number % 2 else list(self.orders)
        return choice[number % len(choice)]

    def reserved(self, order: int, number: int) -> tuple[str, str]:
        """A reservation that stands, or now and then any order and lot."""
        standing = [(reference, code) for (code, reference), count in self.model.promised.items() if count]
        if standing and number % 8:
            return standing[number % len(standing)]
        return self.chosen(order), self.pick(number, Stage.RELABELED)

    # What several verbs have in common

    def leave(self, verb: Verb, content: Any, by: str, code: str, quantity: int, place: str) -> None:
        lot = self.model.lots[code]

        def effect(_: Recorded) -> Effect:
            assert 0 < quantity <= self.model.free(code)
            return Effect([(code, place, quantity)], {code: lot})

        self.ask(verb, content, by, lot.site_id, effect)

    def turn(
        self, verb: Verb, content: Any, by: str, code: str, stage: Stage | None = None, **how: Any
    ) -> Recorded | None:
        lot = self.model.lots[code]
        turned = replace(lot, stage=stage or lot.stage, **how)

        def effect(_: Recorded) -> Effect:
            assert self.model.held[code] > 0
            assert not (lot.held and stage)
            return Effect(lots={code: turned})

        return self.ask(verb, content, by, lot.site_id, effect)

    def part(self, verb: Verb, content: Any, by: str, code: str, stage: Stage, grade: str | None = "") -> None:
        lot = self.model.lots[code]

        def effect(recorded: Recorded) -> Effect:
            assert not lot.held
            assert 0 < content.quantity <= self.model.free(code)
            (new,) = recorded.lot_codes
            made = replace(lot, stage=stage, grade=lot.grade if grade == "" else grade)
            return Effect([(code, new, content.quantity)], {code: lot, new: made})

        self.ask(verb, content, by, lot.site_id, effect)

    @invariant()
    def the_ledger_agrees(self) -> None:
        self.model.compare(self.world)

    def teardown(self) -> None:
        report = self.world.audit()
        assert report.clean, report.findings
