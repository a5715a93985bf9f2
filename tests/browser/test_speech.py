"""Operators' pages speak their instruction: with a voice in the page's language, else not at all."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bottletrack.vocabulary import Role
from tests.browser import round as the_round

pytestmark = pytest.mark.browser

#: A browser's speech with voices that come late; what is spoken is written down instead.
VOICES = """
  const heard = [], listeners = [];
  let voices = [];
  Object.defineProperty(window, "heard", { value: heard });
  Object.defineProperty(window, "bringVoices", {
    value: (...languages) => {
      voices = languages.map((lang) => ({ lang }));
      listeners.forEach((listener) => listener());
    },
  });
  window.SpeechSynthesisUtterance = class extends EventTarget {
    constructor(text) { super(); this.text = text; }
  };
  Object.defineProperty(window, "speechSynthesis", {
    value: {
      getVoices: () => voices,
      speak: (utterance) => heard.push([utterance.voice.lang, utterance.text, utterance]),
      cancel: () => heard.splice(0),
      addEventListener: (_, listener) => listeners.push(listener),
    },
  });
"""


def heard(page: Page) -> list[list[str]]:
    """Language and text of what was spoken."""
    spoken: list[list[str]] = page.evaluate("heard.map(([language, text]) => [language, text])")
    return spoken


def test_a_page_speaks_its_instruction(signed_in: Callable[..., Page]) -> None:
    page = signed_in(Role.OPERATOR, width=360, height=640)
    page.add_init_script(VOICES)
    page.goto("/operator/lots/NOPE")
    button = page.locator("[data-speak]")
    expect(button).to_be_hidden()
    page.evaluate("bringVoices('en-GB', 'ar-SA')")
    expect(button).to_be_hidden()
    page.evaluate("bringVoices('en-GB', 'fr_FR')")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    the_round.fits(page)
    refusal, remedy, *rest = heard(page)
    assert refusal == ["fr_FR", " ".join(page.locator(".panel-refusal h2").inner_text().split())]
    assert "Vérifiez le code" in remedy[1]
    assert ["fr_FR", page.locator(".field-scan label").inner_text()] in rest
    button.click()
    assert heard(page) == []
    button.click()
    page.evaluate("heard.forEach(([, , utterance]) => utterance.dispatchEvent(new Event('end')))")
    expect(button).to_have_attribute("aria-pressed", "false")


def test_a_lots_page_speaks_of_its_next_step_and_not_of_its_code(signed_in: Callable[..., Page]) -> None:
    page = signed_in(Role.OPERATOR, width=360, height=640)
    code = the_round.collect(page, crates=2)
    page.add_init_script(VOICES)
    the_round.scan(page, code)
    page.evaluate("bringVoices('fr-FR')")
    page.locator("[data-speak]").click()
    said = [text for _, text in heard(page)]
    assert page.locator(".next-step .button").inner_text().strip() in said
    assert not [text for text in said if code in text]


@pytest.mark.parametrize("speech", ["undefined", "window.speechSynthesis"])
def test_a_browser_without_a_voice_stays_silent(signed_in: Callable[..., Page], speech: str) -> None:
    page = signed_in(Role.OPERATOR)
    page.add_init_script(f"Object.defineProperty(window, 'speechSynthesis', {{ value: {speech} }});")
    page.goto("/operator/")
    the_round.wait_for(page, page.locator("[data-scan]"))
    assert not page.evaluate("window.speechSynthesis?.getVoices().length")
    expect(page.locator("[data-speak]")).to_be_hidden()
