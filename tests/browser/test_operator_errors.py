"""What operators get wrong, and how the screens keep them from it, show it, and help them out again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from bottletrack.vocabulary import Role
from tests.browser import labeling
from tests.browser import round as the_round
from webapp.operator import waiting_labels

pytestmark = pytest.mark.browser


def test_error_11_a_label_on_the_wrong_pallet(signed_in: Callable[..., Page], monkeypatch: pytest.MonkeyPatch) -> None:
    """Prevented by printing singly and scanning back, seen by what was not, put right by a lead with two scans."""
    page = signed_in(Role.OPERATOR, width=800, height=1280)
    labels = []
    for pallet in ("PAL-1", "PAL-2"):
        the_round.collect(page, crates=5)
        labels.append(labeling.print_here(page))
        labeling.scan_back(page, labels[-1], pallet)
        labeling.see_stuck(page, labels[-1], pallet)
    first, second = labels

    # Another label hangs where the one just printed should: told at once.
    page.clock.install()
    third = the_round.collect(page, crates=5)
    printed = labeling.print_here(page)
    labeling.scan(page, first)
    expect(page.locator(".panel-refusal")).to_contain_text(labeling.code_on(first))
    # It was stuck on a pallet that bears another lot's label: stopped, and no button forces it.
    labeling.scan_back(page, printed, "PAL-1")
    expect(page.locator(".panel-refusal")).to_contain_text(labeling.code_on(first))
    expect(page.locator("[name=sure]")).to_have_count(0)
    the_round.fits(page)

    # Nobody scans it back. When the minute is over, it says so, and stands at the lead's start.
    page.go_back()
    page.go_back()
    expect(page.locator("[data-countdown]")).to_be_visible()
    page.clock.fast_forward("01:01")
    expect(page.locator("[data-late]")).to_be_visible()
    monkeypatch.setattr(waiting_labels, "MINUTE", timedelta(0))
    lead = signed_in(Role.LEAD, width=800, height=1280)
    lead.goto("/operator/")
    lead.locator('.panel-warning a[href="/operator/labels"]').click()
    expect(lead.locator(".waiting-late")).to_contain_text(third)
    the_round.fits(lead)

    # Two labels hang on each other's pallets: a lead scans both and confirms, and each pallet gets a new one.
    lead.locator('a.tile[href$="/swapped"]').click()
    labeling.scan(lead, second)
    expect(lead.locator(".lot-code")).to_have_text(labeling.code_on(second))
    labeling.scan(lead, first)
    with lead.expect_download() as download:
        lead.locator("main form.lot-form button.button-primary").click()
    new = labeling.on_paper(download.value)
    assert len(set(new) - set(labels)) == 2
    for label, pallet in zip(new, ("PAL-2", "PAL-1"), strict=True):
        lead.goto("/operator/labels")
        labeling.scan_back(lead, label, pallet)
        # The books have it the other way round until now: somebody has to look.
        lead.locator("[name=sure]").click()
        labeling.see_stuck(lead, label, pallet)
    for old in labels:
        page.goto("/operator/")
        labeling.scan(page, old)
        expect(page.locator(".panel-refusal")).to_contain_text(labeling.code_on(old))
