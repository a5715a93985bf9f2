"""The station as operators use it: who is there, every step once, many in a row, what is stopped and what undone."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bottletrack.vocabulary import EventKind
from tests.browser.conftest import SECRET
from tests.browser.plant_floor import OPERATOR
from tests.browser.station_scene import ORDERED, Scene, Station
from tests.support.axe import violations

pytestmark = pytest.mark.browser

#: Buttons and links under 96 px, for gloves; and how far the page is wider than the screen.
_SMALL = """() => [...document.querySelectorAll("button, a, input")]
    .filter((each) => each.offsetParent && !each.matches(".visually-hidden"))
    .filter((each) => { const { width, height } = each.getBoundingClientRect(); return width < 96 || height < 96; })
    .map((each) => each.outerHTML)"""
_TOO_WIDE = "() => document.documentElement.scrollWidth - innerWidth"


@pytest.fixture
def scene(live_server: str, tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path / "live.sqlite3")
    yield scene
    scene.database.dispose()


@pytest.fixture
def station(scene: Scene, live_server: str, new_page: Callable[..., Page]) -> Station:
    """A telephone at the washer, with the operator at it."""
    station = Station(new_page(width=360, height=640), live_server)
    station.set_up()
    return station


def look(page: Page) -> None:
    """Everybody can read it, gloves can press it, and nothing stands beside the screen."""
    name = page.locator("[data-screen]").get_attribute("data-screen")
    assert page.evaluate(_SMALL) == [], name
    assert page.evaluate(_TOO_WIDE) <= 0, name
    assert violations(page) == [], name


def take_every_step(station: Station, scene: Scene) -> None:
    """Each action once, each question answered; what is recorded stands in STEPS."""
    station.step("collect")
    station.at("choose-point")
    station.choose("P01")
    station.at("scan-source")
    station.choose("")
    station.count("3", "4")
    station.done()
    station.read(scene.announced)
    station.count("10")
    station.done()

    station.step("count")
    station.read(scene.announced)
    station.count("9", "11")
    station.done()

    station.step("sort")
    station.at("scan-lot")
    station.read(scene.received)
    station.at("choose-bin")
    station.page.locator("[data-more]").click()
    station.choose("CL62")
    station.at("choose-color")
    station.page.locator("[data-value]").first.click()
    station.count("5")
    station.done()
    station.choose("aside")
    station.at("choose-cause")
    station.page.locator("[data-value]").first.click()
    station.count("", "2")
    station.done()
    station.choose("cullet")
    station.choose("CR01")
    station.count("", "1")
    station.done()

    station.step("presoak")
    station.at("choose-bath")
    station.choose("2")
    station.read(scene.to_soak)
    station.done()
    station.step("end_presoak")
    station.read(scene.to_soak)
    station.done()

    station.step("load")
    station.at("choose-run")
    station.choose(scene.standing)
    station.read(scene.to_load)
    station.done()

    station.step("output")
    station.choose(scene.running)
    station.at("choose-came_off")
    station.choose("passed")
    station.count("", "8")
    station.done()
    station.choose("rework")
    station.choose("MA01")
    station.count("", "1")
    station.done()
    station.choose("broken")
    station.at("choose-zone")
    station.choose("Exit")
    station.at("choose-cleared")
    station.choose("yes")
    station.count("", "1")
    station.done()

    station.step("pack")
    station.read(scene.released)
    station.count("1")
    station.at("scan-package")
    station.choose("")
    station.done()

    station.step("deliver")
    station.at("choose-order")
    station.choose(scene.order)
    station.read(scene.released)
    station.press("take-all")
    station.at("scan-sure")
    station.card("O", scene.order)
    station.done()

    station.step("break")
    station.read(scene.other)
    station.count("", "2")
    station.done()

    station.step("take_stock")
    station.read(scene.other)
    station.count("", "9")
    station.at("choose-why")
    station.choose("broken")
    station.done()

    station.step("hold")
    station.read(scene.to_hold)
    station.at("choose-cause")
    station.choose("other")
    station.done()

    station.step("clean")
    station.at("scan-crates")
    station.card("C", "CRATE-1")
    station.done()
    station.sent()


STEPS = {
    EventKind.COLLECTED: 2,
    EventKind.COUNT_ADJUSTED: 1,
    EventKind.SORTED: 3,
    EventKind.PRESOAK_STARTED: 1,
    EventKind.PRESOAK_ENDED: 1,
    EventKind.RUN_LOADED: 1,
    EventKind.OUTPUT_TAKEN: 3,
    EventKind.RELABELED: 1,
    EventKind.DELIVERED: 1,
    EventKind.BROKEN: 1,
    EventKind.STOCK_COUNTED: 1,
    EventKind.HELD: 1,
    EventKind.CONTAINER_CLEANED: 1,
}


def change_language(station: Station, language: str) -> None:
    station.press("settings")
    station.at("settings")
    station.page.locator(f"[data-language={language}]").click()
    expect(station.page.locator("html")).to_have_attribute("lang", language)
    station.press("back")


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_every_step_is_taken_in_every_language(
    scene: Scene, live_server: str, new_page: Callable[..., Page], language: str
) -> None:
    station = Station(new_page(width=360, height=640), live_server, look)
    station.set_up()
    station.at("start")
    change_language(station, language)
    begun = datetime.now(UTC)
    take_every_step(station, scene)
    assert Counter(scene.kinds(begun)) == {kind.value: times for kind, times in STEPS.items()}
    assert not scene.landed(EventKind.HELD).late
    scene.assert_sound()


def test_a_badge_and_its_pin_open_the_station_and_the_next_person_goes_on_with_the_step(
    scene: Scene, station: Station
) -> None:
    badge = scene.badge(SECRET)
    station.step("load")
    station.choose(scene.standing)
    # Another person's badge, or the same one's: one scan, and the work stays.
    station.card("B", badge)
    station.at("pin")
    for digit in "9999":
        station.page.locator(f'[data-key="{digit}"]').click()
    station.page.locator("[data-key=ok]").click()
    station.refused()
    for digit in OPERATOR.pin:
        station.page.locator(f'[data-key="{digit}"]').click()
    station.page.locator("[data-key=ok]").click()
    station.at("scan-lot")
    station.read(scene.to_load)
    station.done()
    station.sent()
    assert "badge_and_pin" in scene.proofs()

    station.step("load")
    station.press("back")
    station.press("all")
    station.press("end")
    station.at("sign-in")
    station.read(scene.to_load)
    assert "badge" in station.refused()


def test_many_are_scanned_and_confirmed_once(scene: Scene, station: Station) -> None:
    begun = datetime.now(UTC)
    station.step("load")
    station.choose(scene.standing)
    station.press("many")
    for code in (scene.to_load, scene.other, scene.to_soak):
        station.read(code)
    expect(station.page.locator(".result-list")).to_have_attribute("data-count", "3")
    station.read(scene.other)
    assert "liste" in station.refused()
    expect(station.page.locator(".result-list")).to_have_attribute("data-count", "3")
    station.page.locator(f'[data-remove="{scene.other}"]').click()
    look(station.page)
    assert scene.kinds(begun) == []
    station.press("confirm")
    station.done()
    station.sent()
    assert scene.kinds(begun) == [EventKind.RUN_LOADED.value] * 2
    assert scene.landed(EventKind.RUN_LOADED).events == {scene.to_load: 1, scene.to_soak: 1, scene.washing: 1}


def test_the_last_scan_is_undone_by_a_record_of_its_own(scene: Scene, station: Station) -> None:
    begun = datetime.now(UTC)
    station.step("load")
    station.choose(scene.standing)
    station.read(scene.to_load)
    station.done()
    station.press("undo")
    station.at("undo")
    look(station.page)
    station.press("no")
    station.card("X", "UNDO")
    station.at("undo")
    station.card("X", "YES")
    expect(station.page.locator("[data-result=done]")).to_contain_text("Annulé")
    expect(station.page.locator("[data-press=undo]")).to_have_count(0)
    station.sent()
    assert scene.kinds(begun) == [EventKind.RUN_LOADED.value, EventKind.REVERSED.value]
    # It may be loaded again, and at once.
    station.read(scene.to_load)
    station.done()
    station.sent()
    scene.assert_sound()


def test_a_held_lot_stops_everything_and_nothing_forces_it(scene: Scene, station: Station) -> None:
    begun = datetime.now(UTC)
    station.step("load")
    station.choose(scene.standing)
    station.read(scene.held)
    station.at("stop")
    look(station.page)
    expect(station.page.locator("main")).to_have_css("background-color", "rgb(163, 24, 30)")
    keys = station.page.locator("[data-screen] button").evaluate_all("(all) => all.map((each) => each.dataset.press)")
    assert set(keys) <= {"speak", "put-aside"}
    # The next scan waits until somebody has put the lot aside.
    station.read(scene.to_load)
    station.at("stop")
    station.press("put-aside")
    station.at("scan-lot")
    assert scene.kinds(begun) == []


def test_a_lot_of_another_step_says_what_it_needs_first(scene: Scene, station: Station) -> None:
    station.step("load")
    station.choose(scene.standing)
    station.read(scene.received)
    assert "D’abord : Trier" in station.refused()
    station.read("https://elsewhere.example/Q/7K3M29QC")
    assert "elsewhere.example" in station.refused()
    station.read("7K3M29QX")
    assert "mal lu" in station.refused()
    # Known to the server only: it is asked, and then it counts.
    late = scene.record_arrival()
    station.read(late)
    expect(station.page.locator("[data-result=refused]")).to_contain_text("D’abord : Trier")


def test_what_others_did_meanwhile_is_told_at_the_panel_and_never_goes_by_itself(
    scene: Scene, station: Station
) -> None:
    station.step("sort")
    station.read(scene.received)
    station.at("choose-bin")
    scene.sort_away(scene.received)
    station.page.locator('[data-value="BG75"]').click()
    station.choose("feuille morte")
    station.count("2")
    told = station.page.locator("[data-result=refused]")
    expect(told).to_be_visible(timeout=15_000)
    look(station.page)
    station.page.locator("[data-press=ask-lead]").click()
    # It waits anew only after the press, so that nothing waits is no sign yet that it arrived.
    expect(told).to_have_count(0)
    station.sent()
    assert scene.late_rows() == 1


def test_a_scan_with_nothing_open_offers_what_the_lot_needs(scene: Scene, station: Station) -> None:
    station.read(scene.to_load)
    station.at("lot")
    look(station.page)
    expect(station.page.locator("[data-action]").first).to_have_attribute("data-action", "load")
    station.page.locator("[data-action=hold]").click()
    # The lot is answered already.
    station.at("choose-cause")
    station.card("X", "STEP-TAKE-STOCK")
    station.at("scan-lot")
    station.card("X", "NEXT")
    station.at("start")
    station.card("R", scene.running)
    station.at("choose-came_off")
    station.card("X", "NEXT")
    station.card("O", scene.order)
    station.read(scene.released)
    station.at("quantity-crates")
    station.type("9")
    station.type("")
    assert str(ORDERED) in station.page.locator(".error").inner_text()


#: What the device would sound, shake and say; and what it lacks.
_NOTED = """() => {
    window.noted = { hertz: [], shakes: [], said: [] };
    navigator.vibrate = (pattern) => window.noted.shakes.push(pattern);
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function () { window.noted.hertz.push(this.frequency.value); start.call(this); };
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
    const speechSynthesis = { cancel() {}, speak: ({ text, lang }) => window.noted.said.push([lang, text]) };
    Object.defineProperty(window, "speechSynthesis", { value: speechSynthesis, configurable: true });
}"""
_MUTE = "() => { delete window.speechSynthesis; delete Window.prototype.speechSynthesis; }"


def test_done_and_refused_are_told_apart_by_sound_vibration_shape_and_words(
    scene: Scene, live_server: str, new_page: Callable[..., Page]
) -> None:
    page = new_page(width=360, height=640)
    page.add_init_script(f"({_NOTED})()")
    station = Station(page, live_server)
    station.set_up()
    station.step("load")
    station.choose(scene.standing)
    station.read(scene.to_load)
    station.done()
    station.read(scene.received)
    station.refused()
    station.press("speak")
    noted = page.evaluate("window.noted")
    high, low = noted["hertz"]
    assert high > 1000
    assert low < 300
    assert sum(noted["shakes"][0]) < sum(noted["shakes"][1])
    ((language, said),) = noted["said"]
    assert language == "fr-FR"
    assert "Scannez le lot" in said
    assert "D’abord : Trier" in said
    shapes = [
        page.locator(".result-sign").evaluate("(sign) => getComputedStyle(sign).borderRadius"),
        page.locator("[data-result=refused] h2").inner_text(),
    ]
    assert shapes[0] != "50%"
    assert shapes[1]


def test_a_device_without_a_voice_offers_none(live_server: str, new_page: Callable[..., Page]) -> None:
    page = new_page(width=360, height=640)
    page.add_init_script(f"({_MUTE})()")
    page.goto(f"{live_server}/station/")
    expect(page.locator("[data-screen=set-up]")).to_be_visible()
    expect(page.locator("[data-press=speak]")).to_have_count(0)
    look(page)


def test_a_hold_placed_elsewhere_stops_at_this_panel_too(scene: Scene, station: Station) -> None:
    station.step("load")
    station.choose(scene.standing)
    # This device has not heard of it yet.
    scene.hold(scene.to_load)
    station.read(scene.to_load)
    station.at("stop")
    expect(station.page.locator(".stop-code")).to_have_text(f"{scene.to_load[:4]}-{scene.to_load[4:]}")
    station.press("put-aside")
    station.at("scan-lot")
    station.sent()
    assert scene.late_rows() == 0


def test_without_the_network_a_lot_that_is_new_here_counts_all_the_same(scene: Scene, station: Station) -> None:
    begun = datetime.now(UTC)
    station.step("count")
    station.page.context.set_offline(True)
    late = scene.record_arrival()
    station.read(late)
    station.count("3")
    station.done()
    assert station.waiting() == 1
    station.page.context.set_offline(False)
    station.sent()
    assert scene.kinds(begun)[-1] == EventKind.COUNT_ADJUSTED.value
    scene.assert_sound()
