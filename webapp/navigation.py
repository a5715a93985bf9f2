"""The menu: each face names its pages, and everybody sees those that they may open."""

from dataclasses import dataclass

from flask import Flask, request, url_for

from bottletrack.sign_in import SignedIn
from bottletrack.vocabulary import Role
from webapp.languages import gettext
from webapp.security import callers_of
from webapp.signed_in import find_person


@dataclass(frozen=True)
class MenuEntry:
    """A page in the menu. `label` is English, marked with `N_()`; who sees it, the view's own declaration says."""

    endpoint: str
    label: str


#: Where each role begins its day; the first that fits a person with several.
STARTS: tuple[tuple[Role, str], ...] = (
    (Role.COORDINATOR, "coordinator.dashboard"),
    (Role.OPERATOR, "operator.start"),
    (Role.LEAD, "operator.start"),
    (Role.QUALITY, "operator.start"),
    (Role.DRIVER, "operator.start"),
    (Role.WINEMAKER, "winemaker.catalogue"),
    (Role.ADMINISTRATOR, "administrator.people"),
)


def start_of(person: SignedIn) -> str:
    """The endpoint of the page where this person begins."""
    return next((endpoint for role, endpoint in STARTS if role in person.roles), "account.settings")


def set_up_navigation(app: Flask, menu: list[MenuEntry]) -> None:
    """Gives every page `navigation`, `current_person` and `demonstration`."""

    def context() -> dict[str, object]:
        person = find_person()
        return {
            "current_person": person,
            "demonstration": person.demonstration if person else bool(app.config["DEMONSTRATION"]),
            "navigation": [_shown(entry) for entry in menu if _may_open(entry, person)] if person else [],
        }

    app.context_processor(context)


def _may_open(entry: MenuEntry, person: SignedIn) -> bool:
    callers = callers_of(entry.endpoint)
    return callers is not None and callers.include(person)


def _shown(entry: MenuEntry) -> dict[str, object]:
    return {
        "url": url_for(entry.endpoint),
        "label": gettext(entry.label),
        "current": request.endpoint == entry.endpoint,
    }
