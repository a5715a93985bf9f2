"""Quality control in a real browser: a lot that fails its plan, and a verdict that two people give."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bottletrack.vocabulary import Role
from tests.browser import round as the_round

pytestmark = pytest.mark.browser

PHONE, TABLET = {"width": 360, "height": 740}, {"width": 800, "height": 1100}


def washed(page: Page) -> str:
    """The code of a washed lot of 240 bottles: the plan looks at 20 of them, and accepts no major defect."""
    mixed = the_round.collect(page, crates=20)
    (lot, *_) = the_round.sort(page, mixed, {"bin.JU75.vert": 240})
    return the_round.wash(page, lot, passed=(20, 0), rejects={})


def count_one(page: Page, code: str, defect: str) -> None:
    """One bottle with a defect, by a press on the large +."""
    page.goto(f"/operator/lots/{re.sub('-', '', code)}/defects")
    tile = page.locator(".tally-tile", has=page.locator(f'[name="defect.{defect}"]'))
    the_round.wait_for(page, tile)
    if not tile.is_visible():
        page.locator("details", has=tile).locator("summary").click()
    tile.locator('button[data-tally="1"]').click()
    expect(tile.locator("input")).to_have_value("1")
    the_round.submit(page)


def choose_defect(page: Page, defect: str) -> None:
    tile = page.locator(f'[name=defect][value="{defect}"]')
    the_round.wait_for(page, tile)
    if not tile.is_visible():
        page.locator("details", has=tile).locator("summary").click()
    tile.check()


def test_an_inspection_that_fails_goes_to_rewash(signed_in: Callable[..., Page]) -> None:
    page = signed_in(Role.OPERATOR, **PHONE)
    lot = washed(page)
    the_round.scan(page, lot)
    the_round.next_step(page)
    expect(page.locator(".plan-list > li")).to_have_count(3)
    expect(page.locator(".plan-list > li").nth(1)).to_contain_text("20")
    the_round.submit(page)
    count_one(page, lot, "MA01")
    the_round.record_tests(page, lot)
    the_round.scan(page, lot)
    the_round.next_step(page)
    expect(page.locator(".plan-failed")).to_have_count(1)
    expect(page.locator(".panel-refusal")).to_be_visible()
    page.locator('[name=verdict][value="rewash"]').check()
    choose_defect(page, "MA01")
    page.locator("[name=reason]").fill("Coin d’étiquette")
    the_round.submit(page)
    # Only quality sends it back to the wash.
    the_round.scan(page, lot)
    expect(page.locator(".next-step a.button")).to_have_attribute("href", re.compile("/loading|/refused"))
    expect(page.locator(".history")).to_contain_text("Coin d’étiquette")


def test_a_lot_is_scrapped_by_two_people(signed_in: Callable[..., Page]) -> None:
    page, coordinator = signed_in(Role.OPERATOR, **TABLET), signed_in(Role.COORDINATOR, **PHONE)
    lot = washed(page)
    the_round.begin_inspection(page, lot)
    count_one(page, lot, "CR03")
    the_round.record_tests(page, lot, bore_mm="18,6")
    the_round.scan(page, lot)
    the_round.next_step(page)
    # Nobody accepts glass splinters.
    expect(page.locator('[name=verdict][value="accept_a"]')).to_be_disabled()
    page.locator('[name=verdict][value="scrap"]').check()
    choose_defect(page, "CR03")
    page.locator("[name=reason]").fill("Éclats de verre")
    the_round.submit(page)
    the_round.scan(page, lot)
    expect(page.locator('a[href$="/confirmation"]')).to_have_count(0)

    coordinator.goto("/operator/quality")
    expect(coordinator.locator("main")).to_contain_text("Éclats de verre")
    the_round.fits(coordinator)
    coordinator.locator('a[href$="/confirmation"]').click()
    coordinator.locator('[name=agree][value="yes"]').click()
    expect(coordinator.locator(".panel-success")).to_be_visible()
    the_round.fits(coordinator)
    page.goto(f"/operator/lots/{re.sub('-', '', lot)}")
    expect(page.locator(".panel-refusal")).to_be_visible()


def test_a_slip_of_the_decimal_point_is_asked_about_and_both_values_are_kept(signed_in: Callable[..., Page]) -> None:
    page = signed_in(Role.OPERATOR, **PHONE)
    lot = washed(page)
    the_round.begin_inspection(page, lot)
    page.goto(f"/operator/lots/{re.sub('-', '', lot)}/tests")
    page.locator('[name="value.bore_mm"]').fill("185")
    page.locator("main form[method=post] button[type=submit]").last.click()
    expect(page.locator(".panel-refusal")).to_contain_text("185")
    page.locator('[name="value.bore_mm"]').fill("18,5")
    the_round.submit(page)
    page.goto(f"/operator/lots/{re.sub('-', '', lot)}/tests")
    expect(page.locator(".test-card", has=page.locator('[name="value.bore_mm"]'))).to_contain_text("18,5 mm")
