"""Lots as programs see them: where they stand, what they need next, and what happened to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from flask import Response
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Actor, Permission
from bottletrack.errors import BadInput, NotAllowed, NotFound
from bottletrack.lots import LotOnHand, find_lots, get_lot, next_steps
from bottletrack.reports.lots import HistoryRow, Link, get_lot_page
from bottletrack.steps import Step
from bottletrack.tables import BottleModel, Lot, Place, Site, Winery
from bottletrack.vocabulary import Grade, Stage
from webapp.api.endpoints import Endpoint, answers, declare, json_response
from webapp.database import reading
from webapp.shapes import BODY, QUERY, Code, Shape, read_as
from webapp.signed_in import current_actor


@dataclass(frozen=True)
class LotSeen:
    """A lot, in bottles. `free`: promised to no order. `next_steps`: what the caller may do, first what is needed next.

    `model` null: not sorted yet. `owner` null: the pool's own bottles. `quantity` 0: the code is dead.
    """

    code: str
    partner_code: str | None
    site: str
    stage: Stage
    grade: Grade | None
    held: bool
    model: str | None
    color: str
    owner: str | None
    pass_number: int
    washed_on: date | None
    quantity: int
    promised: int
    free: int
    next_steps: tuple[Step, ...]


@dataclass(frozen=True)
class LotWithHistory:
    """A lot, the places its bottles came from and went to, and its events, the latest first."""

    lot: LotSeen
    came_from: tuple[Link, ...]
    went_to: tuple[Link, ...]
    history: tuple[HistoryRow, ...]


@read_as(QUERY)
@dataclass(frozen=True)
class LotQuery:
    """Which lots. `open`: those that hold bottles; `after`: the last code of the page before."""

    stage: Stage | None = None
    model: Code | None = None
    held: bool | None = None
    open: bool = True
    after: Code | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


@dataclass(frozen=True)
class LotPage:
    """Lots in the order they were made. `next_after`: ask with it for the next page; null: this is the last."""

    lots: tuple[LotSeen, ...]
    next_after: str | None


@read_as(BODY)
@dataclass(frozen=True)
class Scanned:
    """What was read off a label, or typed."""

    code: Code


_SCANNED: Shape[Scanned] = Shape(Scanned)
_LOT_SEEN: Shape[LotSeen] = Shape(LotSeen)


@answers("/lots", Permission.SEE_PLANT, refusals=(NotFound,))
def list_lots(session: Session, actor: Actor, query: LotQuery) -> LotPage:
    """Lots of the territory, page by page."""
    where: list[Any] = [Lot.territory_id == actor.territory_id]
    if query.stage is not None:
        where.append(Lot.stage == query.stage)
    if query.model is not None:
        where.append(Lot.model_id == select(BottleModel.id).where(BottleModel.code == query.model).scalar_subquery())
    if query.held is not None:
        where.append(Lot.hold_event_id.is_not(None) if query.held else Lot.hold_event_id.is_(None))
    if query.open:
        where.append(Place.quantity > 0)
    if query.after is not None:
        where.append(Lot.id > get_lot(session, actor, query.after).id)
    page = select(Lot.id).join(Place, Place.id == Lot.id).where(*where).order_by(Lot.id).limit(query.limit + 1)
    found = find_lots(session, Lot.id.in_(page))
    seen = see_lots(session, actor, found[: query.limit])
    return LotPage(seen, seen[-1].code if len(found) > query.limit else None)


@answers("/lots/<code>", Permission.SEE_PLANT, refusals=(NotFound,))
def get_lot_with_history(session: Session, actor: Actor, code: str) -> LotWithHistory:
    """One lot by its code or its partner's name for it, with what it needs next and all that happened to it."""
    page = get_lot_page(session, actor, code)
    return LotWithHistory(see_lots(session, actor, [page.lot])[0], page.came_from, page.went_to, page.history)


def scan() -> Response:
    """What a code is: the lot it names, and what the caller may do with it now, first what it needs next."""
    code = _SCANNED.read_body().code
    actor = current_actor()
    with reading() as session:
        body = _LOT_SEEN.write(see_lots(session, actor, [get_lot(session, actor, code)])[0])
    return json_response(body)


declare(
    Endpoint(
        name="scan",
        method="POST",
        path="/scan",
        about=scan.__doc__ or "",
        permissions=(Permission.SEE_PLANT,),
        body=_SCANNED,
        outputs={200: _LOT_SEEN},
        refusals=(BadInput, NotAllowed, NotFound),
    ),
    scan,
)


def see_lots(session: Session, actor: Actor, lots: list[LotOnHand]) -> tuple[LotSeen, ...]:
    """The lots with codes instead of the database's numbers."""
    models = _codes(session, BottleModel, (lot.model_id for lot in lots))
    sites = _codes(session, Site, (lot.site_id for lot in lots))
    wineries = _codes(session, Winery, (lot.owner_winery_id for lot in lots))
    return tuple(
        LotSeen(
            code=lot.code,
            partner_code=lot.partner_code,
            site=sites[lot.site_id],
            stage=lot.stage,
            grade=lot.grade,
            held=lot.held,
            model=models.get(lot.model_id),
            color=lot.color,
            owner=wineries.get(lot.owner_winery_id),
            pass_number=lot.pass_number,
            washed_on=lot.washed_on,
            quantity=lot.quantity,
            promised=lot.promised,
            free=lot.free,
            next_steps=tuple(next_steps(lot, actor)),
        )
        for lot in lots
    )


def _codes(
    session: Session, table: type[BottleModel] | type[Site] | type[Winery], ids: Iterable[int | None]
) -> dict[int | None, str]:
    wanted = set(ids) - {None}
    if not wanted:
        return {}
    rows = session.execute(select(table.id, table.code).where(table.id.in_(wanted)))
    return dict(rows.all())
