"""Trace and recall: where bottles came from, where they went, and getting them back. For everybody at the plant."""

from webapp.languages import N_
from webapp.navigation import MenuEntry
from webapp.tracing.blueprint import blueprint

# Importing a page's views is what puts them on the blueprint.
from webapp.tracing import (  # isort: skip
    pages,
    recalls,
)

MENU = (MenuEntry("tracing.search", N_("Trace")), MenuEntry("tracing.recalls", N_("Recalls")))

__all__ = ["MENU", "blueprint", "pages", "recalls"]
