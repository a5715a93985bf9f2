"""Handheld scanners, which type as keyboards do: either suffix, slowly, on another layout, wherever the focus is."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bottletrack.identifiers import show_code
from bottletrack.vocabulary import EventKind, Role
from tests.browser import round as the_round
from tests.browser.plant_floor import Device, PlantFloor
from tests.support.handheld import AZERTY, Handheld

pytestmark = pytest.mark.browser


@pytest.fixture
def page(signed_in: Callable[..., Page]) -> Page:
    return signed_in(Role.OPERATOR, width=800, height=1000)


@pytest.fixture
def codes(page: Page) -> list[str]:
    """Of two lots that were just collected."""
    return [the_round.collect(page, crates=4).replace("-", "") for _ in range(2)]


def label(page: Page, code: str) -> str:
    """What the QR code of a lot's label holds."""
    return f"{page.evaluate('location.origin')}/q/{code}".upper()


def opened(page: Page, code: str) -> None:
    page.wait_for_url(re.compile(f"/operator/lots/{code}$"))
    page.wait_for_load_state("load")


def test_the_start_takes_every_way_of_scanning(page: Page, codes: list[str]) -> None:
    first, second = codes
    french = Handheld(page, layout=AZERTY)
    for scanner, code in (
        (Handheld(page), first),
        (Handheld(page, suffix="Tab"), second),
        (french, first),
        (Handheld(page, suffix="Tab", layout=AZERTY), second),
        (Handheld(page, rest_ms=40), first),
    ):
        page.goto("/operator/")
        page.wait_for_load_state("load")
        scanner.scan(label(page, code))
        opened(page, code)
    # The lot's page has no scan field: the next label opens its own page all the same.
    french.scan(label(page, second))
    opened(page, second)
    french.scan(label(page, first))
    opened(page, first)


def test_enter_does_not_press_the_button_that_has_the_focus(page: Page, codes: list[str]) -> None:
    for button, code in zip(("a.tile", "main button[type=submit]"), codes, strict=True):
        page.goto("/operator/")
        page.wait_for_load_state("load")
        page.locator(button).first.focus()
        Handheld(page).scan(label(page, code))
        opened(page, code)


def test_a_scan_into_a_form_leaves_what_was_typed_by_hand(page: Page, codes: list[str]) -> None:
    first, second = codes
    page.goto(f"/operator/lots/{first}/count")
    crates = page.locator("[name=counted_crates]")
    crates.press_sequentially("12")
    Handheld(page).scan(label(page, second))
    expect(crates).to_have_value("12")
    reason = page.locator("[name=reason]")
    reason.press_sequentially("two broken")
    Handheld(page, layout=AZERTY).scan(label(page, second))
    expect(reason).to_have_value("two broken")
    # Nobody pressed: the form stands there, not sent.
    expect(page).to_have_url(re.compile(f"/operator/lots/{first}/count$"))
    expect(page.locator(".panel-refusal, .panel-success")).to_have_count(0)


def test_what_people_type_goes_where_they_type_it(page: Page, codes: list[str]) -> None:
    first, _ = codes
    page.goto("/operator/")
    field = page.locator("input[data-scan]")
    field.press_sequentially(first.lower())
    expect(field).to_have_value(first.lower())
    field.press("Tab")
    expect(field).not_to_be_focused()
    field.focus()
    field.press("Enter")
    opened(page, first)


@pytest.fixture
def floor(live_server: str, tmp_path: Path) -> Iterator[PlantFloor]:
    floor = PlantFloor(tmp_path / "live.sqlite3", 6)
    yield floor
    floor.database.dispose()


@pytest.fixture
def device(floor: PlantFloor, live_server: str, new_page: Callable[..., Page]) -> Device:
    device = Device(new_page(width=800, height=1280), live_server)
    device.set_up()
    device.begin("presoak")
    return device


def recorded(page: Page, code: str) -> None:
    expect(page.locator("[data-result=done] .result-code")).to_have_text(show_code(code))
    expect(page.locator("[data-screen=scan-lot]")).to_be_visible()


def test_the_station_records_every_way_of_scanning(floor: PlantFloor, device: Device) -> None:
    page = device.page
    scanners = (
        Handheld(page),
        Handheld(page, suffix="Tab"),
        Handheld(page, layout=AZERTY),
        Handheld(page, suffix="Tab", layout=AZERTY, rest_ms=60),
    )
    for scanner, code in zip(scanners, floor.codes, strict=False):
        # The way back to the start has the focus: Enter must not go there.
        page.locator("[data-press=back]").focus()
        scanner.scan(label(page, code))
        recorded(page, code)
    # Two in a row, without looking up.
    for code in floor.codes[4:]:
        scanners[0].scan(label(page, code))
    recorded(page, floor.codes[5])
    expect(page.locator("[data-waiting]")).to_have_attribute("data-waiting", "0")
    assert floor.landed(EventKind.PRESOAK_STARTED).events == dict.fromkeys(floor.codes, 1)


@pytest.mark.parametrize("layout", [{}, AZERTY], ids=["US", "AZERTY"])
def test_a_strangers_label_is_named_and_never_followed(device: Device, layout: dict[str, str]) -> None:
    page = device.page
    Handheld(page, layout=layout).scan("HTTPS://ELSEWHERE.EXAMPLE/Q/7K3M29QC")
    expect(page.locator("[data-result=refused]")).to_contain_text("elsewhere.example")
    expect(page).to_have_url(re.compile(f"^{re.escape(device.address)}/station/"))
    expect(page.locator("[data-screen=scan-lot]")).to_be_visible()
    assert len(page.context.pages) == 1


def test_a_code_may_be_typed_by_hand(floor: PlantFloor, device: Device) -> None:
    page, code = device.page, floor.codes[0]
    page.locator("[data-press=type]").click()
    field = page.locator("input")
    field.press_sequentially(show_code(code).lower())
    field.press("Enter")
    recorded(page, code)
    # Scanned while somebody types: the label counts, not what was begun.
    page.locator("[data-press=type]").click()
    page.locator("input").press_sequentially("7K3")
    Handheld(page, layout=AZERTY).scan(label(page, floor.codes[1]))
    recorded(page, floor.codes[1])


def test_a_scanner_that_presses_no_keys_is_read_too(floor: PlantFloor, device: Device) -> None:
    page = device.page
    for code in floor.codes[:2]:
        page.keyboard.insert_text(label(page, code))
        page.keyboard.press("Enter")
        recorded(page, code)
    # Touching beside the keys takes the cursor out; it comes back.
    page.locator("h1").click()
    page.keyboard.insert_text(label(page, floor.codes[2]))
    page.keyboard.press("Tab")
    recorded(page, floor.codes[2])
    field = page.locator("input[inputmode=none]")
    expect(field).to_have_value("")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
