"""Measured values in forms: fields named `value.…`, and beside each what was typed first, where it was asked about."""

from collections.abc import Iterable

from bottletrack.measuring import Reading
from bottletrack.tables import Measure
from webapp.forms import decimal


def readings_from_form(measures: Iterable[Measure]) -> tuple[Reading, ...]:
    """The values that were filled in. Raises BadInput for one that is no number."""
    values = ((measure.code, decimal(f"value.{measure.code}")) for measure in measures)
    return tuple(Reading(code, value, decimal(f"first.{code}")) for code, value in values if value is not None)
