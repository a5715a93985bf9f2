"""The pilot year comes in through the verbs, whole or not at all, and once."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bottletrack.exchange.journal import MAX_PROBLEMS, import_actor, import_journal
from bottletrack.exchange.journal_rows import JournalRefused
from bottletrack.reports.figures import find_figures
from bottletrack.reports.recalls import find_cases
from bottletrack.tables import Base, Event, Lot, LotState, Measurement, Movement, Order, OrderLine, Place, WashRun
from bottletrack.vocabulary import EventKind
from tests.exchange.conftest import PILOT, Ground

JOURNAL = PILOT / "journal.csv"


def rows(ground: Ground) -> dict[str, int | None]:
    with ground.database.reading() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table))
            for name, table in Base.metadata.tables.items()
        }


def refused(ground: Ground, path: Path) -> JournalRefused:
    before = rows(ground)
    with pytest.raises(JournalRefused) as caught:
        ground.take(path)
    assert rows(ground) == before
    return caught.value


def test_the_figures_of_the_year(ground: Ground) -> None:
    report = ground.take(JOURNAL)
    assert (report.rows, report.already) == (357, False)
    audit = ground.audit()
    assert audit.clean, audit.findings
    assert str(audit.balance) == "8,214 = 24 + 144 + 1,667 + 53 + 135 + 4,140 + 2,051"
    with ground.database.reading() as session:
        figures = find_figures(session, ground.territory_id)
        told = {figure.key.value: figure.value for figure in figures.rows}
        delivered = session.execute(
            select(Order.reference, func.sum(Place.quantity), func.sum(Place.ceiling))
            .join(OrderLine, OrderLine.order_id == Order.id)
            .join(Place, Place.id == OrderLine.id)
            .group_by(Order.reference)
        ).all()
        assert session.scalar(select(func.count(WashRun.id)).where(WashRun.closed_by.is_not(None))) == 23
        assert session.scalar(select(func.sum(Place.promised))) == 0
    assert (told["first_washes"], told["wash_passages"], told["rerinses"]) == (7000, 8874, 1118)
    assert (told["delivered_gross"], told["returned"], told["delivered_net"]) == (4188, 48, 4140)
    assert len(delivered) == 11
    book = {reference: (quantity, ordered) for reference, quantity, ordered in delivered}
    assert (book["O-01"], book["O-05"], book["O-07"]) == ((500, 600), (156, 400), (952, 1000))
    # The one row whose pass number is not what the bottles' way says.
    assert len(report.remarks) == 1
    assert "pass 3" in report.remarks[0]
    # A second time, nothing is doubled.
    before = rows(ground)
    again = ground.take(JOURNAL)
    assert (again.already, again.events, rows(ground)) == (True, 0, before)


def test_a_cold_bath_holds_what_passed_until_a_second_person_lifts_it(ground: Ground) -> None:
    ground.take(JOURNAL)
    with ground.database.reading() as session:
        held = session.execute(
            select(WashRun.code, Measurement.code, Measurement.value, Event.actor_id)
            .join(Event, Event.id == WashRun.held_by)
            .join(Measurement, Measurement.event_id == Event.id)
            .where(Measurement.inside.is_(False))
        ).all()
        lifted = session.execute(
            select(Lot.partner_code, Event.reason, Event.actor_id)
            .join(LotState, LotState.lot_id == Lot.id)
            .join(Event, Event.id == LotState.event_id)
            .where(Event.kind == EventKind.HOLD_LIFTED)
        ).all()
    ((run, measure, value, by),) = held
    assert (run, measure, value) == ("RUN-01", "bath2_temperature_celsius", Decimal(71))
    ((lot, reason, lifted_by),) = lifted
    assert (lot, lifted_by == by) == ("W-01-JU75", False)
    assert reason.startswith("bath 2 at 71 C for 34 min")


def test_the_drill_of_the_year_found_everything_in_its_time(ground: Ground) -> None:
    ground.take(JOURNAL)
    with ground.database.reading() as session:
        (case,) = find_cases(session, import_actor(session, ground.territory_id))
    assert (case.drill, case.start.name, case.missing, case.minutes) == (True, "O-07", 0, 112)
    assert case.account.endswith("100 % located")


def test_a_run_outside_the_limits_without_a_word_is_remarked(ground: Ground, pilot: Path) -> None:
    runs = pilot.with_name("wash_runs.csv")
    text = runs.read_text()
    assert ",22,1.6,78,60,1.21," in text
    runs.write_text(text.replace(",22,1.6,78,60,1.21,", ",22,16,78,60,1.21,", 1))
    report = ground.take(pilot)
    assert any("lot W-02-CL62 was washed outside the site's limits" in remark for remark in report.remarks)


def test_progress_is_told_to_the_end(ground: Ground) -> None:
    told: list[tuple[int, int]] = []
    with ground.database.writing() as session:
        actor = import_actor(session, ground.territory_id)
        import_journal(session, JOURNAL, actor=actor, site_id=ground.site_id, progress=lambda *step: told.append(step))
    assert told[-1] == (357, 357)
    assert [done for done, _ in told] == sorted({done for done, _ in told})


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_a_shift_moves_every_day(ground: Ground) -> None:
    shift = timedelta(days=3000)
    ground.take(JOURNAL, shift)
    with ground.database.reading() as session:
        first, last = session.execute(select(func.min(Movement.happened_on), func.max(Movement.happened_on))).one()
        washed = session.scalar(select(func.min(Lot.washed_on)))
        # Device times are in the order of the file, and on the site's own days.
        times = session.scalars(select(Event.happened_at).order_by(Event.sequence)).all()
    assert (first, last) == (date(2016, 10, 3) + shift, date(2017, 7, 5) + shift)
    assert washed == date(2016, 12, 5) + shift
    assert sorted(times) == times
    assert ground.audit().clean


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("right", "wrong", "line", "said"),
    [
        ("R-001,MIX,415", "R-001,MIX,416", 2, "The detail says “declared by driver 415”, and the row makes it 416."),
        ("SINK:COUNT_DIFF,MIX,3", "SINK:COUNT_DIFF,MIX,4", 3, "“counted 412”, and the row makes it 411"),
        ("T-A-JU75,JU75,210", "T-A-JU75,JU75,211", 10, "has 412 free bottles, not 413"),
        ("T-A-JU75,JU75,210", "T-A-JU75,JU75,0", 10, "202 bottles were sorted out of 412: 210 are not accounted for"),
        ("W-01-JU75,JU75,988", "W-01-JU75,JU75,987", 87, "1360 bottles came out of run RUN-01"),
        ("EXT:P04", "EXT:P99", 7, "No collection point is called “P99”"),
        ("1,CULLET,RUN-01", "1,CULLET,RUN-99", 89, "No wash run belongs to this row"),
        ("WASH_BREAK,T-A-JU75", "SWEEP,T-A-JU75", 91, "There is no event “SWEEP”"),
        ("CULLET,JU75,13,MA09", "CULLET,JU75,13,MA99", 87, "No defect is called “MA99”"),
        ("QC_RELEASE,W-01-JU75,W-01-JU75", "QC_RELEASE,W-99,W-99", 112, "No lot is called “W-99” here"),
        ("QC_RELEASE,W-01-JU75,W-01-JU75,JU75", "QC_RELEASE,W-01-JU75,W-01-JU75,CL62", 112, "holds JU75, not CL62"),
        ("DELIVERED:O-01,JU75,500", "DELIVERED:O-01,JU75,601", 116, "misses 600 bottles of this model, not 601"),
        ("DELIVERED:O-01,JU75,500", "DELIVERED:O-99,JU75,500", 116, "There is no order “O-99”"),
        ("2017-01-03,DELIVER,W-01", "2017-01-08,DELIVER,W-01", 116, "is too old"),
        ("T-A-CL62,W-02-CL62", "T-A-CL62,W-01-JU75", 92, "There is a lot of that name already"),
        ("EXT:P02,R-002", "EXT:P02,R-001", 4, "There is a lot called R-001 already"),
    ],
)
def test_a_row_that_breaks_a_rule_is_named_and_nothing_is_written(
    ground: Ground, pilot: Path, right: str, wrong: str, line: int, said: str
) -> None:
    text = pilot.read_text()
    assert right in text
    pilot.write_text(text.replace(right, wrong, 1))
    problems = refused(ground, pilot).problems
    assert any(problem.line == line and said in problem.rule for problem in problems), problems
    assert all(problem.file and problem.remedy for problem in problems)
    assert len(problems) <= MAX_PROBLEMS


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_the_order_book_must_agree(ground: Ground, pilot: Path) -> None:
    orders = pilot.with_name("orders.csv")
    orders.write_text(orders.read_text().replace("JU75,600,500", "JU75,600,501"))
    (problem,) = refused(ground, pilot).problems
    assert (problem.file, problem.line) == ("orders.csv", 2)
    assert problem.rule == "Order O-01 was delivered 500 bottles in the journal, and 501 by the order book."


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_a_refused_row_does_not_hide_the_next_one(ground: Ground, pilot: Path) -> None:
    text = pilot.read_text()
    pilot.write_text(text.replace("EXT:P03", "EXT:P98").replace("EXT:P04", "EXT:P99"))
    rules = [problem.rule for problem in refused(ground, pilot).problems]
    assert any("“P99”" in rule for rule in rules)
    assert any("“P98”" in rule for rule in rules)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_a_journal_that_begins_with_a_run_counts_once(ground: Ground, tmp_path: Path) -> None:
    """A second year goes on where the first one ended."""
    ground.take(JOURNAL)
    head = "seq,date,event,from_node,to_node,model,qty,reason,pass_no,state_after,detail\n"
    (tmp_path / "wash_runs.csv").write_text("run_id,date,from_lot,qty_in\nRUN-24,2017-09-01,W-22-JU37,7\n")
    second = tmp_path / "second.csv"
    with ground.database.reading() as session:
        left = session.execute(
            select(Lot.partner_code, Place.quantity)
            .join(Place, Place.id == Lot.id)
            .where(Lot.partner_code.like("W-%-JU75"), Place.quantity > 0)
            .order_by(Lot.id)
        ).first()
    assert left is not None
    lot, quantity = left
    (tmp_path / "wash_runs.csv").write_text(f"run_id,date,from_lot,qty_in\nRUN-24,2017-09-01,{lot},{quantity}\n")
    second.write_text(f"{head}1,2017-09-01,RERINSE_PASS,{lot},W-24-JU75,JU75,{quantity},LG06,R,WASHED,RUN-24\n")
    expired = tmp_path / "expired.csv"
    expired.write_text(f"{head}1,2017-08-31,AGE_EXPIRED,{lot},{lot},JU75,0,LG06,,EXPIRED,too old\n")
    for path in (expired, second):
        assert not ground.take(path).already
        assert ground.take(path).already
    assert ground.audit().clean
