"""A run whose bath goes cold: its start is locked, then its output is held, until another person lifts the hold."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bottletrack.vocabulary import Role
from tests.browser import round as the_round

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "height"), [(360, 740), (820, 1180)])
def test_a_run_with_a_cold_bath_is_held_and_lifted_by_another(
    signed_in: Callable[..., Page], width: int, height: int
) -> None:
    page = signed_in(Role.OPERATOR, width=width, height=height)
    mixed = the_round.collect(page, crates=10)
    (lot,) = the_round.sort(page, mixed, {"bin.JU75.vert": 120})
    run = the_round.open_run(page, lot)
    expect(page.locator(".start-locked")).to_be_visible()
    expect(page.locator('form[action$="/start"]')).to_have_count(0)

    # Too cold to start: nothing is spoiled yet, the start stays locked.
    the_round.take_readings(page, run, bath2_temperature_celsius="55")
    expect(page.locator(".start-locked")).to_be_visible()
    expect(page.locator(".thermometer-outside")).to_have_count(1)
    the_round.start(page, run)
    page.locator('a.tile[href$="/output"]').click()
    the_round.fill_quantity(page, "passed", crates=4)
    the_round.submit(page)
    (first,) = the_round.new_codes(page)

    # It goes cold while bottles are in it. The steps begin at the last value.
    page.goto(f"{run}/readings")
    cold = page.locator(".measure-field", has=page.locator('[name="value.bath2_temperature_celsius"]'))
    cold.locator("[data-less]").click()
    expect(cold.locator("input[type=text]")).to_have_value("80")
    expect(cold.locator("[data-inside]")).to_be_visible()
    cold.locator("input[type=text]").fill("58")
    expect(cold.locator("[data-outside]")).to_be_visible()
    the_round.submit(page)
    expect(page.locator(".panel-refusal")).to_be_visible()
    page.locator('a.tile[href$="/closing"]').click()
    expect(page.locator(".panel-warning")).to_be_visible()
    the_round.fill_quantity(page, "passed", crates=6)
    the_round.submit(page)
    (rest,) = the_round.new_codes(page)

    another = signed_in(Role.QUALITY, width=width, height=height, another=True)
    for held in (first, rest):
        the_round.scan(page, held)
        expect(page.locator(".lot-signs .chip-stop")).to_be_visible()
        the_round.scan(another, held)
        the_round.next_step(another)
        another.locator("[name=reason]").fill("Dix bouteilles contrôlées une à une")
        the_round.submit(another)
        the_round.scan(page, held)
        expect(page.locator(".lot-signs .chip-stop")).to_have_count(0)


def test_a_slip_of_the_decimal_point_is_asked_about(signed_in: Callable[..., Page]) -> None:
    page = signed_in(Role.OPERATOR, width=360, height=740)
    (lot,) = the_round.sort(page, the_round.collect(page, crates=1), {"bin.JU75.vert": 12})
    run = the_round.open_run(page, lot)
    page.goto(f"{run}/readings")
    for code, value in (the_round.READINGS | {"bath2_naoh_percent": "16"}).items():
        page.locator(f'[name="value.{code}"]').fill(value)
    page.locator("main form[method=post] button[type=submit]").last.click()
    expect(page.locator(".panel-refusal h2")).to_contain_text("16")
    soda = page.locator('[name="value.bath2_naoh_percent"]')
    expect(soda).to_have_value("")
    soda.fill("1,6")
    the_round.submit(page)
    expect(page.locator(".log-of-run")).to_contain_text("16")
    expect(page.locator('form[action$="/start"] button')).to_be_visible()
