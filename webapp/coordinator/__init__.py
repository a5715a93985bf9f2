"""The coordinators' face: what was reused and what was lost, what is on hand, and who gets it."""

from webapp.coordinator.blueprint import blueprint
from webapp.languages import N_
from webapp.navigation import MenuEntry

# Importing a page's views is what puts them on the blueprint.
from webapp.coordinator import (  # isort: skip
    auditing,
    dashboard,
    orders,
    plant,
    settings,
    washability,
)

MENU = (
    MenuEntry("coordinator.dashboard", N_("Dashboard")),
    MenuEntry("coordinator.orders", N_("Orders")),
    MenuEntry("coordinator.stock", N_("Stock")),
    MenuEntry("coordinator.lots", N_("Lots")),
    MenuEntry("coordinator.runs", N_("Wash runs")),
    MenuEntry("coordinator.washability", N_("Washability")),
    MenuEntry("coordinator.points", N_("Collection points")),
    MenuEntry("coordinator.audit", N_("Audit")),
    MenuEntry("coordinator.settings", N_("Settings")),
)

__all__ = ["MENU", "auditing", "blueprint", "dashboard", "orders", "plant", "settings", "washability"]
