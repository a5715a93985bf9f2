"""Languages: French first, English and Arabic beside. Source strings are English; the others stand in translations/."""

import gettext as standard_gettext
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from flask import Flask, g, has_request_context, session

from bottletrack.wording import N_ as N_  # noqa: PLC0414 - the faces take all their words from here
from webapp.signed_in import find_person

#: Code and own name of each language, the default first.
LANGUAGES = (("fr", "Français"), ("en", "English"), ("ar", "العربية"))
DEFAULT = LANGUAGES[0][0]
CODES = tuple(code for code, _ in LANGUAGES)
#: English is what the source is written in; British habits of dates are the nearer ones in Europe. Who reads Arabic at
#: a French plant mostly learned it in the Maghreb, where digits are Western.
_LOCALES = {"fr": "fr_FR", "en": "en_GB", "ar": "ar_TN"}
#: Figures are held against those on paper and at the washer: in Arabic they are written as in French.
_FIGURES = {"fr": "fr_FR", "en": "en_GB", "ar": "fr_FR"}
#: Arabic days always in words: as figures, they would run against the direction of those on paper.
_DAYS_IN_WORDS = {"ar": "d MMMM y"}
_RIGHT_TO_LEFT = ("ar",)
#: Languages whose letters the font of paper lacks, and what paper speaks instead.
_ON_PAPER = {"ar": "fr"}
_FOLDER = Path(__file__).parent / "translations"
_DEFAULT_TIMEZONE = "Europe/Paris"


def current_language() -> str:
    """The language of this answer: what was chosen in this browser, else the person's own, else French."""
    if not has_request_context():
        return DEFAULT
    language = g.get("language")
    if language is None:
        person = find_person()
        chosen = session.get("language") or (person.language if person else DEFAULT)
        language = g.language = chosen if chosen in CODES else DEFAULT
    return str(language)


def keep_language(language: str) -> None:
    """Keep to this language from now on, in this browser."""
    session["language"] = g.language = language


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Inside, this is the language of this answer."""
    before = current_language()
    g.language = language
    try:
        yield
    finally:
        g.language = before


@contextmanager
def paper_language() -> Iterator[None]:
    """Inside, the language is one that paper can be printed in: the language of this answer, or French."""
    language = current_language()
    # Outside of a request French is spoken, and nothing is there to keep another language in.
    with speaking(_ON_PAPER[language]) if language in _ON_PAPER else nullcontext():
        yield


def direction() -> str:
    """Where lines begin in the language of this answer: `ltr` or `rtl`, as HTML writes it."""
    return "rtl" if current_language() in _RIGHT_TO_LEFT else "ltr"


def gettext(text: str) -> str:
    """The English source text in the language of this answer."""
    language = current_language()
    return _as_it_reads(catalogue(language).gettext(text), language)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form that fits the count; in French 0 and 1 take the singular, in Arabic there are six."""
    language = current_language()
    return _as_it_reads(catalogue(language).ngettext(singular, plural, count), language)


@lru_cache(maxsize=4096)
def _as_it_reads(text: str, language: str) -> str:
    """The text; from right to left, what is filled in keeps its own direction, or codes like `29QX-7K3M` would flip."""
    if language not in _RIGHT_TO_LEFT:
        return text
    return re.sub(r"%\(\w+\)[a-z]", "\N{FIRST STRONG ISOLATE}\\g<0>\N{POP DIRECTIONAL ISOLATE}", text)


def isolated(text: str) -> str:
    """A text that is put beside others: from right to left it keeps its own direction, or `°C` would flip."""
    return _as_it_reads("%(text)s", current_language()) % {"text": text}


@cache
def catalogue(language: str) -> standard_gettext.NullTranslations:
    """The catalogue of a language. English needs none: its texts are the source."""
    folder = _FOLDER / language / "LC_MESSAGES"
    compiled, source = folder / "messages.mo", folder / "messages.po"
    if not source.exists():
        return standard_gettext.NullTranslations()
    # A translator who has just saved wants to see it: the installed .mo is older then, or not there yet.
    if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
        return _compiled_in_memory(source, language)
    with compiled.open("rb") as file:
        return standard_gettext.GNUTranslations(file)


def _compiled_in_memory(source: Path, language: str) -> standard_gettext.GNUTranslations:
    buffer = BytesIO()
    with source.open("rb") as file:
        write_mo(buffer, read_po(file, locale=language))
    buffer.seek(0)
    return standard_gettext.GNUTranslations(buffer)


def number(value: float | Decimal, decimals: int = 0) -> str:
    """A number as this language writes it, `decimals` places at most."""
    pattern = "#,##0" + ("." + "#" * decimals if decimals else "")
    language = current_language()
    written = str(format_decimal(value, format=pattern, locale=_FIGURES[language]))
    # From right to left, a minus sign that follows nothing Latin would go to the other end.
    return f"\N{LEFT-TO-RIGHT MARK}{written}" if value < 0 and language in _RIGHT_TO_LEFT else written


def day(value: date | datetime, length: str = "long") -> str:
    """A day in words (`12 mars 2026`); an instant is taken as the day it is at the site."""
    local = value.astimezone(current_timezone()).date() if isinstance(value, datetime) else value
    return str(format_date(local, _DAYS_IN_WORDS.get(current_language(), length), locale=_locale()))


def moment(value: datetime | time, length: str = "medium") -> str:
    """An instant as the site's clock shows it (`12 mars 2026, 14:05`)."""
    if isinstance(value, time):
        return str(format_time(value, "short", locale=_locale()))
    pattern = {"medium": "d MMMM y, HH:mm", "short": "dd/MM/y HH:mm"}[length]
    return str(format_datetime(value, pattern, tzinfo=current_timezone(), locale=_locale()))


def today() -> date:
    """The day it is in the zone in which moments are shown. A verb decides by the day at its own site."""
    return datetime.now(current_timezone()).date()


def current_timezone() -> ZoneInfo:
    """The time zone of the site that the person works at."""
    person = find_person() if has_request_context() else None
    return ZoneInfo(person.timezone if person else _DEFAULT_TIMEZONE)


def _locale() -> str:
    return _LOCALES[current_language()]


def set_up_languages(app: Flask) -> None:
    """Gives templates `_()`, `ngettext()` and the filters `number`, `day`, `moment` and `isolated`."""
    environment: Any = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)
    environment.filters.update(number=number, day=day, moment=moment, isolated=isolated)
    app.context_processor(
        lambda: {
            "language": current_language(),
            "languages": LANGUAGES,
            "direction": direction(),
            "figures_locale": _FIGURES[current_language()].replace("_", "-"),
        }
    )
