"""What an operator sees of a lot besides its figures: its bottle as a picture and a crate, its owner, its site."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bottletrack.inspections import InspectionNow, find_inspection, return_was_inspected
from bottletrack.lots import LotOnHand, get_lot, is_too_old
from bottletrack.tables import BottleModel, Site, Winery
from bottletrack.vocabulary import Stage
from webapp.assortment import USUAL_CRATE
from webapp.signed_in import current_actor

Row = TypeVar("Row", BottleModel, Site, Winery)


@dataclass(frozen=True)
class LotSight:
    """A lot as it stands there. `model` None: not sorted yet; `owner` None: the pool's own bottles."""

    lot: LotOnHand
    model: BottleModel | None
    owner: str | None
    site: Site
    #: The territory has no other site.
    alone: bool
    #: How far its inspection has come, while it is in quality control.
    inspection: InspectionNow | None
    #: Quality has looked at it since it came back.
    return_inspected: bool

    @property
    def dead(self) -> bool:
        """Whether its code is: the bottles have gone on, or never came."""
        return self.lot.quantity == 0 and self.lot.stage is not Stage.EXPECTED

    @property
    def crate_size(self) -> int:
        """Bottles in a full crate of this model."""
        return (self.model.bottles_per_crate if self.model else None) or USUAL_CRATE

    @property
    def too_old(self) -> bool:
        """Whether it may not leave any more today: too many days since its wash (S41)."""
        today = datetime.now(UTC).astimezone(ZoneInfo(self.site.timezone)).date()
        return is_too_old(self.lot, today, self.site.max_age_days)


def see_lot(session: Session, code: str) -> LotSight:
    """The lot of one's territory that a code names. Raises BadInput, NotFound."""
    return see_lots(session, [get_lot(session, current_actor(), code)])[0]


def see_lots(session: Session, lots: list[LotOnHand]) -> list[LotSight]:
    """The same for several lots, in their order."""
    models = _by_id(session, BottleModel, (lot.model_id for lot in lots))
    owners = _by_id(session, Winery, (lot.owner_winery_id for lot in lots))
    sites = _by_id(session, Site, (lot.site_id for lot in lots))
    territories = {lot.territory_id for lot in lots}
    in_all = session.scalar(select(func.count(Site.id)).where(Site.territory_id.in_(territories)))
    return [
        LotSight(
            lot,
            models[lot.model_id] if lot.model_id else None,
            owners[lot.owner_winery_id].name if lot.owner_winery_id else None,
            sites[lot.site_id],
            in_all == 1,
            find_inspection(session, lot.id) if lot.stage is Stage.IN_QUALITY_CONTROL and lot.quantity else None,
            lot.stage is Stage.RETURNED and return_was_inspected(session, lot.id),
        )
        for lot in lots
    ]


def _by_id(session: Session, table: type[Row], ids: Iterable[int | None]) -> dict[int, Row]:
    return {row.id: row for row in session.scalars(select(table).where(table.id.in_(set(ids) - {None})))}
