"""What operators get wrong, as far as a rule prevents it, a report shows it or a verb puts it right.

The same twelve errors as those of the screens. The eleventh is of labels and has a room of its own; the first is of the
eye, and the second of the shift report.
"""

from decimal import Decimal

from sqlalchemy import select

from bottletrack.catalogue import OTHER
from bottletrack.errors import BadInput, Stopped, WrongQuantity, WrongStep
from bottletrack.measuring import Reading
from bottletrack.reports.shift import find_one_cause
from bottletrack.stations import (
    cleaning,
    collection,
    correction,
    dispatch,
    lot_labels,
    presoak,
    relabeling,
    second_look,
    sorting,
    storage,
    washer,
    washing,
)
from bottletrack.tables import Measurement
from bottletrack.vocabulary import LabelRemedy, PlaceKind, Stage
from tests.plant import stages
from tests.plant.world import World


def test_error_03_a_code_on_a_screen_or_an_old_label_is_scanned(world: World) -> None:
    """A dead label says which code its lot has now; the new label goes on with the work."""
    lot = stages.sorted_out(world)
    now = world.make(lot_labels.record_label_replacement, lot_labels.LabelReplacement(lot, LabelRemedy.LOST))
    refusal = world.refused(WrongStep, presoak.record_presoak_start, presoak.PresoakStart(lot, "B1"))
    assert f"{now[:4]}-{now[4:]}" in str(refusal)
    world.record(presoak.record_presoak_start, presoak.PresoakStart(now, "B1"))
    emptied = stages.emptied(world, stages.sorted_out(world))
    world.refused(WrongStep, presoak.record_presoak_start, presoak.PresoakStart(emptied, "B1"))


def test_error_04_a_button_is_pressed_twice(world: World) -> None:
    """The same scan sent again is the same record, and shows the first."""
    scan = world.scan("operator")
    first = world.send(collection.record_collection, collection.Collection("P1", 48), scan)
    again = world.send(collection.record_collection, collection.Collection("P1", 48), scan)
    assert (again.again, again.event_id, again.lot_codes) == (True, first.event_id, first.lot_codes)
    assert world.lot(first.lot_codes[0]).quantity == 48


def test_error_05_crates_are_counted_as_bottles(world: World) -> None:
    """Twelve times what was told, or more than a container takes, is asked about; a count anew puts it right."""
    announced = stages.announced(world)
    take, count = collection.record_collection, collection.record_reception_count
    world.refused(BadInput, take, collection.Collection("P1", 1440, lot_code=announced), "operator")
    world.record(take, collection.Collection("P1", 1440, lot_code=announced, sure=True), "operator")
    world.refused(BadInput, take, collection.Collection("P1", 1201, container="PAL-5"), "operator")
    world.record(take, collection.Collection("P1", 1201, container="PALLET"), "operator")
    # Sure of it, and still too far off for anybody but a lead.
    world.refused(BadInput, count, collection.ReceptionCount(announced, 120), "lead")
    world.refused(WrongQuantity, count, collection.ReceptionCount(announced, 120, sure=True), "operator")
    world.record(count, collection.ReceptionCount(announced, 120, "crates, not bottles", sure=True), "lead")
    assert world.lot(announced).quantity == 120


def test_error_06_the_wash_starts_before_the_bath_is_ready(world: World) -> None:
    """No start before the readings; what passes after one outside is on hold until another person looked at it."""
    opened = stages.open_run(world, stages.sorted_out(world))
    world.refused(WrongStep, washer.record_run_start, washer.RunStart(opened))
    started = stages.start(world, opened)
    stages.take_readings(world, started, bath2_temperature_celsius="55")
    (passed,) = world.record(washing.record_run_closing, washing.RunClosing(started, 100)).lot_codes
    assert world.lot(passed).held
    world.record(storage.record_hold_lift, storage.LotReason(passed, "rechecked one by one"), "third")
    assert not world.lot(passed).held


def test_error_07_a_reading_slips_by_a_digit(world: World) -> None:
    """A value far from the usual one is asked about; what was typed first is kept beside the right one."""
    opened = stages.open_run(world, stages.sorted_out(world))
    slip = washer.RunReadings(opened, (Reading("bath2_naoh_percent", Decimal("23.5")),))
    world.refused(BadInput, washer.record_run_readings, slip)
    mended = Reading("bath2_naoh_percent", Decimal("2.35"), first_typed=Decimal("23.5"))
    recorded = world.record(washer.record_run_readings, washer.RunReadings(opened, (mended,)))
    with world.database.reading() as session:
        kept = session.scalars(select(Measurement).where(Measurement.event_id == recorded.event_id)).one()
        assert (kept.value, kept.first_typed) == (Decimal("2.35"), Decimal("23.5"))


def test_error_08_clean_and_dirty_are_mixed(world: World) -> None:
    """A dirty container takes no clean bottles; emptied and cleaned, it does."""
    taken = collection.Collection("P1", 100, container="C-1")
    (held,) = world.record(collection.record_collection, taken).lot_codes
    pack = relabeling.Relabeling(stages.released(world), 12, "C-1")
    world.refused(Stopped, relabeling.record_relabeling, pack)
    # Bottles stand in it: they are put on hold, and leave it first.
    world.refused(WrongStep, cleaning.record_container_cleaning, cleaning.ContainerCleaning(("C-1",)))
    stages.emptied(world, held)
    world.record(cleaning.record_container_cleaning, cleaning.ContainerCleaning(("C-1",)))
    packed = world.make(relabeling.record_relabeling, pack)
    assert world.lot(packed).quantity == 12


def test_error_09_the_line_is_not_cleared_between_lots(world: World) -> None:
    """No run opens on a line with bottles of the last, and none closes that does not balance."""
    half = washing.LineClear(infeed_empty=True, exit_empty=True, old_labels_removed=False)
    world.refused(BadInput, washing.record_run_opening, washing.RunOpening(code="R-1", line_clear=half))
    run = stages.running(world, stages.sorted_out(world))
    close = washing.record_run_closing
    # Three of another lot are among them; or three are on the line still.
    world.refused(WrongQuantity, close, washing.RunClosing(run, 103))
    world.refused(WrongQuantity, close, washing.RunClosing(run, 97))
    # They are counted, and go to a lot that is washed again.
    washed, again = world.record(close, washing.RunClosing(run, 97, 3, "MA02")).lot_codes
    assert (world.lot(washed).quantity, world.lot(again).quantity, world.lot(again).stage) == (97, 3, Stage.REWORK)


def test_error_10_always_the_first_cause(world: World) -> None:
    """One cause for nearly all rejects is seen; the lead takes the sorting back, and it is recorded as it is."""
    lot = stages.collected(world)
    parts = (sorting.SortingReject("CR01", 18), sorting.SortingReject("MA13", 2))
    good = (sorting.SortedOut("JU75", 80),)
    first = world.record(sorting.record_sorting, sorting.Sorting(lot, good, parts))
    day = world.now.date()
    with world.database.reading() as session:
        (one,) = find_one_cause(session, world.territory_id, world.site_id, day)
        assert (one.defect.code, one.quantity, one.total) == ("CR01", 18, 20)
    world.record(correction.record_correction, correction.Correction(first.event_id, "twelve were waxed"), "lead")
    parts = (sorting.SortingReject("CR01", 6), sorting.SortingReject("MA13", 14))
    world.record(sorting.record_sorting, sorting.Sorting(lot, good, parts))
    with world.database.reading() as session:
        assert find_one_cause(session, world.territory_id, world.site_id, day) == []
    assert world.held(PlaceKind.CULLET) >= 20


def test_error_10_the_other_cause_is_said_in_words(world: World) -> None:
    """“Other” without words would be the next first button."""
    lot = stages.collected(world)
    parts = ((sorting.SortedOut("JU75", 98),), (sorting.SortingReject(OTHER, 2),))
    world.refused(BadInput, sorting.record_sorting, sorting.Sorting(lot, *parts))
    recorded = world.record(sorting.record_sorting, sorting.Sorting(lot, *parts, note="blue glass"))
    assert (PlaceKind.LOT, PlaceKind.CULLET, 2, OTHER) in world.moved(recorded)
    run = stages.running(world, recorded.lot_codes[0])
    rejects = (washing.RunReject(OTHER, 1),)
    world.refused(BadInput, washing.record_run_output, washing.RunOutput(run, rejects=rejects))
    world.record(washing.record_run_output, washing.RunOutput(run, rejects=rejects, note="paint"))


def test_error_12_a_held_or_too_old_lot_is_about_to_leave(world: World) -> None:
    """What is on hold or too old does not leave, whoever asks; quality is named, and only it lifts either."""
    order, lot = stages.reserved(world)
    leave = dispatch.Delivery(order, lot, 100)
    stages.hold(world, lot)
    assert "quality" in str(world.refused(Stopped, dispatch.record_delivery, leave, "operator"))
    world.record(storage.record_hold_lift, storage.LotReason(lot, "looked at"), "quality")
    world.next_day(31)
    assert "quality" in str(world.refused(Stopped, dispatch.record_delivery, leave, "operator"))
    world.record(second_look.record_age_waiver, second_look.AgeWaiver(lot, world.now.date(), "rinsed anew"), "quality")
    world.record(dispatch.record_delivery, leave, "operator")
    assert world.lot(lot).quantity == 0
