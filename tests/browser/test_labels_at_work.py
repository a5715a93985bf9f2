"""Labels where the work is, in a real Chromium with a handheld scanner: printed, stuck, scanned back, lost, swapped."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bottletrack.identifiers import new_lot_code, show_code
from bottletrack.vocabulary import Role
from tests.browser import labeling
from tests.browser import round as the_round
from tests.support.handheld import Handheld

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]


def container(page: Page, code: str) -> str:
    """What the QR code on a crate or pallet of ours holds."""
    return f"{page.evaluate('location.origin')}/c/{code}".upper()


def refused(page: Page, *words: str) -> None:
    """The red sign, with what it says."""
    for word in words:
        expect(page.locator(".panel-refusal")).to_contain_text(word)
    the_round.fits(page)


@pytest.mark.parametrize(("width", "height"), [(360, 640), (1366, 768)])
def test_a_label_is_printed_stuck_and_scanned_back(signed_in: OpenPage, width: int, height: int) -> None:
    page = signed_in(Role.OPERATOR, width=width, height=height)
    code = the_round.collect(page, crates=5)
    label = labeling.print_here(page)
    assert labeling.code_on(label) == code
    expect(page.locator("[data-left]")).to_have_text(re.compile(r"^[1-5]?\d$"))
    labeling.scan_back(page, label, container(page, "PAL-7"))
    labeling.see_stuck(page, label, "PAL-7")
    page.goto("/operator/labels")
    expect(page.locator(".waiting-label")).to_have_count(0)
    # The pallet's own code leads to the lot from now on.
    page.goto("/operator/")
    labeling.scan(page, container(page, "PAL-7"))
    expect(page.locator("h1.lot-code")).to_have_text(code)


def test_what_was_printed_on_last_is_used_again(signed_in: OpenPage) -> None:
    page = signed_in(Role.OPERATOR)
    the_round.collect(page, crates=5)
    labeling.print_here(page)
    page.locator("details", has=page.locator("[name=paper]")).locator("summary").click()
    page.locator('[name=paper][value="zpl-62x100-203"]').check()
    with page.expect_download() as download:
        page.locator("[data-make] button").click()
    assert Path(download.value.path()).read_text("ascii").startswith("^XA")
    the_round.collect(page, crates=2)
    with page.expect_download() as download:
        page.locator("form.print-one button").click()
    assert Path(download.value.path()).read_text("ascii").startswith("^XA")


def test_the_lots_of_a_sorting_get_their_labels_one_after_the_other(signed_in: OpenPage) -> None:
    page = signed_in(Role.OPERATOR, width=800, height=1280)
    mixed = the_round.collect(page, crates=5)
    codes = the_round.sort(page, mixed, {"bin.JU75.vert": 20, "bin.JU75.feuille morte": 30, "aside.MA06": 10})
    stuck = []
    for pallet in ("PAL-1", "", "PAL-3"):
        label = labeling.print_here(page)
        labeling.scan_back(page, label, pallet)
        labeling.see_stuck(page, label, pallet)
        stuck.append(labeling.code_on(label))
    assert stuck == codes
    expect(page.locator("form.print-one")).to_have_count(0)


@pytest.mark.parametrize("remedy", ["lost", "dirty"])
def test_a_label_is_replaced_with_two_scans(signed_in: OpenPage, remedy: str) -> None:
    page = signed_in(Role.OPERATOR, width=360, height=640)
    the_round.collect(page, crates=5)
    old = labeling.print_here(page)
    labeling.scan_back(page, old, "PAL-7")
    labeling.see_stuck(page, old)
    page.goto("/operator/labels")
    page.locator(f'a.tile[href$="/{remedy}"]').click()
    labeling.scan(page, container(page, "PAL-7") if remedy == "lost" else old)
    with page.expect_download() as download:
        page.locator("main form.lot-form button.button-primary").click()
    (new,) = labeling.on_paper(download.value)
    assert new != old
    labeling.scan_back(page, new, "PAL-7")
    labeling.see_stuck(page, new, "PAL-7")
    # The lost label turns up, on whatever bottles.
    page.goto("/operator/")
    labeling.scan(page, old)
    refused(page, labeling.code_on(old), labeling.code_on(new))


def test_a_hundred_labels_are_made_before_ones_eyes(signed_in: OpenPage) -> None:
    page = signed_in(Role.OPERATOR)
    page.goto("/operator/labels/containers")
    page.locator("[name=codes]").fill("PAL-001…PAL-100")
    page.locator("details", has=page.locator("[name=paper]")).locator("summary").click()
    page.locator('[name=paper][value="a4-8"]').check()
    page.evaluate(
        """() => {
          window.stood = [];
          const note = (changes) => window.stood.push(...changes.map((change) => Number(change.oldValue)));
          const value = { attributeFilter: ["value"], attributeOldValue: true };
          new MutationObserver(note).observe(document.querySelector("progress"), value);
        }"""
    )
    with page.expect_download() as download:
        page.locator("[data-make] button").click()
    read = labeling.on_paper(download.value)
    assert sorted(text.rpartition("/")[2] for text in read) == [f"PAL-{number:03}" for number in range(1, 101)]
    # The bar stood at each label on its way, and at the last one in the end.
    assert page.evaluate("window.stood") == [0, *range(100)]
    expect(page.locator("progress")).to_have_js_property("value", 100)


def test_all_open_lots_are_chosen_and_printed_at_once(signed_in: OpenPage) -> None:
    page = signed_in(Role.OPERATOR, width=360, height=640)
    page.goto("/operator/labels/lots")
    page.locator('a[href$="?all=yes"]').click()
    codes = page.locator(".label-lot .code").all_inner_texts()
    assert len(codes) > 5
    with page.expect_download() as download:
        page.locator("main form.lot-form button.button-primary").click()
    assert sorted(labeling.code_on(label) for label in labeling.on_paper(download.value)) == sorted(codes)
    page.goto("/operator/labels")
    expect(page.locator(".waiting-label")).to_have_count(len(codes))
    the_round.fits(page)


def test_without_scripts_labels_are_a_plain_download(signed_in: OpenPage) -> None:
    page = signed_in(Role.OPERATOR)
    code = the_round.collect(page, crates=5)
    # As if they had never run: nothing on the page answers but the browser itself.
    page.route("**/*.js", lambda route: route.abort())
    page.reload()
    page.locator("form.print-one button").click()
    with page.expect_download() as download:
        page.locator("[data-make] button").click()
    assert list(map(labeling.code_on, labeling.on_paper(download.value))) == [code]


def test_a_blank_label_becomes_the_lots(signed_in: OpenPage) -> None:
    page, blank = signed_in(Role.OPERATOR, width=360, height=640), new_lot_code()
    label = f"{page.evaluate('location.origin')}/q/{blank}".upper()
    page.goto("/operator/collection")
    page.locator("[name=point]").select_option("P01")
    the_round.fill_quantity(page, "declared", 5)
    page.locator("details", has=page.locator("[name=blank]")).locator("summary").click()
    page.locator("[name=blank]").focus()
    Handheld(page).scan(label)
    # The scan stands in its field, and nothing was sent by the scanner's Enter.
    expect(page.locator("[name=blank]")).to_have_value(label)
    the_round.submit(page)
    assert the_round.new_codes(page) == [show_code(blank)]
    page.locator('a.button-primary[href="/operator/labels/stick"]').click()
    labeling.scan_back(page, label, "PAL-9")
    labeling.see_stuck(page, label, "PAL-9")
