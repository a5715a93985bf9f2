"""The pages about badges, PINs and devices: an administrator's, a lead's, and everybody's own."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from bottletrack.badges import token_of
from bottletrack.database import Database
from bottletrack.founding import add_site
from bottletrack.passwords import password_fits
from bottletrack.sign_in import MOST_FAILURES
from bottletrack.tables import Badge, Device, Person
from bottletrack.vocabulary import Role
from tests.labels.printing import pictures, read
from tests.webapp.conftest import PASSWORD, SECRET, Visitor, email_of

SignIn = Callable[[str], Visitor]
PIN_PAGE = "/account/pin"


def number_of(database: Database, role: str) -> int:
    with database.reading() as session:
        return session.scalars(select(Person.id).where(Person.email == email_of(role))).one()


def pin_hash_of(database: Database, role: str) -> str | None:
    with database.reading() as session:
        return session.scalar(select(Person.pin_hash).where(Person.email == email_of(role)))


def test_a_badge_is_made_printed_and_revoked(client_for: SignIn, database: Database) -> None:
    administrator = client_for(Role.ADMINISTRATOR)
    page = f"/administrator/people/{number_of(database, Role.OPERATOR)}"
    assert "panel-success" in administrator.send(f"{page}/badges", follow_redirects=True).text
    with database.reading() as session:
        badge_id = session.scalars(select(Badge.id)).one()
    paper = administrator.get(f"/administrator/badges/{badge_id}.pdf")
    assert paper.mimetype == "application/pdf"
    token = token_of(badge_id, SECRET)
    assert read(pictures(paper.data, 300)[0]) == [f"HTTP://127.0.0.1:8000/B/{token}"]
    assert token not in administrator.get(page).text, "what opens a device stands on the badge only"
    administrator.send(f"{page}/badges/{badge_id}/revocation")
    assert "chip-stop" in administrator.get(page).text
    assert administrator.get(f"/administrator/badges/{badge_id}.pdf").status_code == 404


def test_a_made_up_pin_is_shown_once(client_for: SignIn, database: Database) -> None:
    administrator = client_for(Role.ADMINISTRATOR)
    page = f"/administrator/people/{number_of(database, Role.OPERATOR)}"
    pin = administrator.send(f"{page}/pin").text.partition('<p class="code">')[2].partition("<")[0]
    assert len(pin) == 4
    assert password_fits(pin_hash_of(database, Role.OPERATOR), pin)
    assert f">{pin}<" not in administrator.get(page).text


def test_who_does_not_work_at_the_plant_gets_no_badge(client_for: SignIn, database: Database) -> None:
    administrator = client_for(Role.ADMINISTRATOR)
    page = f"/administrator/people/{number_of(database, Role.WINEMAKER)}"
    assert "/badges" not in administrator.get(page).text
    assert administrator.send(f"{page}/badges").status_code == 422
    assert "/account/pin" not in client_for(Role.WINEMAKER).get("/account/").text


@pytest.mark.parametrize("known", [PASSWORD, "2580"])
def test_one_changes_ones_own_pin_by_password_or_pin(client_for: SignIn, database: Database, known: str) -> None:
    client = client_for(Role.OPERATOR)
    assert client.send(PIN_PAGE, {"known": PASSWORD, "pin": "2580"}).status_code == 303
    assert client.send(PIN_PAGE, {"known": known, "pin": "1973"}).status_code == 303
    assert password_fits(pin_hash_of(database, Role.OPERATOR), "1973")


@pytest.mark.parametrize(("known", "pin"), [("wrong", "2580"), ("", "2580"), (PASSWORD, "1234"), (PASSWORD, "25 80")])
def test_a_bad_pin_is_refused(client_for: SignIn, database: Database, known: str, pin: str) -> None:
    answer = client_for(Role.OPERATOR).send(PIN_PAGE, {"known": known, "pin": pin})
    assert answer.status_code == 422
    assert "panel-refusal" in answer.text
    assert pin_hash_of(database, Role.OPERATOR) is None


def test_an_open_page_is_not_enough_to_try_all_pins(client_for: SignIn, visitor: Visitor, database: Database) -> None:
    client = client_for(Role.OPERATOR)
    for number in range(MOST_FAILURES):
        assert client.send(PIN_PAGE, {"known": f"{number:04}", "pin": "2580"}).status_code == 422
    assert client.send(PIN_PAGE, {"known": PASSWORD, "pin": "2580"}).status_code == 422
    account = {"email": email_of(Role.OPERATOR), "password": PASSWORD}
    assert visitor.send("/account/sign-in", account).status_code == 422
    assert pin_hash_of(database, Role.OPERATOR) is None


def test_a_lead_sees_and_revokes_devices(client_for: SignIn, at_device: Visitor, database: Database) -> None:
    lead = client_for(Role.LEAD)
    assert "Tablette lavage" in lead.get("/operator/devices").text
    with database.reading() as session:
        device_id = session.scalars(select(Device.id)).one()
    assert "panel-success" in lead.send(f"/operator/devices/{device_id}/revocation", follow_redirects=True).text
    assert at_device.get("/station/me").get_json()["device"] is None
    assert lead.send(f"/operator/devices/{device_id}/revocation").status_code == 303
    assert lead.send("/operator/devices/999999/revocation").status_code == 404


def test_nobody_sees_the_devices_of_another_site(client_for: SignIn, at_device: Visitor, database: Database) -> None:
    with database.writing() as session:
        territory = session.scalars(select(Person.territory_id).limit(1)).one()
        other = add_site(session, territory, code="OTHER", name="Autre site")
        session.execute(update(Person).where(Person.email == email_of(Role.LEAD)).values(site_id=other))
        device_id = session.scalars(select(Device.id)).one()
    lead = client_for(Role.LEAD)
    assert "Tablette lavage" not in lead.get("/operator/devices").text
    assert lead.send(f"/operator/devices/{device_id}/revocation").status_code == 404
    assert at_device.get("/station/me").get_json()["device"] is not None
    assert "Tablette lavage" in client_for(Role.COORDINATOR).get("/operator/devices").text
