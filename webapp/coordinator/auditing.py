"""The audit as a page: whether the balance closes and every rule holds, and what offends where one does not."""

from flask import render_template

from bottletrack.access import Permission
from bottletrack.reports.audit import run_audit
from webapp.coordinator.blueprint import blueprint
from webapp.database import reading
from webapp.languages import N_, gettext
from webapp.security import allow
from webapp.signed_in import current_actor

#: What the plant's rules say, by the names that the audit gives them.
RULES = {
    "I1": N_("What a place holds is all that came in less all that went out, and never below zero."),
    "I2": N_("Every bottle that was declared is accounted for."),
    "I3": N_("A wash run closes only when all that went in has come out."),
    "I4": N_("From sorting on, a lot is one model, one color and one owner."),
    "I5": N_("Only what is released, not held and young enough is promised or delivered."),
    "I6": N_("A part keeps its parent; no bottle is lost in a split or a merge."),
    "I7": N_("From every delivery one gets back to a reception and a wash run, without a loop."),
    "I8": N_("A wash counts one passage more than the lots that went in."),
    "I9": N_("A lot that was used up holds nothing."),
    "I10": N_("A correction is a new event; nothing is changed or deleted."),
    "I11": N_("Deliveries equal the order book; nothing is promised twice."),
    "I13": N_("Each event counts once, and both clocks are kept."),
    "I14": N_("A dirty container never carries clean bottles."),
    "copies": N_("What a movement copies from its event is what the event says."),
    "quality": N_("Nobody accepts a critical defect, or goes against a plan alone."),
    "labels": N_("A code that died with its label is never given again."),
    "recall": N_("While a recall is open its lots stand still, and every bottle of it is told of."),
    "settings": N_("A site's settings are what their changes made them."),
    "states": N_("A lot's stage, grade and hold are those that its last event left."),
    "washing": N_("Nothing comes out of a run before its start, and a bath outside its limits holds what it washed."),
}


@blueprint.get("/audit")
@allow(Permission.SEE_AUDIT)
def audit() -> str:
    """Checks the whole territory at each call, so the answer is never older than the page."""
    with reading() as session:
        report = run_audit(session, current_actor().territory_id)
    findings = [(finding.rule, gettext(finding.what) % finding.values) for finding in report.findings]
    offended = {finding.rule for finding in report.findings}
    return render_template(
        "coordinator/audit.html",
        report=report,
        findings=findings,
        rules=[(name, RULES.get(name, ""), name not in offended) for name in report.rules],
    )
