"""The audit: proof that no bottle was lost, made up, or counted twice.

Every check returns nothing, or names offenders. Most are queries (audit_rules.py); here are those that need more: the
balance of the whole plant, the genealogy, and the triggers that keep it all. All invariants of the plant but deposit
money (I12), which is not kept here.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from bottletrack.genealogy.movements import in_force
from bottletrack.handovers import HANDOVER
from bottletrack.identifiers import show_code
from bottletrack.reports.audit_containers import CONTAINER_RULES
from bottletrack.reports.audit_quality import QUALITY_RULES
from bottletrack.reports.audit_recalls import RECALL_RULES
from bottletrack.reports.audit_rules import RULES
from bottletrack.reports.audit_settings import check_deliveries, check_passes, check_settings
from bottletrack.reports.audit_washing import WASHING_RULES
from bottletrack.tables import Event, Lot, Movement, Place, Site
from bottletrack.vocabulary import EventKind, PlaceKind

#: Rows that the database itself refuses to change.
LEDGER = ("event", "movement", "promise", "lot_state")
APPEND_ONLY = (
    *LEDGER,
    "measurement",
    "defect_count",
    "recall_tally",
    "trial_result",
    "label_remains",
    "work_hours",
    "container_use",
    "retired_code",
)
#: The checks that are queries.
QUERIES = RULES + WASHING_RULES + CONTAINER_RULES + QUALITY_RULES + RECALL_RULES


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it must be: the rule's name, and an English template for `values`."""

    rule: str
    what: str
    values: Mapping[str, object]

    def __str__(self) -> str:
        return f"{self.rule}: {self.what % self.values}"


@dataclass(frozen=True)
class Balance:
    """I2, in bottles: what was declared, and where all of it is."""

    declared: int
    count_short: int
    count_over: int
    transferred: int
    cullet: int
    broken: int
    sampled: int
    delivered_net: int
    in_lots: int
    in_runs: int
    in_transit: int

    @property
    def count_difference(self) -> int:
        """Bottles that were not there when counted, less those found."""
        return self.count_short - self.count_over

    @property
    def stock(self) -> int:
        """In lots, on the wash line, and on the road between sites."""
        return self.in_lots + self.in_runs + self.in_transit

    @property
    def terms(self) -> tuple[int, int, int, int, int, int, int]:
        """Count difference, transferred, cullet, broken, sampled, delivered net, stock: `declared` is their sum."""
        return (
            self.count_difference,
            self.transferred,
            self.cullet,
            self.broken,
            self.sampled,
            self.delivered_net,
            self.stock,
        )

    @property
    def closes(self) -> bool:
        return self.declared == sum(self.terms)

    def __str__(self) -> str:
        return f"{self.declared:,} = " + " + ".join(f"{term:,}" for term in self.terms)


@dataclass(frozen=True)
class AuditReport:
    balance: Balance
    #: Empty: all is well.
    findings: tuple[Finding, ...]
    #: The names of the rules that were checked, each once.
    rules: tuple[str, ...]

    @property
    def clean(self) -> bool:
        return not self.findings


def run_audit(session: Session, territory_id: int) -> AuditReport:
    """Checks a whole territory, event by event. Takes time in proportion to its history."""
    findings = [
        Finding(rule.name, rule.finding, {name: _shown(name, cell) for name, cell in row._mapping.items()})
        for rule in QUERIES
        for row in session.execute(text(rule.query), {"territory": territory_id})
    ]
    balance = balance_of(session, territory_id)
    if not balance.closes:
        findings.append(Finding("I2", "The balance does not close: %(balance)s.", {"balance": balance}))
    for name, check in _CHECKS:
        findings.extend(Finding(name, what, values) for what, values in check(session, territory_id))
    names = dict.fromkeys([rule.name for rule in QUERIES] + ["I2"] + [name for name, _ in _CHECKS])
    return AuditReport(balance, tuple(findings), tuple(names))


def _shown(name: str, cell: object) -> object:
    return show_code(cell) if name in ("lot", "giver", "taker") and isinstance(cell, str) else cell


def balance_of(session: Session, territory_id: int) -> Balance:
    """Where all bottles of a territory are, summed from movements: a balance that drifted could not hide."""
    held: dict[PlaceKind, int] = defaultdict(int)
    for end, sign in ((Movement.to_place_id, 1), (Movement.from_place_id, -1)):
        for kind, quantity in session.execute(
            select(Place.kind, func.sum(Movement.quantity))
            .join(Place, Place.id == end)
            .where(Movement.territory_id == territory_id)
            .group_by(Place.kind)
        ):
            held[kind] += sign * int(quantity)
    return Balance(
        declared=-held[PlaceKind.COLLECTION_POINT],
        count_short=held[PlaceKind.COUNT_SHORT],
        count_over=-held[PlaceKind.COUNT_OVER],
        transferred=held[PlaceKind.TRANSFERRED],
        cullet=held[PlaceKind.CULLET],
        broken=held[PlaceKind.BROKEN],
        sampled=held[PlaceKind.SAMPLED],
        delivered_net=held[PlaceKind.ORDER_LINE],
        in_lots=held[PlaceKind.LOT],
        in_runs=held[PlaceKind.WASH_RUN],
        in_transit=held[PlaceKind.TRANSIT],
    )


_Found = tuple[str, dict[str, object]]


def _check_genealogy(session: Session, territory_id: int) -> Iterator[_Found]:
    """I7: no lot descends from itself, and each delivery from at least one reception and one wash run."""
    parents: dict[int, set[int]] = defaultdict(set)
    kinds = dict(session.execute(select(Place.id, Place.kind).where(Place.territory_id == territory_id)).all())
    for parent, child in session.execute(
        select(Movement.from_place_id, Movement.to_place_id)
        .where(Movement.territory_id == territory_id, *in_force())
        .distinct()
    ):
        # A winemaker gives bottles back and may be sent them again: that is no loop of lots.
        if kinds.get(child) in (PlaceKind.LOT, PlaceKind.WASH_RUN, PlaceKind.TRANSIT, PlaceKind.ORDER_LINE):
            parents[child].add(parent)
    for child, parent in _given_back(session, territory_id):
        parents[child].add(parent)
    codes = dict(session.execute(select(Lot.id, Lot.code).where(Lot.territory_id == territory_id)).all())
    lots_only = {
        child: {parent for parent in found if kinds.get(parent) is not PlaceKind.ORDER_LINE}
        for child, found in parents.items()
        if kinds[child] is not PlaceKind.ORDER_LINE
    }
    try:
        TopologicalSorter(lots_only).prepare()
    except CycleError as error:
        loop = ", ".join(show_code(codes[place]) for place in dict.fromkeys(error.args[1]) if place in codes)
        yield "These lots descend from themselves: %(lots)s.", {"lots": loop}
    delivered = session.scalars(
        select(Movement.from_place_id)
        .where(Movement.territory_id == territory_id, Movement.kind == EventKind.DELIVERED)
        .distinct()
    )
    for lot_id in delivered:
        reached = {kinds.get(place) for place in _ancestors(lot_id, parents)}
        if not {PlaceKind.COLLECTION_POINT, PlaceKind.WASH_RUN} <= reached:
            yield (
                "Lot %(lot)s was delivered and does not lead back to a reception and a wash run.",
                {"lot": show_code(codes[lot_id])},
            )


def _given_back(session: Session, territory_id: int) -> list[tuple[int, int]]:
    """Lots that another operator gave back, each with the lot that was handed over: what lies between is not ours."""
    events = session.execute(
        select(Event.id, Event.readings).where(Event.territory_id == territory_id, Event.kind == EventKind.HANDED_BACK)
    )
    handovers = {event_id: uuid.UUID(readings[HANDOVER]) for event_id, readings in events}
    origins = dict(
        session.execute(
            select(Movement.event_id, Movement.from_place_id).where(Movement.event_id.in_(set(handovers.values())))
        ).all()
    )
    arrivals = session.execute(
        select(Movement.event_id, Movement.to_place_id).where(Movement.event_id.in_(set(handovers)))
    )
    return [(place, origins[handovers[event_id]]) for event_id, place in arrivals]


def _ancestors(place: int, parents: Mapping[int, Iterable[int]]) -> set[int]:
    seen = {place}
    waiting = [place]
    while waiting:
        for parent in parents.get(waiting.pop(), ()):
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return seen - {place}


def _check_days(session: Session, territory_id: int) -> Iterator[_Found]:
    """A movement's day is its event's, by the site's own clock."""
    for movement_id, day, happened_at, zone in session.execute(
        select(Movement.id, Movement.happened_on, Event.happened_at, Site.timezone)
        .join(Event, Event.id == Movement.event_id)
        .join(Site, Site.id == Event.site_id)
        .where(Movement.territory_id == territory_id)
    ):
        if happened_at.astimezone(ZoneInfo(zone)).date() != day:
            yield "Movement %(movement)s is not on the day of its event.", {"movement": movement_id}


def _check_triggers(session: Session, _territory_id: int) -> Iterator[_Found]:
    """I10: the database refuses to change or delete, and keeps the balances."""
    wanted = {"movement_moves_bottles", "promise_speaks_for_bottles"}
    if session.get_bind().dialect.name == "sqlite":
        found = set(session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
        wanted |= {f"{table}_refuses_{action}" for table in APPEND_ONLY for action in ("update", "delete")}
    else:
        # 'O': fires in an ordinary session; a disabled trigger does not count.
        found = set(session.scalars(text("SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'")))
        wanted |= {f"{table}_refuses_change" for table in APPEND_ONLY}
    for name in sorted(wanted - found):
        yield "The database has lost its trigger %(trigger)s.", {"trigger": name}


_CHECKS: tuple[tuple[str, Callable[[Session, int], Iterator[_Found]]], ...] = (
    ("I5", check_deliveries),
    ("I8", check_passes),
    ("settings", check_settings),
    ("I7", _check_genealogy),
    ("copies", _check_days),
    ("I10", _check_triggers),
)
