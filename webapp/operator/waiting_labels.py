"""Labels that were printed and not scanned back: within a minute they are on their way, after it nobody knows."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.reports.lot_labels import UnstuckLabel, find_unstuck_labels
from bottletrack.tables import Site
from webapp.signed_in import current_actor

#: A label is stuck and scanned back within a minute; one that waits longer may be anywhere (operator error 11).
MINUTE = timedelta(seconds=60)
#: A label that was lost longer ago was replaced, or nobody misses it.
_LOOKED_FOR = timedelta(days=30)


def waiting_labels(session: Session) -> list[UnstuckLabel]:
    """Printed at the person's sites and not scanned back, the oldest first."""
    actor = current_actor()
    of_territory = select(Site.id).where(Site.territory_id == actor.territory_id)
    here = [actor.site_id] if actor.site_id else session.scalars(of_territory).all()
    since = datetime.now(UTC) - _LOOKED_FOR
    return [label for site_id in here for label in find_unstuck_labels(session, site_id, since)]


def is_late(label: UnstuckLabel) -> bool:
    """Whether it should have been scanned back by now."""
    return datetime.now(UTC) - label.printed_at > MINUTE
