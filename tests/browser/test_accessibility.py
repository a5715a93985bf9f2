"""Every page of the operators', in every language, as a telephone shows it: for axe, for gloves, for small screens."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from bottletrack.vocabulary import Role
from tests.browser import labeling
from tests.browser import round as the_round
from tests.support.axe import violations
from webapp.languages import CODES

pytestmark = pytest.mark.browser

#: What an operator presses in gloves to get on; less frequent things may be smaller.
MAIN_ACTIONS = ".face-station main :is(.button-primary, .tile, .next-step .button, [data-scan])"
GLOVE_PX = 96


@pytest.mark.parametrize("language", CODES)
def test_operators_pages_are_for_everybody(signed_in: Callable[..., Page], language: str) -> None:
    page = signed_in(Role.OPERATOR, width=360, height=640)
    page.emulate_media(reduced_motion="reduce")  # what is still fading in has too little contrast
    speak(page, language)
    faults: list[str] = []
    starts = ["/operator/", *plant_in_many_states(page), "/operator/lots/NOPE", "/operator/pickups/new"]
    visited = list(walk(page, starts, lambda: faults.extend(faults_of(page, language))))
    assert not faults, "\n".join(faults)
    assert len(visited) > 50, "\n".join(visited)


@pytest.mark.parametrize("language", CODES)
def test_the_door_is_for_everybody(live_server: str, new_page: Callable[..., Page], language: str) -> None:
    page = new_page(width=360, height=640, base_url=live_server)
    page.goto("/account/sign-in")
    speak(page, language)
    assert not list(faults_of(page, language))


def speak(page: Page, language: str) -> None:
    """Choose a language, where every page offers it."""
    page.evaluate("document.querySelectorAll('.account').forEach((account) => { account.open = true; })")
    page.locator(f'[name=language][value="{language}"]').click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def plant_in_many_states(page: Page) -> list[str]:
    """Lots and runs at every stage of the plant: the addresses of their pages, and of what was just recorded."""
    lots = {"received": the_round.collect(page, crates=10)}
    recorded = [page.url, *labeled(page)]
    mixed = the_round.collect(page, crates=90)
    lots["sorted"], lots["aside"] = the_round.sort(page, mixed, {"bin.JU75.vert": 1070, "aside.MA06": 10})
    recorded.append(page.url)
    waiting = the_round.open_run(page, part_of(page, lots["sorted"], 10))
    running = the_round.open_run(page, part_of(page, lots["sorted"], 10))
    the_round.start(page, running)
    closed = the_round.open_run(page, part_of(page, lots["sorted"], 30))
    the_round.start(page, closed)
    lots["washed"] = taken_off(page, f"{closed}/output", 10)
    lots["inspected"] = taken_off(page, f"{closed}/output", 10)
    lots["released"] = taken_off(page, f"{closed}/closing", 10)
    recorded.append(page.url)
    the_round.begin_inspection(page, lots["inspected"])
    recorded.append(page.url)
    the_round.inspect(page, lots["released"])
    lots["packed"] = the_round.pack(page, lots["released"], crates=5)
    pages = [f"/operator/lots/{code.replace('-', '')}" for code in (*lots.values(), mixed)]
    return [*pages, waiting, running, closed, *recorded]


def labeled(page: Page) -> list[str]:
    """Print the label of what was just made, and scan it back: the addresses of all pages on the way."""
    label = labeling.print_here(page)
    job = page.url
    labeling.scan(page, label)
    expect(page.locator("form.no-code")).to_be_visible()
    pallet = page.url
    page.locator("form.no-code button").click()
    labeling.see_stuck(page, label)
    return [job, pallet, page.url]


def taken_off(page: Page, form: str, crates: int) -> str:
    """Take so many crates off the line, while it runs or at its end; returns the new code."""
    page.goto(form)
    the_round.fill_quantity(page, "passed", crates)
    the_round.submit(page)
    return the_round.new_codes(page)[0]


def part_of(page: Page, code: str, crates: int) -> str:
    """Split so many crates off a lot; returns the new code."""
    the_round.scan(page, code)
    the_round.other_action(page, "/split")
    the_round.fill_quantity(page, "quantity", crates)
    the_round.submit(page)
    return the_round.new_codes(page)[0]


def walk(page: Page, starts: list[str], look: Callable[[], None]) -> Iterator[str]:
    """Looks at these pages, and from them at one page of each further kind that they lead to."""
    waiting, kinds = [*starts], {kind_of(address) for address in starts}
    while waiting:
        address = waiting.pop(0)
        page.goto(address)
        look()
        yield address
        for link in page.eval_on_selector_all("a[href^='/operator/']", "links => links.map((link) => link.pathname)"):
            if kind_of(link) not in kinds and not re.search(r"\.\w+$", link):
                kinds.add(kind_of(link))
                waiting.append(link)


def kind_of(address: str) -> str:
    """The address without what is different from lot to lot."""
    return re.sub(r"(?<=/)(?=[\w-]*\d)[\w-]+|(?<=/wine-labels/)(?!new)\w+", "*", address.partition("?")[0])


def faults_of(page: Page, language: str) -> Iterator[str]:
    """What is wrong with the page as it stands."""
    place = f"{language} {page.url.partition('//')[2]}"
    page.wait_for_load_state("load")
    facts = page.evaluate(
        """(wanted) => ({
          direction: document.documentElement.dir,
          wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
          small: [...document.querySelectorAll(wanted)].filter((thing) => thing.checkVisibility())
            .map((thing) => [thing.outerHTML.slice(0, 120), thing.getBoundingClientRect()])
            .map(([html, box]) => `${Math.round(box.width)} × ${Math.round(box.height)}: ${html}`),
        })""",
        MAIN_ACTIONS,
    )
    if facts["direction"] != ("rtl" if language == "ar" else "ltr"):
        yield f"{place}: reads from the wrong side"
    if facts["wide"] > 0:
        yield f"{place}: {facts['wide']} px too wide"
    for thing in facts["small"]:
        if min(map(int, re.findall(r"\d+", thing)[:2])) < GLOVE_PX:
            yield f"{place}: too small for gloves: {thing}"
    yield from (f"{place}: {fault}" for fault in violations(page))
