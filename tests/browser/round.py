"""The round of one lot, step by step, as a person at a screen does it: what is seen, pressed and typed.

Each step begins wherever the page stands and leaves the page of what was recorded. Codes are those that people read.
"""

import re

from playwright.sync_api import Locator, Page, expect


def scan(page: Page, code: str) -> None:
    """Open the start and scan a lot: its page opens."""
    page.goto("/operator/")
    page.locator("[data-scan]").fill(code)
    page.keyboard.press("Enter")
    expect(page.locator("h1.lot-code")).to_be_visible()
    fits(page)


def next_step(page: Page) -> None:
    """Press what the lot needs next."""
    page.locator(".next-step a.button").click()


def fill_quantity(page: Page, name: str, crates: int = 0, loose: int = 0) -> None:
    """Full crates and loose bottles."""
    if crates:
        page.locator(f'[name="{name}_crates"]').fill(str(crates))
    if loose:
        page.locator(f'[name="{name}_loose"]').fill(str(loose))


def wait_for(page: Page, thing: Locator) -> None:
    """The page that has it is there as a whole: the press before may still be opening it."""
    expect(thing).to_be_attached()
    page.wait_for_load_state("load")


def count_tile(page: Page, name: str, quantity: int) -> None:
    """So many bottles into a tile, wherever it is folded away."""
    tile = page.locator(f'[name="{name}"]')
    wait_for(page, tile)
    if not tile.is_visible():
        page.locator("details", has=tile).locator("summary").first.click()
    tile.fill(str(quantity))


def submit(page: Page) -> None:
    """Press the form's one button, and see that it was recorded."""
    fits(page)
    page.locator("main form[method=post] button[type=submit]").last.click()
    expect(page.locator(".panel-success")).to_be_visible()
    fits(page)


def fits(page: Page) -> None:
    """Nobody has to scroll sideways, however small the screen."""
    # Before its style sheets are there, a page has no width to speak of.
    page.wait_for_load_state("load")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px too wide"


def new_codes(page: Page) -> list[str]:
    """The codes that were just made, as they stand on the screen."""
    return [text.strip() for text in page.locator(".new-lots .lot-code").all_inner_texts()]


def collect(page: Page, crates: int, loose: int = 0, point: str = "P01") -> str:
    """A collection; returns the new lot's code."""
    page.goto("/operator/")
    page.locator('a.tile[href$="/collection"]').click()
    page.locator("[name=point]").select_option(point)
    fill_quantity(page, "declared", crates, loose)
    submit(page)
    return new_codes(page)[0]


def count(page: Page, code: str, crates: int, loose: int = 0) -> None:
    """The count at reception."""
    scan(page, code)
    other_action(page, "/count")
    fill_quantity(page, "counted", crates, loose)
    submit(page)


def sort(page: Page, code: str, parts: dict[str, int]) -> list[str]:
    """Sorts a whole lot; `parts` by tile, such as {"bin.JU75.vert": 200, "reject.CR01": 4}. Returns the new codes."""
    scan(page, code)
    next_step(page)
    for name, quantity in parts.items():
        count_tile(page, name, quantity)
    submit(page)
    return new_codes(page)


#: Inside the limits of the demonstration's site, as a person types them.
READINGS = {
    "bath2_naoh_percent": "1,6",
    "bath2_temperature_celsius": "80",
    "final_rinse_bar": "1,4",
    "final_rinse_ph": "7",
}


def open_run(page: Page, code: str) -> str:
    """Opens a run for a lot on a cleared line, and loads all of it; returns the run's address."""
    scan(page, code)
    next_step(page)
    page.locator('a.button[href*="/operator/runs?lot="]').first.click()
    page.locator('[name=program][value="wash"]').check()
    for look in ("infeed_empty", "exit_empty", "old_labels_removed"):
        page.locator(f"[name={look}]").check()
    submit(page)
    expect(page.locator("[data-scan]")).to_have_value(re.sub("-", "", code))
    submit(page)
    return page.url.partition("?")[0]


def take_readings(page: Page, run: str, **other: str) -> None:
    """Reads the washer: as it should be, save for the other values."""
    page.goto(f"{run}/readings")
    for code, value in (READINGS | other).items():
        page.locator(f'[name="value.{code}"]').fill(value)
    submit(page)


def start(page: Page, run: str) -> None:
    """Reads the washer, and starts the run."""
    take_readings(page, run)
    page.locator('form[action$="/start"] button').click()
    expect(page.locator(".panel-success")).to_be_visible()
    fits(page)


def wash(page: Page, code: str, *, passed: tuple[int, int], broken: int = 0, rejects: dict[str, int]) -> str:
    """Washes a whole lot in a run of its own. `passed`: crates and loose bottles. Returns the new code."""
    run = open_run(page, code)
    start(page, run)
    page.locator('a.tile[href$="/closing"]').click()
    fill_quantity(page, "passed", *passed)
    count_tile(page, "broken", broken)
    if broken:
        page.locator("details", has=page.locator("[name=glass_cleared]")).locator("summary").click()
        page.locator('[name=broken_zone][value="Exit"]').check()
        page.locator("[name=glass_cleared]").check()
    for defect, quantity in rejects.items():
        count_tile(page, f"reject.{defect}", quantity)
    submit(page)
    return new_codes(page)[0]


#: What good bottles show in quality control, as a person types it.
RESULTS = {
    "visual_percent": "100",
    "caustic_pink_bottles": "0",
    "residual_water_ml": "1,5",
    "rinse_micro_per_bottle": "20",
    "bore_mm": "18,5",
}


def begin_inspection(page: Page, code: str) -> None:
    """The lot enters quality control, with its plan."""
    scan(page, code)
    next_step(page)
    submit(page)


def record_tests(page: Page, code: str, **other: str) -> None:
    """All mandatory tests: as they should be, save for the other values."""
    page.goto(f"/operator/lots/{re.sub('-', '', code)}/tests")
    for test, value in (RESULTS | other).items():
        page.locator(f'[name="value.{test}"]').fill(value)
    submit(page)


def inspect(page: Page, code: str, verdict: str = "accept_a", samples: int = 0) -> None:
    """Quality control from its beginning to the verdict on the whole lot."""
    begin_inspection(page, code)
    if samples:
        scan(page, code)
        other_action(page, "/samples")
        fill_quantity(page, "quantity", loose=samples)
        submit(page)
    record_tests(page, code)
    scan(page, code)
    next_step(page)
    page.locator(f'[name=verdict][value="{verdict}"]').check()
    submit(page)


def pack(page: Page, code: str, crates: int, package: str = "") -> str:
    """Packs crates under a new code, which it returns."""
    scan(page, code)
    next_step(page)
    fill_quantity(page, "quantity", crates)
    page.locator("[name=package]").fill(package)
    submit(page)
    return new_codes(page)[0]


def deliver(page: Page, order: str, code: str, crates: int, loose: int = 0) -> None:
    """Loads a reserved lot for an order, confirmed by scan."""
    page.goto(f"/operator/orders/{order}")
    page.locator("[data-scan]").fill(code)
    fill_quantity(page, "quantity", crates, loose)
    submit(page)


def other_action(page: Page, path_end: str) -> None:
    """Press one of the lot's other actions."""
    link = page.locator(f'.other-steps a[href$="{path_end}"]')
    if not link.is_visible():
        page.locator(".other-steps summary").click()
    link.click()


def refused(page: Page) -> str:
    """Presses the form's button, and answers what the refusal says."""
    page.locator("main form[method=post] button[type=submit]").last.click()
    panel = page.locator(".panel-refusal").first
    expect(panel).to_be_visible()
    fits(page)
    return panel.inner_text()


def take_back(page: Page, code: str, why: str) -> None:
    """A lead takes the latest event of a lot back."""
    page.goto(f"/operator/lots/{code.replace('-', '')}")
    page.locator('.history a[href$="/correction"]').click()
    page.locator("[name=reason]").fill(why)
    submit(page)
