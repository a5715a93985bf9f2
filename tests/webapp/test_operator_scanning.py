"""The start, what a scanner may type, and the lot's page: what it needs next, and who may do it."""

from collections.abc import Callable

import pytest

from bottletrack.database import Database
from bottletrack.errors import BadInput, NotFound, Refusal
from bottletrack.vocabulary import Role
from tests.webapp.conftest import Visitor
from tests.webapp.plant_floor import Floor, codes_in, record
from webapp.operator.scanned import code_scanned

OWN = ("https://bottles.example.org", "HTTPS://B.EXAMPLE/BASE")

SignIn = Callable[[str], Visitor]


@pytest.fixture
def floor(database: Database) -> Floor:
    return Floor(database)


@pytest.mark.parametrize(
    "text",
    [
        "7K3M29QX",
        "  7K3M29QX ",
        "https://bottles.example.org/q/7K3M29QX",
        "HTTPS://BOTTLES.EXAMPLE.ORG/Q/7K3M29QX",
        "http://bottles.example.org/Q/7K3M29QX/",
        "https://b.example/base/q/7K3M29QX",
    ],
)
def test_a_code_is_read_alone_or_in_our_own_address(text: str) -> None:
    assert code_scanned(text, OWN) == "7K3M29QX"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("https://elsewhere.example/q/7K3M29QX", NotFound),
        ("https://bottles.example.org@elsewhere.example/q/7K3M29QX", NotFound),
        ("https://bottles.example.org:444/q/7K3M29QX", NotFound),
        ("javascript://bottles.example.org/q/7K3M29QX%0Aalert(1)", NotFound),
        ("https://[broken/q/7K3M29QX", NotFound),
        ("https://bottles.example.org/orders/O-0001", BadInput),
        ("https://bottles.example.org/q/", BadInput),
        ("https://b.example/q/7K3M29QX", BadInput),
    ],
)
def test_other_addresses_are_refused(text: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        code_scanned(text, OWN)


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
