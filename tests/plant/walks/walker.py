"""A person who walks through the plant, asks for things, and keeps the model beside the ledger."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition

from bottletrack.access import Actor
from bottletrack.database import Database
from bottletrack.errors import Refusal
from bottletrack.scans import Recorded, Scan
from bottletrack.vocabulary import Role, Stage
from tests.plant.walks.model import Effect, Lot, Model
from tests.plant.world import Verb, World, found_world

ANY = st.integers(0, 10_000)
#: Hundredths of what is there: mostly part or all of it, sometimes nothing, less than nothing, or too much.
SHARE = st.sampled_from([50, 100, 10, 33, 75, 1, 100, 50, 20, 60, 0, -10, 101, 150])
PEOPLE = st.sampled_from(["second", "third"] * 6 + ["operator", "lead", "quality", "coordinator"])
READY = {Stage.RELEASED, Stage.RELABELED}


def astray(number: int) -> bool:
    """Now and then somebody scans what is not at all meant."""
    return number % 8 == 7


def at(*stages: Stage, held: bool = False) -> Callable[[Any], Any]:
    """Goes there only while a lot is at one of these stages. What is wrong with it otherwise is left to chance."""
    return precondition(lambda self: bool(self.lots_at(stages, held)))


class Walker(RuleBasedStateMachine):
    """What all steps have in common: to choose a lot, to ask, and to compare afterwards."""

    database: Database
    #: How often each verb was recorded, by all walkers of a kind.
    recorded: Counter[Verb]

    def __init__(self) -> None:
        super().__init__()
        self.world: World = found_world(self.database)
        self.model = Model()
        self.sites = (self.world.site_id, self.world.other_site_id)
        #: By reference: winery, model, grade, ordered bottles.
        self.orders: dict[str, tuple[str, str, str, int]] = {}
        #: What a site decides for itself, by site and name.
        self.settings: dict[tuple[int, str], str] = {}
        #: The code on a lot's label, where that is not the first one any more.
        self.codes: dict[str, str] = {}
        self.done: list[tuple[Verb, Any, Scan, Recorded]] = []
        self.effects: list[tuple[Recorded, Effect, Scan]] = []

    def some(self, code: str, share: int) -> int:
        """So many hundredths of a lot's free bottles; more than all of them above 100."""
        free = self.model.free(code)
        return free * share // 100 + (share > 100)

    def lots_at(self, stages: Iterable[Stage], held: bool = False) -> list[str]:
        """Lots of which something can be done: with free bottles, announced, or (as asked) on hold."""
        return [
            code
            for code, lot in self.model.lots.items()
            if lot.stage in stages
            and lot.held == held
            and (self.model.free(code) or lot.stage is Stage.EXPECTED or (held and self.model.held[code]))
        ]

    def pick(self, number: int, *stages: Stage, held: bool = False) -> str:
        """A lot at one of these stages, or now and then any lot."""
        lots = self.lots_at(stages, held)
        choice = lots if lots and not astray(number) else list(self.model.lots)
        return choice[number % len(choice)]

    def ask(
        self, verb: Verb, content: Any, by: str, site_id: int, effect: Callable[[Recorded], Effect]
    ) -> Recorded | None:
        """Asks for it: either it is recorded, and the model follows, or it is refused, and nothing changes."""
        scan = self.world.scan(by, site_id=site_id)
        content = self.as_labeled(content)
        try:
            recorded = self.world.send(verb, content, scan)
        except Refusal:
            return None
        did = effect(recorded)
        self.model.apply(did)
        self.recorded[verb] += 1
        self.done.append((verb, content, scan, recorded))
        self.effects.append((recorded, did, scan))
        return recorded

    def as_labeled(self, content: Any) -> Any:
        """What is asked, with the codes that stand on the labels by now."""
        if isinstance(content, str):
            return self.codes.get(content, content)
        if isinstance(content, tuple):
            return tuple(map(self.as_labeled, content))
        if is_dataclass(content) and not isinstance(content, type):
            return replace(
                content, **{part.name: self.as_labeled(getattr(content, part.name)) for part in fields(content)}
            )
        return content

    def site_of(self, code: str) -> int:
        return self.model.lots[code].site_id

    def site_code(self, site_id: int) -> str:
        return "S1" if site_id == self.sites[0] else "S2"

    def day(self) -> date:
        return self.world.now.date()

    def name_of(self, person: Actor) -> str:
        return next(name for name, actor in self.world.people.items() if actor == person)

    def is_of(self, by: str, *roles: Role) -> bool:
        return not self.world.people[by].roles.isdisjoint(roles)

    def is_stopped(self, code: str) -> bool:
        return self.model.lots[code].held or self.model.is_recalled(code)

    def setting(self, site_id: int, name: str, default: int) -> int:
        return int(self.settings.get((site_id, name), default))

    def is_young(self, lot: Lot) -> bool:
        if lot.waived_until is not None and self.day() <= lot.waived_until:
            return True
        days = self.setting(lot.site_id, "max_age_days", 30)
        return lot.washed_on is not None and (self.day() - lot.washed_on).days <= days

    def old_lots(self) -> list[str]:
        return [code for code in self.lots_at(READY) if not self.is_young(self.model.lots[code])]

    def fits(self, code: str, winery: str, model: str, grade: str, site_id: int) -> bool:
        """Whether bottles of a lot may leave for a winery under a line of this model and grade."""
        lot = self.model.lots[code]
        return (
            lot.stage is Stage.RELABELED
            and not self.is_stopped(code)
            and (lot.model, lot.grade, lot.site_id) == (model, grade, site_id)
            and lot.owner in (None, winery)
            and self.is_young(lot)
        )

    # What several verbs have in common

    def leave(
        self, verb: Verb, content: Any, by: str, code: str, quantity: int, place: str, *, forced: bool = False
    ) -> Recorded | None:
        lot = self.model.lots[code]

        def effect(_: Recorded) -> Effect:
            assert 0 < quantity <= self.model.free(code)
            return Effect([(code, place, quantity)], {code: lot}, forced=forced)

        return self.ask(verb, content, by, lot.site_id, effect)

    def turn(
        self, verb: Verb, content: Any, by: str, code: str, stage: Stage | None = None, **how: Any
    ) -> Recorded | None:
        lot = self.model.lots[code]
        turned = replace(lot, stage=stage or lot.stage, **how)

        def effect(_: Recorded) -> Effect:
            assert self.model.held[code] > 0
            assert not (stage and self.is_stopped(code))
            return Effect(lots={code: turned})

        return self.ask(verb, content, by, lot.site_id, effect)

    def part(
        self, verb: Verb, content: Any, by: str, code: str, stage: Stage, grade: str | None = ""
    ) -> Recorded | None:
        lot = self.model.lots[code]

        def effect(recorded: Recorded) -> Effect:
            assert 0 < content.quantity <= self.model.free(code)
            (new,) = recorded.lot_codes
            made = replace(lot, stage=stage, grade=lot.grade if grade == "" else grade, seen=False)
            return Effect([(code, new, content.quantity)], {code: lot, new: made})

        return self.ask(verb, content, by, lot.site_id, effect)

    @invariant()
    def the_ledger_agrees(self) -> None:
        self.model.compare(self.world)

    def teardown(self) -> None:
        report = self.world.audit()
        assert report.clean, report.findings
