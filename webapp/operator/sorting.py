"""Sorting: one mixed lot into bins by model and color, rejects by defect, and bottles put aside for a decision."""

from collections.abc import Iterator

from flask import request
from flask.typing import ResponseReturnValue

from bottletrack.access import Permission
from bottletrack.errors import BadInput
from bottletrack.stations.sorting import HeldAside, SortedOut, Sorting, SortingReject, record_sorting
from bottletrack.steps import Step
from bottletrack.vocabulary import PlaceKind
from webapp.assortment import AT_SORTING, is_pool
from webapp.forms import text, whole_number
from webapp.operator.blueprint import blueprint
from webapp.operator.choices import defect_tiles, sorting_bins
from webapp.operator.recording import lot_step
from webapp.operator.scanning import blank_label
from webapp.security import allow

#: A table has no more bins than this; a longer form was not made by our page.
MOST_PARTS = 100


@blueprint.route("/operator/lots/<code>/sorting", methods=["GET", "POST"])
@allow(Permission.SORT)
def sort(code: str) -> ResponseReturnValue:
    """The sorting table of one lot."""
    return lot_step(
        Step.SORT,
        code,
        record_sorting,
        _sorting,
        "sorting.html",
        lambda session, seen: {
            "bins": sorting_bins(session, seen.lot),
            "is_pool": is_pool,
            "defects": defect_tiles(session, seen.lot.site_id, AT_SORTING),
        },
    )


def _sorting(lot: str) -> Sorting:
    return Sorting(
        lot_code=lot,
        sorted_out=tuple(
            SortedOut(
                model,
                quantity,
                color,
                into_lot_code=text(f"into.{model}.{color}") or None,
                new_lot_code=blank_label(f"blank.{model}.{color}"),
            )
            for (model, _, color), quantity in ((key.partition("."), n) for key, n in counted("bin"))
        ),
        rejects=(
            *(SortingReject(defect, quantity) for defect, quantity in counted("reject")),
            *(SortingReject(defect, quantity, PlaceKind.TRANSFERRED) for defect, quantity in counted("transfer")),
        ),
        held_aside=tuple(HeldAside(defect, quantity) for defect, quantity in counted("aside")),
        finished=not text("rest"),
        note=text("note"),
    )


def counted(kind: str) -> Iterator[tuple[str, int]]:
    """The tiles of one kind with something counted in them: what stands after `kind.` in the name, and the bottles."""
    names = [name for name in request.form if name.startswith(f"{kind}.")]
    if len(names) > MOST_PARTS:
        raise BadInput("This form is too long.", "Open the page again and enter it anew.")
    for name in names:
        quantity = whole_number(name)
        if quantity:
            yield name.removeprefix(f"{kind}."), quantity
