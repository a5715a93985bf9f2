"""The operators' face: scan a lot, see what it needs, record the next step. One file per station, as in the plant."""

from webapp.languages import N_
from webapp.navigation import MenuEntry
from webapp.operator.blueprint import blueprint

# Importing a station's views is what puts them on the blueprint.
from webapp.operator import (  # isort: skip
    collection,
    containers,
    correction,
    devices,
    dispatch,
    done,
    hours,
    inspections,
    lot_page,
    merging,
    packing,
    pickups,
    presoak,
    printed,
    printing,
    quality,
    run_outputs,
    scanning,
    second_look,
    sorting,
    storage,
    transfer,
    washer,
    washing,
    wine_labels,
)

MENU = [
    MenuEntry("operator.start", N_("Scan")),
    MenuEntry("operator.runs", N_("Washing")),
    MenuEntry("operator.inspections", N_("Quality")),
    MenuEntry("operator.orders", N_("Dispatch")),
    MenuEntry("operator.labels", N_("Labels")),
    MenuEntry("operator.devices", N_("Devices")),
]

__all__ = [
    "MENU",
    "blueprint",
    "collection",
    "containers",
    "correction",
    "devices",
    "dispatch",
    "done",
    "hours",
    "inspections",
    "lot_page",
    "merging",
    "packing",
    "pickups",
    "presoak",
    "printed",
    "printing",
    "quality",
    "run_outputs",
    "scanning",
    "second_look",
    "sorting",
    "storage",
    "transfer",
    "washer",
    "washing",
    "wine_labels",
]
