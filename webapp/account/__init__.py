"""One's own account: signing in and out, language, password, keys for programs."""

from webapp.account.views import blueprint
from webapp.languages import N_
from webapp.navigation import MenuEntry

MENU = (MenuEntry("account.settings", N_("My account")),)

__all__ = ["MENU", "blueprint"]
