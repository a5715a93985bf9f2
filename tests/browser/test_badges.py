"""From a new badge to the first scan at a shared tablet, in real browsers: cookies, pages and paper work together."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bottletrack.vocabulary import Role
from tests.browser.test_accessibility import faults_of, speak
from tests.labels.printing import pictures, read
from webapp.languages import CODES

pytestmark = pytest.mark.browser

#: What the station's program does, as it does it.
ASK = """async ([path, body]) => {
  const headers = {"X-Station": "1", "Content-Type": "application/json"};
  const response = await fetch(path, {method: "POST", headers, body: JSON.stringify(body)});
  return [response.status, await response.json()];
}"""


def ask(page: Page, path: str, body: dict[str, Any]) -> tuple[int, Any]:
    status, answer = page.evaluate(ASK, [path, body])
    return status, answer


def made_badge(page: Page, name: str) -> str:
    """Makes and prints a badge for somebody of the list; returns what its QR holds."""
    page.goto("/administrator/people")
    page.get_by_role("link", name=name).click()
    page.get_by_role("button", name="Faire un badge").click()
    expect(page.locator(".panel-success")).to_be_visible()
    with page.expect_download() as printed:
        page.get_by_role("link", name="Imprimer").first.click()
    (address,) = read(pictures(Path(printed.value.path()).read_bytes(), 300)[0])
    return address


def test_a_badge_and_a_pin_open_the_tablet_and_nothing_else_does(
    signed_in: Callable[..., Page], new_page: Callable[..., Page], live_server: str
) -> None:
    administrator = signed_in(Role.ADMINISTRATOR)
    address = made_badge(administrator, "Lou Morel")
    administrator.get_by_role("button", name="Faire un nouveau code PIN").click()
    pin = administrator.locator(".panel-success .code").inner_text()

    tablet = signed_in(Role.LEAD, width=800, height=1280)
    tablet.goto("/station/")
    assert ask(tablet, "/station/device", {"name": "Tablette lavage", "station": "washing"})[0] == 201
    keys = [cookie for cookie in tablet.context.cookies() if cookie["name"] == "station"]
    assert [(key["path"], key["httpOnly"], key["sameSite"]) for key in keys] == [("/station", True, "Strict")]
    tablet.locator("body").evaluate("() => fetch('/station/sitting', {method: 'DELETE', headers: {'X-Station': '1'}})")
    token = address.rpartition("/B/")[2]
    assert ask(tablet, "/station/sitting", {"badge": token, "pin": "0000"})[0] == 422
    status, sitting = ask(tablet, "/station/sitting", {"badge": token, "pin": pin})
    assert (status, sitting["person"]["name"]) == (201, "Lou Morel")
    tablet.goto("/operator/")
    expect(tablet.locator(".account summary")).to_contain_text("Lou Morel")

    own = new_page(base_url=live_server, width=360, height=640)
    own.goto(address.lower().replace("/b/", "/B/"))
    expect(own.get_by_role("heading", name="Badge")).to_be_visible()
    assert ask(own, "/station/sitting", {"badge": token, "pin": pin})[0] == 401

    lead = signed_in(Role.LEAD)
    lead.goto("/operator/devices")
    lead.get_by_role("button", name="Révoquer").click()
    expect(lead.locator(".panel-success")).to_be_visible()
    tablet.goto("/operator/")
    expect(tablet).to_have_url(re.compile("/account/sign-in"))


@pytest.mark.parametrize("language", CODES)
def test_the_pages_about_badges_and_devices_are_for_everybody(signed_in: Callable[..., Page], language: str) -> None:
    faults: list[str] = []
    page = signed_in(Role.ADMINISTRATOR, width=360, height=640)
    page.emulate_media(reduced_motion="reduce")
    page.goto("/administrator/people")
    page.get_by_role("link", name="Camille Roy").click()
    person = page.url
    speak(page, language)
    page.goto(person)
    faults += faults_of(page, language)
    page.locator("form[action$='/pin'] button").click()
    faults += faults_of(page, language)
    page = signed_in(Role.LEAD, width=360, height=640)
    page.emulate_media(reduced_motion="reduce")
    page.goto("/station/")
    ask(page, "/station/device", {"name": "Tablette lavage", "station": "washing"})
    page.goto("/account/")
    speak(page, language)
    for address in ("/account/", "/operator/devices", "/B/ANYTHING"):
        page.goto(address)
        faults += faults_of(page, language)
    assert not faults, "\n".join(faults)
