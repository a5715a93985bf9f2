"""The quality room: how strictly the site inspects, what waits for a second person, and what waits for a verdict."""

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Permission, may
from bottletrack.errors import Refusal
from bottletrack.inspections import severity_at
from bottletrack.lots import lots_in_stock
from bottletrack.stations.quality import InspectionsResumption, record_inspections_resumption
from bottletrack.tables import Person, Site
from bottletrack.vocabulary import Severity, Stage
from webapp.database import reading
from webapp.forms import text
from webapp.operator.blueprint import blueprint
from webapp.operator.recording import record
from webapp.operator.sight import LotSight, see_lots
from webapp.security import allow
from webapp.signed_in import current_actor


@blueprint.get("/operator/quality")
@allow(Permission.INSPECT, Permission.CONFIRM_VERDICT)
def inspections() -> str:
    """Verdicts to confirm first, then lots to judge, then lots to begin with."""
    return _page(None)


@blueprint.post("/operator/quality")
@allow(Permission.INSPECT)
def resume() -> ResponseReturnValue:
    """Inspection goes on after a stop, once the cause is mended."""
    return record(record_inspections_resumption, lambda: InspectionsResumption(text("reason")), _page)


def _page(refusal: Refusal | None) -> str:
    with reading() as session:
        actor = current_actor()
        stages = (Stage.IN_QUALITY_CONTROL, Stage.WASHED, Stage.RETURNED)
        seen = [
            lot
            for lot in see_lots(session, lots_in_stock(session, actor.territory_id, stages))
            if actor.site_id in (None, lot.site.id) and not lot.lot.held
        ]
        at = {stage: [lot for lot in seen if lot.lot.stage is stage] for stage in stages}
        waiting = [lot for lot in at[Stage.IN_QUALITY_CONTROL] if lot.inspection and lot.inspection.proposal]
        return render_template(
            "operator/inspections.html",
            sites=_severities(session),
            waiting=waiting,
            proposers=_proposers(session, waiting),
            in_control=[lot for lot in at[Stage.IN_QUALITY_CONTROL] if lot not in waiting],
            washed=at[Stage.WASHED],
            returned=at[Stage.RETURNED],
            may_inspect=may(actor, Permission.INSPECT),
            refusal=refusal,
        )


def _severities(session: Session) -> list[tuple[Site, Severity]]:
    """How strictly each site inspects where the person works."""
    actor = current_actor()
    sites = session.scalars(select(Site).where(Site.territory_id == actor.territory_id).order_by(Site.name)).all()
    return [(site, severity_at(session, site.id)) for site in sites if actor.site_id in (None, site.id)]


def _proposers(session: Session, waiting: list[LotSight]) -> dict[int, str]:
    ids = {lot.inspection.proposal.by for lot in waiting if lot.inspection and lot.inspection.proposal}
    return {person.id: person.name for person in session.scalars(select(Person).where(Person.id.in_(ids)))}
