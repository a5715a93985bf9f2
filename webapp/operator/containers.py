"""Containers: which are dirty, and that some were cleaned."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from bottletrack.access import Permission
from bottletrack.errors import Refusal
from bottletrack.reports.containers import find_dirty_containers
from bottletrack.stations.cleaning import ContainerCleaning, record_container_cleaning
from webapp.database import reading
from webapp.forms import text
from webapp.operator.blueprint import blueprint
from webapp.operator.choices import sites
from webapp.operator.recording import record
from webapp.operator.scanning import container_scanned
from webapp.security import allow
from webapp.signed_in import current_actor


@blueprint.route("/operator/containers", methods=["GET", "POST"])
@allow(Permission.CLEAN_CONTAINERS)
def clean_containers() -> ResponseReturnValue:
    """Dirty containers to tick, and a field for others; or their cleaning."""
    if request.method == "GET":
        return _page(None)
    return record(record_container_cleaning, _cleaning, _page)


def _cleaning() -> ContainerCleaning:
    typed = text("others").replace(";", ",").replace("\n", ",").split(",")
    codes = (*request.form.getlist("container"), *(code.strip() for code in typed if code.strip()))
    return ContainerCleaning(tuple(container_scanned(code) for code in codes), text("note"))


def _page(refusal: Refusal | None) -> str:
    with reading() as session:
        return render_template(
            "operator/containers.html",
            dirty=find_dirty_containers(session, current_actor().territory_id),
            sites=sites(session, current_actor()),
            refusal=refusal,
        )
