"""Labels of lots: what was printed waits to be scanned back, a replaced code is dead, and no code serves two lots."""

import pytest
from sqlalchemy import select

from bottletrack.errors import BadInput, Refusal, Stopped, WrongStep
from bottletrack.identifiers import new_lot_code, show_code
from bottletrack.reports.lot_labels import find_unstuck_labels
from bottletrack.stations import collection, lot_labels, relabeling, sorting, storage, washing
from bottletrack.tables import Container, LabelPrint, Lot, RetiredCode
from bottletrack.vocabulary import LabelRemedy, PlaceKind
from tests.plant import stages
from tests.plant.world import START, World


def stick(world: World, lot: str, container: str = "") -> None:
    world.record(lot_labels.record_label_sticking, lot_labels.LabelSticking(lot, container))


def replacement(
    lot: str, remedy: LabelRemedy = LabelRemedy.LOST, new: str | None = None
) -> lot_labels.LabelReplacement:
    return lot_labels.LabelReplacement(lot, remedy, "rain", new)


def replaced(world: World, lot: str, remedy: LabelRemedy = LabelRemedy.LOST) -> str:
    return world.make(lot_labels.record_label_replacement, replacement(lot, remedy))


def waiting(world: World) -> list[str]:
    with world.database.reading() as session:
        return [label.code for label in find_unstuck_labels(session, world.site_id, START)]


def pallets(world: World) -> dict[str, str | None]:
    """By code: the container that its label was scanned back on."""
    with world.database.reading() as session:
        rows = session.execute(
            select(LabelPrint.code, Container.code)
            .join(Lot, Lot.id == LabelPrint.lot_id)
            .outerjoin(Container, Container.id == LabelPrint.container_id)
            .where(Lot.territory_id == world.territory_id, LabelPrint.stuck_by.is_not(None))
        )
        return dict(rows.all())


def test_what_is_printed_waits_until_it_is_scanned_back(world: World) -> None:
    first, second = stages.released(world), stages.released(world)
    world.record(lot_labels.record_label_printing, lot_labels.LabelPrinting((first, second), "a4-8"))
    assert waiting(world) == [first, second]
    stick(world, second, "pal-2")
    assert (waiting(world), pallets(world)) == ([first], {second: "PAL-2"})
    # Jammed and printed again: one label waits, not two.
    world.record(lot_labels.record_label_printing, lot_labels.LabelPrinting((first,)))
    assert waiting(world) == [first]
    stick(world, first)
    assert waiting(world) == []
    # Bottles that are gone need no label any more.
    third = stages.released(world)
    world.record(lot_labels.record_label_printing, lot_labels.LabelPrinting((third,)))
    stages.emptied(world, third)
    assert waiting(world) == []
    world.refused(WrongStep, lot_labels.record_label_printing, lot_labels.LabelPrinting((third,)))
    assert world.audit().clean


@pytest.mark.parametrize("count", [0, 501])
def test_a_print_job_has_a_size(world: World, count: int) -> None:
    lot = stages.released(world)
    world.refused(BadInput, lot_labels.record_label_printing, lot_labels.LabelPrinting((lot,) * count))


def test_a_pallet_carries_one_label(world: World) -> None:
    first, second = stages.released(world), stages.released(world)
    stick(world, first, "PAL-1")
    refusal = world.refused(Stopped, lot_labels.record_label_sticking, lot_labels.LabelSticking(second, "PAL-1"))
    assert (refusal.values["container"], refusal.values["lot"]) == ("PAL-1", show_code(first))
    # Put on another pallet, or gone: the place is free.
    stick(world, first, "PAL-2")
    stick(world, second, "PAL-1")
    third = stages.released(world)
    world.refused(Stopped, lot_labels.record_label_sticking, lot_labels.LabelSticking(third, "PAL-2"))
    stages.emptied(world, first)
    stick(world, third, "PAL-2")
    assert world.audit().clean


def test_clean_bottles_are_not_stuck_on_a_dirty_crate(world: World) -> None:
    mixed = world.make(collection.record_collection, collection.Collection("P1", 100, container="PALOX-7"))
    stick(world, mixed, "PALOX-7")
    lot = stages.released(world)
    world.refused(Stopped, lot_labels.record_label_sticking, lot_labels.LabelSticking(lot, "PALOX-7"))
    assert pallets(world) == {mixed: "PALOX-7"}


def test_a_replaced_label_is_dead_and_says_so(world: World) -> None:
    old = stages.released(world)
    id_before = world.lot(old).id
    new = replaced(world, old)
    assert new != old
    assert world.lot(new).id == id_before
    assert waiting(world) == [new]
    refusal = world.refused(WrongStep, storage.record_hold, storage.LotReason(old, "smells"))
    assert (refusal.values["old"], refusal.values["lot"]) == (show_code(old), show_code(new))
    # And once more: both old ones lead to the one that counts.
    newest = replaced(world, new, LabelRemedy.DIRTY)
    for dead in (old, new):
        assert world.refused(WrongStep, storage.record_hold, storage.LotReason(dead, "smells")).values[
            "lot"
        ] == show_code(newest)
    world.record(relabeling.record_relabeling, relabeling.Relabeling(newest, 60))
    assert world.audit().clean


def test_a_replacement_that_is_sent_again_answers_the_same_code(world: World) -> None:
    lot = stages.released(world)
    scan = world.scan()
    first = world.send(lot_labels.record_label_replacement, replacement(lot), scan)
    replaced(world, first.lot_codes[0])
    again = world.send(lot_labels.record_label_replacement, replacement(lot), scan)
    assert (again.again, again.lot_codes) == (True, first.lot_codes)


def test_two_swapped_labels_both_die(world: World) -> None:
    lots = [stages.released(world), stages.sorted_out(world)]
    ids = [world.lot(lot).id for lot in lots]
    swapped = world.record(lot_labels.record_label_swap, lot_labels.LabelSwap(lots[1], lots[0], "opened both"))
    assert [world.lot(code).id for code in swapped.lot_codes] == ids
    assert waiting(world) == list(swapped.lot_codes)
    for lot in lots:
        world.refused(WrongStep, lot_labels.record_label_sticking, lot_labels.LabelSticking(lot))
    with world.database.reading() as session:
        remedies = select(RetiredCode.remedy).where(RetiredCode.territory_id == world.territory_id)
        assert session.scalars(remedies).all() == [LabelRemedy.SWAPPED] * 2
    assert world.audit().clean


def test_swapped_labels_are_stuck_where_the_other_one_was(world: World) -> None:
    lots = [stages.released(world), stages.released(world)]
    for lot, pallet in zip(lots, ("PAL-1", "PAL-2"), strict=True):
        stick(world, lot, pallet)
    swapped = world.record(lot_labels.record_label_swap, lot_labels.LabelSwap(*lots))
    for lot, pallet in zip(swapped.lot_codes, ("PAL-2", "PAL-1"), strict=True):
        stick(world, lot, pallet)
    assert pallets(world) == dict(zip((*lots, *swapped.lot_codes), ("PAL-1", "PAL-2", "PAL-2", "PAL-1"), strict=True))
    assert waiting(world) == []


def test_one_label_cannot_be_swapped(world: World) -> None:
    lot = stages.released(world)
    world.refused(BadInput, lot_labels.record_label_swap, lot_labels.LabelSwap(lot, lot))
    world.refused(BadInput, lot_labels.record_label_replacement, replacement(lot, LabelRemedy.SWAPPED))


def test_blank_labels_become_lots(world: World) -> None:
    blank = [new_lot_code() for _ in range(5)]
    collected = collection.Collection("P1", 100, new_lot_code=show_code(blank[0]))
    assert world.make(collection.record_collection, collected) == blank[0]
    part = sorting.SortedOut("JU75", 100, new_lot_code=blank[1])
    assert world.make(sorting.record_sorting, sorting.Sorting(blank[0], (part,))) == blank[1]
    run = stages.running(world, blank[1])
    closing = washing.RunClosing(run, passed=100, passed_lot_code=blank[2])
    assert world.make(washing.record_run_closing, closing) == blank[2]
    packing = relabeling.Relabeling(stages.released(world), 60, new_lot_code=blank[3])
    assert world.make(relabeling.record_relabeling, packing) == blank[3]
    assert world.make(lot_labels.record_label_replacement, replacement(blank[3], new=blank[4])) == blank[4]
    assert world.held(PlaceKind.LOT) == 200
    assert world.audit().clean


def test_no_code_serves_twice(world: World) -> None:
    dead = stages.released(world)
    alive = replaced(world, dead)
    misread = alive[:-1] + ("0" if alive[-1] != "0" else "1")
    for code in (dead, alive, misread, "BLANK"):
        refused: type[Refusal] = BadInput
        world.refused(refused, collection.record_collection, collection.Collection("P1", 100, new_lot_code=code))
        world.refused(refused, lot_labels.record_label_replacement, replacement(alive, new=code))
