"""Which bottles and causes are offered at a station, on the operators' pages and on devices alike."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.tables import BottleModel, Defect, Lot, SiteDefect

#: How the reference data call the stations where a defect may be found.
AT_SORTING = ("TRI",)
AT_WASHING = ("LAVAGE", "INSPECTION", "SORTIE_LAVEUSE")
AT_QUALITY = ("INSPECTION", "CQ_LABO", "LAVAGE")
#: What a defect's usual disposition says where somebody else has to decide, or the bottle has an owner elsewhere.
_TO_DECIDE = ("HOLD", "OWNER", "RESORT", "QUARANTINE")
#: Bottles in a crate of a model that is not known yet, or whose crate no source gives.
USUAL_CRATE = 12


def models_to_sort(session: Session, territory_id: int) -> list[BottleModel]:
    """Every model that is reused: the sure ones before the conditional ones, wine first, and among these what the
    network has handled before. A tile changes its place once at most, so that hands may remember it.
    """
    models = session.scalars(select(BottleModel).where(BottleModel.washable != "no").order_by(BottleModel.id)).all()
    handled = set(session.scalars(select(Lot.model_id).where(Lot.territory_id == territory_id).distinct()))
    return sorted(models, key=lambda m: (m.washable != "yes", m.category != "wine", m.id not in handled, m.id))


def is_pool(model: BottleModel) -> bool:
    """Whether the tile stands on the first screen: wine bottles that are reused without conditions."""
    return model.washable == "yes" and model.category == "wine"


def defects(session: Session, site_id: int, stations: Iterable[str]) -> list[Defect]:
    """Those that one of the stations may name and that the site uses, always in the same order."""
    wanted = set(stations)
    unused = select(SiteDefect.defect_code).where(SiteDefect.site_id == site_id, SiteDefect.in_use.is_(False))
    every = session.scalars(select(Defect).where(Defect.code.not_in(unused)).order_by(Defect.code))
    return [defect for defect in every if wanted & set(defect.stations.split(";"))]


def needs_decision(defect: Defect) -> bool:
    """Whether such bottles are put aside: somebody else decides, or they have an owner elsewhere."""
    return any(word in defect.disposition for word in _TO_DECIDE)


def rewashable(found: Iterable[Defect]) -> list[Defect]:
    """Those that another wash may mend."""
    return [defect for defect in found if defect.rewash_allowed not in ("no", "")]
