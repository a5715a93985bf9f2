"""Labels as a person at a pallet handles them: print, stick, scan back. What is scanned, is what the paper says."""

from pathlib import Path

from playwright.sync_api import Download, Page, expect

from bottletrack.identifiers import show_code
from tests.browser import round as the_round
from tests.labels.printing import pictures, read
from tests.support.handheld import Handheld


def print_here(page: Page) -> str:
    """Presses "print the label" where it is offered; returns what a scanner reads off the paper."""
    with page.expect_download() as download:
        page.locator("form.print-one button").first.click()
    expect(page.locator("[data-made]")).to_be_visible()
    the_round.fits(page)
    (label,) = on_paper(download.value)
    return label


def on_paper(download: Download) -> list[str]:
    """What a scanner reads off a file that came for the printer, label by label."""
    return [text for page in pictures(Path(download.path()).read_bytes()) for text in read(page)]


def code_on(label: str) -> str:
    """The lot's code on a label, as people read it."""
    return show_code(label.rpartition("/")[2])


def scan(page: Page, text: str) -> None:
    """Pulls a handheld scanner's trigger, wherever the cursor is."""
    page.wait_for_load_state("load")
    expect(page.locator("input[data-scan]").first).to_be_visible()
    Handheld(page).scan(text)


def scan_back(page: Page, label: str, pallet: str = "") -> None:
    """The label where it is stuck, then the pallet's code; where it has none, the button that says so."""
    scan(page, label)
    expect(page.locator("input[name=container]")).to_be_visible()
    the_round.fits(page)
    if pallet:
        scan(page, pallet)
    else:
        page.locator("form.no-code button").click()


def see_stuck(page: Page, label: str, pallet: str = "") -> None:
    """The green sign, with the lot and its pallet."""
    expect(page.locator(".panel-success")).to_contain_text(code_on(label))
    expect(page.locator(".panel-success")).to_contain_text(pallet)
    the_round.fits(page)
