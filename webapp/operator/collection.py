"""Collection: what a driver brings opens a lot; reception counts it."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from bottletrack.access import Permission
from bottletrack.errors import BadInput, Refusal
from bottletrack.stations.collection import (
    Collection,
    ReceptionCount,
    record_collection,
    record_reception_count,
)
from bottletrack.steps import Step
from webapp.database import reading
from webapp.forms import bottles, decimal, required_bottles, required_text, text
from webapp.operator.blueprint import blueprint
from webapp.operator.choices import THE_POOL, collection_points, container_types, owners, sites
from webapp.operator.recording import crate_size_from_form, lot_step, record, typed_again
from webapp.operator.scanning import blank_label, container_scanned
from webapp.security import allow
from webapp.signed_in import current_actor

#: Further than across the country and back is a slip of the keys.
MOST_KILOMETERS = 2000


@blueprint.get("/operator/collection")
@allow(Permission.COLLECT)
def collect() -> str:
    """The form of a collection."""
    return _collection_page(None)


@blueprint.post("/operator/collection")
@allow(Permission.COLLECT)
def record_collected() -> ResponseReturnValue:
    """Opens a lot."""
    return record(record_collection, collection_from_form, _collection_page)


@blueprint.route("/operator/lots/<code>/count", methods=["GET", "POST"])
@allow(Permission.COUNT_RECEPTION)
def count(code: str) -> ResponseReturnValue:
    """What was really there."""
    return lot_step(
        Step.COUNT,
        code,
        record_reception_count,
        _reception_count,
        "count.html",
    )


def collection_from_form(lot_code: str | None = None) -> Collection:
    """What a driver brings. `lot_code`: the announced lot it fills; None: a new one."""
    kilometers = decimal("kilometers")
    if kilometers is not None and not 0 <= kilometers <= MOST_KILOMETERS:
        raise BadInput(
            "%(distance)s km is not a collection round.",
            "Enter the kilometers driven for this collection, from 0 to 2,000.",
            field="kilometers",
            distance=kilometers,
        )
    declared = required_bottles("declared", crate_size=crate_size_from_form())
    counted = bottles("counted", crate_size=crate_size_from_form())
    return Collection(
        point_code=required_text("point", most=20),
        declared=declared,
        counted=counted,
        container=container_scanned(text("container", most=200)) or text("container_type", most=20),
        owner_winery_code=None if text("owner") in ("", THE_POOL) else text("owner", most=20),
        vehicle=text("vehicle", most=40),
        kilometers=kilometers,
        note=text("note"),
        lot_code=lot_code,
        new_lot_code=None if lot_code else blank_label("blank"),
        sure=typed_again(declared=declared, counted=counted),
    )


def _reception_count(lot: str) -> ReceptionCount:
    counted = required_bottles("counted", crate_size=crate_size_from_form())
    return ReceptionCount(lot, counted, text("reason"), sure=typed_again(counted=counted))


def _collection_page(refusal: Refusal | None) -> str:
    actor = current_actor()
    with reading() as session:
        types = container_types(session, actor)
        chosen = request.values.get("container_type", "")
        return render_template(
            "operator/collection.html",
            container_types=types,
            container=next((each for each in types if each.code == chosen), None),
            points=collection_points(session, actor),
            owners=owners(session, actor),
            sites=sites(session, actor),
            refusal=refusal,
        )
