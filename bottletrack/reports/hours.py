"""Hours worked, by day and station. Of what was entered several times, the latest counts; nobody is named."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.tables import Event, Site, WorkHours
from bottletrack.vocabulary import Station


@dataclass(frozen=True)
class HoursRow:
    """All people's hours together; `insertion_hours` of them by people on social-insertion contracts."""

    day: date
    site_name: str
    station: Station
    hours: Decimal
    insertion_hours: Decimal


def find_hours(
    session: Session, territory_id: int, *, since: date, until: date, site_id: int | None = None
) -> list[HoursRow]:
    """From a day to a day, both included; the latest day first, stations in the plant's order."""
    where = [Site.territory_id == territory_id, WorkHours.day.between(since, until)]
    if site_id is not None:
        where.append(Site.id == site_id)
    entered = session.execute(
        select(WorkHours, Site.id, Site.name)
        .join(Event, Event.id == WorkHours.event_id)
        .join(Site, Site.id == WorkHours.site_id)
        .where(*where)
        .order_by(Event.sequence)
    )
    latest: dict[tuple[date, int, Station], HoursRow] = {}
    for row, at_site, site_name in entered:
        told = HoursRow(row.day, site_name, row.station, row.hours, row.insertion_hours)
        latest[row.day, at_site, row.station] = told
    order = list(Station)
    return sorted(
        (row for row in latest.values() if row.hours),
        key=lambda row: (-row.day.toordinal(), row.site_name, order.index(row.station)),
    )
