"""What a device takes along: the site's lots, runs and orders, its tiles and its rules, whenever any of it changed."""

from typing import Any

import pytest

from bottletrack.stations.relabeling import Relabeling, record_relabeling
from bottletrack.stations.washing import RunLoading, record_run_loading
from bottletrack.steps import STEPS
from tests.plant.stages import announced, collected, emptied, hold, open_run, released, reserved, sorted_out
from tests.sync.conftest import Plant, Tablet
from webapp.config import Settings


def kit_of(tablet: Tablet) -> dict[str, Any]:
    kit: dict[str, Any] = tablet.visitor.ask("/station/data", method="GET").get_json()
    return kit


def test_lots_that_hold_bottles_or_wait_for_some_are_told_as_they_stand(plant: Plant) -> None:
    world = plant.world
    lots = [collected(world), announced(world), sorted_out(world)]
    hold(world, lots[2])
    dead = emptied(world, sorted_out(world))
    kit = kit_of(plant.tablet())
    told = {lot["code"]: lot for lot in kit["lots"]}
    assert set(lots) <= set(told)
    assert dead not in told
    assert told[lots[0]] == {
        "code": lots[0],
        "partner_code": None,
        "stage": "received",
        "grade": None,
        "held": False,
        "recalled": False,
        "quantity": 100,
        "promised": 0,
        "announced": None,
        "model": None,
        "color": "",
        "owner": None,
        "washed_on": None,
        "waived_until": None,
        "pass_number": 0,
    }
    expected = told[lots[1]]
    assert (expected["stage"], expected["quantity"], expected["announced"]) == ("expected", 0, 120)
    assert (told[lots[2]]["held"], told[lots[2]]["model"], told[lots[2]]["owner"]) == (True, "JU75", None)


def test_another_sites_lots_stay_there(plant: Plant) -> None:
    world = plant.world
    there = collected(world, at=world.other_site_id)
    assert there not in [lot["code"] for lot in kit_of(plant.tablet())["lots"]]


def test_runs_orders_and_containers(plant: Plant) -> None:
    world = plant.world
    lot = sorted_out(world)
    run = open_run(world)
    world.record(record_run_loading, RunLoading(run, lot))
    ready = released(world)
    packed = world.make(record_relabeling, Relabeling(ready, 40, "PALOX-9"))
    order, _ = reserved(world)
    kit = kit_of(plant.tablet())
    assert [each for each in kit["runs"] if each["code"] == run] == [
        {"code": run, "program": "wash", "model": "JU75", "color": "", "started": False, "on_line": 100}
    ]
    assert [each["lines"] for each in kit["orders"] if each["reference"] == order] == [
        [{"model": "JU75", "grade": "A", "left": 100}]
    ]
    assert kit["containers"] == [{"code": "PALOX-9", "clean": True, "lot": packed}]
    emptied(world, packed)
    assert kit_of(plant.tablet())["containers"] == [{"code": "PALOX-9", "clean": True, "lot": None}]


def test_our_own_addresses_come_whole(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    settings: Settings = plant.app.config["SETTINGS"]
    at_a_path = settings.model_copy(update={"label_url": "https://b.example/base"})
    monkeypatch.setitem(plant.app.config, "SETTINGS", at_a_path)
    assert kit_of(plant.tablet())["hosts"] == ["http://127.0.0.1:8000", "https://b.example/base"]


def test_tiles_and_rules(plant: Plant) -> None:
    kit = kit_of(plant.tablet())
    assert kit["site"]["code"] == "S1"
    assert kit["hosts"] == ["http://127.0.0.1:8000"]
    assert kit["points"] == [{"code": "P1", "name": "Cave"}]
    assert set(kit["steps"]) == {step.value for step in STEPS}
    assert kit["steps"]["count"] == {"stages": ["received"], "held": True, "permission": "count_reception"}
    models = {model["code"]: model for model in kit["models"]}
    assert models["JU75"]["picture"] == "JU75"
    assert models["JU75"]["pool"] is True
    assert [model["pool"] for model in kit["models"]] == sorted((m["pool"] for m in kit["models"]), reverse=True)
    causes = {cause["code"]: cause for cause in kit["causes"]}
    assert causes["CR01"] == {
        "code": "CR01",
        "name": {"fr": "goulot cassé", "en": "Chipped or broken finish"},
        "picture": "chipped-finish",
        "stations": ["sorting", "washing", "quality"],
        "aside": False,
    }
    assert any(cause["aside"] for cause in kit["causes"])


def test_what_the_device_has_already_is_not_sent_again(plant: Plant) -> None:
    tablet = plant.tablet()
    first = tablet.visitor.ask("/station/data", method="GET")
    headers = {"X-Station": "1", "If-None-Match": first.headers["ETag"]}
    again = tablet.visitor.get("/station/data", headers=headers)
    assert (again.status_code, again.data) == (304, b"")
    collected(plant.world)
    changed = tablet.visitor.get("/station/data", headers=headers)
    assert changed.status_code == 200
    assert changed.get_json()["version"] != first.get_json()["version"]
