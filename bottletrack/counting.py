"""When what was counted differs from what the ledger says: whether it may, and where the difference goes."""

from bottletrack.access import Permission, may
from bottletrack.errors import BadInput, WrongQuantity
from bottletrack.ledger import Entry
from bottletrack.vocabulary import PlaceKind


def book_count(entry: Entry, place_id: int, *, expected: int, counted: int, model_id: int | None = None) -> None:
    """The difference between a count and the ledger, as a movement (a count is itself an entry, as in beancount).

    Raises BadInput for a negative count, and WrongQuantity for a difference above the site's tolerance when the person
    may not approve it.
    """
    if counted < 0:
        raise BadInput("A count cannot be negative.", "Enter the number of bottles you counted.", field="counted")
    if not may_book(entry, expected=expected, counted=counted):
        raise WrongQuantity(
            "You counted %(counted)s bottles, and %(expected)s were expected: too large a difference.",
            "Count again. If it is right, a lead has to record it.",
            field="counted",
            counted=counted,
            expected=expected,
        )
    difference = counted - expected
    if difference < 0:
        entry.move(place_id, entry.site_place(PlaceKind.COUNT_SHORT), -difference, model_id=model_id)
    elif difference > 0:
        entry.move(entry.site_place(PlaceKind.COUNT_OVER), place_id, difference, model_id=model_id)


def may_book(entry: Entry, *, expected: int, counted: int) -> bool:
    """Whether the difference is within the site's tolerance, or the person may approve a larger one."""
    off = abs(counted - expected)
    above = off > entry.site.count_tolerance_bottles or off * 100 > entry.site.count_tolerance_percent * expected
    return not above or may(entry.scan.by, Permission.APPROVE_COUNT)
