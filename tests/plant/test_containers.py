"""Containers (I14): dirty from a collection until their cleaning, and clean bottles go into clean ones only."""

import pytest
from sqlalchemy import select

from bottletrack.errors import BadInput, Refusal, Stopped, WrongStep
from bottletrack.reports.containers import find_dirty_containers
from bottletrack.stations import cleaning, collection, relabeling
from bottletrack.tables import Container
from tests.plant import stages
from tests.plant.world import World

PALOX = "PALOX-7"


def collect(world: World, container: str = PALOX) -> str:
    return world.make(collection.record_collection, collection.Collection("P1", 100, container=container))


def clean(world: World, *codes: str) -> None:
    world.record(cleaning.record_container_cleaning, cleaning.ContainerCleaning(codes or (PALOX,)))


def packing(world: World, package: str = PALOX) -> relabeling.Relabeling:
    return relabeling.Relabeling(stages.released(world), 60, package)


def states(world: World) -> dict[str, bool]:
    """Which containers are known, and whether they are clean."""
    with world.database.reading() as session:
        rows = session.scalars(select(Container).where(Container.territory_id == world.territory_id))
        return {row.code: row.clean for row in rows}


def dirty(world: World) -> list[tuple[str, bool]]:
    """Dirty containers, and whether bottles stand in them still."""
    with world.database.reading() as session:
        found = find_dirty_containers(session, world.territory_id)
        return [(container.code, container.holds is not None) for container in found]


def test_the_round_of_a_container(world: World) -> None:
    lot = collect(world, " palox-7 ")
    assert (states(world), dirty(world)) == ({PALOX: False}, [(PALOX, True)])
    world.refused(Stopped, relabeling.record_relabeling, packing(world, "Palox-7"))
    # Bottles stand in it: nobody can have cleaned it.
    refusal = world.refused(WrongStep, cleaning.record_container_cleaning, cleaning.ContainerCleaning((PALOX,)))
    assert refusal.values["lot"] == world.lot(lot).shown_code
    stages.emptied(world, lot)
    assert dirty(world) == [(PALOX, False)]
    # Empty is not clean.
    world.refused(Stopped, relabeling.record_relabeling, packing(world))
    clean(world)
    assert (states(world), dirty(world)) == ({PALOX: True}, [])
    packed = world.make(relabeling.record_relabeling, packing(world))
    # Another lot may join it; dirty bottles may not, before the clean ones have left.
    world.record(relabeling.record_relabeling, packing(world))
    world.refused(Stopped, collection.record_collection, collection.Collection("P1", 10, container=PALOX))
    assert states(world) == {PALOX: True}
    stages.emptied(world, packed)
    world.refused(Stopped, collection.record_collection, collection.Collection("P1", 10, container=PALOX))
    report = world.audit()
    assert report.clean, report.findings


def test_a_container_that_left_with_clean_bottles_comes_back_with_dirty_ones(world: World) -> None:
    stages.emptied(world, world.make(relabeling.record_relabeling, packing(world)))
    collect(world)
    assert states(world) == {PALOX: False}
    report = world.audit()
    assert report.clean, report.findings


def test_a_package_that_nobody_has_seen_is_clean(world: World) -> None:
    world.record(relabeling.record_relabeling, packing(world, "PAL-1"))
    assert states(world) == {"PAL-1": True}


@pytest.mark.parametrize("code", ["", "  ", "CRATE12", "palox"])
def test_a_type_of_container_is_no_container(world: World, code: str) -> None:
    collect(world, code)
    world.record(relabeling.record_relabeling, packing(world, code))
    assert states(world) == {}


@pytest.mark.parametrize(
    ("codes", "refusal"),
    [
        ((), BadInput),
        (("", " "), BadInput),
        (("PALOX",), BadInput),
        (("P" * 41,), BadInput),
        (tuple(f"C-{n}" for n in range(101)), BadInput),
    ],
)
def test_a_cleaning_names_its_containers(world: World, codes: tuple[str, ...], refusal: type[Refusal]) -> None:
    world.refused(refusal, cleaning.record_container_cleaning, cleaning.ContainerCleaning(codes))


def test_one_that_cannot_be_clean_spoils_the_whole_cleaning(world: World) -> None:
    collect(world, "A-2")
    world.refused(WrongStep, cleaning.record_container_cleaning, cleaning.ContainerCleaning(("A-1", "A-2")))
    clean(world, "A-1", "a-1")
    assert states(world) == {"A-1": True, "A-2": False}


def test_a_name_that_is_too_long_is_refused_where_it_is_typed(world: World) -> None:
    long = "P" * 41
    refusal = world.refused(BadInput, relabeling.record_relabeling, packing(world, long))
    assert refusal.field == "package"
    taken = collection.Collection("P1", 10, container=long)
    assert world.refused(BadInput, collection.record_collection, taken).field == "container"
