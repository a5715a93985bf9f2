"""Lots that have grown too old to leave, by the calendar and the limit of the site where each stands (S41)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.lots import LotOnHand, is_too_old, lots_in_stock
from bottletrack.tables import Site


def find_too_old(session: Session, territory_id: int, at: datetime) -> list[LotOnHand]:
    """Released and packed lots whose age is past, the oldest first; also those that are held, recalled or promised."""
    sites = {site.id: site for site in session.scalars(select(Site).where(Site.territory_id == territory_id))}
    days = {site_id: at.astimezone(ZoneInfo(site.timezone)).date() for site_id, site in sites.items()}
    return [
        lot
        for lot in lots_in_stock(session, territory_id)
        if is_too_old(lot, days[lot.site_id], sites[lot.site_id].max_age_days)
    ]
