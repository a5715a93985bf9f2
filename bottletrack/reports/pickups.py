"""Pick-ups to do: bottles that were announced at a collection point and not collected yet."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.identifiers import show_code
from bottletrack.tables import CollectionPoint, Event, Lot, Site, Winery
from bottletrack.vocabulary import Stage


@dataclass(frozen=True)
class PickUp:
    """About so many bottles, from a day on (None: any day). `owner_name` None: the pool's."""

    lot_code: str
    point_code: str
    point_name: str
    bottles: int
    wanted_on: date | None
    container: str
    note: str
    owner_name: str | None
    site_id: int
    site_name: str
    announced_at: datetime

    @property
    def shown_code(self) -> str:
        return show_code(self.lot_code)


def find_pickups(
    session: Session, territory_id: int, *, site_id: int | None = None, lot_id: int | None = None
) -> list[PickUp]:
    """Those wanted first at the top; those for any day at the end. `lot_id`: only this one."""
    where = [Lot.territory_id == territory_id, Lot.stage == Stage.EXPECTED]
    if site_id is not None:
        where.append(Lot.site_id == site_id)
    if lot_id is not None:
        where.append(Lot.id == lot_id)
    rows = session.execute(
        select(Lot.code, Event, Winery.name, Site.id, Site.name)
        .join(Event, Event.id == Lot.made_by)
        .join(Site, Site.id == Lot.site_id)
        .outerjoin(Winery, Winery.id == Lot.owner_winery_id)
        .where(*where)
    ).all()
    points = {
        point.code: point
        for point in session.scalars(
            select(CollectionPoint).where(
                CollectionPoint.territory_id == territory_id,
                CollectionPoint.code.in_({event.readings["point"] for _, event, *_ in rows}),
            )
        )
    }
    found = []
    for code, event, owner_name, at_site, site_name in rows:
        told, point = event.readings, points[event.readings["point"]]
        found.append(
            PickUp(
                lot_code=code,
                point_code=point.code,
                point_name=point.name,
                bottles=told["quantity"],
                wanted_on=date.fromisoformat(told["wanted_on"]) if told["wanted_on"] else None,
                container=told["container"],
                note=event.reason,
                owner_name=owner_name,
                site_id=at_site,
                site_name=site_name,
                announced_at=event.happened_at,
            )
        )
    return sorted(found, key=lambda pickup: (pickup.wanted_on is None, pickup.wanted_on, pickup.announced_at))
