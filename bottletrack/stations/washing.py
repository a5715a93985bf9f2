"""Washing: a run is opened on a cleared line, loaded with lots, emptied, and closed when in = out."""

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.catalogue import get_defect_in_use, get_winery, require_words
from bottletrack.errors import BadInput, NotFound, WrongQuantity, WrongStep
from bottletrack.filling import lot_to_fill
from bottletrack.inspections import return_was_inspected
from bottletrack.ledger import Entry, checked_quantity, open_entry
from bottletrack.lots import LotOnHand, get_lot_at, require_free, require_step
from bottletrack.recalled import pass_on_recall
from bottletrack.runs import (
    Run,
    find_run,
    fits,
    get_open_run,
    get_running,
    get_standing,
    get_washer,
    next_run_code,
    pass_number_after,
    require_same_bottles,
)
from bottletrack.scans import Recorded, Scan
from bottletrack.steps import STEPS, Step
from bottletrack.tables import BottleModel, LabelRemains, LabelVariant, Washer, WashRun
from bottletrack.vocabulary import EventKind, PlaceKind, Stage, WashProgram

_WASH_RUN = cast(Table, WashRun.__table__)
_LABEL_REMAINS = cast(Table, LabelRemains.__table__)
#: What a run used, by its meters; the names say the unit.
METERS = ("water_m3", "electricity_kwh", "gas_m3", "detergent_kg")
#: Defects that are a label or its glue.
LABEL_REMAINS = ("MA01", "MA02", "MA03")


@dataclass(frozen=True)
class LineClear:
    """What was looked at before a run is opened, so that no bottle of the last one is among its own."""

    infeed_empty: bool
    exit_empty: bool
    old_labels_removed: bool


@dataclass(frozen=True)
class RunOpening:
    """A new run. `code` None: the site's next number; `washer_code` None: the site's first washer."""

    program: WashProgram = WashProgram.WASH
    code: str | None = None
    washer_code: str | None = None
    line_clear: LineClear | None = None


@dataclass(frozen=True)
class RunLoading:
    """Bottles of a lot into a run. `quantity` None: the whole lot."""

    run_code: str
    lot_code: str
    quantity: int | None = None


@dataclass(frozen=True)
class RunReject:
    """Bottles of a run that go to cullet, and why. Label remains may name the label and the winery they came from."""

    defect_code: str
    quantity: int
    label_code: str | None = None
    winery_code: str | None = None


@dataclass(frozen=True)
class RunOutput:
    """What came off the line, in bottles."""

    run_code: str
    passed: int = 0
    rework: int = 0
    rework_defect_code: str | None = None
    #: An open rework lot to add to; None: a new one.
    rework_into_lot_code: str | None = None
    rejects: tuple[RunReject, ...] = ()
    broken: int = 0
    #: Where on the line bottles broke, and that the glass was cleared there with the bottles beside it.
    broken_zone: str = ""
    glass_cleared: bool = False
    #: As of a reject: whose labels remain on what is washed again.
    rework_label_code: str | None = None
    rework_winery_code: str | None = None
    passed_partner_code: str | None = None
    rework_partner_code: str | None = None
    #: Of a blank label that was stuck on what passed; None: a code is drawn.
    passed_lot_code: str | None = None
    note: str = ""

    @property
    def total(self) -> int:
        return self.passed + self.rework + self.broken + sum(reject.quantity for reject in self.rejects)


@dataclass(frozen=True)
class RunClosing(RunOutput):
    """What came off the line last, and what the meters say the run used (see METERS)."""

    readings: dict[str, Any] = field(default_factory=dict)


def record_run_opening(session: Session, opening: RunOpening, scan: Scan) -> Recorded:
    """Opens an empty run at the scan's site. Raises BadInput where the line was not cleared."""
    require(scan.by, Permission.WASH)
    clear = opening.line_clear
    readings = {"line_clear": vars(clear)} if clear else {}
    entry = open_entry(session, scan, EventKind.RUN_OPENED, opening, readings=readings)
    if isinstance(entry, Recorded):
        return entry
    if not scan.historical and (clear is None or not all(vars(clear).values())):
        raise BadInput(
            "The line is not cleared.",
            "Empty the infeed and the exit, and take off the old labels; then open the run.",
            field="line_clear",
        )
    code = (opening.code or "").strip().upper() or next_run_code(session, scan.site_id)
    if len(code) > 20:
        raise BadInput("The name of a run has at most 20 characters.", field="code")
    if find_run(session, scan.site_id, code) is not None:
        raise BadInput("There is a run %(run)s already.", "Choose another name.", field="code", run=code)
    entry.make_run(code, opening.program, get_washer(session, scan.site_id, opening.washer_code).id)
    return entry.post()


def record_run_loading(session: Session, loading: RunLoading, scan: Scan) -> Recorded:
    """Raises WrongStep for a lot that does not fit the run or the washer, or had its last pass."""
    return _load(session, loading, scan, Step.LOAD)


def record_refused_loading(session: Session, loading: RunLoading, scan: Scan) -> Recorded:
    """As a loading, for what quality refused and for label trials: only quality sends these to the wash."""
    return _load(session, loading, scan, Step.LOAD_REFUSED)


def _load(session: Session, loading: RunLoading, scan: Scan, step: Step) -> Recorded:
    require(scan.by, STEPS[step].permission)
    entry = open_entry(session, scan, EventKind.RUN_LOADED, loading)
    if isinstance(entry, Recorded):
        return entry
    run = get_standing(session, scan.site_id, loading.run_code)
    lot = get_lot_at(session, scan.by, scan.site_id, loading.lot_code)
    if scan.historical and lot.stage in STEPS[Step.LOAD_REFUSED].stages:
        # A journal does not say who decided.
        step = Step.LOAD_REFUSED
    require_step(lot, step)
    if lot.stage is Stage.RETURNED and not scan.historical:
        _require_inspected(session, lot)
    quantity = lot.free if loading.quantity is None else loading.quantity
    require_free(lot, quantity)
    pass_number = pass_number_after(run, lot, entry.site.max_passes)
    require_same_bottles(run, lot, pass_number)
    _require_gauge(session, run, session.get_one(BottleModel, lot.model_id))
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


def record_run_output(session: Session, output: RunOutput, scan: Scan) -> Recorded:
    """Bottles off the running line: what passed becomes a new lot. Never more than is on the line."""
    require(scan.by, Permission.WASH)
    entry = open_entry(session, scan, EventKind.OUTPUT_TAKEN, output, reason=output.note, readings=_breakage(output))
    if isinstance(entry, Recorded):
        return entry
    run = get_running(session, scan.site_id, output.run_code)
    if output.total > run.quantity:
        raise WrongQuantity(
            "%(total)s bottles came off the line, and only %(left)s are on it.",
            "Count again. Have a lot that was not loaded put into a run of its own.",
            field="quantity",
            total=output.total,
            left=run.quantity,
        )
    if output.total == 0:
        raise BadInput("Nothing came off the line.", "Enter how many bottles went where.", field="quantity")
    _take_off(entry, run, output)
    return entry.post()


def record_run_closing(session: Session, closing: RunClosing, scan: Scan) -> Recorded:
    """I3: raises WrongQuantity unless in = passed + rework + rejected + broken, this and earlier outputs together."""
    require(scan.by, Permission.WASH)
    readings = closing.readings | _breakage(closing)
    entry = open_entry(session, scan, EventKind.RUN_CLOSED, closing, reason=closing.note, readings=readings)
    if isinstance(entry, Recorded):
        return entry
    find = get_open_run if scan.historical else get_running
    run = find(session, scan.site_id, closing.run_code)
    if not scan.historical:
        _require_meters(closing.readings)
    if closing.total != run.quantity or (run.quantity == 0 and run.started_by is None):
        raise WrongQuantity(
            "%(total)s bottles came out of run %(run)s, and %(loaded)s were on the line.",
            "Count what is left on the line, and enter every bottle: passed, to wash again, rejected, broken.",
            field="quantity",
            total=closing.total,
            run=run.code,
            loaded=run.quantity,
        )
    _take_off(entry, run, closing)
    session.execute(update(_WASH_RUN).where(_WASH_RUN.c.id == run.id).values(closed_by=entry.id))
    return entry.post()


def _breakage(output: RunOutput) -> dict[str, Any]:
    return {"broken_zone": zone} if (zone := output.broken_zone.strip()) else {}


def _require_meters(readings: dict[str, Any]) -> None:
    for name, value in readings.items():
        try:
            makes_sense = name in METERS and Decimal(str(value)) >= 0
        except InvalidOperation:
            makes_sense = False
        if not makes_sense:
            raise BadInput(
                "This is not what a meter of the washer says: %(name)s %(value)s.",
                "Enter what the run used: water, electricity, gas, detergent.",
                field="readings",
                name=name,
                value=str(value),
            )


def _take_off(entry: Entry, run: Run, output: RunOutput) -> None:
    """Bottles from the run to where they went: what passed after a reading outside its limits is made on hold."""
    if min(output.passed, output.rework, output.broken) < 0:
        raise BadInput("A quantity cannot be negative.", "Enter how many bottles went where.", field="quantity")
    require_words((reject.defect_code for reject in output.rejects), output.note)
    if output.passed:
        washed_id = entry.make_lot(
            Stage.WASHED,
            model_id=run.model_id,
            color=run.color,
            owner_winery_id=run.owner_winery_id,
            pass_number=run.pass_number or 0,
            washed_on=entry.day,
            hold_event_id=run.held_by,
            partner_code=output.passed_partner_code,
            code=output.passed_lot_code,
        )
        entry.move(run.id, washed_id, output.passed, model_id=run.model_id)
        pass_on_recall(entry.session, run.id, washed_id)
    if output.rework:
        _rework(entry, run, output)
    for reject in output.rejects:
        defect = get_defect_in_use(entry.session, entry.site.id, reject.defect_code)
        cullet = entry.site_place(PlaceKind.CULLET)
        entry.move(run.id, cullet, reject.quantity, model_id=run.model_id, defect_code=defect.code)
    if output.broken:
        _require_glass_cleared(entry, output)
        entry.move(run.id, entry.site_place(PlaceKind.BROKEN), output.broken, model_id=run.model_id)
    _credit_label_remains(entry, run, output)


def _require_glass_cleared(entry: Entry, output: RunOutput) -> None:
    """Glass that flew about is a danger to every bottle beside it."""
    if not entry.scan.historical and not (output.broken_zone.strip() and output.glass_cleared):
        raise BadInput(
            "Bottles broke on the line: where, and is the glass cleared?",
            "Stop the line, take off the bottles beside the break, clear the glass; then say where it was.",
            field="broken_zone",
        )


def _rework(entry: Entry, run: Run, output: RunOutput) -> None:
    if (run.pass_number or 0) >= entry.site.max_passes:
        raise WrongStep(
            "These bottles were washed %(passes)s times: no further pass.",
            "Enter them as rejects (label does not release).",
            field="rework",
            passes=run.pass_number,
        )
    defect = get_defect_in_use(entry.session, entry.site.id, output.rework_defect_code or "")
    into_id = lot_to_fill(
        entry,
        output.rework_into_lot_code,
        Stage.REWORK,
        model_id=run.model_id,
        color=run.color,
        owner_winery_id=run.owner_winery_id,
        pass_number=run.pass_number or 0,
        partner_code=output.rework_partner_code,
    )
    entry.move(run.id, into_id, checked_quantity(output.rework), model_id=run.model_id, defect_code=defect.code)
    pass_on_recall(entry.session, run.id, into_id)


def _credit_label_remains(entry: Entry, run: Run, output: RunOutput) -> None:
    """Labels that did not come off count against the label and the winery they came from, where these are known."""
    parts = list(output.rejects)
    if output.rework:
        parts.append(
            RunReject(
                output.rework_defect_code or "", output.rework, output.rework_label_code, output.rework_winery_code
            )
        )
    rows: list[dict[str, Any]] = []
    for part in parts:
        if part.defect_code not in LABEL_REMAINS:
            if part.label_code or part.winery_code:
                raise BadInput(
                    "Only remains of a label count against a label or a winery.",
                    "Choose the defect “label remaining”, or leave out the label.",
                    field="defect",
                )
            continue
        winery_id, variant_id = _origin_of_label(entry, run, part)
        if winery_id is not None or variant_id is not None:
            rows.append(
                {
                    "event_id": entry.id,
                    "position": len(rows),
                    "wash_run_id": run.id,
                    "winery_id": winery_id,
                    "variant_id": variant_id,
                    "quantity": part.quantity,
                }
            )
    if rows:
        entry.session.execute(insert(_LABEL_REMAINS), rows)


def _origin_of_label(entry: Entry, run: Run, part: RunReject) -> tuple[int | None, int | None]:
    """The winery and the label variant; a run of one owner's bottles is that winery's without asking."""
    territory_id = entry.scan.by.territory_id
    variant = None
    if part.label_code:
        code = part.label_code.strip().upper()
        variant = entry.session.scalar(
            select(LabelVariant).where(LabelVariant.territory_id == territory_id, LabelVariant.code == code)
        )
        if variant is None:
            raise NotFound(
                "No label is called “%(code)s” here.", "Choose a label of the list.", field="label", code=code
            )
    winery_id = get_winery(entry.session, territory_id, part.winery_code).id if part.winery_code else None
    return winery_id or (variant.winery_id if variant else None) or run.owner_winery_id, variant.id if variant else None


def _require_inspected(session: Session, lot: LotOnHand) -> None:
    """A returned lot goes to the wash when somebody has looked at it and said so."""
    if not return_was_inspected(session, lot.id):
        raise WrongStep(
            "Lot %(lot)s came back from a winemaker, and nobody has inspected it yet.",
            "Call quality: it is inspected before it is washed.",
            field="lot",
            lot=lot.shown_code,
        )


def _require_gauge(session: Session, run: Run, model: BottleModel) -> None:
    washer = session.get(Washer, run.washer_id) if run.washer_id else get_washer(session, run.site_id, None)
    assert washer is not None
    if not fits(washer, model):
        raise WrongStep(
            "“%(model)s” does not fit the washer.",
            "Have these bottles transferred to a site whose washer takes them.",
            field="lot",
            model=model.name_fr,
        )
