"""A recall drill on the pilot year: from a wash run to winemakers, from a delivery back to receptions; it adds up."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bottletrack.access import Actor
from bottletrack.database import Database
from bottletrack.identifiers import new_event_id
from bottletrack.people import Profile, add_person, installer
from bottletrack.reports.audit import run_audit
from bottletrack.reports.recalls import CaseReport, find_cases, get_case
from bottletrack.scans import Scan
from bottletrack.stations import recall
from bottletrack.tables import Event, Lot, Movement, Order, OrderLine, Place, Site, WashRun
from bottletrack.vocabulary import EventKind, PlaceKind, Role
from tests.plant.world import Verb


@dataclass
class Drill:
    """A coordinator with all roles over the pilot year, and a clock that starts today."""

    database: Database
    actor: Actor
    site_id: int
    now: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(hours=9))

    def open(self, start: str) -> str:
        with self.database.writing() as session:
            opening = recall.RecallOpening(start, "yearly drill", drill=True)
            return recall.get_case_code(session, recall.record_recall_opening(session, opening, self.scan()))

    def tell(self, verb: Verb, content: object) -> None:
        with self.database.writing() as session:
            verb(session, content, self.scan())

    def scan(self) -> Scan:
        self.now += timedelta(minutes=20)
        return Scan(new_event_id(), self.actor, self.site_id, self.now)

    def report(self, code: str) -> CaseReport:
        with self.database.reading() as session:
            return get_case(session, self.actor, code)


@pytest.fixture
def drill(database: Database, pilot_territory: int) -> Drill:
    roles = frozenset(Role) - {Role.WINEMAKER}
    with database.writing() as session:
        site_id = session.scalars(select(Site.id).where(Site.territory_id == pilot_territory)).first()
        assert site_id is not None
        profile = Profile("Coordinator", roles)
        person_id = add_person(session, installer(pilot_territory), "c@example.org", profile, "a long password indeed")
    return Drill(database, Actor(person_id, pilot_territory, roles), site_id)


def assert_it_adds_up(report: CaseReport) -> None:
    """What is at the plant, with winemakers or gone is what came through; line by line too."""
    parts = (report.balance.on_hand, report.balance.with_winemakers, report.balance.gone)
    assert sum(part.low for part in parts) <= report.balance.bottles <= sum(part.high for part in parts)
    assert sum(node.there.low for node in report.trace.back.nodes) <= report.balance.bottles
    assert sum(node.there.high for node in report.trace.back.nodes) >= report.balance.bottles
    for line in report.lines:
        assert line.told.missing == max(0, line.told.high - line.told.recovered - line.told.consumed)


def test_from_a_wash_run_to_the_winemakers(drill: Drill, pilot_territory: int) -> None:
    before = held(drill)
    code = drill.open("RUN-01")
    report = drill.report(code)
    assert_it_adds_up(report)
    # RUN-01 washed 1,361 bottles; of its lot W-01 500 went to one winemaker, and nothing was mixed on the way.
    assert report.balance.bottles == 1361
    (line,) = report.lines
    assert (line.reference, line.winery_code, line.told.delivered, line.own) == ("O-01", "VIG-01", 500, (500, 500))
    assert report.balance.with_winemakers == (500, 500)
    assert report.balance.on_hand.low + report.balance.gone.low <= 861
    drill.tell(recall.record_recall_recovery, recall.RecallRecovery(code, "O-01", 480))
    drill.tell(recall.record_recall_consumption, recall.RecallConsumption(code, "O-01", 20, "drunk"))
    drill.tell(recall.record_recall_closing, recall.RecallClosing(code, "all located"))
    case = drill.report(code).case
    assert (case.missing, case.minutes) == (0, 60)
    # A drill is on paper: every bottle is where it was.
    assert held(drill) == before
    with drill.database.reading() as session:
        assert run_audit(session, pilot_territory).clean


def test_from_a_delivery_back_to_the_receptions(drill: Drill) -> None:
    with drill.database.reading() as session:
        delivered_of_o7 = (
            select(Movement.event_id)
            .join(OrderLine, OrderLine.id == Movement.to_place_id)
            .join(Order, Order.id == OrderLine.order_id)
            .where(Order.reference == "O-07", Movement.kind == EventKind.DELIVERED)
            .order_by(Movement.id)
        )
        event_id = session.scalars(delivered_of_o7.limit(1)).one()
        quantity = session.scalars(select(Movement.quantity).where(Movement.event_id == event_id)).one()
    report = drill.report(drill.open(str(event_id)))
    assert_it_adds_up(report)
    assert report.balance.bottles == quantity
    points = report.trace.back.of_kind(PlaceKind.COLLECTION_POINT)
    receptions = {
        node.place.id for node in report.trace.back.of_kind(PlaceKind.LOT) if is_reception(drill, node.place.id)
    }
    assert points
    assert receptions
    # Every reception on the way comes from a point that is told, and the runs are told too.
    assert {edge.origin for edge in report.trace.back.edges if edge.destination in receptions} == {
        node.place.id for node in points
    }
    assert report.trace.run_ids


def test_every_run_of_the_year_can_be_drilled_and_adds_up(drill: Drill) -> None:
    with drill.database.reading() as session:
        ids = session.scalars(select(WashRun.id).order_by(WashRun.id)).all()
    for run_id in ids:
        assert_it_adds_up(drill.report(drill.open(f"run:{run_id}")))


def test_the_drill_of_the_journal_is_a_case(drill: Drill) -> None:
    with drill.database.reading() as session:
        (case,) = find_cases(session, drill.actor)
    assert (case.drill, case.start.name, case.minutes) == (True, "O-07", 112)
    assert "1 h 52" in case.account


def held(drill: Drill) -> dict[int, int]:
    with drill.database.reading() as session:
        return {row.id: row.quantity for row in session.execute(select(Place.id, Place.quantity))}


def is_reception(drill: Drill, lot_id: int) -> bool:
    with drill.database.reading() as session:
        query = select(Event.kind).join(Lot, Lot.made_by == Event.id).where(Lot.id == lot_id)
        return session.scalars(query).one() is EventKind.COLLECTED
