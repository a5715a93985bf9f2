"""Bottles leave for the winemaker who ordered them, and may come back as a lot of their own."""

import pytest

from bottletrack.errors import BadInput
from bottletrack.order_book import get_order
from bottletrack.orders import (
    OrderedBottles,
    OrderRequest,
    Reservation,
    get_reference,
    record_order,
    record_unreservation,
)
from bottletrack.stations import dispatch, quality, relabeling, second_look
from bottletrack.vocabulary import Grade, Verdict
from tests.plant import stages
from tests.plant.world import World


@pytest.mark.parametrize("quantity", [0, -1])
def test_no_bottle_comes_back_from_an_order_that_was_never_delivered(world: World, quantity: int) -> None:
    back = dispatch.Return(stages.placed(world, 100), quantity, "glue marks")
    world.refused(BadInput, dispatch.record_return, back)


def test_bottles_of_an_order_with_both_grades_come_back_by_the_lot_they_came_in(world: World) -> None:
    first = stages.relabeled(world, 20)
    second = world.make(relabeling.record_relabeling, relabeling.Relabeling(grade_b(world, 30), 30))
    lines = (OrderedBottles("JU75", 20), OrderedBottles("JU75", 30, Grade.B))
    placed = world.record(record_order, OrderRequest(lines), "winemaker")
    with world.database.reading() as session:
        reference = get_reference(session, placed)
    for lot, quantity in ((first, 20), (second, 30)):
        world.record(dispatch.record_delivery, dispatch.Delivery(reference, lot, quantity), "driver")
    unnamed = dispatch.Return(reference, 5, "glue marks", model_code="JU75")
    world.refused(BadInput, dispatch.record_return, unnamed)
    back = dispatch.Return(reference, 5, "glue marks", lot_code=second)
    assert world.lot(world.make(dispatch.record_return, back)).quantity == 5
    with world.database.reading() as session:
        line_a, line_b = get_order(session, world.people["second"], reference).lines
    assert (line_a.delivered, line_b.delivered) == (20, 25)


def grade_b(world: World, quantity: int) -> str:
    lot = stages.all_tests_done(world, quantity)
    world.record(quality.record_judgment, quality.Judgment(lot, Verdict.ACCEPT_B))
    return lot


def test_what_was_delivered_was_of_its_grade_when_it_left_whatever_quality_says_of_the_rest(world: World) -> None:
    order, lot = stages.reserved(world)
    world.record(dispatch.record_delivery, dispatch.Delivery(order, lot, 60), "driver")
    world.record(record_unreservation, Reservation(order, lot, 40), "coordinator")
    world.record(second_look.record_downgrade, second_look.Downgrade(lot, "scuffed"), "quality")
    back = dispatch.Return(order, 10, "glue marks", lot_code=lot)
    assert world.lot(world.make(dispatch.record_return, back, "driver")).quantity == 10
    report = world.audit()
    assert report.clean, report.findings
