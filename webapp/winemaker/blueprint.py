"""The blueprint that a winemaker's views belong to. Without a winery there is nothing to see, and the page says so."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from webapp.naming import color_word, glass_of, name_of
from webapp.signed_in import current_actor
from webapp.winemaker.order_sight import totals_of

blueprint = Blueprint("winemaker", __name__, url_prefix="/winemaker", template_folder="templates")


@blueprint.before_request
def require_winery() -> ResponseReturnValue | None:
    """After the guard: whoever comes here may order, but perhaps for nobody yet."""
    if current_actor().winery_id is None:
        return render_template("winemaker/no_winery.html"), 403
    return None


@blueprint.context_processor
def _for_templates() -> dict[str, Callable[..., Any]]:
    return {"name_of": name_of, "color_words": _color_words, "glass_of": glass_of, "totals_of": totals_of}


def _color_words(colors: Iterable[str]) -> str:
    return ", ".join(color_word(color) for color in colors)
