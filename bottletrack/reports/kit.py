"""What stands at a site now, as a station without a network needs it: lots, runs, orders, containers, dead codes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from bottletrack.lots import find_lots
from bottletrack.tables import (
    BottleModel,
    Container,
    ContainerUse,
    Event,
    Lot,
    Order,
    OrderLine,
    Place,
    RetiredCode,
    WashRun,
    Winery,
)
from bottletrack.vocabulary import Grade, Stage, WashProgram


@dataclass(frozen=True)
class KitLot:
    """A lot that holds bottles, or waits for some: then `announced` says about how many.

    `model` None: not sorted yet; `owner` None: the pool's own.
    """

    code: str
    partner_code: str | None
    stage: Stage
    grade: Grade | None
    held: bool
    recalled: bool
    quantity: int
    promised: int
    announced: int | None
    model: str | None
    color: str
    owner: str | None
    washed_on: date | None
    waived_until: date | None
    pass_number: int


@dataclass(frozen=True)
class KitRun:
    """An open run. `on_line`: bottles in it now."""

    code: str
    program: WashProgram
    model: str | None
    color: str
    started: bool
    on_line: int


@dataclass(frozen=True)
class KitLine:
    """`left`: bottles reserved for the order and not delivered yet."""

    model: str
    grade: Grade
    left: int


@dataclass(frozen=True)
class KitOrder:
    """An order with bottles to deliver."""

    reference: str
    winery: str
    lines: tuple[KitLine, ...]


@dataclass(frozen=True)
class KitContainer:
    """A container with a code of its own. `lot`: what it took last, while that holds bottles."""

    code: str
    clean: bool
    lot: str | None


def lots_at(session: Session, site_id: int) -> list[KitLot]:
    """The site's lots whose codes are alive, in the order they were made."""
    alive = (Place.quantity > 0) | (Lot.stage == Stage.EXPECTED)
    found = find_lots(session, Lot.site_id == site_id, alive)
    models = _codes(session, BottleModel, (lot.model_id for lot in found))
    owners = _codes(session, Winery, (lot.owner_winery_id for lot in found))
    announced = _announced(session, [lot.id for lot in found if lot.stage == Stage.EXPECTED])
    return [
        KitLot(
            lot.code,
            lot.partner_code,
            lot.stage,
            lot.grade,
            lot.held,
            lot.recalled,
            lot.quantity,
            lot.promised,
            announced.get(lot.id),
            models.get(lot.model_id),
            lot.color,
            owners.get(lot.owner_winery_id),
            lot.washed_on,
            lot.waived_until,
            lot.pass_number,
        )
        for lot in found
    ]


def _codes(session: Session, table: type[BottleModel | Winery], ids: Iterable[int | None]) -> dict[int | None, str]:
    return {row.id: row.code for row in session.execute(select(table.id, table.code).where(table.id.in_(set(ids))))}


def _announced(session: Session, lot_ids: list[int]) -> dict[int, int]:
    rows = session.execute(
        select(Lot.id, Event.readings).join(Event, Event.id == Lot.made_by).where(Lot.id.in_(lot_ids))
    )
    return {lot_id: readings["quantity"] for lot_id, readings in rows if "quantity" in readings}


def retired_codes(session: Session, territory_id: int) -> dict[str, str]:
    """Codes of labels that were replaced, and the codes under which their lots go on. Lots that are empty: none."""
    rows = session.execute(
        select(RetiredCode.code, Lot.code.label("now"))
        .join(Lot, Lot.id == RetiredCode.lot_id)
        .join(Place, Place.id == Lot.id)
        .where(RetiredCode.territory_id == territory_id, Place.quantity > 0)
        .order_by(RetiredCode.code)
    )
    return {row.code: row.now for row in rows}


def open_runs(session: Session, site_id: int) -> list[KitRun]:
    """The site's open runs, the first opened first."""
    rows = session.execute(
        select(WashRun, BottleModel.code, Place.quantity)
        .join(Place, Place.id == WashRun.id)
        .outerjoin(BottleModel, BottleModel.id == WashRun.model_id)
        .where(WashRun.site_id == site_id, WashRun.closed_by.is_(None))
        .order_by(WashRun.id)
    )
    return [
        KitRun(run.code, run.program, model, run.color, run.started_by is not None, on_line)
        for run, model, on_line in rows
    ]


def orders_to_deliver(session: Session, site_id: int) -> list[KitOrder]:
    """The site's orders with bottles reserved and not delivered yet, the one wanted first at the top."""
    lines: dict[tuple[str, str], list[KitLine]] = {}
    for reference, winery, model, grade, left in session.execute(
        select(Order.reference, Winery.name, BottleModel.code, OrderLine.grade, Place.expected)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Place, Place.id == OrderLine.id)
        .join(BottleModel, BottleModel.id == OrderLine.model_id)
        .join(Winery, Winery.id == Order.winery_id)
        .where(Order.site_id == site_id, Order.cancelled_by.is_(None), Place.expected > 0)
        .order_by(Order.wanted_on.is_(None), Order.wanted_on, Order.id, OrderLine.id)
    ):
        lines.setdefault((reference, winery), []).append(KitLine(model, grade, left))
    return [KitOrder(reference, winery, tuple(wanted)) for (reference, winery), wanted in lines.items()]


def containers_of(session: Session, territory_id: int) -> list[KitContainer]:
    """All that the territory knows, by code: they travel between its sites."""
    used = (
        select(
            ContainerUse.container_id,
            ContainerUse.lot_id,
            func.row_number()
            .over(partition_by=ContainerUse.container_id, order_by=Event.recorded_at.desc())
            .label("from_last"),
        )
        .join(Event, Event.id == ContainerUse.event_id)
        .where(Event.territory_id == territory_id)
        .subquery()
    )
    rows = session.execute(
        select(Container.code, Container.clean, Lot.code)
        .outerjoin(used, and_(used.c.container_id == Container.id, used.c.from_last == 1))
        .outerjoin(Place, and_(Place.id == used.c.lot_id, Place.quantity > 0))
        .outerjoin(Lot, Lot.id == Place.id)
        .where(Container.territory_id == territory_id)
        .order_by(Container.code)
    )
    return [KitContainer(*row) for row in rows]
