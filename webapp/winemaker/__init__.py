"""The winemakers' face: what is in stock, one's own orders, and nothing of anybody else's."""

from webapp.languages import N_
from webapp.navigation import MenuEntry
from webapp.winemaker.blueprint import blueprint

# Importing a page's views is what puts them on the blueprint.
from webapp.winemaker import (  # isort: skip
    catalogue,
    order_list,
    ordering,
    wine_labels,
)

MENU = (
    MenuEntry("winemaker.catalogue", N_("Bottles in stock")),
    MenuEntry("winemaker.order_list", N_("My orders")),
    MenuEntry("winemaker.wine_labels", N_("My labels")),
)

__all__ = ["MENU", "blueprint", "catalogue", "order_list", "ordering", "wine_labels"]
