"""The night's round: what grew too old is taken out by a service, through the same verb as on the screens."""

from datetime import datetime

from sqlalchemy.orm import Session

from bottletrack.identifiers import new_event_id
from bottletrack.lots import LotOnHand
from bottletrack.people import get_service
from bottletrack.reports.ages import find_too_old
from bottletrack.scans import Scan
from bottletrack.stations.storage import LotReason, record_age_expiry
from bottletrack.vocabulary import Role


def take_out_too_old(session: Session, territory_id: int, now: datetime) -> tuple[list[LotOnHand], list[LotOnHand]]:
    """The lots that were taken out, and those that are too old too but promised to an order, held or recalled."""
    clock = get_service(session, territory_id, "expiry", "Age limit", frozenset({Role.OPERATOR}))
    taken_out, left = [], []
    for lot in find_too_old(session, territory_id, now):
        if lot.promised or lot.held or lot.recalled:
            left.append(lot)
            continue
        record_age_expiry(session, LotReason(lot.code), Scan(new_event_id(), clock, lot.site_id, now))
        taken_out.append(lot)
    return taken_out, left
