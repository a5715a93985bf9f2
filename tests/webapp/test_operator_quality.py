"""The quality room and its second looks: what waits, what a verdict needs, returns, ages, and a stop."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bottletrack.database import Database
from bottletrack.inspections import severity_at
from bottletrack.stations.dispatch import Delivery, Return, record_delivery, record_return
from bottletrack.stations.quality import Judgment, record_judgment
from bottletrack.vocabulary import EventKind, Grade, Role, Severity, Stage, Verdict
from tests.webapp.conftest import Visitor
from tests.webapp.plant_floor import Floor, record

SignIn = Callable[[str], Visitor]


@pytest.fixture
def floor(database: Database) -> Floor:
    return Floor(database)


def test_the_room_leads_to_what_waits(client_for: SignIn, floor: Floor) -> None:
    washed, inspected, waiting = floor.washed(), floor.inspected(), floor.to_confirm()
    quality = client_for(Role.QUALITY).get("/operator/quality").text
    assert f"/operator/lots/{washed}/inspection" in quality
    assert f"/operator/lots/{inspected}/defects" in quality
    assert f"/operator/lots/{waiting}/confirmation" in quality
    assert f"/operator/lots/{waiting}/defects" not in quality
    coordinator = client_for(Role.COORDINATOR).get("/operator/quality").text
    assert f"/operator/lots/{waiting}/confirmation" in coordinator
    assert "/inspection" not in coordinator


def test_the_plan_is_told_before_it_is_frozen(client_for: SignIn, floor: Floor) -> None:
    page = client_for(Role.QUALITY).get(f"/operator/lots/{floor.washed(900)}/inspection").text
    assert "900" in page
    # 80 of them are looked at for major defects and one may have one, so a lot with 0.4 % passes 95 times of 100.
    assert page.count("80 ") >= 2
    assert "0,4 %" in page
    assert "4,8 %" in page


def test_a_verdict_against_the_plan_becomes_a_proposal(client_for: SignIn, floor: Floor) -> None:
    code = floor.examined()
    visitor = client_for(Role.QUALITY)
    page = visitor.get(f"/operator/lots/{code}/verdict").text
    proposed = [verdict for verdict in Verdict if f'name="to_propose" value="{verdict}"' in page]
    assert proposed == [Verdict.REWASH, Verdict.SORT_100, Verdict.SCRAP]
    form = {"verdict": "rewash", "defect": "MA01", "reason": "Odeur", "to_propose": proposed}
    assert record(visitor, f"/operator/lots/{code}/verdict", **form).status_code == 303
    assert (floor.events(EventKind.VERDICT_PROPOSED), floor.lot(code).stage) == (1, Stage.IN_QUALITY_CONTROL)
    # Whoever takes the second person out of the form is refused.
    alone = record(visitor, f"/operator/lots/{code}/verdict", **{**form, "to_propose": []})
    assert alone.status_code == 409
    assert floor.lot(code).stage is Stage.IN_QUALITY_CONTROL


def test_nobody_is_offered_to_accept_a_critical_defect(client_for: SignIn, floor: Floor) -> None:
    page = client_for(Role.QUALITY).get(f"/operator/lots/{floor.failing()}/verdict").text
    for grade in ("accept_a", "accept_b"):
        assert f'value="{grade}" required disabled' in page
    assert 'value="rewash" required>' in page


def test_a_part_is_looked_at_again(client_for: SignIn, floor: Floor) -> None:
    code = floor.failing()
    form = {"verdict": "sort_100", "defect": "CR08", "reason": "Un coin", "part_crates": "2", "crate_size": "12"}
    sent = record(client_for(Role.QUALITY), f"/operator/lots/{code}/verdict", **form)
    assert sent.status_code == 303
    assert (floor.lot(code).stage, floor.lot(code).quantity) == (Stage.WASHED, 76)


def test_who_does_not_agree_sends_the_verdict_back(client_for: SignIn, floor: Floor) -> None:
    code = floor.to_confirm()
    form = {"verdict": "scrap", "agree": "no", "reason": "On relave"}
    assert record(client_for(Role.COORDINATOR), f"/operator/lots/{code}/confirmation", **form).status_code == 303
    assert floor.lot(code).quantity == 100
    assert f"/operator/lots/{code}/confirmation" not in client_for(Role.QUALITY).get("/operator/quality").text


def returned(floor: Floor) -> str:
    order, packed = floor.ordered(60)
    with floor.database.writing() as session:
        record_delivery(session, Delivery(order, packed, 60), floor.scan())
        return record_return(session, Return(order, 60, "Trop"), floor.scan()).lot_codes[0]


def test_a_return_is_looked_at_before_it_is_washed(client_for: SignIn, floor: Floor) -> None:
    code = returned(floor)
    quality, operator = client_for(Role.QUALITY), client_for(Role.OPERATOR)
    assert f"/operator/lots/{code}/loading" not in operator.get(f"/operator/lots/{code}").text
    url = f"/operator/lots/{code}/return-inspection"
    undecided = record(quality, url, **{"reject.CR01": "3"})
    assert undecided.status_code == 422
    assert 'value="3"' in undecided.text
    assert record(quality, url, **{"reject.CR01": "3", "way": "wash"}).status_code == 303
    assert (floor.lot(code).stage, floor.lot(code).quantity) == (Stage.RETURNED, 57)
    assert f'button-primary" href="/operator/lots/{code}/loading"' in operator.get(f"/operator/lots/{code}").text
    # A second look may still find them clean.
    assert record(quality, url, way="clean").status_code == 303
    assert floor.lot(code).stage is Stage.WASHED


def test_an_old_lot_may_leave_for_a_reason(client_for: SignIn, floor: Floor) -> None:
    now = datetime.now(UTC)
    code = floor.released(happened_at=now - timedelta(days=40))
    visitor = client_for(Role.QUALITY)
    url = f"/operator/lots/{code}/age-waiver"
    assert url in visitor.get(f"/operator/lots/{code}").text
    until = (now + timedelta(days=5)).date()
    refused = record(visitor, url, until=until.isoformat(), reason=" ")
    assert refused.status_code == 422
    assert f'value="{until}"' in refused.text
    assert record(visitor, url, reason="Cave fraîche").status_code == 422
    assert record(visitor, url, until=until.isoformat(), reason="Cave fraîche").status_code == 303
    assert floor.lot(code).waived_until == until
    assert url not in visitor.get(f"/operator/lots/{code}").text


def test_a_grade_b_is_not_offered_another_downgrade(client_for: SignIn, floor: Floor) -> None:
    code = floor.examined()
    with floor.database.writing() as session:
        record_judgment(session, Judgment(code, Verdict.ACCEPT_B), floor.scan())
    assert floor.lot(code).grade is Grade.B
    assert "/downgrade" not in client_for(Role.QUALITY).get(f"/operator/lots/{code}").text


def test_inspection_that_stopped_is_resumed_with_a_reason(client_for: SignIn, floor: Floor) -> None:
    for _ in range(7):
        code = floor.failing(30)
        with floor.database.writing() as session:
            record_judgment(session, Judgment(code, Verdict.REWASH, "CR08", "Liquide"), floor.scan())
    visitor = client_for(Role.QUALITY)
    washed = floor.washed(30)
    stopped = record(visitor, f"/operator/lots/{washed}/inspection")
    assert stopped.status_code == 409
    assert "panel-refusal" in visitor.get(f"/operator/lots/{washed}/inspection").text
    assert "<textarea" not in client_for(Role.COORDINATOR).get("/operator/quality").text
    assert record(visitor, "/operator/quality", reason=" ").status_code == 422
    assert record(visitor, "/operator/quality", reason="Brosses neuves").status_code == 303
    with floor.database.reading() as session:
        assert severity_at(session, floor.site_id) is Severity.TIGHTENED
    assert "panel-warning" in visitor.get("/operator/quality").text
