"""How strictly a site inspects next, after what it has found so far (ISO 2859-1, switching rules without reduced)."""

from collections.abc import Iterable
from enum import StrEnum

from bottletrack.vocabulary import Severity

#: So many lots are looked back on under normal inspection…
_LOOK_BACK = 5
#: …and from so many failed ones among them on, inspection is tightened.
_FAILED_TO_TIGHTEN = 2
#: So many accepted in a row under tightened inspection bring normal inspection back…
_ACCEPTED_TO_RELAX = 5
#: …and so many failed ones, in a row or not, stop inspection.
_FAILED_TO_STOP = 5


class Mark(StrEnum):
    """One entry of a site's history of inspections."""

    ACCEPTED = "accepted"
    FAILED = "failed"
    RESUMED = "resumed"  # the cause was mended after a stop


def severity_after(history: Iterable[Mark]) -> Severity:
    """The severity for the next lot, from the site's whole history in order.

    Only first inspections belong there: a lot that was rewashed or sorted and comes again does not count. What was
    inspected between a stop and its end does not count either; inspection resumes tightened.
    """
    severity = Severity.NORMAL
    since: list[Mark] = []  # the lots under this severity
    for mark in history:
        if severity is Severity.DISCONTINUED:
            if mark is Mark.RESUMED:
                severity = Severity.TIGHTENED
            continue
        if mark is Mark.RESUMED:
            continue
        since.append(mark)
        following = _severity_next(severity, since)
        if following is not severity:
            severity, since = following, []
    return severity


def _severity_next(severity: Severity, since: list[Mark]) -> Severity:
    if severity is Severity.NORMAL:
        failed = since[-_LOOK_BACK:].count(Mark.FAILED)
        return Severity.TIGHTENED if failed >= _FAILED_TO_TIGHTEN else Severity.NORMAL
    if since.count(Mark.FAILED) >= _FAILED_TO_STOP:
        return Severity.DISCONTINUED
    if since[-_ACCEPTED_TO_RELAX:] == [Mark.ACCEPTED] * _ACCEPTED_TO_RELAX:
        return Severity.NORMAL
    return Severity.TIGHTENED
