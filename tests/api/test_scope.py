"""Nobody reaches over to another territory, and no winemaker to another's orders: both answer as what there is not."""

from collections.abc import Callable

from bottletrack.vocabulary import Role
from tests.api.conftest import Caller, wash_a_lot

Callers = Callable[..., Caller]


def test_another_territory_is_out_of_reach(caller: Callers) -> None:
    lot = wash_a_lot(caller(Role.OPERATOR), caller(Role.QUALITY))
    order = caller(Role.WINEMAKER).done("/orders", {"lines": [{"model_code": "BG75", "quantity": 12}]})[
        "order_reference"
    ]
    plant = set(Role) - {Role.WINEMAKER}
    stranger = caller(*plant, territory=2)

    assert stranger.get(f"/lots/{lot}").status_code == 404
    assert stranger.client.post("/api/v1/scan", headers=stranger.headers, json={"code": lot}).status_code == 404
    assert stranger.post("/holds", {"lot_code": lot, "reason": "curious"}).status_code == 404
    assert stranger.get(f"/orders/{order}").status_code == 404
    assert stranger.post("/cancellations", {"order_reference": order}).status_code == 404
    lots, orders, stock, impact = (stranger.get(path).json for path in ("/lots", "/orders", "/stock", "/impact"))
    assert lots == {"lots": [], "next_after": None}
    assert orders == {"orders": []}
    assert stock is not None
    assert stock["rows"] == []
    assert impact is not None
    assert {row["value"] for row in impact["figures"]["rows"]} == {0}


def test_a_winemaker_sees_the_own_orders_only(caller: Callers) -> None:
    wash_a_lot(caller(Role.OPERATOR), caller(Role.QUALITY))
    winemaker, rival = caller(Role.WINEMAKER, winery=1), caller(Role.WINEMAKER, winery=2)
    order = winemaker.done("/orders", {"lines": [{"model_code": "BG75", "quantity": 12}]})["order_reference"]

    unknown, foreign = rival.get("/orders/O-9999"), rival.get(f"/orders/{order}")
    assert (unknown.status_code, foreign.status_code) == (404, 404)
    assert rival.get("/orders").json == {"orders": []}
    assert rival.post("/cancellations", {"order_reference": order}).status_code == 404
    other = {"lines": [{"model_code": "BG75", "quantity": 12}], "winery_code": "VIG-01"}
    assert rival.post("/orders", other).status_code == 403
    assert rival.get("/offers?winery=VIG-01").status_code == 403
    assert winemaker.get(f"/orders/{order}").status_code == 200
    assert caller(Role.COORDINATOR).get(f"/orders/{order}").status_code == 200


def test_lots_come_page_by_page(caller: Callers) -> None:
    driver = caller(Role.DRIVER)
    codes = [driver.done("/collections", {"point_code": "P01", "declared": 1})["lot_codes"][0] for _ in range(5)]
    seen, after = [], ""
    while after is not None:
        page = driver.get(f"/lots?limit=2{after and f'&after={after}'}").json
        assert page is not None
        assert len(page["lots"]) <= 2
        seen += [lot["code"] for lot in page["lots"]]
        after = page["next_after"]
    assert seen == codes
    assert driver.get("/lots?stage=washed").json == {"lots": [], "next_after": None}
