"""A wash run as its stations meet it: found by its name, and whether a lot may go through it."""

import uuid
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Row, Table, func, select
from sqlalchemy.orm import Session

from bottletrack.errors import NotFound, WrongStep
from bottletrack.lots import LotOnHand
from bottletrack.tables import BottleModel, Place, Washer, WashRun
from bottletrack.vocabulary import Stage, WashProgram

_WASH_RUN = cast(Table, WashRun.__table__)


@dataclass(frozen=True)
class Run:
    """A run, and the bottles it holds now: loaded and not come out yet."""

    id: int
    site_id: int
    code: str
    program: WashProgram
    model_id: int | None
    color: str
    owner_winery_id: int | None
    pass_number: int | None
    opened_by: uuid.UUID
    closed_by: uuid.UUID | None
    washer_id: int | None
    started_by: uuid.UUID | None
    held_by: uuid.UUID | None
    quantity: int


def find_run(session: Session, site_id: int, code: str) -> Run | None:
    """The site's run of this name, open or closed."""
    columns = [_WASH_RUN.c[name] for name in Run.__dataclass_fields__ if name != "quantity"]
    row: Row[*tuple[Any, ...]] | None = session.execute(
        select(*columns, Place.quantity)
        .join(Place, Place.id == _WASH_RUN.c.id)
        .where(_WASH_RUN.c.site_id == site_id, _WASH_RUN.c.code == code)
    ).one_or_none()
    return Run(*row) if row else None


def get_open_run(session: Session, site_id: int, code: str) -> Run:
    """As `find_run`. Raises NotFound, and WrongStep for one that is closed."""
    run = find_run(session, site_id, code.strip().upper())
    if run is None:
        raise NotFound("There is no run “%(run)s” here.", "Choose an open run of the list.", field="run", run=code)
    if run.closed_by is not None:
        raise WrongStep("Run %(run)s is closed.", "Open a new run.", field="run", run=run.code)
    return run


def get_running(session: Session, site_id: int, code: str) -> Run:
    """As `get_open_run`. Raises WrongStep for one whose bottles do not move yet."""
    run = get_open_run(session, site_id, code)
    if run.started_by is None:
        raise WrongStep(
            "Run %(run)s is not started.",
            "Enter the readings, then start it.",
            field="run",
            run=run.code,
        )
    return run


def get_standing(session: Session, site_id: int, code: str) -> Run:
    """As `get_open_run`. Raises WrongStep for one that has started: its bottles are in the bath."""
    run = get_open_run(session, site_id, code)
    if run.started_by is not None:
        raise WrongStep(
            "Run %(run)s has started.",
            "Open a new run for other bottles, and take off this one what comes out.",
            field="run",
            run=run.code,
        )
    return run


def next_run_code(session: Session, site_id: int) -> str:
    """A name that no run of the site has yet."""
    number = session.scalar(select(func.count(WashRun.id)).where(WashRun.site_id == site_id)) or 0
    while True:
        number += 1
        code = f"RUN-{number:02d}"
        if find_run(session, site_id, code) is None:
            return code


def get_washer(session: Session, site_id: int, code: str | None) -> Washer:
    """The site's washer with this code, or its first. Raises NotFound."""
    wanted = [Washer.site_id == site_id] + ([Washer.code == code.strip().upper()] if code else [])
    washer = session.scalars(select(Washer).where(*wanted).order_by(Washer.id).limit(1)).first()
    if washer is None:
        raise NotFound("There is no washer “%(washer)s” here.", "Choose one of the list.", field="washer", washer=code)
    return washer


def pass_number_after(run: Run, lot: LotOnHand, max_passes: int) -> int:
    """I8: a wash is the lot's pass + 1, a rinse stays at the lot's. Raises WrongStep after the site's last pass."""
    if run.program is WashProgram.RINSE:
        if lot.stage is not Stage.EXPIRED:
            raise WrongStep(
                "Only lots that are clean but too old are rinsed; lot %(lot)s is not.",
                "Load it into a run with the full wash.",
                field="lot",
                lot=lot.shown_code,
            )
        return lot.pass_number
    if lot.stage is Stage.REWORK and lot.pass_number >= max_passes:
        raise WrongStep(
            "Lot %(lot)s was washed %(passes)s times already: no further pass.",
            "Take it to cullet.",
            field="lot",
            lot=lot.shown_code,
            passes=lot.pass_number,
        )
    return lot.pass_number + 1


def require_same_bottles(run: Run, lot: LotOnHand, pass_number: int) -> None:
    """One model, color and owner per run (I4), and one pass number per wash (I8). Raises WrongStep."""
    if run.model_id is not None and (run.model_id, run.color, run.owner_winery_id) != (
        lot.model_id,
        lot.color,
        lot.owner_winery_id,
    ):
        raise WrongStep(
            "Run %(run)s washes bottles of another model, color or owner.",
            "Open another run for lot %(lot)s.",
            field="lot",
            run=run.code,
            lot=lot.shown_code,
        )
    if run.program is WashProgram.WASH and run.pass_number not in (None, pass_number):
        raise WrongStep(
            "Run %(run)s washes bottles for the %(pass)s. time; lot %(lot)s would be at its %(own)s.",
            "Open another run for this lot.",
            field="lot",
            run=run.code,
            lot=lot.shown_code,
            own=pass_number,
            **{"pass": run.pass_number},
        )


def fits(washer: Washer, model: BottleModel) -> bool:
    """Whether the washer takes the bottle: too high or too wide, it breaks there (S47).

    Where a size is not known, the list of models says so itself.
    """
    if model.height_mm is None or model.diameter_mm is None:
        return model.fits_washer is not False
    return model.height_mm < washer.below_height_mm and model.diameter_mm <= washer.max_diameter_mm
