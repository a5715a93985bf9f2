"""A ledger in a few dictionaries: what the database must hold after each event, kept by the tests' own arithmetic."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import text

from bottletrack.vocabulary import Stage, Verdict, WashProgram
from tests.plant.world import World


@dataclass(frozen=True)
class Lot:
    """What a lot is besides a quantity."""

    stage: Stage
    site_id: int
    #: Who placed the hold; only somebody else lifts it.
    held_by: str | None = None
    grade: str | None = None
    model: str | None = None
    owner: str | None = None
    passes: int = 0
    washed_on: date | None = None
    waived_until: date | None = None
    #: Returned, and somebody said that it is washed again.
    seen: bool = False

    @property
    def held(self) -> bool:
        return self.held_by is not None


@dataclass(frozen=True)
class Run:
    """A wash run. `readings`: what was measured last, when, and its value."""

    site_id: int
    program: WashProgram
    started: bool = False
    closed: bool = False
    #: Who took the reading that holds its output.
    held_by: str | None = None
    readings: tuple[tuple[str, datetime, str], ...] = ()


@dataclass(frozen=True)
class Inspected:
    """An inspection as it stands: bottles with defects by class, tests done and not passed, and what was proposed."""

    size: int
    found: tuple[tuple[str, int], ...] = ()
    tested: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()
    proposed: tuple[Verdict, str, int | None] | None = None

    def of(self, kind: str) -> int:
        return sum(count for found, count in self.found if found == kind)


@dataclass(frozen=True)
class Road:
    """Bottles on the way to another site: what they are, and the number that the arrival asks for."""

    lot: Lot
    to_site_id: int
    number: int


@dataclass
class Recall:
    """An open case, or a closed one: the places in its set, and what was told of its orders."""

    drill: bool
    places: set[str]
    delivered: Counter[str]
    told: Counter[str] = field(default_factory=Counter)
    is_open: bool = True


Move = tuple[str, str, int]
#: Anything that the model keeps by name besides quantities.
Thing = Lot | Run | Inspected | Road | bool

#: Sources and sinks, by their kind; everything else has a name of its own.
ENDS = frozenset({"P1", "count_over", "count_short", "cullet", "broken", "sampled", "transferred"})


def difference_of(code: str, difference: int) -> list[Move]:
    """A count that is off, as a move: bottles missing (less than 0) or found."""
    if difference < 0:
        return [(code, "count_short", -difference)]
    return [("count_over", code, difference)] if difference else []


@dataclass(eq=False)
class Effect:
    """What one event did: moves between places by their names, and how it left each thing that it touched."""

    moves: list[Move] = field(default_factory=list)
    lots: dict[str, Lot] = field(default_factory=dict)
    #: (lot, order, bottles)
    promises: list[Move] = field(default_factory=list)
    runs: dict[str, Run] = field(default_factory=dict)
    inspections: dict[str, Inspected | None] = field(default_factory=dict)
    roads: dict[str, Road] = field(default_factory=dict)
    #: The event that it takes back.
    undoes: "Effect | None" = None
    #: Filled when it is applied: the lots and inspections as they were.
    before: dict[str, Lot] = field(default_factory=dict)
    inspected_before: dict[str, Inspected | None] = field(default_factory=dict)
    #: Whether held or recalled lots may be moved by it: something broke, was counted, or taken back.
    forced: bool = False


@dataclass
class Model:
    """Places are named by lot code, run code, order reference, road, or their kind (all sites' cullet together…)."""

    held: Counter[str] = field(default_factory=Counter)
    promised: Counter[tuple[str, str]] = field(default_factory=Counter)
    lots: dict[str, Lot] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    inspections: dict[str, Inspected | None] = field(default_factory=dict)
    roads: dict[str, Road] = field(default_factory=dict)
    recalls: dict[str, Recall] = field(default_factory=dict)
    #: Everything that is in force, in the order it happened.
    log: list[Effect] = field(default_factory=list)

    def apply(self, effect: Effect) -> None:
        for origin, destination, quantity in effect.moves:
            assert quantity > 0
            if origin in self.lots and not effect.forced:
                assert not self.lots[origin].held, "a held lot moved"
                assert not self.is_recalled(origin), "a recalled lot moved"
            self.held[origin] -= quantity
            self.held[destination] += quantity
            self._pass_on(origin, destination)
        for code, order, quantity in effect.promises:
            assert quantity < 0 or not self.is_recalled(code), "a recalled lot was promised"
            self.promised[code, order] += quantity
        if effect.undoes is None:
            self.log.append(effect)
            effect.before = {code: self.lots.get(code, lot) for code, lot in effect.lots.items()}
            effect.inspected_before = {code: self.inspections.get(code) for code in effect.inspections}
        else:
            self.log.remove(effect.undoes)
        self.lots |= effect.lots
        self.runs |= effect.runs
        self.inspections |= effect.inspections
        self.roads |= effect.roads

    def undone(self, effect: Effect, runs: dict[str, Run]) -> Effect:
        return Effect(
            [(to, origin, quantity) for origin, to, quantity in effect.moves],
            dict(effect.before),
            runs=runs,
            inspections=dict(effect.inspected_before),
            undoes=effect,
            forced=True,
        )

    def promised_of(self, code: str) -> int:
        return sum(quantity for (lot, _), quantity in self.promised.items() if lot == code)

    def free(self, code: str) -> int:
        return self.held[code] - self.promised_of(code)

    # Where bottles came from, and where they went

    def moves(self) -> Iterable[Move]:
        return (move for effect in self.log for move in effect.moves)

    def loaded(self, run: str) -> list[Move]:
        return [move for move in self.moves() if move[1] == run]

    def ancestors(self, name: str, *, last_wash: bool = False) -> set[str]:
        """Where bottles came from; `last_wash`: no further back than the runs that they came out of last."""
        seen: set[str] = set()
        waiting = {name}
        while waiting:
            place = waiting.pop()
            if last_wash and place in self.runs:
                continue
            parents = {origin for origin, to, _ in self.moves() if to == place} - ENDS - seen
            seen |= parents
            waiting |= parents
        return seen

    def may_hold(self, start: str) -> set[str]:
        """The places that may hold a bottle that was ever at the start: whatever was mixed, and not emptied since."""
        mixed: set[str] = set()
        there: Counter[str] = Counter()
        for origin, destination, quantity in self.moves():
            if (origin in mixed or origin == start) and destination not in ENDS:
                mixed.add(destination)
            there[origin] -= quantity
            there[destination] += quantity
            if there[origin] == 0:
                mixed.discard(origin)
        return {name for name in mixed | {start} if self.held[name]}

    # Recalls

    def is_recalled(self, name: str) -> bool:
        return any(name in case.places for case in self.recalls.values() if case.is_open and not case.drill)

    def _pass_on(self, origin: str, destination: str) -> None:
        for case in self.recalls.values():
            if case.is_open and not case.drill and origin in case.places and destination not in ENDS:
                case.places.add(destination)

    # The ledger

    def compare(self, world: World) -> None:
        """Fails where a place's balance, what is promised of it, or a lot's state is not as the model has it."""
        with world.database.reading() as session:
            places = session.execute(_PLACES, {"territory": world.territory_id}).all()
            lots = session.execute(_LOTS, {"territory": world.territory_id}).all()
            recalled = set(session.scalars(_RECALLED, {"territory": world.territory_id}))
        balances = {row.name: row.quantity for row in places if row.quantity}
        assert balances == {name: quantity for name, quantity in self.held.items() if quantity}
        promised = {row.name: row.promised for row in places if row.promised}
        assert promised == {code: self.promised_of(code) for code in self.lots if self.promised_of(code)}
        assert {row[0]: tuple(row[1:]) for row in lots} == {
            code: (
                lot.stage.value,
                lot.grade,
                lot.held,
                lot.model,
                lot.owner,
                lot.passes,
                str(lot.washed_on),
                str(lot.waived_until),
            )
            for code, lot in self.lots.items()
        }
        assert recalled == {code for code in self.lots if self.is_recalled(code)}
        assert all(quantity >= 0 for name, quantity in self.held.items() if name not in ("P1", "count_over"))


#: The model keeps to a lot's first code, whatever label it carries by now.
_FIRST_CODE = """
    COALESCE((SELECT rc.code FROM retired_code rc JOIN event re ON re.id = rc.retired_by WHERE rc.lot_id = l.id
              ORDER BY re.sequence LIMIT 1), l.code)"""
_PLACES = text(f"""
    SELECT COALESCE({_FIRST_CODE}, r.code, o.reference, c.code, 'road ' || t.id, p.kind) AS name,
           SUM(p.quantity) AS quantity, SUM(p.promised) AS promised
    FROM place p
    LEFT JOIN lot l ON l.id = p.id LEFT JOIN wash_run r ON r.id = p.id LEFT JOIN collection_point c ON c.id = p.id
    LEFT JOIN order_line ol ON ol.id = p.id LEFT JOIN purchase_order o ON o.id = ol.order_id
    LEFT JOIN transit t ON t.id = p.id
    WHERE p.territory_id = :territory
    GROUP BY COALESCE({_FIRST_CODE}, r.code, o.reference, c.code, 'road ' || t.id, p.kind)
""")
_LOTS = text(f"""
    SELECT {_FIRST_CODE} AS code, l.stage, l.grade, CAST(l.hold_event_id IS NOT NULL AS INTEGER) AS held,
           m.code AS model, w.code AS owner, l.pass_number, COALESCE(CAST(l.washed_on AS TEXT), 'None') AS washed_on,
           COALESCE(CAST(l.waived_until AS TEXT), 'None') AS waived_until
    FROM lot l LEFT JOIN bottle_model m ON m.id = l.model_id LEFT JOIN winery w ON w.id = l.owner_winery_id
    WHERE l.territory_id = :territory
""")
_RECALLED = text(f"""
    SELECT {_FIRST_CODE} FROM lot l JOIN recall_place p ON p.place_id = l.id JOIN recall_case c ON c.id = p.case_id
    WHERE l.territory_id = :territory AND c.closed_by IS NULL AND NOT c.drill
""")
