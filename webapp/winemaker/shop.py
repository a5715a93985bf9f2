"""What can be ordered at a wash centre: each model and grade, with what is free of it today."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Actor
from bottletrack.errors import NotFound
from bottletrack.reports.stock import Offer, find_offers
from bottletrack.tables import BottleModel, Site
from bottletrack.vocabulary import Grade

#: Where the reference data do not say otherwise.
USUAL_CRATE = 12


@dataclass(frozen=True)
class Item:
    """A bottle model in one grade. `offer` None: none is free today, so an order for it waits."""

    model: BottleModel
    grade: Grade
    offer: Offer | None

    @property
    def key(self) -> str:
        """Names the item in forms and addresses."""
        return f"{self.model.code}.{self.grade}"

    @property
    def free(self) -> int:
        """Bottles that an order placed now would reserve at most."""
        return self.offer.free if self.offer else 0

    @property
    def crate_size(self) -> int:
        return self.model.bottles_per_crate or USUAL_CRATE


@dataclass(frozen=True)
class Shop:
    """A wash centre as a winemaker meets it. `others`: further centres of the territory, to choose from."""

    site: Site
    others: tuple[Site, ...]
    today: date
    items: tuple[Item, ...]

    @property
    def in_stock(self) -> list[Item]:
        return [item for item in self.items if item.offer]

    @property
    def to_come(self) -> list[Item]:
        """Models that are reused without conditions, and of which none is free today."""
        return [item for item in self.items if not item.offer and item.model.washable == "yes"]

    def item(self, model_code: str, grade: Grade) -> Item:
        """Also a grade B of which none is left. Raises NotFound for a model that is not reused here."""
        same_model = [item for item in self.items if item.model.code == model_code]
        if not same_model:
            raise NotFound("No bottle model is called “%(code)s”.", "Choose a model of the list.", code=model_code[:20])
        return next((item for item in same_model if item.grade is grade), Item(same_model[0].model, grade, None))


def open_shop(session: Session, actor: Actor, site_id: int | None = None) -> Shop:
    """The centre with this number, or the first that has something to offer. Raises NotFound for another's.

    Every model of the range can be ordered in grade A, also before there are any; grade B only while there is some.
    """
    assert actor.winery_id is not None, "a shop is opened for a winery"
    sites = session.scalars(select(Site).where(Site.territory_id == actor.territory_id).order_by(Site.id)).all()
    now = datetime.now(UTC)
    offers = find_offers(session, actor.territory_id, actor.winery_id, now)
    if site_id is None:
        with_stock = {offer.site_id for offer in offers}
        site_id = next((site.id for site in sites if site.id in with_stock), sites[0].id if sites else None)
    chosen = next((site for site in sites if site.id == site_id), None)
    if chosen is None:
        raise NotFound("There is no such site.", "Choose a site of your territory.")
    here = {(offer.model.code, offer.grade): offer for offer in offers if offer.site_id == chosen.id}
    models = session.scalars(select(BottleModel).where(BottleModel.washable != "no").order_by(BottleModel.id))
    items = tuple(
        Item(model, grade, here.get((model.code, grade)))
        for model in models
        for grade in Grade
        if grade is Grade.A or (model.code, grade) in here
    )
    others = tuple(site for site in sites if site is not chosen)
    return Shop(chosen, others, now.astimezone(ZoneInfo(chosen.timezone)).date(), items)
