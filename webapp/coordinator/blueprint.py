"""The blueprint that all of a coordinator's pages belong to, and what their templates may ask."""

from collections.abc import Callable

from flask import Blueprint, url_for

from bottletrack.order_book import OrderStatus
from bottletrack.reports.stock import StageRow
from bottletrack.vocabulary import PlaceKind, Stage
from webapp.naming import name_of
from webapp.words import word

blueprint = Blueprint("coordinator", __name__, url_prefix="/coordinator", template_folder="templates")

#: The kit's colors: dirty, clean, ready to leave.
_STAGE_KINDS: dict[Stage | PlaceKind, str] = {
    PlaceKind.WASH_RUN: "clean",
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


def stage_kind(stage: Stage | PlaceKind) -> str:
    """The color that the kit tells a stage by."""
    return _STAGE_KINDS.get(stage, "dirty")


def stock_bar(row: StageRow) -> dict[str, object]:
    """A stage's stock as a bar, which leads to its lots."""
    url = ""
    if isinstance(row.where, Stage):
        url = url_for("coordinator.lots", stage=row.where.value)
    elif row.where is PlaceKind.WASH_RUN:
        url = url_for("coordinator.runs")
    return {"label": word(row.where), "value": row.bottles.on_hand, "kind": stage_kind(row.where), "url": url}


def status_kind(status: OrderStatus) -> str:
    """The color that the kit tells an order's status by."""
    return _STATUS_KINDS[status]


@blueprint.context_processor
def _for_templates() -> dict[str, Callable[..., object]]:
    return {"name_of": name_of, "stage_kind": stage_kind, "stock_bar": stock_bar, "status_kind": status_kind}
