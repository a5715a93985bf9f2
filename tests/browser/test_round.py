"""The whole round of one lot in a real Chromium: operator, winemaker, coordinator; in French, and in English."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bottletrack.vocabulary import Role
from tests.browser import round as the_round

pytestmark = pytest.mark.browser

DASHBOARD = {"fr": re.compile("Tableau de bord"), "en": re.compile("Dashboard")}
REUSED = {"fr": re.compile("bouteilles réemployées"), "en": re.compile("bottles reused")}
#: The pilot year's bottles delivered net.
REUSED_BEFORE = 4_140


def digits(text: str) -> int:
    """The number in a text, however its thousands are set apart."""
    return int(re.sub(r"\D", "", text))


def speak(page: Page, language: str) -> None:
    """Choose a language as a person does, in the menu under one's name."""
    page.locator("details.account > summary").click()
    page.locator(f'details.account button[name=language][value="{language}"]').click()
    expect(page.locator("html")).to_have_attribute("lang", language)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_lot_goes_round_from_collection_to_the_dashboards_figure(
    signed_in: Callable[..., Page], language: str
) -> None:
    operator = signed_in(Role.OPERATOR, width=800, height=1100)
    speak(operator, language)
    mixed = the_round.collect(operator, crates=10, loose=5)
    the_round.count(operator, mixed, crates=10, loose=4)
    sorted_lot = the_round.sort(operator, mixed, {"bin.MC75.blanc": 118, "reject.CR01": 6})[0]
    washed = the_round.wash(operator, sorted_lot, passed=(9, 2), broken=1, rejects={"MA09": 7})
    the_round.inspect(operator, washed, samples=2)
    packed = the_round.pack(operator, washed, crates=9)

    winemaker = signed_in(Role.WINEMAKER, width=1366, height=900)
    speak(winemaker, language)
    winemaker.goto("/winemaker/")
    winemaker.locator("a[href*='first=MC75']").first.click()
    the_round.fill_quantity(winemaker, "MC75.A", crates=9)
    winemaker.locator(".order-form button[type=submit]").click()
    winemaker.locator(".check-actions form[method=post] button").click()
    winemaker.wait_for_url(re.compile(r"/winemaker/orders/[^/]+/placed"))
    reference = winemaker.url.split("/")[-2]
    expect(winemaker.locator("main")).to_contain_text(packed)

    the_round.deliver(operator, reference, packed, crates=9)
    winemaker.goto(f"/winemaker/orders/{reference}")
    expect(winemaker.locator("main")).to_contain_text(packed)
    expect(winemaker.locator(".status-line .step-done")).to_have_count(3)

    coordinator = signed_in(Role.COORDINATOR, width=1366, height=900)
    speak(coordinator, language)
    coordinator.goto("/coordinator/")
    expect(coordinator).to_have_title(DASHBOARD[language])
    headline = coordinator.locator("h1")
    expect(headline).to_have_text(REUSED[language])
    assert digits(headline.inner_text()) == REUSED_BEFORE + 108
    coordinator.goto("/coordinator/audit")
    expect(coordinator.locator(".panel-refusal")).to_have_count(0)
    expect(coordinator.locator("main")).to_contain_text(re.compile(r"8\D?339"))


def test_a_rival_sees_nothing_of_the_order(signed_in: Callable[..., Page], live_server: str) -> None:
    winemaker = signed_in(Role.WINEMAKER)
    winemaker.goto("/winemaker/orders")
    own = winemaker.locator("main a[href*='/winemaker/orders/']").first.get_attribute("href")
    assert own is not None
    winemaker.locator("details.account > summary").click()
    winemaker.locator("form[action$='/sign-out'] button").click()
    winemaker.goto("/account/sign-in")
    winemaker.locator("input[name=email]").fill("rival@demo.example")
    winemaker.locator("input[name=password]").fill("demonstration-rival")
    winemaker.locator("main button[type=submit]").first.click()
    winemaker.wait_for_url(lambda url: "sign-in" not in url)
    answer = winemaker.goto(own)
    assert answer is not None
    assert answer.status == 404
