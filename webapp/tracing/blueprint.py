"""The blueprint that trace and recall pages belong to, and what their templates may ask."""

from collections.abc import Callable

from flask import Blueprint

from webapp.naming import in_bottles, name_of
from webapp.tracing.telling import in_range, page_of, place_title

blueprint = Blueprint("tracing", __name__, template_folder="templates")


@blueprint.context_processor
def _for_templates() -> dict[str, Callable[..., object]]:
    return {
        "in_bottles": in_bottles,
        "in_range": in_range,
        "name_of": name_of,
        "page_of": page_of,
        "place_title": place_title,
    }
