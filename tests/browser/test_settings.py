"""A limit is changed by quality, on a phone and on a desk, and binds the next person who works."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bottletrack.vocabulary import Role
from tests.browser import round as the_round

pytestmark = pytest.mark.browser


def bottles_for_sale(winemaker: Page) -> int:
    """All free bottles in the catalogue, as a winemaker sees them now."""
    winemaker.goto("/winemaker/")
    return sum(int(re.sub(r"\D", "", text)) for text in winemaker.locator(".bottle-free strong").all_inner_texts())


def set_age_limit(page: Page, days: str) -> None:
    """From the menu to the form, and back to the list."""
    page.locator('nav a[href="/coordinator/settings"]').click()
    the_round.fits(page)
    page.locator('main a[href*="/settings/of/max_age_days?"]').click()
    page.locator("[name=value]").fill(days)
    page.locator("[name=reason]").fill("Cave tiède en été")
    the_round.submit(page)


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1366, 900)])
def test_a_limit_is_changed_and_binds(signed_in: Callable[..., Page], width: int, height: int) -> None:
    quality = signed_in(Role.QUALITY, width=width, height=height)
    winemaker = signed_in(Role.WINEMAKER, width=width, height=height)
    before = bottles_for_sale(winemaker)
    set_age_limit(quality, "2")
    expect(quality.locator("tr", has_text="2 jours").first).to_be_visible()
    younger = bottles_for_sale(winemaker)
    set_age_limit(quality, "365")
    assert younger < before < bottles_for_sale(winemaker)

    # Who changed it, from what to what, and why, stands there for good.
    quality.goto("/coordinator/settings/history")
    the_round.fits(quality)
    for row, (was, became) in enumerate([("2", "365"), ("30", "2")]):
        told = quality.locator("tbody tr").nth(row)
        expect(told).to_contain_text(re.compile(rf"\b{was}\sjours.*\b{became}\sjours", re.DOTALL))
        expect(told).to_contain_text("Cave tiède en été")
    # What was delivered under another limit stays right.
    quality.goto("/coordinator/audit")
    expect(quality.locator(".panel-success")).to_be_visible()


def test_two_who_change_the_same_do_not_undo_each_other(signed_in: Callable[..., Page]) -> None:
    one, other = signed_in(Role.QUALITY), signed_in(Role.COORDINATOR, width=360, height=740)
    for page in (one, other):
        page.goto("/coordinator/settings/of/max_age_days")
        page.locator("[name=reason]").fill("Cave tiède")
    one.locator("[name=value]").fill("21")
    the_round.submit(one)
    other.locator("[name=value]").fill("45")
    other.locator("main form[method=post] button[type=submit]").last.click()
    expect(other.locator(".panel-refusal")).to_be_visible()
    expect(other.locator("[name=value]")).to_have_value("45")
    one.goto("/coordinator/settings")
    expect(one.locator("tr", has_text="21")).to_be_visible()
