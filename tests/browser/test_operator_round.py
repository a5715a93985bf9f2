"""One lot, from collection to a packed pallet, as an operator takes it through a real Chromium."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bottletrack.vocabulary import Role
from tests.browser import round as the_round

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1366, 900)])
def test_a_lot_goes_from_collection_to_a_packed_pallet(signed_in: Callable[..., Page], width: int, height: int) -> None:
    page = signed_in(Role.OPERATOR, width=width, height=height)
    mixed = the_round.collect(page, crates=20, loose=3)
    the_round.count(page, mixed, crates=20, loose=1)
    sorted_lot, aside = the_round.sort(
        page, mixed, {"bin.JU75.feuille morte": 210, "reject.CR01": 21, "aside.MA06": 10}
    )
    washed = the_round.wash(page, sorted_lot, passed=(17, 1), broken=2, rejects={"MA09": 3})
    the_round.inspect(page, washed, samples=1)
    packed = the_round.pack(page, washed, crates=10, package="PAL-7")

    the_round.scan(page, packed)
    expect(page.locator(".lot-quantity").first).to_contain_text("120")
    the_round.scan(page, washed)
    expect(page.locator(".lot-quantity").first).to_contain_text("84")
    the_round.scan(page, mixed)
    expect(page.locator(".panel-refusal")).to_be_visible()
    the_round.scan(page, aside)
    expect(page.locator(".panel-refusal")).to_be_visible()


def test_a_double_tap_counts_once(signed_in: Callable[..., Page]) -> None:
    page = signed_in(Role.OPERATOR)
    page.goto("/operator/labels/lots")
    before = page.locator(".label-lot").count()
    page.goto("/operator/collection")
    page.locator("[name=point]").select_option("P01")
    the_round.fill_quantity(page, "declared", crates=4)
    page.locator("main form[method=post] button[type=submit]").dblclick()
    expect(page.locator(".panel-success")).to_be_visible()
    code = the_round.new_codes(page)[0]
    page.goto("/operator/labels/lots")
    codes = page.locator(".label-lot .code").all_inner_texts()
    assert (len(codes), codes[-1]) == (before + 1, code)


def test_a_refused_form_stays_filled_in(signed_in: Callable[..., Page]) -> None:
    page = signed_in(Role.OPERATOR, width=360, height=740)
    mixed = the_round.collect(page, crates=2)
    the_round.scan(page, mixed)
    the_round.next_step(page)
    the_round.count_tile(page, "bin.JU75.vert", 20)
    expect(page.locator("[data-left]")).to_have_text("4")
    page.locator("main form[method=post] button[type=submit]").click()
    expect(page.locator(".panel-refusal")).to_contain_text("4")
    expect(page.locator('[name="bin.JU75.vert"]')).to_have_value("20")
    the_round.scan(page, mixed)
    expect(page.locator(".lot-quantity").first).to_contain_text("24")
