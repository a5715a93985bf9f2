"""Switching between normal, tightened and discontinued inspection."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bottletrack.sampling.switching import Mark, severity_after
from bottletrack.vocabulary import Severity

NORMAL, TIGHTENED, DISCONTINUED = Severity.NORMAL, Severity.TIGHTENED, Severity.DISCONTINUED
MARKS = {"a": Mark.ACCEPTED, "f": Mark.FAILED, "R": Mark.RESUMED}


def after(history: str) -> Severity:
    return severity_after(MARKS[letter] for letter in history)


@pytest.mark.parametrize(
    ("history", "severity"),
    [
        ("", NORMAL),
        ("f", NORMAL),
        ("ff", TIGHTENED),
        ("faaaf", TIGHTENED),  # two of five
        ("faaaaf", NORMAL),  # two of six
        ("aaaaaaaaafaf", TIGHTENED),
        ("ffaaaa", TIGHTENED),
        ("ffaaaaa", NORMAL),
        ("ffaaaafaaaa", TIGHTENED),  # five accepted, but not in a row
        ("ffaaaafaaaaa", NORMAL),
        ("ffaaaaaf", NORMAL),  # what failed before the return to normal is forgotten
        ("ffaaaaaff", TIGHTENED),
        ("ffffff", TIGHTENED),  # the two that tightened do not count: four have failed since
        ("fffffff", DISCONTINUED),
        ("ffaaaafaaaafaaaafaaaafaaaaf", DISCONTINUED),  # five, not in a row
        ("ffffffaaaaa", NORMAL),
        ("ffffffaaaaafffff", TIGHTENED),  # and counted anew after a return to normal
        ("fffffffaaaaa", DISCONTINUED),  # only a mended cause resumes
        ("fffffffR", TIGHTENED),
        ("fffffffRffff", TIGHTENED),  # counted anew after a stop
        ("fffffffRfffff", DISCONTINUED),
        ("fffffffRaaaaa", NORMAL),
        ("fffffffaaaaaRaaaa", TIGHTENED),
        ("fRf", TIGHTENED),  # nothing had stopped: the mark changes nothing
        ("ffR", TIGHTENED),
        ("R", NORMAL),
    ],
)
def test_switching(history: str, severity: Severity) -> None:
    assert after(history) is severity


def slowly(history: str) -> Severity:
    """The rules once more, another way: find the first switch in the text, then go on with what follows it."""
    severity = NORMAL
    while True:
        for end in range(1, len(history) + 1):
            seen = history[:end]
            lots = seen.replace("R", "")
            following = severity
            if severity is NORMAL and any(lots[i : i + 5].count("f") >= 2 for i in range(len(lots))):
                following = TIGHTENED
            elif severity is TIGHTENED and lots.count("f") == 5:
                following = DISCONTINUED
            elif severity is TIGHTENED and "aaaaa" in lots:
                following = NORMAL
            elif severity is DISCONTINUED and "R" in seen:
                following = TIGHTENED
            if following is not severity:
                severity, history = following, history[end:]
                break
        else:
            return severity


@given(st.text(st.sampled_from("aaffR"), max_size=60))
def test_switching_agrees_with_the_rules_told_another_way(history: str) -> None:
    assert after(history) is slowly(history)
