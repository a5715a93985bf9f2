"""A recall in a real Chromium: from a lot's trace to its closing, by those who may."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bottletrack.vocabulary import Role

pytestmark = pytest.mark.browser


def send(page: Page, form: str) -> None:
    page.locator(f"form[action$='{form}'] button[type=submit]").click()
    page.wait_for_load_state()


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1366, 900)])
def test_a_drill_from_an_order_to_its_closing(signed_in: Callable[..., Page], width: int, height: int) -> None:
    page = signed_in(Role.COORDINATOR, width=width, height=height)
    page.goto("/trace?q=O-01")
    box = page.locator(".graph svg a", has_text="RUN-01").first
    expect(box).to_be_attached()
    # The drawing scrolls in its frame; the page never does sideways.
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.locator("a[href*='/recalls/new']").click()
    page.locator("label:has(input[name=drill][value=drill])").click()
    page.locator("[name=reason]").fill("exercice annuel")
    send(page, "/recalls")
    code = page.url.rsplit("/", 1)[1]
    expect(page.locator("h1")).to_contain_text(code)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    floor = signed_in(Role.OPERATOR, width=width, height=height)
    floor.goto(f"/recalls/{code}")
    floor.locator("label:has(input[name=what][value=recovered])").click()
    floor.locator("[name=quantity]").fill("500")
    send(floor, "/tallies")
    expect(floor.locator(".panel-success")).to_be_visible()
    expect(floor.locator("form[action$='/closing']")).to_have_count(0)

    page.reload()
    expect(page.locator("form[action$='/closing'] .panel-warning")).to_have_count(0)
    page.locator("[name=account]").fill("tout a été localisé")
    send(page, "/closing")
    page.goto("/recalls")
    expect(page.locator("tbody tr", has_text=code)).to_contain_text("Fermé")
