"""The start, what a scanner may type, and the lot's page: what it needs next, and who may do it."""

from collections.abc import Callable

import pytest

from bottletrack.database import Database
from bottletrack.stations.collection import Collection, record_collection
from bottletrack.vocabulary import Role
from tests.webapp.conftest import Visitor
from tests.webapp.plant_floor import Floor, codes_in, record

SignIn = Callable[[str], Visitor]


@pytest.fixture
def floor(database: Database) -> Floor:
    return Floor(database)


def test_a_strangers_label_is_named_and_not_followed(client_for: SignIn) -> None:
    page = client_for(Role.OPERATOR).get("/operator/scan?code=https://elsewhere.example/q/7K3M29QX")
    assert page.status_code == 404
    assert "elsewhere.example" in page.text
    assert 'href="https://elsewhere' not in page.text
    assert 'value="https://elsewhere.example/q/7K3M29QX"' in page.text


@pytest.mark.parametrize("path", ["q", "Q"])
def test_the_printed_address_leads_to_the_lot(client_for: SignIn, floor: Floor, path: str) -> None:
    code = floor.received(240)
    page = client_for(Role.OPERATOR).get(f"/{path}/{code}", follow_redirects=True)
    assert page.request.path == f"/operator/lots/{code}"
    assert "240" in page.text


def test_the_printed_address_leads_through_the_sign_in(visitor: Visitor, floor: Floor) -> None:
    code = floor.received()
    answer = visitor.get(f"/Q/{code}")
    assert answer.status_code == 303
    assert answer.location == f"/account/sign-in?next=/Q/{code}"


@pytest.mark.parametrize(
    ("role", "paper", "page"),
    [
        (Role.DRIVER, "O/O-0001", "/operator/orders/O-0001"),
        (Role.DRIVER, "P/P01", "/operator/collection?point=P01"),
        (Role.OPERATOR, "X/UNDO", "/X/UNDO"),
        (Role.OPERATOR, "B/3F9K2M8QX7T4W6", "/B/3F9K2M8QX7T4W6"),
    ],
)
def test_other_papers_lead_to_their_pages(client_for: SignIn, floor: Floor, role: Role, paper: str, page: str) -> None:
    floor.ordered()
    assert all_ways(client_for(role), paper) == {(200, page.lower())}


def test_the_paper_of_a_run_leads_to_the_latest_of_that_name(client_for: SignIn, floor: Floor) -> None:
    run_id = floor.loaded_run()
    assert all_ways(client_for(Role.OPERATOR), "R/RUN-01") == {(200, f"/operator/runs/{run_id}")}
    assert client_for(Role.OPERATOR).get("/R/RUN-99").status_code == 404


def all_ways(person: Visitor, paper: str) -> set[tuple[int, str]]:
    """Where a paper leads: photographed, typed in small letters, and scanned at the start. Status and address."""
    scanned = f"/operator/scan?code=HTTP://127.0.0.1:8000/{paper}"
    opened = [person.get(way, follow_redirects=True) for way in (f"/{paper}", f"/{paper.lower()}", scanned)]
    return {(page.status_code, page.request.full_path.rstrip("?").lower()) for page in opened}


def test_a_container_leads_to_the_lot_that_stands_in_it(client_for: SignIn, floor: Floor) -> None:
    with floor.database.writing() as session:
        collection = Collection("P01", 240, container="PAL 7")
        code = record_collection(session, collection, floor.scan()).lot_codes[0]
    operator = client_for(Role.OPERATOR)
    assert operator.get("/C/PAL%207").location == f"/operator/lots/{code}"
    assert operator.get("/operator/scan?code=http://127.0.0.1:8000/c/pal%25207").location == "/C/PAL%207"
    record(operator, f"/operator/lots/{code}/sorting", **{"bin.JU75.vert": "240"})
    empty = operator.get("/C/PAL%207")
    assert empty.status_code == 404
    assert "PAL 7" in empty.text
    assert operator.get("/C/PAL%208").status_code == 404


def test_a_sign_at_a_collection_point_chooses_it(client_for: SignIn) -> None:
    page = client_for(Role.DRIVER).get("/P/P02", follow_redirects=True).text
    assert '<option value="P02" selected>' in page


def test_a_command_card_does_nothing_on_a_telephone(visitor: Visitor) -> None:
    page = visitor.get("/X/STEP-SORT")
    assert page.status_code == 200
    assert "STEP-SORT" in page.text
    assert "/station/" in page.text


@pytest.mark.parametrize("code", ["http://127.0.0.1:8000/B/3F9K2M8QX7T4W6", "http://127.0.0.1:8000/C/PAL-7", "x" * 41])
def test_what_is_no_lot_is_not_loaded(client_for: SignIn, floor: Floor, code: str) -> None:
    page = client_for(Role.OPERATOR).get(f"/operator/stocktake?code={code}")
    assert page.status_code == 422
    assert "panel-refusal" in page.text


def test_a_misread_code_comes_back_to_be_mended(client_for: SignIn) -> None:
    page = client_for(Role.OPERATOR).get("/operator/scan?code=7K3M-29QZ")
    assert page.status_code == 422
    assert 'value="7K3M-29QZ"' in page.text


def test_the_tiles_are_those_that_the_person_may_press(client_for: SignIn) -> None:
    operator, quality = (client_for(role).get("/operator/").text for role in (Role.OPERATOR, Role.QUALITY))
    assert 'href="/operator/collection"' in operator
    assert 'href="/operator/collection"' not in quality
    assert 'href="/operator/labels"' in quality


@pytest.mark.parametrize(
    ("stage", "role", "page"),
    [
        ("received", Role.OPERATOR, "sorting"),
        ("sorted", Role.OPERATOR, "loading"),
        ("washed", Role.QUALITY, "inspection"),
        ("inspected", Role.QUALITY, "defects"),
        ("examined", Role.QUALITY, "verdict"),
        ("to_confirm", Role.COORDINATOR, "confirmation"),
        ("released", Role.OPERATOR, "packing"),
    ],
)
def test_what_a_lot_needs_next_is_its_first_button(
    client_for: SignIn, floor: Floor, stage: str, role: Role, page: str
) -> None:
    code = getattr(floor, stage)()
    lot = client_for(role).get(f"/operator/lots/{code}")
    assert f'button-primary" href="/operator/lots/{code}/{page}"' in lot.text


def test_a_step_that_is_another_persons_is_named_instead(client_for: SignIn, floor: Floor) -> None:
    code = floor.washed()
    page = client_for(Role.OPERATOR).get(f"/operator/lots/{code}").text
    assert "/inspection" not in page
    assert "/stock" in page


def test_a_packed_lot_is_to_be_delivered_once_it_is_promised(client_for: SignIn, floor: Floor) -> None:
    _, code = floor.ordered()
    page = client_for(Role.DRIVER).get(f"/operator/lots/{code}").text
    assert f'button-primary" href="/operator/lots/{code}/delivery"' in page
    alone = floor.packed()
    assert "/delivery" not in client_for(Role.DRIVER).get(f"/operator/lots/{alone}").text


def test_a_held_lot_says_who_holds_it_and_why(client_for: SignIn, floor: Floor) -> None:
    code = floor.washed()
    record(client_for(Role.DRIVER), f"/operator/lots/{code}/hold", reason="Verre dans la caisse")
    page = client_for(Role.QUALITY).get(f"/operator/lots/{code}").text
    assert "Verre dans la caisse" in page
    assert "Driver" in page
    assert f"/operator/lots/{code}/lift" in page
    assert f"/operator/lots/{code}/inspection" not in page


def test_a_dead_code_says_where_its_bottles_went(client_for: SignIn, floor: Floor) -> None:
    dead = floor.received(50)
    operator = client_for(Role.OPERATOR)
    done = record(operator, f"/operator/lots/{dead}/sorting", **{"bin.JU75.vert": "50"})
    (child,) = codes_in(operator.get(done.location))
    page = operator.get(f"/operator/lots/{dead}").text
    assert "panel-refusal" in page
    assert f'href="/operator/lots/{child}"' in page
    assert "next-step" not in page
