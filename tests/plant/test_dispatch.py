"""Bottles leave for the winemaker who ordered them, and may come back as a lot of their own."""

import pytest

from bottletrack.errors import BadInput
from bottletrack.stations import dispatch
from tests.plant import stages
from tests.plant.world import World


@pytest.mark.parametrize("quantity", [0, -1])
def test_no_bottle_comes_back_from_an_order_that_was_never_delivered(world: World, quantity: int) -> None:
    back = dispatch.Return(stages.placed(world, 100), quantity, "glue marks")
    world.refused(BadInput, dispatch.record_return, back)
