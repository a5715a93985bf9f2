"""An example of every verb: what holds for all of them is asked of each."""

from tests.plant.cases import control, floor, office, stock, trade
from tests.plant.cases.case import Case

CASES: dict[str, Case] = floor.CASES | control.CASES | stock.CASES | trade.CASES | office.CASES
