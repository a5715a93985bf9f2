"""Every stage can be reached by the verbs, and the audit finds nothing to say on the way."""

from bottletrack.steps import OPEN
from bottletrack.vocabulary import Stage
from tests.plant.stages import BRING
from tests.plant.world import World


def test_every_stage_is_reached_with_a_clean_ledger(world: World) -> None:
    assert set(BRING) == set(Stage)
    for stage, bring in BRING.items():
        lot = world.lot(bring(world))
        assert (lot.stage, lot.quantity) == (stage, 100 if stage in OPEN else 0)
    report = world.audit()
    assert report.clean, report.findings
    assert report.balance.declared == 100 * len(OPEN)
