"""A winemaker orders in a real browser: counts crates, checks, confirms once, follows the order, and takes it back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bottletrack.vocabulary import Role

pytestmark = pytest.mark.browser
SIZES = [(360, 740), (800, 1100), (1366, 900)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_an_order_from_the_shelf_to_its_cancellation(signed_in: Callable[..., Page], width: int, height: int) -> None:
    page = signed_in(Role.WINEMAKER, width=width, height=height)
    expect(page).to_have_url(re.compile("/winemaker/$"))
    fits(page)
    first = page.locator(".bottle-card").first
    free = int(re.sub(r"\D", "", first.locator(".bottle-free strong").inner_text()))
    first.locator("a.button").click()
    row = page.locator(".order-row").first
    row.locator("[data-crates]").fill("2")
    row.locator("[data-loose]").fill("5")
    expect(row.locator("[data-total-value]")).to_have_text("29")
    fits(page)
    page.locator(".order-form button[type=submit]").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    fits(page)

    page.locator('form[action="/winemaker/orders"] button').dblclick()
    expect(page.locator(".panel-success")).to_be_visible()
    fits(page)
    page.locator(".panel-success a").first.click()
    expect(page.locator(".status-line [aria-current=step]")).to_have_count(1)
    fits(page)
    reference = page.url.rsplit("/", 1)[-1]
    page.goto("/winemaker/orders")
    expect(page.get_by_role("link", name=reference)).to_have_count(1)
    page.goto("/winemaker/")
    expect(first.locator(".bottle-free strong")).to_have_text(str(free - 29))

    page.goto(f"/winemaker/orders/{reference}")
    page.locator(".cancel summary").click()
    page.locator(".cancel button").click()
    expect(page.locator(".panel-warning")).to_be_visible()
    page.goto("/winemaker/")
    expect(first.locator(".bottle-free strong")).to_have_text(str(free))


def fits(page: Page) -> None:
    """Nothing sticks out of the window's width."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
