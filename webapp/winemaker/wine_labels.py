"""One's own labels: whether they may be used, how well they come off, and what to change, before an order."""

from dataclasses import dataclass

from flask import render_template
from sqlalchemy.orm import Session

from bottletrack.access import Permission
from bottletrack.reports.labels import LabelSeen, WinerySeen, find_labels, find_winery_washability
from bottletrack.washability import LabelStatus
from webapp.database import reading
from webapp.languages import today
from webapp.security import allow
from webapp.signed_in import current_actor
from webapp.winemaker.blueprint import blueprint


@dataclass(frozen=True)
class OwnLabels:
    """The labels of one's own house, those that are for all, and the house's own score; nobody else's."""

    house: WinerySeen
    own: tuple[LabelSeen, ...]
    for_all: tuple[LabelSeen, ...]

    @property
    def usable(self) -> int:
        """How many of them bottles may be packed for today."""
        return sum(label.status is LabelStatus.APPROVED for label in (*self.own, *self.for_all))


def see_labels(session: Session) -> OwnLabels:
    """What the person who is signed in may know of labels."""
    actor = current_actor()
    labels = find_labels(session, actor.territory_id, today(), winery_id=actor.winery_id)
    (house,) = find_winery_washability(session, actor.territory_id, today(), winery_id=actor.winery_id)
    return OwnLabels(
        house,
        tuple(label for label in labels if label.winery_code is not None),
        tuple(label for label in labels if label.winery_code is None),
    )


@blueprint.get("/labels")
@allow(Permission.ORDER)
def wine_labels() -> str:
    """Each label with its score, what trials showed, and what the winemaker can change."""
    with reading() as session:
        return render_template("winemaker/wine_labels.html", labels=see_labels(session))
