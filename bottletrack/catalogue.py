"""Finding what the network knows: models, defects, collection points, wineries, labels. Each raises when unknown."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.errors import BadInput, NotFound
from bottletrack.tables import BottleModel, CollectionPoint, Defect, LabelVariant, SiteDefect, Winery

#: Bottles of no model of the range: their own bin, never guessed.
OTHER_MODEL = "XX"
#: The cause that stands for none of the others; which one is said in words.
OTHER = "XX99"


def get_model(session: Session, code: str) -> BottleModel:
    """The bottle model with this code. Raises NotFound."""
    model = session.scalar(select(BottleModel).where(BottleModel.code == code))
    if model is None:
        raise NotFound("No bottle model is called “%(code)s”.", "Choose a model of the list.", field="model", code=code)
    return model


def get_reusable_model(session: Session, code: str) -> BottleModel:
    """As `get_model`, for bottles that go on to the wash. Raises BadInput for a model that is not reused."""
    model = get_model(session, code)
    if model.washable == "no":
        raise BadInput(
            "“%(model)s” is not reused here: %(note)s.",
            "Enter these bottles as rejects, as transferred, or put them aside.",
            field="model",
            model=model.name_fr,
            note=model.wash_note,
        )
    return model


def get_defect(session: Session, code: str) -> Defect:
    """The defect with this code. Raises NotFound."""
    defect = session.get(Defect, code)
    if defect is None:
        raise NotFound("No defect is called “%(code)s”.", "Choose a reason of the list.", field="defect", code=code)
    return defect


def get_defect_in_use(session: Session, site_id: int, code: str) -> Defect:
    """As `get_defect`, for what is found at this site today: also raises NotFound for one that it leaves out."""
    defect = get_defect(session, code)
    own = select(SiteDefect.in_use).where(SiteDefect.site_id == site_id, SiteDefect.defect_code == code)
    if session.scalar(own) is False:
        raise NotFound(
            "This site does not use the defect “%(code)s”.", "Choose one of the list.", field="defect", code=code
        )
    return defect


def get_collection_point(session: Session, territory_id: int, code: str) -> CollectionPoint:
    """The territory's collection point with this code. Raises NotFound."""
    point = session.scalar(
        select(CollectionPoint).where(CollectionPoint.territory_id == territory_id, CollectionPoint.code == code)
    )
    if point is None:
        raise NotFound(
            "No collection point is called “%(code)s”.",
            "Choose a point of the list.",
            field="point",
            code=code,
        )
    return point


def require_words(defect_codes: Iterable[str | None], words: str, *, field: str = "note") -> None:
    """Raises BadInput where one of the causes is OTHER and nobody said which."""
    if OTHER in defect_codes and not words.strip():
        raise BadInput("What is this other cause?", "Say in a few words what is wrong with the bottles.", field=field)


def get_winery(session: Session, territory_id: int, code: str) -> Winery:
    """The territory's winery with this code. Raises NotFound."""
    winery = session.scalar(select(Winery).where(Winery.territory_id == territory_id, Winery.code == code))
    if winery is None:
        raise NotFound("No winery is called “%(code)s”.", "Choose a winery of the list.", field="winery", code=code)
    return winery


def get_label(session: Session, territory_id: int, code: str) -> LabelVariant:
    """The territory's label with this code. Raises NotFound."""
    wanted = code.strip().upper()
    label = session.scalar(
        select(LabelVariant).where(LabelVariant.territory_id == territory_id, LabelVariant.code == wanted)
    )
    if label is None:
        raise NotFound(
            "No label is called “%(code)s”.",
            "Choose a label of the list, or register it first.",
            field="label",
            code=code[:40],
        )
    return label
