"""What takes two people, in a real browser: a hold and its lifting, a count and its approval, a mistake and its taking
back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bottletrack.vocabulary import Role
from tests.browser import round as the_round

pytestmark = pytest.mark.browser

OPERATOR = {"email": "nouveau@demo.example", "password": "une phrase assez longue"}
PHONE, TABLET = {"width": 360, "height": 740}, {"width": 800, "height": 1100}


def hired(signed_in: Callable[..., Page], new_page: Callable[..., Page], live_server: str) -> Page:
    """Somebody new who is an operator and nothing else, at the pilot's site and signed in."""
    administrator = signed_in(Role.ADMINISTRATOR)
    administrator.goto("/administrator/people/new")
    for name, value in {"name": "Noé Petit", **OPERATOR}.items():
        administrator.locator(f"[name={name}]").fill(value)
    administrator.locator("[name=roles][value=operator]").check()
    administrator.locator("[name=site]").select_option("PILOT")
    administrator.locator("main form[method=post] button[type=submit]").first.click()
    administrator.wait_for_url(re.compile("/administrator/people$"))
    page = new_page(base_url=live_server, **PHONE)
    page.goto("/account/sign-in")
    for name, value in OPERATOR.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


def try_to(page: Page) -> None:
    """Press the form's button, and see that it was refused."""
    page.locator("main form[method=post] button[type=submit]").last.click()
    expect(page.locator(".panel-refusal")).to_be_visible()
    the_round.fits(page)


def test_a_hold_by_one_is_lifted_by_another(signed_in: Callable[..., Page]) -> None:
    one, another = signed_in(Role.OPERATOR, **PHONE), signed_in(Role.QUALITY, another=True, **TABLET)
    mixed = the_round.collect(one, crates=10)
    (lot, *_) = the_round.sort(one, mixed, {"bin.JU75.vert": 120})
    # Two taps and a reason: from the lot's page to the hold.
    the_round.scan(one, lot)
    the_round.other_action(one, "/hold")
    one.locator("[name=reason]").fill("Odeur de moisi")
    the_round.submit(one)
    the_round.scan(one, lot)
    expect(one.locator(".panel-refusal")).to_contain_text("Odeur de moisi")
    expect(one.locator('a[href$="/loading"]')).to_have_count(0)
    the_round.next_step(one)
    one.locator("[name=reason]").fill("Ce n’était rien")
    try_to(one)
    the_round.scan(another, lot)
    the_round.next_step(another)
    another.locator("[name=reason]").fill("C’était la cave")
    the_round.submit(another)
    the_round.scan(one, lot)
    expect(one.locator(".panel-refusal")).to_have_count(0)
    expect(one.locator('a[href$="/loading"]')).to_have_count(1)


def test_a_count_far_off_is_approved_by_a_lead(
    signed_in: Callable[..., Page], new_page: Callable[..., Page], live_server: str
) -> None:
    lead, operator = signed_in(Role.LEAD, **TABLET), hired(signed_in, new_page, live_server)
    lot = the_round.collect(operator, crates=10)
    operator.goto("/operator/stocktake")
    operator.locator("[data-scan]").fill(lot)
    operator.keyboard.press("Enter")
    the_round.fill_quantity(operator, "counted", crates=7, loose=6)
    operator.locator("[name=reason]").fill("Deux caisses manquent")
    try_to(operator)
    operator.locator("button[name=ask_lead]").click()
    expect(operator.locator(".panel-success")).to_be_visible()
    the_round.scan(operator, lot)
    expect(operator.locator(".lot-quantity").first).to_contain_text("120")
    expect(operator.locator(".panel-warning")).to_contain_text("90")

    lead.goto("/operator/stocktake")
    expect(lead.locator(".work-list")).to_contain_text("Deux caisses manquent")
    lead.locator(f'.work-list a[href$="{lot.replace("-", "")}/stock"]').click()
    expect(lead.locator(".panel-warning")).to_contain_text("Noé Petit")
    the_round.fill_quantity(lead, "counted", crates=7, loose=6)
    lead.locator("[name=reason]").fill("Vu : deux caisses et demie manquent")
    the_round.submit(lead)
    the_round.scan(lead, lot)
    expect(lead.locator(".lot-quantity").first).to_contain_text("90")
    lead.goto("/operator/stocktake")
    expect(lead.locator(".work-list")).to_have_count(0)


def test_a_mistake_is_taken_back_and_both_stay_visible(signed_in: Callable[..., Page]) -> None:
    lead = signed_in(Role.LEAD, **PHONE)
    lot = the_round.collect(lead, crates=10)
    the_round.scan(lead, lot)
    the_round.other_action(lead, "/breakage")
    the_round.fill_quantity(lead, "quantity", crates=1)
    the_round.submit(lead)
    the_round.scan(lead, lot)
    expect(lead.locator(".lot-quantity").first).to_contain_text("108")
    lead.locator('.history a[href$="/correction"]').click()
    expect(lead.locator(".went")).to_contain_text("12")
    the_round.fits(lead)
    lead.locator("[name=reason]").fill("Une caisse déplacée, pas cassée")
    the_round.submit(lead)
    the_round.scan(lead, lot)
    expect(lead.locator(".lot-quantity").first).to_contain_text("120")
    expect(lead.locator(".history .taken-back")).to_have_count(1)
    expect(lead.locator(".history")).to_contain_text("Une caisse déplacée, pas cassée")
