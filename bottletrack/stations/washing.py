"""Washing: a run is opened, loaded with lots, and closed when what came out is what went in."""

from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Row, Table, func, select, update
from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.catalogue import get_defect
from bottletrack.errors import BadInput, NotFound, WrongQuantity, WrongStep
from bottletrack.filling import lot_to_fill
from bottletrack.ledger import Entry, checked_quantity, open_entry
from bottletrack.lots import LotOnHand, get_lot_at, require_free, require_step
from bottletrack.scans import Recorded, Scan
from bottletrack.steps import Step
from bottletrack.tables import BottleModel, Place, Washer, WashRun
from bottletrack.vocabulary import EventKind, PlaceKind, Stage, WashProgram

_WASH_RUN = cast(Table, WashRun.__table__)


@dataclass(frozen=True)
class RunOpening:
    """A new run. `code` None: the site's next number; `washer_code` None: the site's first washer."""

    program: WashProgram = WashProgram.WASH
    code: str | None = None
    washer_code: str | None = None


@dataclass(frozen=True)
class RunLoading:
    """Bottles of a lot into a run. `quantity` None: the whole lot."""

    run_code: str
    lot_code: str
    quantity: int | None = None


@dataclass(frozen=True)
class RunReject:
    """Bottles of a run that go to cullet, and why."""

    defect_code: str
    quantity: int


@dataclass(frozen=True)
class RunClosing:
    """What came out of a run, in bottles, and what was read at the washer (meters, baths; by name)."""

    run_code: str
    passed: int = 0
    rework: int = 0
    rework_defect_code: str | None = None
    #: An open rework lot to add to; None: a new one.
    rework_into_lot_code: str | None = None
    rejects: tuple[RunReject, ...] = ()
    broken: int = 0
    note: str = ""
    readings: dict[str, Any] = field(default_factory=dict)
    passed_partner_code: str | None = None
    rework_partner_code: str | None = None

    @property
    def total(self) -> int:
        return self.passed + self.rework + self.broken + sum(reject.quantity for reject in self.rejects)


def record_run_opening(session: Session, opening: RunOpening, scan: Scan) -> Recorded:
    """Opens an empty run at the scan's site."""
    require(scan.by, Permission.WASH)
    entry = open_entry(session, scan, EventKind.RUN_OPENED, opening)
    if isinstance(entry, Recorded):
        return entry
    code = (opening.code or "").strip().upper() or _next_code(session, scan.site_id)
    if len(code) > 20:
        raise BadInput("The name of a run has at most 20 characters.", field="code")
    if _find_run(session, scan.site_id, code) is not None:
        raise BadInput("There is a run %(run)s already.", "Choose another name.", field="code", run=code)
    entry.make_run(code, opening.program, _get_washer(session, scan.site_id, opening.washer_code).id)
    return entry.post()


def record_run_loading(session: Session, loading: RunLoading, scan: Scan) -> Recorded:
    """Raises WrongStep for a lot that does not fit the run or the washer, or had its last pass."""
    require(scan.by, Permission.WASH)
    entry = open_entry(session, scan, EventKind.RUN_LOADED, loading)
    if isinstance(entry, Recorded):
        return entry
    run = get_open_run(session, scan.site_id, loading.run_code)
    lot = get_lot_at(session, scan.by, scan.site_id, loading.lot_code)
    require_step(lot, Step.LOAD)
    quantity = lot.free if loading.quantity is None else loading.quantity
    require_free(lot, quantity)
    pass_number = _pass_number(entry, run, lot)
    _require_fit(session, run, lot, pass_number)
    entry.move(lot.id, run.id, quantity, model_id=lot.model_id)
    entry.mark(lot)
    session.execute(
        update(_WASH_RUN)
        .where(_WASH_RUN.c.id == run.id)
        .values(
            model_id=lot.model_id,
            color=lot.color,
            owner_winery_id=lot.owner_winery_id,
            pass_number=max(pass_number, run.pass_number or 0),
        )
    )
    return entry.post()


def record_run_closing(session: Session, closing: RunClosing, scan: Scan) -> Recorded:
    """I3: raises WrongQuantity unless in = passed + rework + rejected + broken."""
    require(scan.by, Permission.WASH)
    entry = open_entry(session, scan, EventKind.RUN_CLOSED, closing, reason=closing.note, readings=closing.readings)
    if isinstance(entry, Recorded):
        return entry
    run = get_open_run(session, scan.site_id, closing.run_code)
    if min(closing.passed, closing.rework, closing.broken) < 0:
        raise BadInput("A quantity cannot be negative.", "Enter how many bottles went where.", field="quantity")
    if closing.total != run.quantity or run.quantity == 0:
        raise WrongQuantity(
            "%(total)s bottles came out of run %(run)s, and %(loaded)s went in.",
            "Count what is left on the line, and enter every bottle: passed, to wash again, rejected, broken.",
            field="quantity",
            total=closing.total,
            run=run.code,
            loaded=run.quantity,
        )
    if closing.passed:
        washed_id = entry.make_lot(
            Stage.WASHED,
            model_id=run.model_id,
            color=run.color,
            owner_winery_id=run.owner_winery_id,
            pass_number=run.pass_number,
            washed_on=entry.day,
            partner_code=closing.passed_partner_code,
        )
        entry.move(run.id, washed_id, closing.passed, model_id=run.model_id)
    if closing.rework:
        _rework(entry, run, closing)
    for reject in closing.rejects:
        defect = get_defect(session, reject.defect_code)
        cullet = entry.site_place(PlaceKind.CULLET)
        entry.move(run.id, cullet, reject.quantity, model_id=run.model_id, defect_code=defect.code)
    if closing.broken:
        entry.move(run.id, entry.site_place(PlaceKind.BROKEN), closing.broken, model_id=run.model_id)
    session.execute(update(_WASH_RUN).where(_WASH_RUN.c.id == run.id).values(closed_by=entry.id))
    return entry.post()


def get_open_run(session: Session, site_id: int, code: str) -> Row[*tuple[Any, ...]]:
    """A run that can be loaded or closed, with its `quantity` on the line. Raises NotFound, WrongStep."""
    run = _find_run(session, site_id, code.strip().upper())
    if run is None:
        raise NotFound("There is no run “%(run)s” here.", "Choose an open run of the list.", field="run", run=code)
    if run.closed_by is not None:
        raise WrongStep("Run %(run)s is closed.", "Open a new run.", field="run", run=run.code)
    return run


def _find_run(session: Session, site_id: int, code: str) -> Row[*tuple[Any, ...]] | None:
    return session.execute(
        select(*_WASH_RUN.c, Place.quantity)
        .join(Place, Place.id == _WASH_RUN.c.id)
        .where(_WASH_RUN.c.site_id == site_id, _WASH_RUN.c.code == code)
    ).one_or_none()


def _get_washer(session: Session, site_id: int, code: str | None) -> Washer:
    """The site's washer with this code, or its first. Raises NotFound."""
    wanted = [Washer.site_id == site_id] + ([Washer.code == code.strip().upper()] if code else [])
    washer = session.scalars(select(Washer).where(*wanted).order_by(Washer.id).limit(1)).first()
    if washer is None:
        raise NotFound("There is no washer “%(washer)s” here.", "Choose one of the list.", field="washer", washer=code)
    return washer


def _next_code(session: Session, site_id: int) -> str:
    number = session.scalar(select(func.count(WashRun.id)).where(WashRun.site_id == site_id)) or 0
    while True:
        number += 1
        code = f"RUN-{number:02d}"
        if _find_run(session, site_id, code) is None:
            return code


def _pass_number(entry: Entry, run: Row[*tuple[Any, ...]], lot: LotOnHand) -> int:
    """I8: a wash is the lot's pass + 1, a rinse stays at the lot's; rework ends after the site's last pass."""
    if run.program is WashProgram.RINSE:
        if lot.stage is not Stage.EXPIRED:
            raise WrongStep(
                "Only lots that are clean but too old are rinsed; lot %(lot)s is not.",
                "Load it into a run with the full wash.",
                field="lot",
                lot=lot.shown_code,
            )
        return lot.pass_number
    if lot.stage is Stage.REWORK and lot.pass_number >= entry.site.max_passes:
        raise WrongStep(
            "Lot %(lot)s was washed %(passes)s times already: no further pass.",
            "Take it to cullet.",
            field="lot",
            lot=lot.shown_code,
            passes=lot.pass_number,
        )
    return lot.pass_number + 1


def _require_fit(session: Session, run: Row[*tuple[Any, ...]], lot: LotOnHand, pass_number: int) -> None:
    """One model, color and owner per run (I4), one pass number per wash (I8), and within the washer's gauge (S47)."""
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
    _require_gauge(session, run, session.get_one(BottleModel, lot.model_id))


def _require_gauge(session: Session, run: Row[*tuple[Any, ...]], model: BottleModel) -> None:
    """A bottle that is too high or too wide breaks in the washer (S47). Where a size is not known, the list says."""
    washer = session.get(Washer, run.washer_id) if run.washer_id else _get_washer(session, run.site_id, None)
    assert washer is not None
    if model.height_mm is None or model.diameter_mm is None:
        fits = model.fits_washer is not False
    else:
        fits = model.height_mm < washer.below_height_mm and model.diameter_mm <= washer.max_diameter_mm
    if not fits:
        raise WrongStep(
            "“%(model)s” does not fit the washer.",
            "Have these bottles transferred to a site whose washer takes them.",
            field="lot",
            model=model.name_fr,
        )


def _rework(entry: Entry, run: Row[*tuple[Any, ...]], closing: RunClosing) -> None:
    if run.pass_number >= entry.site.max_passes:
        raise WrongStep(
            "These bottles were washed %(passes)s times: no further pass.",
            "Enter them as rejects (label does not release).",
            field="rework",
            passes=run.pass_number,
        )
    defect = get_defect(entry.session, closing.rework_defect_code or "")
    into_id = lot_to_fill(
        entry,
        closing.rework_into_lot_code,
        Stage.REWORK,
        model_id=run.model_id,
        color=run.color,
        owner_winery_id=run.owner_winery_id,
        pass_number=run.pass_number,
        partner_code=closing.rework_partner_code,
    )
    entry.move(run.id, into_id, checked_quantity(closing.rework), model_id=run.model_id, defect_code=defect.code)
