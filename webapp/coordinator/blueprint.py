"""The blueprint that all of a coordinator's pages belong to, and what their templates may ask."""

from collections.abc import Callable

from flask import Blueprint

from bottletrack.order_book import OrderStatus
from bottletrack.vocabulary import Stage
from webapp.naming import name_of

blueprint = Blueprint("coordinator", __name__, url_prefix="/coordinator", template_folder="templates")

#: The kit's colors: dirty, clean, ready to leave. None is the inside of a wash run.
_STAGE_KINDS = {
    None: "clean",
    Stage.WASHED: "clean",
    Stage.IN_QUALITY_CONTROL: "clean",
    Stage.EXPIRED: "clean",
    Stage.RELEASED: "ready",
    Stage.RELABELED: "ready",
}
_STATUS_KINDS = {
    OrderStatus.WAITING: "dirty",
    OrderStatus.PARTLY_RESERVED: "dirty",
    OrderStatus.CONFIRMED: "clean",
    OrderStatus.PARTLY_DELIVERED: "clean",
    OrderStatus.DELIVERED: "ready",
    OrderStatus.CANCELLED: "",
}


def stage_kind(stage: Stage | None) -> str:
    """The color that the kit tells a stage by."""
    return _STAGE_KINDS.get(stage, "dirty")


def status_kind(status: OrderStatus) -> str:
    """The color that the kit tells an order's status by."""
    return _STATUS_KINDS[status]


@blueprint.context_processor
def _for_templates() -> dict[str, Callable[..., object]]:
    return {"name_of": name_of, "stage_kind": stage_kind, "status_kind": status_kind}
