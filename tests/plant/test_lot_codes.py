"""Codes are drawn at random, no two lots of a territory have the same, and a neighbor's says whose it is."""

import pytest

from bottletrack import ledger
from bottletrack.errors import NotFound
from bottletrack.identifiers import new_lot_code, show_code
from bottletrack.lots import get_lot
from tests.plant.stages import collected
from tests.plant.world import World


def test_a_code_that_a_lot_has_is_drawn_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, other = collected(world), new_lot_code()
    drawn = iter([first, first, other])
    monkeypatch.setattr(ledger, "new_lot_code", lambda: next(drawn))
    assert collected(world) == other
    assert world.lot(first).quantity == world.lot(other).quantity == 100


def test_a_code_of_another_territory_says_whose_it_is(world: World) -> None:
    code = collected(world)
    with world.database.reading() as session, pytest.raises(NotFound) as caught:
        get_lot(session, world.stranger, code)
    assert caught.value.values == {"lot": show_code(code), "territory": "Jura"}


def test_a_code_of_nobody_names_no_territory(world: World) -> None:
    with world.database.reading() as session, pytest.raises(NotFound) as caught:
        get_lot(session, world.stranger, new_lot_code())
    assert "territory" not in caught.value.values
