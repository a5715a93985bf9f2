"""English words that a face translates when it shows them, marked where they are written."""


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for this mark, known to every extractor
    """The text as it is; the mark lets the translators' tools find it."""
    return text
