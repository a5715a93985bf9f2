"""A batch from a device: one verdict a row, each recorded once or kept once, whatever the others are."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from bottletrack.devices import find_device
from bottletrack.identifiers import new_event_id
from bottletrack.scans import Recorded
from bottletrack.sittings import begin_sitting
from bottletrack.tables import Person
from bottletrack.vocabulary import LateState, Role, SignInProof
from tests.plant.stages import collected, hold, sorted_out
from tests.sync.conftest import Plant
from webapp.verbs import VERBS


def breakage(lot: str, quantity: int) -> dict[str, Any]:
    return {"lot_code": lot, "quantity": quantity}


def test_what_is_possible_is_recorded_with_both_times_in_the_sitters_name(plant: Plant) -> None:
    tablet, lot = plant.tablet(), sorted_out(plant.world)
    happened_at = plant.world.now
    row = tablet.row("breakages", breakage(lot, 3))
    assert tablet.bring(row) == [
        {"event_id": row["event_id"], "verdict": "stored", "lot_codes": [], "what": "", "remedy": "", "severity": ""}
    ]
    event = plant.recorded()[row["event_id"]]
    assert event.actor_id == plant.world.people[Role.OPERATOR].person_id
    assert event.happened_at == happened_at
    assert datetime.now(UTC) - event.recorded_at < timedelta(minutes=1)
    assert plant.world.lot(lot).quantity == 97


def test_a_lot_that_was_made_is_named(plant: Plant) -> None:
    tablet = plant.tablet()
    (verdict,) = tablet.bring(tablet.row("collections", {"point_code": "P1", "declared": 48}))
    assert plant.world.lot(verdict["lot_codes"][0]).quantity == 48


def test_a_row_that_comes_again_counts_once(plant: Plant) -> None:
    tablet, lot = plant.tablet(), sorted_out(plant.world)
    good, bad = tablet.row("breakages", breakage(lot, 3)), tablet.row("breakages", breakage(lot, 3000))
    for _ in range(3):
        assert tablet.verdicts(good, bad, good) == ["stored", "review", "stored"]
    assert plant.world.lot(lot).quantity == 97
    assert list(plant.late()) == [bad["event_id"]]


def test_the_same_batch_eight_times_at_once(plant: Plant) -> None:
    tablet, lot = plant.tablet(), sorted_out(plant.world)
    rows = [tablet.row("breakages", breakage(lot, 1)) for _ in range(6)]
    rows += [tablet.row("breakages", breakage(lot, 5000)) for _ in range(3)]
    tablets = [tablet] + [type(tablet)(tablet.app, tablet.world, tablet.key, tablet.sitting) for _ in range(7)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda each: each.verdicts(*rows), tablets))
    assert answers == [["stored"] * 6 + ["review"] * 3] * 8
    assert plant.world.lot(lot).quantity == 94
    assert set(plant.late()) == {row["event_id"] for row in rows[6:]}
    assert plant.world.audit().clean


def test_a_set_is_judged_by_its_net_effect(plant: Plant) -> None:
    """More broken than there were, before the count that found the bottles: possible in another order."""
    tablet, lot = plant.tablet("lead"), sorted_out(plant.world, 10)
    rows = [
        tablet.row("breakages", breakage(lot, 12)),
        tablet.row("stock-counts", {"lot_code": lot, "counted": 20, "reason": "Palette oubliée"}),
    ]
    assert tablet.verdicts(*rows) == ["stored", "stored"]
    assert plant.world.lot(lot).quantity == 8


def test_what_other_rows_may_still_make_possible_is_asked_for_again(plant: Plant) -> None:
    """A batch holds a hundred rows: the count may stand in the next."""
    tablet, lot = plant.tablet("lead"), sorted_out(plant.world, 10)
    first, other = tablet.row("breakages", breakage(lot, 12)), tablet.row("breakages", breakage(lot, 1))
    count = tablet.row("stock-counts", {"lot_code": lot, "counted": 20, "reason": "Palette oubliée"})
    assert tablet.verdicts(first, other, more=True) == ["later", "stored"]
    assert tablet.verdicts(first, count) == ["stored", "stored"]
    assert not plant.late()


def test_a_device_whose_every_row_is_refused_is_not_asked_for_ever(plant: Plant) -> None:
    tablet, lot = plant.tablet(), sorted_out(plant.world, 10)
    assert tablet.verdicts(tablet.row("breakages", breakage(lot, 12)), more=True) == ["review"]


def test_an_operator_at_the_panel_is_told_at_once(plant: Plant) -> None:
    tablet, lot = plant.tablet(), sorted_out(plant.world)
    hold(plant.world, lot)
    row = tablet.row("presoaks", {"lot_code": lot, "bath": "1"}, live=True)
    (verdict,) = tablet.bring(row)
    assert (verdict["verdict"], verdict["severity"]) == ("refused", "stopped")
    assert "bloqué" in verdict["what"]
    assert verdict["remedy"]
    assert not plant.late()
    # Nobody acknowledged it: it comes again, and is kept.
    assert tablet.verdicts(row | {"live": False}) == ["review"]


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"verb": "setting-changes"}, id="no station's verb"),
        pytest.param({"verb": "no-such-verb"}, id="no verb"),
        pytest.param({"verb": "\x00\ud800" * 100}, id="an unreadable verb"),
        pytest.param({"verb": None}, id="no name of a verb"),
        pytest.param({"input": {"lot_code": "X"}}, id="a field is missing"),
        pytest.param({"input": {"lot_code": "NOLOT", "quantity": 1, "other": 1}}, id="an unknown field"),
        pytest.param({"input": "x" * 100_000}, id="too much"),
        pytest.param({"input": {"lot_code": "A\x00B", "quantity": 1}}, id="NUL"),
        pytest.param({"input": {"lot_code": "\ud800", "quantity": 1}}, id="half a character"),
        pytest.param({"input": {"lot_code": "A", "quantity": 10**5000}}, id="a number that Python does not read"),
        pytest.param({"input": {"lot_code": "A", "quantity": float("nan")}}, id="no number"),
        pytest.param({"sitting": str(new_event_id())}, id="an unknown sitting"),
        pytest.param({"sitting": 7}, id="no sitting"),
        pytest.param({"happened_at": "yesterday"}, id="no time"),
        pytest.param({"happened_at": "0001-01-01T00:00:00+14:00"}, id="a time before all times"),
        pytest.param({"happened_at": (datetime.now(UTC) - timedelta(days=4)).isoformat()}, id="too late"),
        pytest.param({"happened_at": (datetime.now(UTC) + timedelta(days=4)).isoformat()}, id="a clock ahead"),
        pytest.param({"event_id": "not an id"}, id="no id"),
        pytest.param({"event_id": None}, id="no id at all"),
    ],
)
def test_a_row_that_cannot_be_taken_is_kept_and_blocks_nothing(plant: Plant, wrong: dict[str, Any]) -> None:
    tablet, lot = plant.tablet(), sorted_out(plant.world)
    before, after = (tablet.row("breakages", breakage(lot, quantity)) for quantity in (1, 2))
    bad = tablet.row("breakages", breakage(lot, 4)) | wrong
    assert _verdicts(tablet, [before, bad, after]) == ["stored", "review", "stored"]
    assert _verdicts(tablet, [before, bad, after]) == ["stored", "review", "stored"]
    assert plant.world.lot(lot).quantity == 97
    (late,) = plant.late().values()
    assert late.content
    page = plant.visitor("lead").get(f"/operator/late-scans/{late.id}")
    assert page.status_code == 200


def _verdicts(tablet: Any, rows: list[Any]) -> list[str]:
    # Python's own limit on long numbers is for reading; json.dumps has it as well, so it is written by hand.
    body = json.dumps({"rows": [None if row is rows[1] else row for row in rows]})
    bad = json.dumps(rows[1] | {"input": "@"}) if isinstance(rows[1]["input"], dict) else json.dumps(rows[1])
    if isinstance(rows[1]["input"], dict):
        inner = ", ".join(f"{json.dumps(key)}: {_written(value)}" for key, value in rows[1]["input"].items())
        bad = bad.replace('"@"', "{" + inner + "}")
    answer = tablet.visitor.post(
        "/station/sync",
        data=body.replace("null", bad, 1),
        headers={"X-Station": "1"},
        content_type="application/json",
    )
    assert answer.status_code == 200, answer.text
    return [verdict["verdict"] for verdict in answer.get_json()["verdicts"]]


def _written(value: object) -> str:
    if isinstance(value, int) and value.bit_length() > 10_000:
        return "1" + "0" * 5000
    return json.dumps(value)


@pytest.mark.parametrize("row", [None, 7, "text", [], {}, {"event_id": str(new_event_id())}])
def test_what_is_no_row_at_all_is_kept(plant: Plant, row: Any) -> None:
    tablet = plant.tablet()
    assert tablet.verdicts(row, row) == ["review", "review"]
    (late,) = plant.late().values()
    assert json.loads(late.content) == row


@pytest.mark.parametrize("body", ["", "[]", "nonsense", '{"rows": 1}', "[" * 100_000, '{"rows": [' + "[" * 990])
def test_what_is_no_batch_is_refused_and_stays_on_the_device(plant: Plant, body: str) -> None:
    headers = {"X-Station": "1"}
    tablet = plant.tablet()
    answer = tablet.visitor.post("/station/sync", data=body, headers=headers, content_type="application/json")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"


def test_rows_beyond_a_hundred_come_later(plant: Plant) -> None:
    tablet, lot = plant.tablet(), sorted_out(plant.world, 200)
    rows = [tablet.row("breakages", breakage(lot, 1)) for _ in range(103)]
    assert tablet.verdicts(*rows) == ["stored"] * 100 + ["later"] * 3
    assert tablet.verdicts(*rows[100:]) == ["stored"] * 3
    assert plant.world.lot(lot).quantity == 97


def test_the_same_id_for_something_else_is_another_scan(plant: Plant) -> None:
    tablet, lot = plant.tablet(), sorted_out(plant.world)
    row = tablet.row("breakages", breakage(lot, 1))
    assert tablet.verdicts(row) == ["stored"]
    assert tablet.verdicts(row | {"input": breakage(lot, 2)}) == ["review"]
    assert plant.world.lot(lot).quantity == 99
    assert list(plant.late()) == [row["event_id"]]


def test_a_lost_answer_is_given_again_whatever_happened_since(plant: Plant) -> None:
    """Its person was closed, and its time ran out: it was recorded all the same."""
    tablet, lot = plant.tablet(), sorted_out(plant.world)
    old = (datetime.now(UTC) - timedelta(days=2, hours=23)).isoformat()
    row = tablet.row("collections", {"point_code": "P1", "declared": 12}, happened_at=old)
    (first,) = tablet.bring(row)
    with plant.world.database.writing() as session:
        operator = plant.world.people[Role.OPERATOR].person_id
        session.execute(update(Person).where(Person.id == operator).values(active=False))
    assert tablet.bring(row) == [first]
    assert tablet.verdicts(tablet.row("breakages", breakage(lot, 1))) == ["review"]


def test_permissions_are_those_of_who_sat_there(plant: Plant) -> None:
    lot = collected(plant.world)
    driver = plant.tablet("driver")
    sorting = {"lot_code": lot, "sorted_out": [{"model_code": "JU75", "quantity": 100}]}
    assert driver.verdicts(driver.row("sortings", sorting)) == ["review"]
    operator = plant.tablet("operator")
    assert operator.verdicts(operator.row("sortings", sorting)) == ["stored"]


def test_a_sitting_that_began_without_us_is_taken_on_its_badge(plant: Plant) -> None:
    tablet, lot = plant.tablet("driver"), sorted_out(plant.world)
    sitting = str(new_event_id())
    told = {"id": sitting, "badge": plant.badge("lead"), "began_at": plant.world.now.isoformat()}
    row = tablet.row("breakages", breakage(lot, 1), sitting=sitting)
    assert tablet.verdicts(row, sittings=[told]) == ["stored"]
    assert plant.recorded()[row["event_id"]].actor_id == plant.world.people[Role.LEAD].person_id
    again = tablet.row("breakages", breakage(lot, 1), sitting=sitting)
    assert tablet.verdicts(again, sittings=[told]) == ["stored"]


@pytest.mark.parametrize("badge", ["forged", "elsewhere", None])
def test_rows_of_a_sitting_on_a_badge_that_does_not_count_wait_for_a_lead(plant: Plant, badge: str | None) -> None:
    tablet, lot = plant.tablet(), sorted_out(plant.world)
    token = plant.badge("elsewhere") if badge == "elsewhere" else badge
    sitting = str(new_event_id())
    told = {"id": sitting, "badge": token, "began_at": plant.world.now.isoformat()}
    row = tablet.row("breakages", breakage(lot, 1), sitting=sitting)
    assert tablet.verdicts(row, sittings=[told, None, {}]) == ["review"]
    assert plant.late()[row["event_id"]].person_id is None


def test_another_devices_sitting_is_nobodys(plant: Plant) -> None:
    tablet, other, lot = plant.tablet(), plant.tablet(), sorted_out(plant.world)
    assert tablet.verdicts(tablet.row("breakages", breakage(lot, 1), sitting=str(other.sitting))) == ["review"]


def test_nobody_signs_for_who_has_left(plant: Plant) -> None:
    """What was scanned before the next person sat down is still theirs, however late it comes."""
    tablet, lot = plant.tablet(), sorted_out(plant.world)
    before = tablet.row("breakages", breakage(lot, 1))
    with plant.world.database.writing() as session:
        device = find_device(session, tablet.key)
        assert device is not None
        lead = plant.world.people[Role.LEAD].person_id
        next_one = begin_sitting(session, device, lead, SignInProof.PASSWORD, plant.world.now)
    plant.world.now += timedelta(minutes=6)
    after = tablet.row("breakages", breakage(lot, 1))
    theirs = tablet.row("breakages", breakage(lot, 1), sitting=str(next_one))
    assert tablet.verdicts(before, after, theirs) == ["stored", "review", "stored"]
    late = plant.late()[after["event_id"]]
    assert late.person_id == plant.world.people[Role.OPERATOR].person_id


def test_two_devices_that_worked_on_the_same_lot(plant: Plant) -> None:
    """All is booked or on the list, once, and nobody's bottles vanish."""
    lot = sorted_out(plant.world, 10)
    tablets = [plant.tablet(name=name) for name in ("A", "B")]
    rows = [[tablet.row("breakages", breakage(lot, 2)) for _ in range(4)] for tablet in tablets]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda pair: pair[0].verdicts(*pair[1]), zip(tablets, rows, strict=True)))
    assert sorted(answers[0] + answers[1]) == ["review"] * 3 + ["stored"] * 5
    booked, late = set(plant.recorded()), set(plant.late())
    assert all((row["event_id"] in booked) != (row["event_id"] in late) for row in rows[0] + rows[1])
    assert plant.world.lot(lot).quantity == 0
    assert plant.world.audit().clean


def test_the_list_is_settled_in_the_state_that_is_told(plant: Plant) -> None:
    tablet, lot = plant.tablet(), sorted_out(plant.world)
    row = tablet.row("breakages", breakage(lot, 1000))
    assert tablet.verdicts(row) == ["review"]
    assert plant.late(LateState.WAITING)[row["event_id"]].refusal["code"] == "wrong_quantity"


def test_a_fault_of_ours_in_one_row_holds_up_no_other(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    tablet, lot = plant.tablet(), sorted_out(plant.world)
    broken = VERBS["holds"]

    @wraps(broken.record)
    def record(*_given: object) -> Recorded:
        raise KeyError("a fault of ours")

    monkeypatch.setitem(VERBS, "holds", replace(broken, record=record))
    before, bad, after = (
        tablet.row("breakages", breakage(lot, 1)),
        tablet.row("holds", {"lot_code": lot, "reason": "odeur"}),
        tablet.row("breakages", breakage(lot, 1)),
    )
    assert tablet.verdicts(before, bad, after) == ["stored", "review", "stored"]
    monkeypatch.undo()
    number = plant.late()[bad["event_id"]].id
    assert plant.visitor("lead").send(f"/operator/late-scans/{number}/booking").status_code == 303
    assert plant.world.lot(lot).held


def test_a_busy_database_is_asked_again(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    tablet, lot = plant.tablet(), sorted_out(plant.world)
    busy = VERBS["holds"]

    @wraps(busy.record)
    def record(*_given: object) -> Recorded:
        raise OperationalError("UPDATE site", {}, Exception("database is locked"))

    monkeypatch.setitem(VERBS, "holds", replace(busy, record=record))
    rows = [
        tablet.row("breakages", breakage(lot, 1)),
        tablet.row("holds", {"lot_code": lot, "reason": "odeur"}),
        tablet.row("breakages", breakage(lot, 1)),
    ]
    assert tablet.verdicts(*rows) == ["stored", "later", "later"]
    monkeypatch.undo()
    assert tablet.verdicts(*rows) == ["stored"] * 3
    assert plant.world.lot(lot).quantity == 98
