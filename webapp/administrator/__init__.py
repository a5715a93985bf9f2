"""The administrator's face: who is in the network, and what they may do."""

from webapp.administrator import badges, people
from webapp.administrator.blueprint import blueprint
from webapp.languages import N_
from webapp.navigation import MenuEntry

MENU = (MenuEntry("administrator.people", N_("People")),)

__all__ = ["MENU", "badges", "blueprint", "people"]
