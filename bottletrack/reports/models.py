"""Bottle models as reports name them."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.tables import BottleModel


@dataclass(frozen=True)
class Model:
    """A bottle model in words, and how many go into a crate where that is known."""

    code: str
    name_fr: str
    name_en: str
    capacity_ml: int | None
    bottles_per_crate: int | None


def find_models(session: Session, ids: Iterable[int | None]) -> dict[int | None, Model | None]:
    """The models with these ids, by id. None, the id of what is not sorted yet, is no model."""
    wanted = set(ids) - {None}
    rows = session.execute(
        select(
            BottleModel.id,
            BottleModel.code,
            BottleModel.name_fr,
            BottleModel.name_en,
            BottleModel.capacity_ml,
            BottleModel.bottles_per_crate,
        ).where(BottleModel.id.in_(wanted))
    )
    return {None: None} | {row.id: Model(*row[1:]) for row in rows}
