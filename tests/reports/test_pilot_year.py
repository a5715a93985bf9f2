"""The pilot year, imported through the verbs, gives the figures that its own account gives."""

from collections import Counter
from datetime import date
from itertools import pairwise

from sqlalchemy import func, select

from bottletrack.database import Database
from bottletrack.founding import read_rows
from bottletrack.reports.figures import WHERE_IT_WENT, find_figures
from bottletrack.reports.movements import Period
from bottletrack.tables import Place
from bottletrack.vocabulary import PlaceKind
from tests.reports.conftest import PILOT

ACCOUNT = {
    "collected": 8214,
    "counted": 8190,
    "count_differences": 24,
    "first_washes": 7000,
    "wash_passages": 8874,
    "rerinses": 1118,
    "delivered_gross": 4188,
    "returned": 48,
    "delivered_net": 4140,
    "transferred": 144,
    "cullet": 1667,
    "broken": 53,
    "sampled": 135,
    "stock": 2051,
}


def released_by_journal() -> int:
    """What each released lot held then, by the journal's own rows: its account does not say."""
    held: Counter[str] = Counter()
    released = 0
    for row in read_rows(PILOT):
        if row["event"] == "QC_RELEASE":
            released += held[row["from_node"]]
        held[row["from_node"]] -= int(row["qty"] or 0)
        held[row["to_node"]] += int(row["qty"] or 0)
    return released


def test_the_figures_of_the_year(database: Database, pilot_territory: int) -> None:
    with database.reading() as session:
        figures = find_figures(session, pilot_territory)
    told = {figure.key.value: figure.value for figure in figures.rows}
    assert told == ACCOUNT | {"released": released_by_journal()}
    assert [figures[key].value for key in WHERE_IT_WENT] == [24, 144, 1667, 53, 135, 4140, 2051]
    assert figures.difference == 0


def test_its_months_add_up(database: Database, pilot_territory: int) -> None:
    starts = [date(2016 + (8 + month) // 12, (8 + month) % 12 + 1, 1) for month in range(26)]
    with database.reading() as session:
        months = [
            find_figures(session, pilot_territory, Period(first, date.fromordinal(after.toordinal() - 1)))
            for first, after in pairwise(starts)
        ]
    assert [month.difference for month in months] == [0] * 25
    for key, whole in ACCOUNT.items():
        if key != "stock":
            assert sum(figure.value for month in months for figure in month.rows if figure.key == key) == whole


def test_stock_by_movements_is_stock_by_balances(database: Database, pilot_territory: int) -> None:
    with database.reading() as session:
        balances = session.scalar(
            select(func.sum(Place.quantity)).where(Place.kind.in_((PlaceKind.LOT, PlaceKind.WASH_RUN)))
        )
    assert balances == ACCOUNT["stock"]
