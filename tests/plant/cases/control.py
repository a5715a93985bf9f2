"""Quality control and label trials."""

from dataclasses import replace
from datetime import timedelta

from bottletrack.access import Permission
from bottletrack.stations import (
    findings,
    labels,
    quality,
    second_look,
)
from bottletrack.steps import Step
from bottletrack.vocabulary import Verdict
from tests.plant import stages, trials
from tests.plant.cases.case import Case
from tests.plant.cases.stock import old

CASES: dict[str, Case] = {
    "inspection start": Case(
        quality.record_inspection_start,
        Permission.INSPECT,
        lambda world: quality.InspectionStart(stages.washed(world)),
        Step.INSPECT,
    ),
    "sampling": Case(
        quality.record_sampling,
        Permission.INSPECT,
        lambda world: quality.Sampling(stages.in_control(world), 8, "lab"),
        Step.SAMPLE,
        "quantity",
    ),
    "judgment": Case(
        quality.record_judgment,
        Permission.INSPECT,
        lambda world: quality.Judgment(stages.all_tests_done(world), Verdict.ACCEPT_A),
        Step.JUDGE,
    ),
    "defects found": Case(
        findings.record_defects_found,
        Permission.INSPECT,
        lambda world: findings.DefectsFound(
            stages.in_control(world), (findings.DefectFound("MA01", 1), findings.DefectFound("MI01", 3))
        ),
        Step.COUNT_DEFECTS,
    ),
    "test results": Case(
        findings.record_test_results,
        Permission.INSPECT,
        lambda world: findings.TestResults(stages.in_control(world), stages.GOOD_RESULTS, "by the lab"),
        Step.TEST,
    ),
    "verdict proposal": Case(
        quality.record_verdict_proposal,
        Permission.INSPECT,
        lambda world: quality.Judgment(stages.failing(world), Verdict.SCRAP, "CR08", "glass inside"),
        Step.JUDGE,
    ),
    "judgment confirmation": Case(
        quality.record_judgment_confirmation,
        Permission.CONFIRM_VERDICT,
        lambda world: quality.JudgmentConfirmation(stages.proposed(world), Verdict.SCRAP),
        Step.CONFIRM,
    ),
    "inspections resumption": Case(
        quality.record_inspections_resumption,
        Permission.INSPECT,
        lambda world: quality.InspectionsResumption(stages.discontinued(world)),
    ),
    "return inspection": Case(
        second_look.record_return_inspection,
        Permission.INSPECT,
        lambda world: second_look.ReturnInspection(
            stages.returned(world), False, (second_look.ReturnReject("CR01", 4),), "glue washed off by hand"
        ),
        Step.INSPECT_RETURN,
    ),
    "downgrade": Case(
        second_look.record_downgrade,
        Permission.INSPECT,
        lambda world: second_look.Downgrade(stages.released(world), "wear rings"),
        Step.DOWNGRADE,
    ),
    "age waiver": Case(
        second_look.record_age_waiver,
        Permission.WAIVE_AGE,
        lambda world: second_look.AgeWaiver(old(world), world.now.date() + timedelta(days=9), "rinse test clean"),
        Step.WAIVE_AGE,
    ),
    "trial start": Case(
        labels.record_trial_start,
        Permission.START_TRIAL,
        lambda world: stages.trial_start(world, stages.released(world), 40),
        Step.START_TRIAL,
        "quantity",
    ),
    "trial examination": Case(
        labels.record_trial_examination,
        Permission.EXAMINE_LABELS,
        lambda world: replace(trials.GOOD_RESULT, lot_code=stages.trial(world)),
        Step.EXAMINE_LABELS,
    ),
    "trial reject": Case(
        labels.record_trial_reject,
        Permission.START_TRIAL,
        lambda world: labels.TrialReject(stages.trial(world), 40, "ET03", "the bath is full of it"),
        Step.REJECT_TRIAL,
        "quantity",
    ),
    "label registration": Case(
        labels.record_label_registration,
        Permission.REGISTER_LABEL,
        lambda world: labels.LabelRegistration("Savagnin", "wet strength", "casein", "Dole", 40, winery_code="V1"),
    ),
    "label judgment": Case(
        labels.record_label_judgment,
        Permission.JUDGE_LABEL,
        lambda world: labels.LabelJudgment(trials.tried_label(world), True, trials.end_of_approval(world)),
    ),
}
