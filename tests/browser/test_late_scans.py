"""A lead settles what a tablet brought too late, in a real Chromium: counted first, put right, and left out."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bottletrack.identifiers import new_event_id
from bottletrack.vocabulary import Role
from tests.browser import round as the_round
from tests.support.axe import violations
from webapp.languages import CODES

pytestmark = pytest.mark.browser

#: What the station's program does: the browser becomes a device, somebody sits down, and a batch is brought.
_SEND = """async ([path, content]) => {
  const headers = { "Content-Type": "application/json", "X-Station": "1" };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(content) });
  return await answer.json();
}"""


def bring(page: Page, *rows: dict[str, Any]) -> list[str]:
    """The verdicts on rows that a tablet brings, the first thing in the morning."""
    page.evaluate(_SEND, ["/station/device", {"name": "Tablette lavage", "station": "washing"}])
    sitting = page.evaluate(_SEND, ["/station/sitting", {}])
    now = page.evaluate("new Date().toISOString()")
    more = {"sitting": sitting["id"], "happened_at": now, "live": False}
    sent = [{"event_id": str(new_event_id()), **row, **more} for row in rows]
    answer = page.evaluate(_SEND, ["/station/sync", {"client": "test", "sittings": [], "rows": sent}])
    return [verdict["verdict"] for verdict in answer["verdicts"]]


def breakage(lot: str, quantity: int) -> dict[str, Any]:
    return {"verb": "breakages", "input": {"lot_code": lot, "quantity": quantity, "where": "Quai"}}


def test_a_lead_settles_what_a_tablet_brought_too_late(signed_in: Callable[..., Page]) -> None:
    page = signed_in(Role.LEAD, width=360, height=640)
    page.emulate_media(reduced_motion="reduce")  # what is still fading in has too little contrast
    lot = the_round.collect(page, crates=2)
    verdicts = bring(page, breakage(lot, 30), breakage(lot, 31), breakage(lot, 32), {"verb": "?"})
    assert verdicts == ["review"] * 4
    for_everybody(page)

    page.goto("/operator/")
    page.locator(".panel-warning a").click()
    cards = page.locator(".work-list > li")
    expect(cards).to_have_count(4)
    open_card(page, "30")
    page.locator(".button-primary", has_text="Compter d’abord").click()
    the_round.fill_quantity(page, "counted", crates=4)
    page.locator("[name=reason]").fill("une palette oubliée")
    the_round.submit(page)

    page.goto("/operator/late-scans")
    open_card(page, "30")
    page.locator("form[action$='/booking'] button").click()
    expect(page.locator(".panel-success")).to_be_visible()
    expect(cards).to_have_count(3)

    open_card(page, "31")
    page.locator("a[href$='/adjustment']").click()
    page.locator("[name=quantity]").fill("1")
    page.locator("[name=why]").fill("1, pas 31")
    the_round.submit(page)
    expect(cards).to_have_count(2)

    open_card(page, "32")
    page.locator("a[href$='/rejection']").click()
    page.locator("[name=reason]").fill("essai de la tablette")
    the_round.submit(page)
    expect(cards).to_have_count(1)
    expect(page.locator("tbody tr")).to_have_count(3)
    the_round.scan(page, lot)
    expect(page.locator(".lot-quantity")).to_contain_text("17")


def open_card(page: Page, quantity: str) -> None:
    """The page of the scan with so many bottles."""
    card = page.locator(".work-list > li", has=page.locator("dd", has_text=quantity))
    card.locator("a.button").click()
    expect(page.locator("form[action$='/booking']")).to_be_visible()
    the_round.fits(page)


def for_everybody(page: Page) -> None:
    """In every language, on a small screen: nothing to scroll sideways for, nothing that axe finds."""
    page.goto("/operator/late-scans")
    pages = [link.get_attribute("href") or "" for link in page.locator(".work-list a.button").all()]
    pages = ["/operator/late-scans", pages[0], pages[-1], f"{pages[0]}/adjustment", f"{pages[-1]}/rejection"]
    for language in (*CODES, CODES[0]):
        page.evaluate("document.querySelectorAll('.account').forEach((account) => { account.open = true; })")
        page.locator(f'[name=language][value="{language}"]').click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        for address in pages:
            page.goto(address)
            the_round.fits(page)
            assert not violations(page), f"{language} {address}"
