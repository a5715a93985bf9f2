"""What the station's program says, by the key it asks with (`text("title")` in station/src)."""

from webapp.languages import CODES, LANGUAGES, N_, direction, gettext, speaking

#: A test holds the keys against those that station/src asks for. Placeholders are the translators': `%(count)s`.
TEXTS = {
    "title": N_("Scan station"),
    "language": N_("Language"),
    "newer_release": N_("New version: touch to update"),
    # What the device says of a scan by itself (judge.ts).
    "stop_held": N_("Lot %(lot)s is on hold. Put it on the red place and call quality."),
    "stop_recalled": N_("Lot %(lot)s is recalled. Put it on the red place."),
    "stop_too_old": N_("Lot %(lot)s was washed more than %(days)s days ago. Put it aside: it is washed again."),
    "wrong_dead": N_("Lot %(lot)s is empty: its bottles have gone on. Scan the label they have now."),
    "wrong_replaced": N_("This label was replaced. The lot is called %(now)s now: scan that label."),
    "wrong_unknown": N_("Nobody here knows lot %(lot)s. Check the code, or scan the label again."),
    "wrong_not_held": N_("Lot %(lot)s is not on hold."),
    "wrong_stage": N_("Lot %(lot)s is not ready for this step."),
    "wrong_not_packed": N_("Lot %(lot)s is not relabeled yet: pack it first."),
    "wrong_permission": N_("You may not do this step. Ask a lead."),
    # A record that is not on disk (memory.ts).
    "not_kept_full": N_("NOT recorded: the memory of this device is full. Write it down, and call a lead."),
    "not_kept_gone": N_("NOT recorded: this device keeps nothing any more. Write it down, and use another device."),
    "not_kept_nobody": N_("NOT recorded: nobody is signed in. Scan your badge, then the lot again."),
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
