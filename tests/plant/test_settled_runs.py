"""A run is settled before its bottles go on: as long as it is open, a bad reading reaches all that came out of it."""

from sqlalchemy import select

from bottletrack.errors import WrongStep
from bottletrack.scans import Recorded
from bottletrack.stations import correction, quality, transfer, washing
from bottletrack.tables import Inspection, Transit
from tests.plant import stages
from tests.plant.world import World


def _first_pallet(world: World) -> tuple[str, str]:
    """A running line, and the first lot that came off it."""
    run = stages.running(world, stages.sorted_out(world))
    return run, world.make(washing.record_run_output, washing.RunOutput(run, 60))


def _closed(world: World, run: str) -> Recorded:
    return world.record(washing.record_run_closing, washing.RunClosing(run, 40))


def _inspect(world: World, lot: str) -> None:
    start = quality.InspectionStart(lot)
    world.record(quality.record_inspection_start, start, site_id=world.lot(lot).site_id)


def test_what_came_out_of_an_open_run_is_not_sent_away(world: World) -> None:
    run, lot = _first_pallet(world)
    sending = transfer.Sending(lot, "S2")
    assert run in str(world.refused(WrongStep, transfer.record_sending, sending))
    _closed(world, run)
    world.record(transfer.record_sending, sending)


def test_a_run_whose_bottles_are_inspected_is_not_reopened(world: World) -> None:
    run, lot = _first_pallet(world)
    reopening = correction.Correction(_closed(world, run).event_id, "one more came out")
    _inspect(world, lot)
    world.refused(WrongStep, correction.record_correction, reopening, "lead")


def test_a_run_whose_bottles_were_sent_away_is_not_reopened_until_they_are_back(world: World) -> None:
    run, lot = _first_pallet(world)
    reopening = correction.Correction(_closed(world, run).event_id, "one more came out")
    sent = world.record(transfer.record_sending, transfer.Sending(lot, "S2"))
    world.refused(WrongStep, correction.record_correction, reopening, "lead")
    world.record(correction.record_correction, correction.Correction(sent.event_id, "wrong truck"), "lead")
    world.record(correction.record_correction, reopening, "lead")
    stages.take_readings(world, run, bath2_temperature_celsius="71")
    assert world.lot(lot).held
    report = world.audit()
    assert report.clean, report.findings


def test_a_lot_that_failed_at_one_site_is_not_new_at_another(world: World) -> None:
    elsewhere = world.other_site_id
    failed = stages.blocked(world)
    sent = world.record(transfer.record_sending, transfer.Sending(failed, "S2"))
    with world.database.reading() as session:
        road = session.scalars(select(Transit.id).where(Transit.sent_by == sent.event_id)).one()
    there = world.make(transfer.record_arrival, transfer.Arrival(road, 100), site_id=elsewhere)
    run = "RUN-S2"
    opening = washing.RunOpening(code=run, line_clear=stages.LINE_CLEAR)
    world.record(washing.record_run_opening, opening, site_id=elsewhere)
    world.record(washing.record_refused_loading, washing.RunLoading(run, there), site_id=elsewhere)
    stages.start(world, run, at=elsewhere)
    lot = world.make(washing.record_run_closing, washing.RunClosing(run, 100), site_id=elsewhere)
    _inspect(world, lot)
    with world.database.reading() as session:
        assert not session.scalars(select(Inspection.first_time).where(Inspection.site_id == elsewhere)).one()
