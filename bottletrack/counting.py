"""When what was counted differs from what was said before: asking, whether it may, and where the difference goes."""

from bottletrack.access import Permission, may
from bottletrack.errors import BadInput, WrongQuantity
from bottletrack.ledger import Entry
from bottletrack.vocabulary import PlaceKind
from bottletrack.wording import N_

#: So many times what was said before, or so small a part of it: bottles and crates were probably mixed up.
_CRATE = 12
_COUNT_AGAIN = N_("Bottles, not crates? Count full crates, then loose bottles. If it is right, enter it once more.")


def ask_about_crates(quantity: int, said: int, *, field: str) -> None:
    """Raises BadInput for a quantity that is at least twelve times what was said before, or at most a twelfth."""
    if quantity and said and (quantity >= said * _CRATE or quantity * _CRATE <= said):
        raise BadInput(
            "%(asked)s bottles? %(said)s were told before.", _COUNT_AGAIN, field=field, asked=quantity, said=said
        )


def ask_about_load(quantity: int, most: int, *, field: str) -> None:
    """Raises BadInput for more bottles in one container than the largest of the site takes."""
    if quantity > most:
        raise BadInput(
            "%(asked)s bottles in one container? The largest here takes %(most)s.",
            _COUNT_AGAIN,
            field=field,
            asked=quantity,
            most=most,
        )


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
