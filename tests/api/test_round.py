"""One lot all the way round through the API, and what each endpoint tells of it."""

from collections.abc import Callable

from bottletrack.vocabulary import Role
from tests.api.conftest import Caller, wash_a_lot

Callers = Callable[..., Caller]


def test_a_lot_goes_from_collection_to_the_winemaker(caller: Callers) -> None:
    floor, quality, coordinator = caller(Role.OPERATOR), caller(Role.QUALITY), caller(Role.COORDINATOR)
    winemaker = caller(Role.WINEMAKER)
    lot = wash_a_lot(floor, quality)

    offers = winemaker.get("/offers").json
    assert offers is not None
    assert [(offer["model"]["code"], offer["grade"], offer["free"]) for offer in offers["offers"]] == [
        ("BG75", "A", 240)
    ]
    placed = winemaker.done("/orders", {"lines": [{"model_code": "BG75", "quantity": 100}], "wanted_on": "2099-05-01"})
    reference = placed["order_reference"]
    order = winemaker.get(f"/orders/{reference}").json
    assert order is not None
    assert (order["status"], order["lines"][0]["lots"][0]["code"]) == ("confirmed", lot)

    seen = floor.client.post("/api/v1/scan", headers=floor.headers, json={"code": lot.lower()}).json
    assert seen is not None
    assert (seen["quantity"], seen["promised"], seen["free"], seen["next_steps"][0]) == (240, 100, 140, "relabel")
    floor.done("/deliveries", {"order_reference": reference, "lot_code": lot, "quantity": 60})
    order = winemaker.get(f"/orders/{reference}").json
    assert order is not None
    assert order["status"] == "partly_delivered"

    page = floor.get(f"/lots/{lot}").json
    assert page is not None
    assert [row["kind"] for row in page["history"]] == [
        "delivered",
        "order_placed",
        "lot_released",
        "tests_recorded",
        "inspection_started",
        "run_closed",
    ]
    (run,) = (coordinator.get("/runs?open=false").json or {})["runs"]
    assert (run["loaded"], run["passed"], run["held_since"], run["log"]["line_clear"]) == (240, 240, None, True)
    read = {measure["code"]: measure["readings"] for measure in run["log"]["measures"] if measure["readings"]}
    assert [reading["inside"] for (reading,) in read.values()] == [True] * 4
    impact = coordinator.get("/impact").json
    assert impact is not None
    figures = {row["key"]: row["value"] for row in impact["figures"]["rows"]}
    assert (figures["collected"], figures["first_washes"], figures["delivered_net"], figures["stock"]) == (
        240,
        240,
        60,
        180,
    )
    assert impact["promised"]["co2_kg"] == "18.000"
    audit = coordinator.get("/audit").json
    assert audit is not None
    assert audit["passed"]
    assert audit["findings"] == []
