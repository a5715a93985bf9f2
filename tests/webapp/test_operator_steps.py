"""Each station's form: it records, it counts once however often it is sent, and what is refused comes back as typed."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bottletrack.database import Database
from bottletrack.identifiers import new_event_id
from bottletrack.vocabulary import EventKind, Grade, Role, Stage
from tests.webapp.conftest import Visitor
from tests.webapp.plant_floor import Floor, codes_in, record

SignIn = Callable[[str], Visitor]


@pytest.fixture
def floor(database: Database) -> Floor:
    return Floor(database)


@dataclass(frozen=True)
class Case:
    """A step of one lot: from which stage, by whom, at which page, and a form that is taken and one that is not."""

    page: str
    stage: str
    role: Role
    kind: EventKind
    taken: dict[str, str]
    #: Refused for what it says, with the words that must still stand in the form.
    refused: dict[str, str]
    status: int
    kept: tuple[str, ...] = field(default=())


CASES = [
    Case(
        "count",
        "received",
        Role.OPERATOR,
        EventKind.COUNT_ADJUSTED,
        {"counted_crates": "8", "counted_loose": "3"},
        {"counted_crates": "2", "reason": "Une caisse perdue"},
        409,
        ('value="2"', 'value="Une caisse perdue"'),
    ),
    Case(
        "sorting",
        "received",
        Role.OPERATOR,
        EventKind.SORTED,
        {"bin.JU75.vert": "80", "reject.CR01": "15", "aside.MA06": "5"},
        {"bin.JU75.vert": "80", "reject.CR01": "7"},
        409,
        ('value="80"', 'value="7"'),
    ),
    Case(
        "inspection",
        "washed",
        Role.QUALITY,
        EventKind.INSPECTION_STARTED,
        {},
        {"event_id": "not an id"},
        422,
    ),
    Case(
        "samples",
        "inspected",
        Role.QUALITY,
        EventKind.SAMPLES_TAKEN,
        {"quantity_loose": "2", "test": "Choc thermique"},
        {"quantity_loose": "101", "test": "Choc thermique"},
        409,
        ('value="101"', 'value="Choc thermique"'),
    ),
    Case(
        "defects",
        "inspected",
        Role.QUALITY,
        EventKind.DEFECTS_COUNTED,
        {"defect.MA01": "2", "defect.MI01": "1"},
        {"defect.MA01": "101"},
        409,
        ('value="101"',),
    ),
    Case(
        "tests",
        "inspected",
        Role.QUALITY,
        EventKind.TESTS_RECORDED,
        {"value.bore_mm": "18,5", "value.caustic_pink_bottles": "0"},
        # The decimal point: asked about, until it is typed once more.
        {"value.bore_mm": "185", "note": "Labo"},
        422,
        ('name="first.bore_mm" value="185"', 'value="Labo"'),
    ),
    Case(
        "confirmation",
        "to_confirm",
        Role.COORDINATOR,
        EventKind.LOT_SCRAPPED,
        {"verdict": "scrap", "agree": "yes"},
        {"verdict": "rewash", "agree": "yes", "reason": "Vu"},
        409,
        (">Vu</textarea>",),
    ),
    Case(
        "downgrade",
        "released",
        Role.QUALITY,
        EventKind.LOT_DOWNGRADED,
        {"reason": "Usure"},
        {"reason": " "},
        422,
    ),
    Case(
        "verdict",
        "examined",
        Role.QUALITY,
        EventKind.LOT_RELEASED,
        {"verdict": "accept_a"},
        {"verdict": "rewash", "reason": "Colle"},
        422,
        ('value="rewash" required checked', ">Colle</textarea>"),
    ),
    Case(
        "packing",
        "released",
        Role.OPERATOR,
        EventKind.RELABELED,
        {"quantity_crates": "5", "package": "PAL-1"},
        {"quantity_crates": "50", "package": "PAL-1"},
        409,
        ('value="50"', 'value="PAL-1"'),
    ),
    Case(
        "split",
        "released",
        Role.OPERATOR,
        EventKind.LOT_SPLIT,
        {"quantity_loose": "40"},
        {"quantity_loose": "quarante", "reason": "Moitié"},
        422,
        ('value="quarante"', 'value="Moitié"'),
    ),
    Case(
        "trial",
        "untried",
        Role.QUALITY,
        EventKind.TRIAL_STARTED,
        {"quantity_loose": "12", "label": "E-0001", "bath_naoh_percent": "1,5", "bath_temperature_celsius": "80"},
        {"quantity_loose": "12", "label": "E-0001", "bath_naoh_percent": "15", "bath_temperature_celsius": "80"},
        422,
        ('value="E-0001" selected', 'value="15"'),
    ),
    Case(
        "examination",
        "on_trial",
        Role.OPERATOR,
        EventKind.TRIAL_EXAMINED,
        {"minutes_90": "3", "minutes_100": "5,5", "residue": "0", "pulp": "no", "ink_bleed": "no"}
        | {"holds_in_ice_water": "yes"},
        # Whether the ink ran was not said.
        {"minutes_90": "3", "residue": "0", "pulp": "no", "holds_in_ice_water": "yes"},
        422,
        ('value="3"', 'name="pulp" value="no" required checked'),
    ),
    Case(
        "trial-reject",
        "on_trial",
        Role.QUALITY,
        EventKind.TRIAL_REJECTED,
        {"quantity_loose": "12", "defect": "ET03"},
        {"quantity_loose": "101", "defect": "ET03"},
        409,
        ('value="101"', 'value="ET03" required checked'),
    ),
    Case(
        "breakage",
        "sorted",
        Role.DRIVER,
        EventKind.BROKEN,
        {"quantity_loose": "3", "where": "Quai"},
        {"quantity_loose": "300", "where": "Quai"},
        409,
        ('value="300"', 'value="Quai"'),
    ),
    Case(
        "stock",
        "packed",
        Role.OPERATOR,
        EventKind.STOCK_COUNTED,
        {"counted_crates": "8", "counted_loose": "2", "reason": "Deux de moins"},
        {"counted_crates": "8", "counted_loose": "2"},
        422,
        ('value="8"', 'value="2"'),
    ),
    Case(
        "hold",
        "washed",
        Role.COORDINATOR,
        EventKind.HELD,
        {"reason": "Verre dans la caisse"},
        {"reason": "  "},
        422,
    ),
]
BY_PAGE = pytest.mark.parametrize("case", CASES, ids=lambda case: case.page)


@BY_PAGE
def test_a_form_sent_twice_counts_once_and_leads_to_the_same_page(client_for: SignIn, floor: Floor, case: Case) -> None:
    code = getattr(floor, case.stage)()
    url, visitor = f"/operator/lots/{code}/{case.page}", client_for(case.role)
    assert visitor.get(url).status_code == 200
    before, event_id = floor.events(case.kind), str(new_event_id())
    first, again = (record(visitor, url, **{"event_id": event_id, **case.taken}) for _ in range(2))
    assert (first.status_code, first.location) == (303, f"/operator/done/{event_id}")
    assert (again.status_code, again.location) == (303, first.location)
    assert floor.events(case.kind) == before + 1
    done = visitor.get(first.location)
    assert done.status_code == 200
    assert "panel-success" in done.text


@BY_PAGE
def test_a_refused_form_comes_back_as_it_was_filled_in(client_for: SignIn, floor: Floor, case: Case) -> None:
    code = getattr(floor, case.stage)()
    before, quantity = floor.events(case.kind), floor.lot(code).quantity
    page = record(client_for(case.role), f"/operator/lots/{code}/{case.page}", **case.refused)
    assert page.status_code == case.status
    assert "panel-refusal" in page.text
    assert f'action="/operator/lots/{code}/{case.page}"' in page.text
    for kept in case.kept:
        assert kept in page.text
    assert (floor.events(case.kind), floor.lot(code).quantity) == (before, quantity)


@pytest.mark.parametrize(
    ("page", "role", "form"),
    [
        ("sorting", Role.OPERATOR, {"bin.JU75.vert": "10"}),
        ("count", Role.OPERATOR, {"counted_loose": "100"}),
        ("inspection", Role.QUALITY, {}),
        ("verdict", Role.QUALITY, {"verdict": "accept_a"}),
        ("packing", Role.OPERATOR, {"quantity_loose": "10"}),
        ("expiry", Role.OPERATOR, {}),
        ("decision", Role.QUALITY, {"quantity_loose": "1", "defect": "MA03", "reason": "Vu"}),
        ("lift", Role.QUALITY, {"reason": "Vu"}),
    ],
)
def test_a_step_that_does_not_begin_here_shows_what_the_lot_needs(
    client_for: SignIn, floor: Floor, page: str, role: Role, form: dict[str, str]
) -> None:
    """Both when the page is opened and when a form from before is sent."""
    code = floor.sorted()
    visitor = client_for(role)
    opened = visitor.get(f"/operator/lots/{code}/{page}")
    assert opened.status_code == 409
    assert "panel-refusal" in opened.text
    assert "next-step" in opened.text
    sent = record(visitor, f"/operator/lots/{code}/{page}", **form)
    assert sent.status_code == 409
    assert "panel-refusal" in sent.text
    assert floor.lot(code).stage is Stage.SORTED


@pytest.mark.parametrize("page", ["inspection", "split"])
def test_a_held_lot_is_not_moved(client_for: SignIn, floor: Floor, page: str) -> None:
    code = floor.washed() if page == "inspection" else floor.released()
    record(client_for(Role.DRIVER), f"/operator/lots/{code}/hold", reason="Verre")
    visitor = client_for(Role.QUALITY if page == "inspection" else Role.OPERATOR)
    stage = floor.lot(code).stage
    assert visitor.get(f"/operator/lots/{code}/{page}").status_code == 409
    sent = record(visitor, f"/operator/lots/{code}/{page}", quantity_loose="1")
    assert sent.status_code == 409
    assert (floor.lot(code).stage, floor.lot(code).quantity) == (stage, 100)


@pytest.mark.parametrize("page", ["count", "sorting", "breakage", "stock"])
def test_a_dead_code_takes_no_step(client_for: SignIn, floor: Floor, page: str) -> None:
    code, operator = floor.received(10), client_for(Role.OPERATOR)
    record(operator, f"/operator/lots/{code}/sorting", **{"bin.JU75.vert": "10"})
    opened = operator.get(f"/operator/lots/{code}/{page}")
    sent = record(operator, f"/operator/lots/{code}/{page}", quantity_loose="1", counted_loose="1", reason="x")
    for answer in (opened, sent):
        assert answer.status_code == 409
        assert "panel-refusal" in answer.text


def test_an_id_used_for_something_else_is_refused(client_for: SignIn, floor: Floor) -> None:
    code, operator, event_id = floor.released(), client_for(Role.OPERATOR), str(new_event_id())
    url = f"/operator/lots/{code}/split"
    assert record(operator, url, event_id=event_id, quantity_loose="10").status_code == 303
    assert record(operator, url, event_id=event_id, quantity_loose="11").status_code == 409
    assert floor.lot(code).quantity == 90


def test_only_another_person_lifts_a_hold(client_for: SignIn, floor: Floor) -> None:
    code, quality, lead = floor.washed(), client_for(Role.QUALITY), client_for(Role.LEAD)
    record(quality, f"/operator/lots/{code}/hold", reason="Verre")
    mine = record(quality, f"/operator/lots/{code}/lift", reason="Rien trouvé")
    assert mine.status_code == 403
    assert ">Rien trouvé</textarea>" in mine.text
    theirs = record(lead, f"/operator/lots/{code}/lift", reason="Rien trouvé")
    assert theirs.status_code == 303
    assert not floor.lot(code).held


def test_bottles_put_aside_are_decided_about(client_for: SignIn, floor: Floor) -> None:
    code, operator, quality = floor.received(), client_for(Role.OPERATOR), client_for(Role.QUALITY)
    done = record(operator, f"/operator/lots/{code}/sorting", **{"bin.JU75.vert": "88", "aside.MA03": "12"})
    _, aside = codes_in(operator.get(done.location))
    assert floor.lot(aside).held
    form = {"quantity_crates": "0", "quantity_loose": "7", "defect": "MA03", "reason": "Étiquette cuite"}
    assert record(quality, f"/operator/lots/{aside}/decision", **form).status_code == 303
    assert (floor.lot(aside).quantity, floor.lot(aside).held) == (5, True)


def test_a_part_is_sorted_and_the_rest_stays(client_for: SignIn, floor: Floor) -> None:
    code, operator = floor.received(100), client_for(Role.OPERATOR)
    part = {"bin.JU75.vert": "60", "rest": "yes"}
    done = record(operator, f"/operator/lots/{code}/sorting", **part)
    (made,) = codes_in(operator.get(done.location))[:1]
    assert floor.lot(code).quantity == 40
    page = operator.get(f"/operator/lots/{code}/sorting").text
    assert f'<option value="{made}">' in page
    more = {"bin.JU75.vert": "30", "into.JU75.vert": made, "transfer.MA08": "6", "reject.CR02": "4"}
    record(operator, f"/operator/lots/{code}/sorting", **more)
    assert (floor.lot(made).quantity, floor.lot(code).quantity) == (90, 0)


def test_models_that_were_handled_before_have_the_first_tiles(client_for: SignIn, floor: Floor) -> None:
    def first_tile() -> str:
        page = client_for(Role.OPERATOR).get(f"/operator/lots/{code}/sorting").text
        found = re.search(r'name="bin\.(\w+)\.', page)
        assert found, "the page has no tile"
        return found[1]

    code = floor.received()
    assert first_tile() == "BG75"
    floor.sorted(model="CL62", color="feuille morte")
    assert first_tile() == "CL62"


def test_a_lot_that_no_order_waits_for_has_no_form_for_its_delivery(client_for: SignIn, floor: Floor) -> None:
    code = floor.released()
    page = client_for(Role.OPERATOR).get(f"/operator/lots/{code}/delivery")
    assert page.status_code == 409
    assert "panel-refusal" in page.text
    assert 'name="quantity_crates"' not in page.text


def test_a_model_that_is_not_reused_has_no_tile(client_for: SignIn, floor: Floor) -> None:
    code, operator = floor.received(), client_for(Role.OPERATOR)
    page = operator.get(f"/operator/lots/{code}/sorting").text
    assert 'name="bin.JU75.vert"' in page
    assert "bin.BG75L." not in page
    assert "bin.CR75." not in page


def test_too_old_a_lot_is_taken_out_for_rinsing(client_for: SignIn, floor: Floor) -> None:
    code = floor.released(happened_at=datetime.now(UTC) - timedelta(days=40))
    operator = client_for(Role.OPERATOR)
    page = operator.get(f"/operator/lots/{code}").text
    assert f'button-primary" href="/operator/lots/{code}/expiry"' in page
    assert "Trop vieux" in page
    assert "/packing" not in page
    assert record(operator, f"/operator/lots/{code}/expiry").status_code == 303
    assert floor.lot(code).stage is Stage.EXPIRED


def test_quality_may_lower_the_grade_of_a_part(client_for: SignIn, floor: Floor, database: Database) -> None:
    code = floor.released()
    assert 'name="grade"' not in client_for(Role.OPERATOR).get(f"/operator/lots/{code}/split").text
    forged = record(client_for(Role.OPERATOR), f"/operator/lots/{code}/split", quantity_loose="5", grade="B")
    assert forged.status_code == 403
    assert floor.lot(code).quantity == 100
    assert floor.lot(code).grade is Grade.A


def test_a_lead_takes_the_latest_event_back(client_for: SignIn, floor: Floor) -> None:
    code, lead = floor.sorted(), client_for(Role.LEAD)
    done = record(client_for(Role.OPERATOR), f"/operator/lots/{code}/breakage", quantity_loose="4")
    event_id = done.location.rpartition("/")[2]
    url = f"/operator/events/{event_id}/correction"
    assert f'href="{url}"' in lead.get(f"/operator/lots/{code}").text
    assert url not in client_for(Role.OPERATOR).get(f"/operator/lots/{code}").text
    assert lead.get(url).status_code == 200
    assert record(lead, url, reason="").status_code == 422
    assert record(lead, url, reason="Pas cassées").status_code == 303
    assert floor.lot(code).quantity == 100
    assert url not in lead.get(f"/operator/lots/{code}").text
    assert record(lead, url, reason="Encore").status_code == 409
