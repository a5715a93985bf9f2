"""A lead settles what devices brought too late: as it was, otherwise, or not at all; each once."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from bottletrack.identifiers import new_event_id
from bottletrack.sign_in import make_own_key
from bottletrack.tables import PersonRole
from bottletrack.vocabulary import EventKind, LateState, Role
from tests.plant.stages import collected, hold, open_run, running, sorted_out
from tests.sync.conftest import Plant
from tests.webapp.conftest import Visitor, new_visitor
from webapp.operator.late import ACTS
from webapp.verbs import AT_STATIONS


def kept(plant: Plant, verb: str, given: dict[str, Any], **other: Any) -> tuple[str, int]:
    """A scan that waits: the id that the device gave it, and its number on the list."""
    tablet = plant.tablet()
    row = tablet.row(verb, given, **other)
    assert tablet.verdicts(row) == ["review"]
    return row["event_id"], plant.late()[row["event_id"]].id


def fields_in(page: str) -> dict[str, str]:
    """What a form would send, were nothing changed."""
    found = {}
    for tag in re.findall(r"<input [^>]*>", page):
        of = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if of.get("type") != "checkbox" or " checked" in tag:
            found[of.get("name", "")] = of.get("value", "")
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def lead_of(plant: Plant) -> Visitor:
    return plant.visitor("lead")


def test_a_lead_sees_what_was_sent_and_why_it_was_refused(plant: Plant) -> None:
    lot = sorted_out(plant.world, 10)
    _, number = kept(plant, "breakages", {"lot_code": lot, "quantity": 12, "where": "Quai"})
    lead = lead_of(plant)
    assert "1 scan attend votre décision" in lead.get("/operator/").text
    for page in (lead.get("/operator/late-scans").text, lead.get(f"/operator/late-scans/{number}").text):
        for told in ("Tablette", "operator", lot[:4], "12", "Quai"):
            assert told in page
    assert f"/operator/lots/{lot}/stock" in page
    assert "operator/late-scans" not in plant.visitor("operator").get("/operator/").text


def test_as_it_was_it_keeps_its_author_and_its_time(plant: Plant) -> None:
    lot = sorted_out(plant.world, 10)
    happened_at = plant.world.now
    event_id, number = kept(plant, "breakages", {"lot_code": lot, "quantity": 12})
    lead = lead_of(plant)
    again = lead.send(f"/operator/late-scans/{number}/booking")
    assert again.status_code == 409
    assert "panel-refusal" in again.text
    counted = {"counted_crates": "2", "reason": "Palette oubliée", "event_id": str(new_event_id())}
    assert lead.send(f"/operator/lots/{lot}/stock", counted | {"crate_size": "12"}).status_code == 303
    assert lead.send(f"/operator/late-scans/{number}/booking").status_code == 303
    event = plant.recorded()[event_id]
    assert event.actor_id == plant.world.people[Role.OPERATOR].person_id
    assert event.happened_at == happened_at
    late = plant.late(LateState.BOOKED)[event_id]
    assert (late.settled_by, late.settled_event_id) == (plant.world.people[Role.LEAD].person_id, event.id)
    assert plant.world.lot(lot).quantity == 12
    assert lead.get(f"/operator/late-scans/{number}").status_code == 200
    assert plant.world.audit().clean


def test_settled_twice_counts_once(plant: Plant) -> None:
    """Also when two leads press at once, and when the device brings it yet again."""
    lot = sorted_out(plant.world)
    tablet = plant.tablet()
    old = (datetime.now(UTC) - timedelta(days=5)).isoformat()
    row = tablet.row("breakages", {"lot_code": lot, "quantity": 3}, happened_at=old)
    assert tablet.verdicts(row) == ["review"]
    number = plant.late()[row["event_id"]].id
    leads = [lead_of(plant) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda each: each.send(f"/operator/late-scans/{number}/booking").status_code, leads))
    assert sorted(answers) == [303] + [409] * 7
    assert tablet.verdicts(row) == ["stored"]
    rejected = leads[0].send(f"/operator/late-scans/{number}/rejection", {"reason": "doublon"})
    assert rejected.status_code == 409
    assert plant.world.lot(lot).quantity == 97
    assert plant.late(LateState.BOOKED)


def test_otherwise_it_is_recorded_in_the_leads_name(plant: Plant) -> None:
    lot = sorted_out(plant.world, 10)
    event_id, number = kept(plant, "breakages", {"lot_code": lot, "quantity": 12, "where": "Quai"})
    lead = lead_of(plant)
    form = fields_in(lead.get(f"/operator/late-scans/{number}/adjustment").text)
    assert (form["quantity"], form["where"]) == ("12", "Quai")
    page = lead.send(f"/operator/late-scans/{number}/adjustment", form)
    assert page.status_code == 409
    assert fields_in(page.text)["quantity"] == "12"
    done = lead.send(f"/operator/late-scans/{number}/adjustment", form | {"quantity": "2", "why": "2, pas 12"})
    assert done.status_code == 303
    late = plant.late(LateState.ADJUSTED)[event_id]
    assert late.settled_reason == "2, pas 12"
    event = plant.recorded()[str(late.settled_event_id)]
    assert (event.kind, event.reason) == (EventKind.BROKEN, "Quai")
    assert event.actor_id == plant.world.people[Role.LEAD].person_id
    assert abs(event.happened_at - (late.happened_at or event.recorded_at)) < timedelta(seconds=2)
    assert event_id not in plant.recorded()
    assert plant.world.lot(lot).quantity == 8
    assert plant.world.audit().clean


def test_parts_of_a_sorting_are_put_right_one_by_one(plant: Plant) -> None:
    lot = collected(plant.world)
    sorting = {
        "lot_code": lot,
        "sorted_out": [{"model_code": "JU75", "quantity": 70, "color": "vert"}, {"model_code": "BG75", "quantity": 50}],
        "rejects": [{"defect_code": "CR01", "quantity": 10, "to": "cullet"}],
        "finished": True,
    }
    _, number = kept(plant, "sortings", sorting)
    lead = lead_of(plant)
    form = fields_in(lead.get(f"/operator/late-scans/{number}/adjustment").text)
    assert form["rejects.0.defect_code"] == "CR01"
    form |= {"sorted_out.0.quantity": "95", "sorted_out.1.quantity": "0", "rejects.0.quantity": "5"}
    assert lead.send(f"/operator/late-scans/{number}/adjustment", form).status_code == 303
    assert plant.world.lot(lot).quantity == 0
    assert plant.world.audit().clean


def test_a_scan_of_nobodys_is_recorded_by_the_lead(plant: Plant) -> None:
    lot = sorted_out(plant.world)
    _, number = kept(plant, "breakages", {"lot_code": lot, "quantity": 3}, sitting=str(new_event_id()))
    lead = lead_of(plant)
    page = lead.get(f"/operator/late-scans/{number}").text
    assert "/booking" not in page
    assert lead.send(f"/operator/late-scans/{number}/booking").status_code == 403
    form = fields_in(lead.get(f"/operator/late-scans/{number}/adjustment").text)
    assert lead.send(f"/operator/late-scans/{number}/adjustment", form).status_code == 303
    assert plant.world.lot(lot).quantity == 97


def test_not_at_all_needs_a_reason_and_moves_nothing(plant: Plant) -> None:
    lot = sorted_out(plant.world)
    event_id, number = kept(plant, "breakages", {"lot_code": lot, "quantity": 300})
    lead = lead_of(plant)
    assert lead.send(f"/operator/late-scans/{number}/rejection", {"reason": " "}).status_code == 422
    assert lead.send(f"/operator/late-scans/{number}/rejection", {"reason": "Essai"}).status_code == 303
    assert plant.late(LateState.REJECTED)[event_id].settled_reason == "Essai"
    assert "Essai" in lead.get("/operator/late-scans").text
    assert plant.world.lot(lot).quantity == 100
    assert event_id not in plant.recorded()


def test_what_cannot_be_read_can_only_be_left_out(plant: Plant) -> None:
    tablet = plant.tablet()
    assert tablet.verdicts({"event_id": "mad", "input": "<b>x</b>"}) == ["review"]
    (late,) = plant.late().values()
    lead = lead_of(plant)
    page = lead.get(f"/operator/late-scans/{late.id}").text
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "/adjustment" not in page
    assert lead.get(f"/operator/late-scans/{late.id}/adjustment").status_code == 422
    assert lead.send(f"/operator/late-scans/{late.id}/rejection", {"reason": "illisible"}).status_code == 303


def test_all_that_became_possible_is_recorded_at_one_press(plant: Plant) -> None:
    """Two tablets came back in the wrong order: the second's lots are known only now."""
    world = plant.world
    lot = sorted_out(world)
    hold(world, lot)
    first, _ = kept(plant, "presoaks", {"lot_code": lot, "bath": "1"})
    second, _ = kept(plant, "presoak-ends", {"lot_code": lot})
    never, _ = kept(plant, "breakages", {"lot_code": lot, "quantity": 1000})
    lead = lead_of(plant)
    assert lead.send("/operator/late-scans/again").location.endswith("booked=0")
    lifted = {"reason": "rien trouvé", "event_id": str(new_event_id())}
    assert lead.send(f"/operator/lots/{lot}/lift", lifted).status_code == 303
    done = lead.send("/operator/late-scans/again")
    assert done.location.endswith("booked=2")
    assert "2 scans" in lead.get(done.location).text
    assert set(plant.late()) == {never}
    assert set(plant.late(LateState.BOOKED)) == {first, second}


def test_another_sites_list_is_not_this_leads(plant: Plant) -> None:
    _, number = kept(plant, "breakages", {"lot_code": "NOLOT", "quantity": 1})
    stranger = plant.visitor("elsewhere")
    assert stranger.get(f"/operator/late-scans/{number}").status_code == 403
    world = plant.world
    with world.database.writing() as session:
        session.add(PersonRole(person_id=world.people["elsewhere"].person_id, role=Role.LEAD))
    assert stranger.get(f"/operator/late-scans/{number}").status_code == 404
    assert stranger.send(f"/operator/late-scans/{number}/booking").status_code == 404


def test_programs_may_watch_the_list(plant: Plant) -> None:
    lot = sorted_out(plant.world, 10)
    event_id, number = kept(plant, "breakages", {"lot_code": lot, "quantity": 12})
    with plant.world.database.writing() as session:
        key = make_own_key(session, plant.world.people[Role.LEAD])
    program = new_visitor(plant.app)
    headers = {"Authorization": f"Bearer {key}"}
    (scan,) = program.get("/api/v1/late-scans", headers=headers).get_json()["scans"]
    assert scan == program.get(f"/api/v1/late-scans/{number}", headers=headers).get_json()
    assert (scan["event_id"], scan["verb"], scan["code"]) == (event_id, "breakages", "wrong_quantity")
    assert json.loads(scan["content"]) == {"lot_code": lot, "quantity": 12}
    assert "10 bouteilles libres, pas 12" in scan["what"]
    assert program.get("/api/v1/late-scans?waiting=no", headers=headers).get_json() == {"scans": []}
    assert program.get("/api/v1/late-scans/99999", headers=headers).status_code == 404
    assert program.get("/api/v1/late-scans/x", headers=headers).status_code == 422


def test_every_verb_of_a_station_can_be_shown_and_put_right(plant: Plant) -> None:
    assert set(ACTS) == AT_STATIONS
    run = running(plant.world, sorted_out(plant.world))
    open_run(plant.world)
    lead, tablet = lead_of(plant), plant.tablet()
    for verb in sorted(AT_STATIONS):
        assert tablet.verdicts(tablet.row(verb, {"run_code": run, "lot_code": 7})) == ["review"], verb
    for late in plant.late().values():
        assert lead.get(f"/operator/late-scans/{late.id}").status_code == 200
        page = lead.get(f"/operator/late-scans/{late.id}/adjustment")
        assert page.status_code == 200
        answer = lead.send(f"/operator/late-scans/{late.id}/adjustment", fields_in(page.text))
        assert answer.status_code in (303, 403, 404, 409, 422), late.verb


def test_nobody_records_the_day_before_last_week(plant: Plant) -> None:
    """Neither a form nor a program; but what was recorded in time gets its answer again."""
    world, long_ago = plant.world, (datetime.now(UTC) - timedelta(days=3, minutes=1)).isoformat()
    with world.database.writing() as session:
        key = make_own_key(session, world.people["lead"])
    program, headers = new_visitor(plant.app), {"Authorization": f"Bearer {key}"}
    posted = {
        "event_id": str(new_event_id()),
        "input": {"point_code": "P1", "declared": 12},
        "happened_at": (datetime.now(UTC) - timedelta(days=2, hours=23)).isoformat(),
    }
    first = program.post("/api/v1/collections", json=posted, headers=headers)
    assert first.status_code == 201
    late = program.post("/api/v1/collections", json=posted | {"happened_at": long_ago}, headers=headers)
    assert late.get_json()["lot_codes"] == first.get_json()["lot_codes"]
    other = posted | {"happened_at": long_ago, "event_id": str(new_event_id())}
    refused = program.post("/api/v1/collections", json=other, headers=headers)
    assert (refused.status_code, refused.get_json()["field"]) == (422, "happened_at")
    form = {"point": "P1", "declared_crates": "1", "owner": "pool", "event_id": other["event_id"]}
    assert lead_of(plant).send("/operator/collection", form | {"happened_at": long_ago}).status_code == 422
    assert lead_of(plant).send("/operator/collection", form).status_code == 303
