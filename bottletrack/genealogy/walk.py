"""The walk along movements: from a start back to every reception and forward to every delivery, with how many of the
start's bottles each movement carried.

The walk is one recursive query each way, with UNION: a place is visited once, however many ways lead to it. What was
taken back, and its taking back, do not count. Site-wide places such as cullet are where a way ends.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, literal, select, union_all
from sqlalchemy.orm import Session

from bottletrack.genealogy.bounds import NONE, Flow, Mix, Range, add_mixes, carry, narrow
from bottletrack.genealogy.movements import in_force
from bottletrack.genealogy.start import Start
from bottletrack.tables import Lot, Movement, Place, WashRun
from bottletrack.vocabulary import SITE_PLACES, EventKind, PlaceKind, WashProgram

#: Bottles of the start, as a kind in a mix; others are not told apart.
_OURS = 1
#: Where a way ends: what a whole site shares, and the sources.
_ENDS = (*SITE_PLACES, PlaceKind.COLLECTION_POINT)


@dataclass(frozen=True)
class Edge:
    """One movement on the way: `quantity` bottles, of which `share` are bottles of the start."""

    event_id: uuid.UUID
    kind: EventKind
    happened_on: date
    origin: int
    destination: int
    quantity: int
    share: Range
    defect_code: str | None


@dataclass(frozen=True)
class Stay:
    """A place on the way, as the start's bottles know it.

    `passed`: how many of them came through it. `there`: how many are in it now; on the way back, how many came from it
    in the first place, as only sources have any. `holds`: all that it holds now.
    """

    place_id: int
    kind: PlaceKind
    passed: Range
    there: Range
    holds: int


@dataclass(frozen=True)
class Way:
    """One direction, without the start itself. Stays as they were reached, edges in the order they happened."""

    stays: tuple[Stay, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True)
class Lineage:
    """`bottles`: all that ever went through the start. `passages`: how many of them had been washed how many times.

    `starts`: the start's own places. An event has none; it has edges of its `own`, which begin at stays of the way back
    and end at stays of the way forth.
    """

    start: Start
    bottles: int
    starts: tuple[Stay, ...]
    own: tuple[Edge, ...]
    back: Way
    forth: Way
    passages: dict[int, Range]


def follow(session: Session, start: Start) -> Lineage:
    """Everything before and after the start, as far as its territory's ledger goes."""
    before = _walk(session, start, back=True)
    after = _walk(session, start, back=False)
    rows = {row.id: row for row in (*before.rows, *after.rows)}
    seeds = [row for row in rows.values() if _is_seed(start, row)]
    bottles = sum(row.quantity for row in seeds)
    places = _Places.of(session, rows.values(), start)
    return Lineage(
        start=start,
        bottles=bottles,
        starts=tuple(
            Stay(id_, places.kinds[id_], _exactly(bottles), _exactly(places.held[id_]), places.held[id_])
            for id_ in sorted(start.place_ids)
        ),
        own=tuple(_edge(row, _exactly(row.quantity)) for row in seeds if start.event_id),
        back=_way(start, before, bottles, places, back=True),
        forth=_way(start, after, bottles, places, back=False),
        passages=_passages(session, before, seeds, places),
    )


def _exactly(quantity: int) -> Range:
    return Range(quantity, quantity)


def _is_seed(start: Start, row: Row[*tuple[Any, ...]]) -> bool:
    """Whether this movement is what brings the start's bottles to it."""
    if start.event_id is not None:
        return bool(row.event_id == start.event_id)
    return row.to_place_id in start.place_ids and row.from_place_id not in start.place_ids


@dataclass(frozen=True)
class _Walk:
    """The places that bottles pass through, and every movement that touches one of them, in the ledger's order."""

    through: frozenset[int]
    rows: list[Row[*tuple[Any, ...]]]

    @property
    def flows(self) -> list[Flow]:
        return [Flow(row.id, row.from_place_id, row.to_place_id, row.quantity) for row in self.rows]


def _walk(session: Session, start: Start, *, back: bool) -> _Walk:
    near, far = (
        (Movement.to_place_id, Movement.from_place_id) if back else (Movement.from_place_id, Movement.to_place_id)
    )
    passes_through = [Place.territory_id == start.territory_id, Place.kind.not_in(_ENDS)]
    first: Any = select(Place.id.label("id")).where(*passes_through)
    if start.event_id is None:
        first = first.where(Place.id.in_(start.place_ids))
    else:
        first = first.join(Movement, far == Place.id).where(Movement.event_id == start.event_id, *in_force())
    walk = first.cte("walk", recursive=True)
    onward = select(far).join(walk, walk.c.id == near).join(Place, Place.id == far).where(*passes_through, *in_force())
    walk = walk.union(onward)
    columns = (
        Movement.id,
        Movement.event_id,
        Movement.kind,
        Movement.happened_on,
        Movement.from_place_id,
        Movement.to_place_id,
        Movement.quantity,
        Movement.defect_code,
    )
    touching = [
        select(walk.c.id.label("through"), *columns).join(walk, walk.c.id == end).where(*in_force())
        for end in (Movement.from_place_id, Movement.to_place_id)
    ]
    if start.event_id is not None:
        # What an event brings straight from a source, or to an end, passes through no place of the walk.
        own = Movement.event_id == start.event_id
        touching.append(select(literal(None).label("through"), *columns).where(own, *in_force()))
    found = session.execute(union_all(*touching)).all()
    rows = {row.id: row for row in found}
    return _Walk(frozenset(row.through for row in found) - {None}, [rows[id_] for id_ in sorted(rows)])


@dataclass(frozen=True)
class _Places:
    kinds: dict[int, PlaceKind]
    held: dict[int, int]

    @classmethod
    def of(cls, session: Session, rows: Iterable[Row[*tuple[Any, ...]]], start: Start) -> "_Places":
        ids = set(start.place_ids).union(*((row.from_place_id, row.to_place_id) for row in rows))
        found = session.execute(select(Place.id, Place.kind, Place.quantity).where(Place.id.in_(ids))).all()
        return cls({row.id: row.kind for row in found}, {row.id: row.quantity for row in found})


def _way(start: Start, walk: _Walk, bottles: int, places: _Places, *, back: bool) -> Way:
    """One direction. Backward is forward along the film run backward, from what the places hold now."""
    flows = [flow.backward() for flow in reversed(walk.flows)] if back else walk.flows
    own = {row.id for row in walk.rows if start.event_id is not None and _is_seed(start, row)}

    def known(flow: Flow) -> Mix | None:
        if flow.origin in start.place_ids or flow.id in own:
            return {_OURS: _exactly(flow.quantity)}
        return None if flow.origin in walk.through else {}

    held = {id_: places.held[id_] for id_ in walk.through} if back else {}
    carried, contents = carry(flows, known, held=held)
    shares = {id_: mix.get(_OURS, NONE).at_most(bottles) for id_, mix in carried.items()}
    steps = [flow for flow in flows if shares[flow.id].high]
    passed: defaultdict[int, Range] = defaultdict(lambda: NONE)
    for flow in steps:
        passed[flow.destination] = passed[flow.destination].plus(shares[flow.id])
    # Together, the places where they are in the end hold all of them.
    there = {id_: contents[id_].get(_OURS, NONE).at_most(bottles) for id_ in passed if id_ not in start.place_ids}
    there = narrow(there, bottles - sum(places.held[id_] for id_ in start.place_ids if not back))
    stays = tuple(
        Stay(
            place_id=id_,
            kind=places.kinds[id_],
            passed=passed[id_].at_most(bottles) if id_ in walk.through else left,
            there=left,
            holds=places.held[id_],
        )
        for id_, left in there.items()
    )
    return Way(
        stays=stays,
        edges=tuple(_edge(row, shares[row.id]) for row in walk.rows if shares[row.id].high and row.id not in own),
    )


def _edge(row: Row[*tuple[Any, ...]], share: Range) -> Edge:
    return Edge(
        event_id=row.event_id,
        kind=row.kind,
        happened_on=row.happened_on,
        origin=row.from_place_id,
        destination=row.to_place_id,
        quantity=row.quantity,
        share=share,
        defect_code=row.defect_code,
    )


def _passages(session: Session, before: _Walk, seeds: list[Row[*tuple[Any, ...]]], places: _Places) -> dict[int, Range]:
    """How many of the start's bottles had been through so many full washes; a rinse is none.

    Bottles that a count found, or another operator gave back, are taken for what their lot says of itself.
    """
    through = WashRun.id.in_(before.through)
    washes = frozenset(session.scalars(select(WashRun.id).where(through, WashRun.program == WashProgram.WASH)))
    passes_of = select(Lot.id, Lot.pass_number).where(Lot.id.in_(before.through))
    said: dict[int, int] = dict(session.execute(passes_of).all())

    def known(flow: Flow) -> Mix | None:
        if flow.origin in before.through:
            return None
        fresh = places.kinds[flow.origin] is PlaceKind.COLLECTION_POINT
        return {0 if fresh else said.get(flow.destination, 0): _exactly(flow.quantity)}

    def turn(place_id: int, mix: Mix) -> Mix:
        return {passes + 1: part for passes, part in mix.items()} if place_id in washes else mix

    carried = carry(before.flows, known, turn=turn)[0]
    bottles = sum(row.quantity for row in seeds)
    told = narrow(add_mixes(carried[row.id] for row in seeds), bottles)
    return {passes: part for passes, part in sorted(told.items()) if part.high}
