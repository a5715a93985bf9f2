"""A ledger in a few dictionaries: what the database must hold after each event, kept by the tests' own arithmetic."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import text

from bottletrack.vocabulary import Stage
from tests.plant.world import World


@dataclass(frozen=True)
class Lot:
    """What a lot is besides a quantity."""

    stage: Stage
    site_id: int
    held: bool = False
    grade: str | None = None
    model: str | None = None
    owner: str | None = None
    passes: int = 0
    washed_on: date | None = None


Move = tuple[str, str, int]


def difference_of(code: str, difference: int) -> list[Move]:
    """A count that is off, as a move: bottles missing (less than 0) or found."""
    if difference < 0:
        return [(code, "count_short", -difference)]
    return [("count_over", code, difference)] if difference else []


@dataclass
class Effect:
    """What one event did: moves between places by their names, and how it left each lot that it touched."""

    moves: list[Move] = field(default_factory=list)
    lots: dict[str, Lot] = field(default_factory=dict)
    #: (lot, order, bottles)
    promises: list[Move] = field(default_factory=list)
    #: Filled when it is applied: the lots as they were.
    before: dict[str, Lot] = field(default_factory=dict)


@dataclass
class Model:
    """Places are named by lot code, run code, order reference, or their kind (all sites' cullet together…)."""

    held: Counter[str] = field(default_factory=Counter)
    promised: Counter[tuple[str, str]] = field(default_factory=Counter)
    lots: dict[str, Lot] = field(default_factory=dict)

    def apply(self, effect: Effect) -> None:
        for origin, destination, quantity in effect.moves:
            assert quantity > 0
            self.held[origin] -= quantity
            self.held[destination] += quantity
        for code, order, quantity in effect.promises:
            self.promised[code, order] += quantity
        effect.before = {code: self.lots.get(code, lot) for code, lot in effect.lots.items()}
        self.lots |= effect.lots

    def undone(self, effect: Effect) -> Effect:
        return Effect([(to, origin, quantity) for origin, to, quantity in effect.moves], dict(effect.before))

    def promised_of(self, code: str) -> int:
        return sum(quantity for (lot, _), quantity in self.promised.items() if lot == code)

    def free(self, code: str) -> int:
        return self.held[code] - self.promised_of(code)

    def compare(self, world: World) -> None:
        """Fails where a place's balance, what is promised of it, or a lot's state is not as the model has it."""
        with world.database.reading() as session:
            places = session.execute(_PLACES, {"territory": world.territory_id}).all()
            lots = session.execute(_LOTS, {"territory": world.territory_id}).all()
        balances = {row.name: row.quantity for row in places if row.quantity}
        assert balances == {name: quantity for name, quantity in self.held.items() if quantity}
        promised = {row.name: row.promised for row in places if row.promised}
        assert promised == {code: self.promised_of(code) for code in self.lots if self.promised_of(code)}
        assert {row.code: (row.stage, bool(row.held), row.grade) for row in lots} == {
            code: (lot.stage.value, lot.held, lot.grade) for code, lot in self.lots.items()
        }
        assert all(quantity >= 0 for name, quantity in self.held.items() if name not in ("P1", "count_over"))


_PLACES = text("""
    SELECT COALESCE(l.code, r.code, o.reference, c.code, p.kind) AS name,
           SUM(p.quantity) AS quantity, SUM(p.promised) AS promised
    FROM place p
    LEFT JOIN lot l ON l.id = p.id LEFT JOIN wash_run r ON r.id = p.id LEFT JOIN collection_point c ON c.id = p.id
    LEFT JOIN order_line ol ON ol.id = p.id LEFT JOIN purchase_order o ON o.id = ol.order_id
    WHERE p.territory_id = :territory
    GROUP BY COALESCE(l.code, r.code, o.reference, c.code, p.kind)
""")
_LOTS = text("""
    SELECT code, stage, grade, hold_event_id IS NOT NULL AS held FROM lot WHERE territory_id = :territory
""")
