"""Codes are drawn at random, and yet no two lots of a territory have the same."""

import pytest

from bottletrack import ledger
from bottletrack.identifiers import new_lot_code
from tests.plant.stages import collected
from tests.plant.world import World


def test_a_code_that_a_lot_has_is_drawn_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, other = collected(world), new_lot_code()
    drawn = iter([first, first, other])
    monkeypatch.setattr(ledger, "new_lot_code", lambda: next(drawn))
    assert collected(world) == other
    assert world.lot(first).quantity == world.lot(other).quantity == 100
