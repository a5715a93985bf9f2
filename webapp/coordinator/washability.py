"""Which labels wash off: by winemaker and by label, before an order is taken."""

from flask import render_template

from bottletrack.access import Permission, may
from bottletrack.reports.labels import find_labels, find_winery_washability
from webapp.coordinator.blueprint import blueprint
from webapp.database import reading
from webapp.languages import today
from webapp.security import allow
from webapp.signed_in import current_actor


@blueprint.get("/washability")
@allow(Permission.SEE_IMPACT)
def washability() -> str:
    """The score of each winemaker and each label, with its definition, those that wash off worst first."""
    actor = current_actor()
    with reading() as session:
        wineries = find_winery_washability(session, actor.territory_id, today())
        labels = find_labels(session, actor.territory_id, today())
    return render_template(
        "coordinator/washability.html",
        wineries=sorted(wineries, key=lambda winery: (winery.washability.percent is None, winery.washability.percent)),
        labels=sorted(labels, key=lambda label: (label.washability.percent is None, label.washability.percent)),
        may_register=may(actor, Permission.REGISTER_LABEL),
    )
