"""The trace and a recall through the API."""

from collections.abc import Callable

from bottletrack.vocabulary import Role
from tests.api.conftest import Caller, wash_a_lot

Callers = Callable[..., Caller]


def test_a_recall_from_a_traced_lot_to_its_closing(caller: Callers) -> None:
    floor, quality, coordinator = caller(Role.OPERATOR), caller(Role.QUALITY), caller(Role.COORDINATOR)
    lot = wash_a_lot(floor, quality)
    placed = caller(Role.WINEMAKER).done("/orders", {"lines": [{"model_code": "BG75", "quantity": 100}]})
    reference = placed["order_reference"]
    floor.done("/deliveries", {"order_reference": reference, "lot_code": lot, "quantity": 60})

    told = floor.get(f"/traces/{lot}").json
    assert told is not None
    assert (told["start"], told["bottles"]) == (f"lot:{lot}", 240)
    assert told["passages"] == [{"passes": 1, "bottles": {"low": 240, "high": 240}}]
    assert [node["kind"] for node in told["back"]["nodes"]] == ["wash_run", "lot", "lot", "collection_point"]
    (delivery,) = told["forth"]["edges"]
    assert (delivery["kind"], delivery["quantity"], delivery["share"]) == ("delivered", 60, {"low": 60, "high": 60})
    assert floor.get("/traces/NOTHING").status_code == 404

    opened = coordinator.done("/recalls", {"start": told["start"], "reason": "glass"})
    assert opened["case_code"] == "R-0001"
    stopped = floor.post("/deliveries", {"order_reference": reference, "lot_code": lot, "quantity": 40})
    assert stopped.status_code == 409
    bottles = {"case_code": "R-0001", "order_reference": reference}
    floor.done("/recall-recoveries", {**bottles, "quantity": 50})
    floor.done("/recall-consumptions", {**bottles, "quantity": 10, "reason": "drunk"})
    case = floor.get("/recalls/R-0001").json
    assert case is not None
    assert (case["bottles"], case["on_hand"], case["with_winemakers"]) == (
        240,
        {"low": 230, "high": 230},
        {"low": 10, "high": 10},
    )
    assert [(line["recovered"], line["consumed"], line["missing"]) for line in case["lines"]] == [(50, 10, 0)]
    coordinator.done("/recall-closings", {"case_code": "R-0001"})
    cases = floor.get("/recalls").json
    assert cases is not None
    assert [(case["code"], case["drill"], case["closed_at"] is not None) for case in cases] == [("R-0001", False, True)]


def test_recalls_of_another_territory_are_out_of_sight(caller: Callers) -> None:
    lot = wash_a_lot(caller(Role.OPERATOR), caller(Role.QUALITY))
    caller(Role.COORDINATOR).done("/recalls", {"start": lot, "reason": "yearly", "drill": True})
    stranger = caller(Role.COORDINATOR, territory=2)
    assert stranger.get("/recalls").json == []
    assert stranger.get("/recalls/R-0001").status_code == 404
    assert stranger.get(f"/traces/{lot}").status_code == 404
