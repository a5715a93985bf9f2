"""Languages: every text of the source in French, the vocabulary in words, numbers and days as people write them."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import pytest
from flask import Flask, g

from bottletrack import access, order_book, steps, vocabulary, washability
from bottletrack.errors import BadInput, NotAllowed, Refusal, WrongStep
from bottletrack.vocabulary import Role, Stage
from tests.webapp.conftest import Visitor
from webapp.languages import catalogue, day, direction, gettext, isolated, moment, ngettext, number, paper_language
from webapp.naming import in_bottles
from webapp.refusals import STATUS, explain, status_of
from webapp.words import WORDS, word

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["fr", "en", "ar"])
def language(request: pytest.FixtureRequest, app: Flask) -> Iterator[str]:
    """A request in this language."""
    with app.test_request_context():
        g.person, g.language = None, request.param
        yield request.param


def test_every_text_of_the_source_is_translated() -> None:
    checked = subprocess.run(
        [sys.executable, ROOT / "bin" / "translations.py", "--check"], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("module", [vocabulary, access, order_book, steps, washability])
def test_every_word_of_the_vocabulary_can_be_shown(module: object, language: str) -> None:
    enums = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, StrEnum) and thing is not StrEnum
    ]
    assert enums
    for enum in enums:
        assert set(WORDS[enum]) == set(enum)
        shown = [word(member) for member in enum]
        assert len(set(shown)) == len(shown), "two words of one enum look the same"


def test_numbers_days_and_moments(language: str) -> None:
    instant = datetime(2026, 3, 11, 23, 30, tzinfo=UTC)
    shown = {
        "number": number(8214),
        "decimal": number(Decimal("12.50"), 2),
        "day": day(date(2026, 3, 12)),
        "day at the site": day(instant),
        "moment": moment(instant),
        "short": moment(instant, "short"),
    }
    assert (
        shown
        == {
            "fr": {
                "number": "8\u202f214",
                "decimal": "12,5",
                "day": "12 mars 2026",
                "day at the site": "12 mars 2026",
                "moment": "12 mars 2026, 00:30",
                "short": "12/03/2026 00:30",
            },
            "en": {
                "number": "8,214",
                "decimal": "12.5",
                "day": "12 March 2026",
                "day at the site": "12 March 2026",
                "moment": "12 March 2026, 00:30",
                "short": "12/03/2026 00:30",
            },
            "ar": {
                "number": "8\u202f214",
                "decimal": "12,5",
                "day": "12 مارس 2026",
                "day at the site": "12 مارس 2026",
                "moment": "12 مارس 2026, 00:30",
                "short": "12/03/2026 00:30",
            },
        }[language]
    )


@pytest.mark.parametrize("language", ["fr", "en"], indirect=True)
def test_zero_is_singular_in_french_and_plural_in_english(language: str) -> None:
    singular, plural = "%(number)s bottle", "%(number)s bottles"
    zero = ngettext(singular, plural, 0)
    assert zero == {"fr": catalogue("fr").ngettext(singular, plural, 1), "en": plural}[language]


def test_arabic_counts_in_six_ways(app: Flask) -> None:
    with app.test_request_context():
        g.person, g.language = None, "ar"
        counted = [in_bottles(quantity) for quantity in (0, 1, 2, 3, 11, 100)]
    assert [re.sub("[\u2066-\u2069]", "", text) for text in counted] == [
        "0 زجاجة",
        "زجاجة واحدة",
        "زجاجتان",
        "3 زجاجات",
        "11 زجاجة",
        "100 زجاجة",
    ]


def test_from_right_to_left_a_code_keeps_its_own_direction(app: Flask) -> None:
    refusal = WrongStep("Lot %(lot)s is not on hold.", lot="2933-7294")
    with app.test_request_context():
        g.person, g.language = None, "ar"
        assert "\u20682933-7294\u2069" in explain(refusal).what
        assert (direction(), number(-5), isolated("°C")) == ("rtl", "\u200e-5", "\u2068°C\u2069")
        g.language = "fr"
        assert "\u2068" not in explain(refusal).what
        assert (direction(), number(-5), isolated("°C")) == ("ltr", "-5", "°C")


@pytest.mark.parametrize(("reader", "paper"), [("fr", "Trié"), ("en", "Sorted"), ("ar", "Trié")])
def test_paper_speaks_a_language_that_its_font_has_letters_for(app: Flask, reader: str, paper: str) -> None:
    with app.test_request_context():
        g.person, g.language = None, reader
        before = gettext("Sorted")
        with paper_language():
            assert gettext("Sorted") == paper
        assert gettext("Sorted") == before


def test_a_refusal_says_its_values_in_the_readers_words(language: str) -> None:
    told = explain(
        WrongStep(
            "Lot %(lot)s is at the stage “%(stage)s”: this step does not begin there.",
            lot="7K3M-29QX",
            stage=Stage.SORTED,
        )
    )
    assert word(Stage.SORTED) in told.what
    assert "7K3M-29QX" in told.what
    assert told.remedy == ""
    assert number(12000) in explain(BadInput("%(quantity)s is not a number of bottles.", quantity=12000)).what
    with pytest.raises(NotAllowed) as refused:
        access.require(access.Actor(1, 1, frozenset({Role.DRIVER})), access.Permission.SORT)
    assert explain(refused.value).what.endswith(
        {"fr": "\u00a0: trier.", "en": ": sort.", "ar": ": \u2068الفرز\u2069."}[language]
    )


def test_every_refusal_has_a_status() -> None:
    assert set(STATUS) == set(Refusal.__subclasses__())
    assert status_of(NotAllowed("no")) == 403


def test_a_catalogue_that_was_just_edited_is_read_from_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text('msgid ""\nmsgstr "Language: fr\\n"\n\nmsgid "Lot"\nmsgstr "Le lot"\n')
    monkeypatch.setattr("webapp.languages._FOLDER", tmp_path)
    catalogue.cache_clear()
    try:
        assert catalogue("fr").gettext("Lot") == "Le lot"
    finally:
        catalogue.cache_clear()


def test_pages_are_french_first_and_english_beside(visitor: Visitor, client_for: Callable[[str], Visitor]) -> None:
    assert "Mot de passe" in visitor.get("/account/sign-in").text
    visitor.send("/account/language", {"language": "en"})
    assert "Password" in visitor.get("/account/sign-in").text
    refused = client_for(Role.OPERATOR).get("/administrator/people")
    assert refused.status_code == 403
    assert "Votre rôle ne permet pas ceci" in refused.text
    assert "gérer les personnes" in refused.text


def test_outside_of_a_request_french_is_spoken() -> None:
    assert gettext("Sorted") == "Trié"
    with paper_language():
        assert gettext("Sorted") == "Trié"
