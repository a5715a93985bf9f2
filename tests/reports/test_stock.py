"""Stock by model, grade and stage, each bottle in exactly one share; and offers that are what an order would get."""

from datetime import UTC, date, datetime, timedelta

from bottletrack.order_book import get_order
from bottletrack.reports.stock import Offer, Shares, StockRow, find_offers, find_stock, find_stock_by_stage
from bottletrack.stations import stocktake, storage
from bottletrack.stations.washing import RunClosing
from bottletrack.vocabulary import Grade, PlaceKind, Stage, Verdict
from tests.reports.plant import Plant


def packed_lots(plant: Plant) -> None:
    """100 bottles in grade A, 60 of them packed; 40 in grade B, packed; 20 in an open run; 7 not sorted."""
    plant.collect("received", 160)
    plant.sort("received", {"for A": 100, "for B": 40, "on the line": 20})
    for grade, verdict in (("A", Verdict.ACCEPT_A), ("B", Verdict.ACCEPT_B)):
        plant.open_run(f"RUN-{grade}")
        plant.load(f"RUN-{grade}", f"for {grade}")
        quantity = 100 if grade == "A" else 40
        plant.close_run(RunClosing(f"RUN-{grade}", passed=quantity), f"washed {grade}")
        plant.release(f"washed {grade}", verdict)
    plant.pack("washed A", 60, "packed A")
    plant.pack("washed B", 40, "packed B")
    plant.open_run("RUN-3")
    plant.load("RUN-3", "on the line")
    plant.collect("waiting", 7)


def stock(plant: Plant) -> list[tuple[str | None, Grade | None, Stage, int, Shares]]:
    def plain(row: StockRow) -> tuple[str | None, Grade | None, Stage, int, Shares]:
        return row.model.code if row.model else None, row.grade, row.stage, row.lots, row.bottles

    with plant.database.reading() as session:
        return [plain(row) for row in find_stock(session, plant.territory_id, plant.now)]


def offers(plant: Plant, winery_id: int = 1) -> list[Offer]:
    with plant.database.reading() as session:
        return find_offers(session, plant.territory_id, winery_id, plant.now)


def test_stock_is_told_by_model_grade_and_stage(plant: Plant) -> None:
    packed_lots(plant)
    plant.order("O-1", 25)
    plant.record(storage.record_hold, storage.LotReason(plant.lots["packed B"], "odd smell"))
    assert stock(plant) == [
        (None, None, Stage.RECEIVED, 1, Shares(7, free=7)),
        ("JU75", Grade.A, Stage.RELEASED, 1, Shares(40, free=40)),
        ("JU75", Grade.A, Stage.RELABELED, 1, Shares(60, promised=25, free=35)),
        ("JU75", Grade.B, Stage.RELABELED, 1, Shares(40, held=40)),
    ]


def test_stages_and_open_runs_are_all_that_is_on_hand(plant: Plant) -> None:
    packed_lots(plant)
    with plant.database.reading() as session:
        stages = {row.where: row.bottles.on_hand for row in find_stock_by_stage(session, plant.territory_id, plant.now)}
    assert stages == {Stage.RECEIVED: 7, Stage.RELEASED: 40, Stage.RELABELED: 100, PlaceKind.WASH_RUN: 20}


def test_what_waits_too_long_is_not_free_any_more(plant: Plant) -> None:
    """The thirtieth day after the wash is the last one; days are the site's own, not UTC's."""
    packed_lots(plant)
    plant.order("O-1", 25)
    plant.now = datetime(2026, 4, 1, 21, 30, tzinfo=UTC)
    assert stock(plant)[2][-1] == Shares(60, promised=25, free=35)
    assert [offer.leaves_by for offer in offers(plant)] == [date(2026, 4, 1)] * 2
    plant.now += timedelta(hours=1)
    assert stock(plant)[2][-1] == Shares(60, promised=25, too_old=35)
    assert offers(plant) == []


def test_shares_always_add_up(plant: Plant) -> None:
    packed_lots(plant)
    plant.order("O-1", 25)
    plant.record(storage.record_hold, storage.LotReason(plant.lots["packed A"], "odd smell"))
    for later in (0, 40):
        plant.now += timedelta(days=later)
        for *_, shares in stock(plant):
            assert shares.on_hand == shares.promised + shares.held + shares.too_old + shares.free


def test_an_offer_says_what_a_winemaker_needs_to_know(plant: Plant) -> None:
    packed_lots(plant)
    plant.next_day()
    counted_at = plant.now
    plant.record(stocktake.record_stock_count, stocktake.StockCount(plant.lots["packed B"], 40))
    first, second = offers(plant)
    assert (first.model.code, first.grade, first.free, first.own) == ("JU75", Grade.A, 60, 0)
    assert (first.oldest_wash, first.leaves_by) == (date(2026, 3, 2), date(2026, 4, 1))
    assert first.counted_at.date() == date(2026, 3, 2)
    assert (second.grade, second.free, second.counted_at) == (Grade.B, 40, counted_at)


def test_offers_are_what_an_order_reserves(plant: Plant) -> None:
    """The report and the order book keep the same rule: all that is offered can be had, and not one bottle more."""
    packed_lots(plant)
    plant.record(storage.record_hold, storage.LotReason(plant.lots["packed B"], "odd smell"))
    offered = sum(offer.free for offer in offers(plant))
    plant.order("O-1", 1000)
    assert offers(plant) == []
    with plant.database.reading() as session:
        order = get_order(session, plant.actor, "O-1")
    assert (offered, order.lines[0].reserved) == (60, 60)


def test_released_lots_are_offered_where_no_new_label_is_asked_for(pilot_plant: Plant) -> None:
    packed_lots(pilot_plant)
    assert [(offer.grade, offer.free) for offer in offers(pilot_plant)] == [(Grade.A, 100), (Grade.B, 40)]
