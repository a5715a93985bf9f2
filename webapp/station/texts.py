"""What the station's program says, by the key it asks with (`text("title")` in station/src)."""

from webapp.languages import CODES, LANGUAGES, N_, direction, gettext, speaking

#: A test holds the keys against those that station/src asks for. Placeholders are the translators': `%(count)s`.
TEXTS = {
    "title": N_("Scan station"),
    "language": N_("Language"),
    "newer_release": N_("New version: touch to update"),
}


def texts_in(language: str) -> dict[str, object]:
    """All of them in a language, with its direction of writing and the languages there are to choose from."""
    assert language in CODES, language
    with speaking(language):
        return {
            "language": language,
            "direction": direction(),
            "languages": LANGUAGES,
            "texts": {key: gettext(text) for key, text in TEXTS.items()},
        }
