"""The operators' face: scan a lot, see what it needs, record the next step. One file per station, as in the plant."""

from webapp.languages import N_
from webapp.navigation import MenuEntry
from webapp.operator.blueprint import blueprint

# Importing a station's views is what puts them on the blueprint.
from webapp.operator import (  # isort: skip
    collection,
    correction,
    dispatch,
    done,
    lot_page,
    packing,
    printing,
    quality,
    scanning,
    sorting,
    storage,
    washing,
)

MENU = [
    MenuEntry("operator.start", N_("Scan")),
    MenuEntry("operator.runs", N_("Washing")),
    MenuEntry("operator.orders", N_("Dispatch")),
    MenuEntry("operator.labels", N_("Labels")),
]

__all__ = [
    "MENU",
    "blueprint",
    "collection",
    "correction",
    "dispatch",
    "done",
    "lot_page",
    "packing",
    "printing",
    "quality",
    "scanning",
    "sorting",
    "storage",
    "washing",
]
