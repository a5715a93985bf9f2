"""Badges on paper: what stands on one, and the address that its QR code holds."""

from bottletrack.badges import BadgeOnFile, token_of
from labels import Badge, render_badges
from webapp.config import secret_of, settings_of
from webapp.languages import gettext, paper_language
from webapp.signed_in import current_person


def badge_address(badge_id: int) -> str:
    """What the QR of this badge holds; in capitals it makes a smaller code."""
    settings = settings_of()
    return f"{settings.label_url}/B/{token_of(badge_id, secret_of(settings))}".upper()


@paper_language()
def print_badge(badge: BadgeOnFile) -> bytes:
    """The badge as a PDF, printed by somebody of its territory."""
    printer = current_person()
    card = Badge(
        badge_address(badge.id),
        badge.person_name,
        badge.site_name or printer.territory_name,
        gettext("Demonstration data") if printer.demonstration else None,
    )
    return render_badges([card])
