"""Washability: what the washer credits to labels and wineries, against the bottles they had; corrections taken off."""

from decimal import Decimal

from bottletrack.reports.labels import WinerySeen, find_labels, find_winery_washability
from bottletrack.stations import dispatch, labels, relabeling, washing
from bottletrack.washability import Washability
from tests.plant import stages, trials
from tests.plant.world import World
from tests.reports.plant import Plant


def of_labels(world: World) -> dict[str, Washability]:
    with world.database.reading() as session:
        found = find_labels(session, world.territory_id, world.now.date())
        return {label.code: label.washability for label in found}


def of_wineries(world: World) -> dict[str, WinerySeen]:
    with world.database.reading() as session:
        found = find_winery_washability(session, world.territory_id, world.now.date())
        return {winery.code: winery for winery in found}


def pack(world: World, quantity: int, label: str) -> relabeling.Relabeling:
    return relabeling.Relabeling(stages.released(world), quantity, label_code=label)


def wash_with_rejects(world: World, *rejects: washing.RunReject, owner: str | None = None) -> washing.RunClosing:
    run = stages.running(world, stages.sorted_out(world, owner=owner))
    return washing.RunClosing(run, 100 - sum(reject.quantity for reject in rejects), rejects=rejects)


def test_a_label_is_judged_by_the_bottles_packed_for_it(plant: Plant) -> None:
    world = plant.world
    good, bad = trials.approved_label(world, "V1"), trials.approved_label(world, "V2")
    assert of_labels(world) == {good: Washability(0, 0), bad: Washability(0, 0)}
    world.record(relabeling.record_relabeling, pack(world, 80, good))
    packed = world.record(relabeling.record_relabeling, pack(world, 40, bad))
    world.record(relabeling.record_relabeling, pack(world, 50, bad))
    closing = wash_with_rejects(
        world,
        washing.RunReject("MA01", 4, bad),
        washing.RunReject("MA02", 1, bad.lower()),
        # Nobody knows whose label this was; and this is no label at all.
        washing.RunReject("MA03", 5),
        washing.RunReject("CR01", 10),
    )
    washed = world.record(washing.record_run_closing, closing)
    assert of_labels(world) == {good: Washability(80, 0), bad: Washability(90, 5)}
    assert of_labels(world)[bad].percent == Decimal("94.4")
    # What was recorded by mistake counts for nothing.
    plant.take_back(packed)
    assert of_labels(world)[bad] == Washability(50, 5)
    # Nor does silence speak for a label: once nobody has named one at the washer, there is nothing to judge by.
    plant.take_back(washed)
    assert of_labels(world)[bad].percent is of_labels(world)[good].percent is None


def test_a_winery_is_judged_by_what_was_delivered_to_it_net(plant: Plant) -> None:
    world = plant.world
    order, _ = stages.delivered(world, 100)
    world.record(dispatch.record_return, dispatch.Return(order, 20, "glue marks"))
    closing = wash_with_rejects(world, washing.RunReject("MA01", 2, winery_code="V1"))
    world.record(washing.record_run_closing, closing)
    assert of_wineries(world)["V1"].washability == Washability(80, 2)
    assert of_wineries(world)["V2"].washability == Washability(0, 0)


def test_a_winery_whose_own_bottles_come_back_is_judged_by_those(plant: Plant) -> None:
    world = plant.world
    closing = wash_with_rejects(world, washing.RunReject("MA01", 3), owner="V2")
    world.record(washing.record_run_closing, closing)
    assert of_wineries(world)["V2"].washability == Washability(100, 3)
    # A run that only stands loaded has washed nothing.
    stages.open_run(world, stages.sorted_out(world, owner="V2"))
    assert of_wineries(world)["V2"].washability == Washability(100, 3)


def test_a_winery_knows_how_many_of_its_labels_are_approved(plant: Plant) -> None:
    world = plant.world
    trials.approved_label(world, "V1")
    trials.approved_label(world)
    refused = trials.approved_label(world, "V1")
    world.record(labels.record_label_judgment, labels.LabelJudgment(refused, False, reason="a new printer"))
    approved = {code: winery.approved_labels for code, winery in of_wineries(world).items()}
    assert approved == {"V1": 1, "V2": 0}


def test_a_winemaker_sees_the_own_labels_and_those_for_all(plant: Plant) -> None:
    world = plant.world
    own, _, for_all = (stages.label(world, winery) for winery in ("V1", "V2", None))
    with world.database.reading() as session:
        winery_id = world.people["winemaker"].winery_id
        found = find_labels(session, world.territory_id, world.now.date(), winery_id=winery_id)
        assert [label.code for label in found] == [own, for_all]
        (house,) = find_winery_washability(session, world.territory_id, world.now.date(), winery_id=winery_id)
        assert house.code == "V1"
