"""A label trial as people do it: registered, tried, examined by two people, approved, named when bottles are packed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from bottletrack.vocabulary import Role
from tests.browser import round as the_round

pytestmark = pytest.mark.browser


def choose(page: Page, **answers: str) -> None:
    """Press tiles: `choose(page, pulp="no")`."""
    for name, value in answers.items():
        page.locator(f'[name="{name}"][value="{value}"]').check()


def a_released_lot(page: Page) -> str:
    """One of the demonstration's that can be packed and tried: grade A, and nothing promised."""
    page.goto("/coordinator/lots?stage=released")
    for code in page.locator("td a.code, th a.code").all_inner_texts():
        the_round.scan(page, code)
        if page.locator('.other-steps a[href$="/trial"]').count():
            return code
    raise AssertionError("the demonstration has no released lot to try a label on")


def examine(page: Page, trial: str, minutes: str) -> None:
    the_round.scan(page, trial)
    the_round.next_step(page)
    page.locator("[name=minutes_90]").fill("3")
    page.locator("[name=minutes_100]").fill(minutes)
    choose(page, residue="0", pulp="no", ink_bleed="no", holds_in_ice_water="yes")
    the_round.submit(page)


def judge(page: Page, label: str) -> None:
    page.goto(f"/operator/wine-labels/{label}/judgment")
    choose(page, approved="yes")
    page.locator("[name=valid_until]").fill((datetime.now(UTC) + timedelta(days=300)).date().isoformat())
    page.locator("main form[method=post] button[type=submit]").click()
    the_round.fits(page)


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1366, 900)])
def test_a_label_trial(signed_in: Callable[..., Page], width: int, height: int) -> None:
    page = signed_in(Role.QUALITY, width=width, height=height)
    page.goto("/operator/wine-labels")
    the_round.fits(page)
    page.goto("/operator/")
    page.locator('a.tile[href$="/wine-labels"]').click()
    expect(page.locator("h1")).to_be_visible()

    coordinator = signed_in(Role.COORDINATOR, width=width, height=height)
    coordinator.goto("/operator/wine-labels/new")
    if coordinator.locator("[name=site_id]").count():
        coordinator.locator("[name=site_id]").select_option(index=1)
    for name, words in (("name", "Trousseau 2027"), ("paper", "humide"), ("glue", "caséine"), ("printer", "Dole")):
        coordinator.locator(f"[name={name}]").fill(words)
    coordinator.locator("[name=winery]").select_option("VIG-01")
    coordinator.locator("[name=ink_coverage_percent]").fill("35")
    choose(coordinator, varnish="no", foil="no")
    the_round.submit(coordinator)
    label = coordinator.url.split("/wine-labels/")[1].partition("?")[0]

    released = a_released_lot(page)
    the_round.other_action(page, "/trial")
    page.locator("[name=label]").select_option(label)
    the_round.fill_quantity(page, "quantity", loose=12)
    page.locator("[name=storage]").fill("deux semaines, humide")
    page.locator("[name=bath_naoh_percent]").fill("1,5")
    page.locator("[name=bath_temperature_celsius]").fill("80")
    the_round.submit(page)
    (trial,) = the_round.new_codes(page)

    examine(page, trial, "8,5")
    # One pair of eyes is not enough.
    judge(page, label)
    expect(page.locator(".panel-refusal")).to_be_visible()
    another = signed_in(Role.QUALITY, another=True, width=width, height=height)
    examine(another, trial, "9")
    judge(page, label)
    expect(page.locator(".panel-success")).to_be_visible()
    expect(page.locator(".lot-signs .chip-ready")).to_be_visible()

    the_round.scan(page, released)
    the_round.next_step(page)
    page.locator("[name=label]").select_option(label)
    the_round.fill_quantity(page, "quantity", crates=1)
    the_round.submit(page)

    winemaker = signed_in(Role.WINEMAKER, width=width, height=height)
    winemaker.goto("/winemaker/labels")
    the_round.fits(winemaker)
    expect(winemaker.locator(".card", has_text=label).locator(".chip-ready")).to_be_visible()
    winemaker.goto("/winemaker/order")
    the_round.fits(winemaker)
    rival = signed_in(Role.WINEMAKER, another=True, width=width, height=height)
    rival.goto("/winemaker/labels")
    expect(rival.locator(".card", has_text=label)).to_have_count(0)
