"""The way to each stage: a lot is brought there by the verbs, as in the plant."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import func, select

from bottletrack.measuring import Reading
from bottletrack.orders import (
    OrderedBottles,
    OrderRequest,
    Reservation,
    record_order,
    record_reservation,
    record_unreservation,
)
from bottletrack.scans import Recorded
from bottletrack.stations import (
    collection,
    dispatch,
    findings,
    labels,
    presoak,
    quality,
    recall,
    relabeling,
    sorting,
    storage,
    transfer,
    washer,
    washing,
)
from bottletrack.tables import Order, OrderLine, Promise, Transit
from bottletrack.vocabulary import Grade, Stage, Verdict, WashProgram
from tests.plant.world import World

#: Names that a territory uses once: runs and orders.
_NUMBERS = iter(range(1, 1_000_000))


class Way(TypedDict, total=False):
    """What a lot is besides a quantity, and the site where it is not the first."""

    model: str
    owner: str | None
    at: int | None


def collected(world: World, quantity: int = 100, *, owner: str | None = None, at: int | None = None) -> str:
    taken = collection.Collection("P1", quantity, owner_winery_code=owner)
    return world.make(collection.record_collection, taken, site_id=at)


def announced(world: World) -> str:
    return world.make(collection.record_announcement, collection.Announcement("P1", 120))


def voided(world: World) -> str:
    lot = announced(world)
    world.record(collection.record_lot_void, collection.EmptyCode(lot, "misprinted"))
    return lot


def sorted_out(
    world: World, quantity: int = 100, *, model: str = "JU75", owner: str | None = None, at: int | None = None
) -> str:
    lot = collected(world, quantity, owner=owner, at=at)
    out = sorting.Sorting(lot, (sorting.SortedOut(model, quantity),))
    return world.make(sorting.record_sorting, out, site_id=world.lot(lot).site_id)


LINE_CLEAR = washing.LineClear(infeed_empty=True, exit_empty=True, old_labels_removed=True)
#: Inside the limits that a new site has.
GOOD_READINGS = {
    "bath2_naoh_percent": "2.35",
    "bath2_temperature_celsius": "80",
    "final_rinse_bar": "1.4",
    "final_rinse_ph": "7",
}


def open_run(world: World, lot: str | None = None, program: WashProgram = WashProgram.WASH) -> str:
    """The code of a new run, loaded with the lot where one is given."""
    code = f"RUN-{next(_NUMBERS)}"
    site_id = world.lot(lot).site_id if lot else world.site_id
    opening = washing.RunOpening(program, code, line_clear=LINE_CLEAR)
    world.record(washing.record_run_opening, opening, site_id=site_id)
    if lot:
        world.record(washing.record_run_loading, washing.RunLoading(code, lot), site_id=site_id)
    return code


def take_readings(world: World, run: str, by: str = "second", *, at: int | None = None, **other: str) -> Recorded:
    """Reads the washer: as it should be, save for the other values."""
    values = GOOD_READINGS | other
    taken = tuple(Reading(code, Decimal(value)) for code, value in values.items())
    return world.record(washer.record_run_readings, washer.RunReadings(run, taken), by, site_id=at)


def start(world: World, run: str, *, at: int | None = None) -> str:
    """Starts a loaded run, after reading the washer."""
    take_readings(world, run, at=at)
    world.record(washer.record_run_start, washer.RunStart(run), site_id=at)
    return run


def running(world: World, lot: str, program: WashProgram = WashProgram.WASH) -> str:
    """The code of a run that washes the lot now."""
    return start(world, open_run(world, lot, program), at=world.lot(lot).site_id)


def soaking(world: World, quantity: int = 100) -> str:
    lot = sorted_out(world, quantity)
    world.record(presoak.record_presoak_start, presoak.PresoakStart(lot, "B1"))
    return lot


def washed(world: World, quantity: int = 100, **way: Unpack[Way]) -> str:
    lot = sorted_out(world, quantity, **way)
    closing = washing.RunClosing(running(world, lot), passed=quantity)
    return world.make(washing.record_run_closing, closing, site_id=world.lot(lot).site_id)


def in_control(world: World, quantity: int = 100, **way: Unpack[Way]) -> str:
    lot = washed(world, quantity, **way)
    start = quality.InspectionStart(lot)
    world.record(quality.record_inspection_start, start, site_id=world.lot(lot).site_id)
    return lot


#: What good bottles show in the mandatory tests.
GOOD_RESULTS = (
    Reading("visual_percent", Decimal(100)),
    Reading("caustic_pink_bottles", Decimal(0)),
    Reading("residual_water_ml", Decimal("1.5")),
    Reading("rinse_micro_per_bottle", Decimal(20)),
    Reading("bore_mm", Decimal("18.5")),
)


def all_tests_done(world: World, quantity: int = 100, **way: Unpack[Way]) -> str:
    """In quality control, with all mandatory tests done and nothing found."""
    lot = in_control(world, quantity, **way)
    results = findings.TestResults(lot, GOOD_RESULTS)
    world.record(findings.record_test_results, results, site_id=world.lot(lot).site_id)
    return lot


def released(world: World, quantity: int = 100, *, verdict: Verdict = Verdict.ACCEPT_A, **way: Unpack[Way]) -> str:
    lot = all_tests_done(world, quantity, **way)
    world.record(quality.record_judgment, quality.Judgment(lot, verdict), site_id=world.lot(lot).site_id)
    return lot


def failing(world: World, quantity: int = 100) -> str:
    """In quality control, with a critical defect."""
    lot = in_control(world, quantity)
    world.record(findings.record_defects_found, findings.DefectsFound(lot, (findings.DefectFound("CR08", 1),)))
    return lot


def blocked(world: World, quantity: int = 100) -> str:
    lot = failing(world, quantity)
    world.record(quality.record_judgment, quality.Judgment(lot, Verdict.REWASH, "CR08", "liquid inside"))
    return lot


def proposed(world: World, quantity: int = 100, by: str = "third") -> str:
    """In quality control, failed and to be scrapped, as one person proposes."""
    lot = failing(world, quantity)
    world.record(quality.record_verdict_proposal, quality.Judgment(lot, Verdict.SCRAP, "CR08", "glass inside"), by)
    return lot


def discontinued(world: World) -> str:
    """Stops inspection at the first site: two lots fail, then five under tightened inspection. Answers what to mend."""
    for _ in range(7):
        blocked(world, 30)
    return "new brushes"


def relabeled(world: World, quantity: int = 100, **way: Unpack[Way]) -> str:
    lot = released(world, quantity, **way)
    packed = relabeling.Relabeling(lot, quantity)
    return world.make(relabeling.record_relabeling, packed, site_id=world.lot(lot).site_id)


def rework(world: World, quantity: int = 100) -> str:
    closing = washing.RunClosing(running(world, sorted_out(world, quantity)), 0, quantity, "MA01")
    return world.make(washing.record_run_closing, closing)


def expired(world: World, quantity: int = 100) -> str:
    lot = released(world, quantity)
    world.next_day(31)
    world.record(storage.record_age_expiry, storage.LotReason(lot))
    return lot


def label(world: World, winery: str | None = None, **made: Any) -> str:
    """The code of a new label that was not tried yet."""
    of: dict[str, Any] = {"name": "Vin jaune", "paper": "wet strength", "glue": "casein", "printer": "Dole"}
    of |= {"ink_coverage_percent": 40, "winery_code": winery}
    recorded = world.record(labels.record_label_registration, labels.LabelRegistration(**(of | made)))
    with world.database.reading() as session:
        return labels.get_code(session, recorded)


def trial_start(world: World, lot: str, quantity: int, label_code: str | None = None) -> labels.TrialStart:
    code = label_code or label(world)
    return labels.TrialStart(lot, quantity, code, "two weeks, damp", Decimal("1.5"), Decimal(80))


def trial(world: World, quantity: int = 100) -> str:
    return world.make(labels.record_trial_start, trial_start(world, released(world, quantity), quantity))


def returned(world: World, quantity: int = 100) -> str:
    order, _ = delivered(world, quantity)
    return world.make(dispatch.record_return, dispatch.Return(order, quantity, "glue marks"))


def handed_over(world: World, quantity: int = 100) -> UUID:
    """The event with which another operator took bottles over."""
    handing = transfer.HandingOver(sorted_out(world, quantity), quantity, "Verrerie du Rhône", "other model")
    return world.record(transfer.record_handing_over, handing).event_id


def on_the_road(world: World, quantity: int = 100, *, lot: str | None = None) -> int:
    """The number of a road on which so many bottles are, from the other site to the first."""
    lot = lot or sorted_out(world, quantity, at=world.other_site_id)
    sent = transfer.Sending(lot, "S1", quantity)
    recorded = world.record(transfer.record_sending, sent, site_id=world.other_site_id)
    with world.database.reading() as session:
        return session.scalars(select(Transit.id).where(Transit.sent_by == recorded.event_id)).one()


def placed(world: World, quantity: int, *, winery: str = "V1", model: str = "JU75", grade: Grade = Grade.A) -> str:
    """The reference of an order with nothing reserved."""
    reference = f"O-{next(_NUMBERS)}"
    lines = (OrderedBottles(model, quantity, grade),)
    world.record(record_order, OrderRequest(lines, winery, reserve=False, reference=reference))
    return reference


def reserved(world: World, quantity: int = 100) -> tuple[str, str]:
    """An order, and the relabeled lot that is reserved for it."""
    lot, order = relabeled(world, quantity), placed(world, quantity)
    world.record(record_reservation, Reservation(order, lot, quantity))
    return order, lot


def delivered(world: World, quantity: int = 100) -> tuple[str, str]:
    order, lot = reserved(world, quantity)
    world.record(dispatch.record_delivery, dispatch.Delivery(order, lot, quantity))
    return order, lot


def recalled(world: World, quantity: int = 100, *, drill: bool = False) -> tuple[str, str]:
    """An open recall of bottles that were all delivered: its code, and the order."""
    order, lot = delivered(world, quantity)
    opened = world.record(recall.record_recall_opening, recall.RecallOpening(lot, "glass in a bottle", drill))
    with world.database.reading() as session:
        return recall.get_case_code(session, opened), order


BRING: dict[Stage, Callable[[World], str]] = {
    Stage.EXPECTED: announced,
    Stage.RECEIVED: collected,
    Stage.SORTED: sorted_out,
    Stage.PRESOAKING: soaking,
    Stage.WASHED: washed,
    Stage.IN_QUALITY_CONTROL: in_control,
    Stage.RELEASED: released,
    Stage.RELABELED: relabeled,
    Stage.REWORK: rework,
    Stage.BLOCKED: blocked,
    Stage.EXPIRED: expired,
    Stage.TRIAL: trial,
    Stage.RETURNED: returned,
    Stage.VOIDED: voided,
}


def hold(world: World, lot: str, by: str = "operator") -> str:
    world.record(storage.record_hold, storage.LotReason(lot, "look at it"), by, site_id=world.lot(lot).site_id)
    return lot


def emptied(world: World, lot: str) -> str:
    """The code of a lot that is dead now."""
    there = world.lot(lot)
    if there.stage is Stage.EXPECTED:
        world.record(collection.record_lot_void, collection.EmptyCode(lot, "misprinted"), site_id=there.site_id)
        return lot
    world.record(storage.record_breakage, storage.Breakage(lot, there.quantity, "fell"), site_id=there.site_id)
    return lot


def free(world: World, lot: str) -> None:
    """Sets free what is reserved of a lot."""
    with world.database.reading() as session:
        promised = session.execute(
            select(Order.reference, func.sum(Promise.quantity))
            .join(OrderLine, OrderLine.order_id == Order.id)
            .join(Promise, Promise.order_line_id == OrderLine.id)
            .where(Promise.lot_id == world.lot(lot).id)
            .group_by(Order.reference)
        ).all()
    for order, quantity in promised:
        world.record(record_unreservation, Reservation(order, lot, quantity))
