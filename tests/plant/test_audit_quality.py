"""The audit names what quality control must never do, when a rule of its verbs is left out."""

import pytest

from bottletrack.inspections import find_inspection
from bottletrack.sampling.assessment import Assessment
from bottletrack.stations import findings, quality
from bottletrack.stations.correction import Correction, record_correction
from bottletrack.vocabulary import Verdict
from tests.plant import stages
from tests.plant.world import World


def nothing(*_: object) -> None:
    """In place of a rule."""


def found_by_audit(world: World) -> set[str]:
    return {finding.what for finding in world.audit().findings}


def test_a_critical_defect_that_is_accepted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lot = stages.all_tests_done(world)
    world.record(findings.record_defects_found, findings.DefectsFound(lot, (findings.DefectFound("CR01", 2),)))
    monkeypatch.setattr(quality, "_require_acceptable", nothing)
    world.record(quality.record_verdict_proposal, quality.Judgment(lot, Verdict.ACCEPT_B, reason="they are fine"))
    world.record(quality.record_judgment_confirmation, quality.JudgmentConfirmation(lot, Verdict.ACCEPT_B), "third")
    assert found_by_audit(world) == {"Lot %(lot)s was accepted with %(found)s bottles that have critical defects."}


def test_an_untested_lot_that_is_accepted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lot = stages.in_control(world)
    monkeypatch.setattr(quality, "_require_acceptable", nothing)
    world.record(quality.record_verdict_proposal, quality.Judgment(lot, Verdict.ACCEPT_A, reason="they are fine"))
    world.record(quality.record_judgment_confirmation, quality.JudgmentConfirmation(lot, Verdict.ACCEPT_A), "third")
    assert found_by_audit(world) == {"Lot %(lot)s was accepted without any test."}


@pytest.mark.parametrize(
    ("verdict", "defect"), [(Verdict.SCRAP, "CR01"), (Verdict.ACCEPT_A, "MA01"), (Verdict.REWASH, None)]
)
def test_one_person_against_the_plan(
    world: World, monkeypatch: pytest.MonkeyPatch, verdict: Verdict, defect: str | None
) -> None:
    lot = stages.all_tests_done(world)
    if defect:
        counted = findings.DefectsFound(lot, (findings.DefectFound(defect, 2),))
        world.record(findings.record_defects_found, counted)
    monkeypatch.setattr(Assessment, "needs_second_person", nothing)
    world.record(quality.record_judgment, quality.Judgment(lot, verdict, "MA01", "I know better"))
    assert found_by_audit(world) == {
        "Lot %(lot)s got a verdict against its plan, or was scrapped, without a second person."
    }


def test_one_person_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lot = stages.proposed(world, by="second")
    monkeypatch.setattr(quality, "_require_second_person", nothing)
    world.record(quality.record_judgment_confirmation, quality.JudgmentConfirmation(lot, Verdict.SCRAP))
    assert len(found_by_audit(world)) == 1


def test_what_was_mistyped_and_taken_back_does_not_count(world: World) -> None:
    lot = stages.all_tests_done(world)
    counted = findings.DefectsFound(lot, (findings.DefectFound("CR01", 2),))
    mistake = world.record(findings.record_defects_found, counted)
    world.record(record_correction, Correction(mistake.event_id, "the other lot"), "lead")
    world.record(quality.record_judgment, quality.Judgment(lot, Verdict.ACCEPT_A))
    with world.database.reading() as session:
        inspection = find_inspection(session, world.lot(lot).id)
    assert inspection is not None
    assert not inspection.counted
    assert not found_by_audit(world)
