"""The blueprint that all stations' views belong to, and what their templates may ask."""

from collections.abc import Callable

from flask import Blueprint, request

from webapp.naming import color_word, glass_of, in_bottles, name_of

#: Without a prefix of its own: the address on a printed label has no room for one.
blueprint = Blueprint("operator", __name__, template_folder="templates")


def kept(name: str, otherwise: object = "") -> object:
    """What was typed into a field before the form was refused, so that nobody types it twice."""
    return request.form.get(name, otherwise)


@blueprint.context_processor
def _for_templates() -> dict[str, Callable[..., object]]:
    return {"kept": kept, "name_of": name_of, "color_word": color_word, "glass_of": glass_of, "in_bottles": in_bottles}
