"""Winemakers' labels: which are approved, what trials showed; one is registered, tried, examined and judged."""

import uuid

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bottletrack.access import Permission, may
from bottletrack.errors import BadInput, NotFound, Refusal
from bottletrack.lots import find_lots
from bottletrack.reports.labels import LabelSeen, find_labels
from bottletrack.scans import Recorded
from bottletrack.stations.labels import (
    AT_TRIAL,
    LabelJudgment,
    LabelRegistration,
    TrialExamination,
    TrialReject,
    TrialStart,
    get_code,
    record_label_judgment,
    record_label_registration,
    record_trial_examination,
    record_trial_reject,
    record_trial_start,
)
from bottletrack.steps import Step
from bottletrack.tables import Lot, Place
from webapp.assortment import defects
from webapp.database import reading
from webapp.forms import a_day, decimal, required_bottles, required_text, text, whole_number
from webapp.languages import today
from webapp.operator.blueprint import blueprint
from webapp.operator.choices import THE_POOL, label_wineries, labels_to_try, sites
from webapp.operator.done import find_event
from webapp.operator.recording import crate_size_from_form, lot_step, record
from webapp.operator.sight import LotSight
from webapp.security import allow
from webapp.signed_in import current_actor


@blueprint.get("/operator/wine-labels")
@allow(Permission.SEE_PLANT)
def wine_labels() -> str:
    """All labels, those that wait for somebody first."""
    actor = current_actor()
    with reading() as session:
        return render_template(
            "operator/wine_labels.html",
            labels=find_labels(session, actor.territory_id, today()),
            may_register=may(actor, Permission.REGISTER_LABEL),
            refusal=None,
        )


@blueprint.route("/operator/wine-labels/new", methods=["GET", "POST"])
@allow(Permission.REGISTER_LABEL)
def register_label() -> ResponseReturnValue:
    """The form of a new label, or the label itself."""
    if request.method == "GET":
        return _registration_page(None)
    return record(record_label_registration, _registration, _registration_page, _to_registered)


@blueprint.get("/operator/wine-labels/<label>")
@allow(Permission.SEE_PLANT)
def wine_label(label: str) -> str:
    """One label: what it is made of, its trials, what stands against it, and what may be done now."""
    with reading() as session:
        seen = _get_label(session, label)
        done = request.args.get("done", type=uuid.UUID)
        return render_template(
            "operator/wine_label.html",
            label=seen,
            open_trials={
                lot.code
                for lot in find_lots(
                    session, Lot.code.in_([trial.lot_code for trial in seen.trials]), Place.quantity > 0
                )
            },
            may_examine=may(current_actor(), Permission.EXAMINE_LABELS),
            may_judge=may(current_actor(), Permission.JUDGE_LABEL),
            done=find_event(session, done) if done else None,
            refusal=None,
        )


@blueprint.route("/operator/wine-labels/<label>/judgment", methods=["GET", "POST"])
@allow(Permission.JUDGE_LABEL)
def judge_label(label: str) -> ResponseReturnValue:
    """Approved until a day, or not approved."""

    def page(refusal: Refusal | None) -> str:
        with reading() as session:
            return render_template(
                "operator/wine_label_judgment.html",
                label=_get_label(session, label),
                sites=sites(session, current_actor()),
                refusal=refusal,
            )

    if request.method == "GET":
        return page(None)
    return record(
        record_label_judgment,
        lambda: LabelJudgment(label, _yes_or_no("approved"), a_day("valid_until"), text("reason")),
        page,
        lambda recorded: url_for("operator.wine_label", label=label, done=recorded.event_id),
    )


@blueprint.route("/operator/lots/<code>/trial", methods=["GET", "POST"])
@allow(Permission.START_TRIAL)
def start_trial(code: str) -> ResponseReturnValue:
    """Part of the lot that will carry a trial label."""
    return lot_step(
        Step.START_TRIAL,
        code,
        record_trial_start,
        lambda lot: TrialStart(
            lot,
            required_bottles("quantity", crate_size=crate_size_from_form()),
            required_text("label", most=20),
            text("storage"),
            decimal("bath_naoh_percent"),
            decimal("bath_temperature_celsius"),
            text("reason"),
        ),
        "trial.html",
        lambda session, seen: {"labels": labels_to_try(session, current_actor(), today())},
    )


@blueprint.route("/operator/lots/<code>/examination", methods=["GET", "POST"])
@allow(Permission.EXAMINE_LABELS)
def examine_labels(code: str) -> ResponseReturnValue:
    """What one person saw of a trial."""
    return lot_step(
        Step.EXAMINE_LABELS, code, record_trial_examination, _examination, "examination.html", _label_of_trial
    )


@blueprint.route("/operator/lots/<code>/trial-reject", methods=["GET", "POST"])
@allow(Permission.START_TRIAL)
def reject_trial(code: str) -> ResponseReturnValue:
    """Bottles of a trial that go to cullet."""
    return lot_step(
        Step.REJECT_TRIAL,
        code,
        record_trial_reject,
        lambda lot: TrialReject(
            lot,
            required_bottles("quantity", crate_size=crate_size_from_form()),
            required_text("defect", most=20),
            text("reason"),
        ),
        "trial_reject.html",
        lambda session, seen: {"defects": defects(session, seen.lot.site_id, (AT_TRIAL,))},
    )


def _get_label(session: Session, code: str) -> LabelSeen:
    found = find_labels(session, current_actor().territory_id, today(), code=code)
    if not found:
        raise NotFound("No label is called “%(code)s”.", "Choose a label of the list.", field="label", code=code[:40])
    return found[0]


def _registration_page(refusal: Refusal | None) -> str:
    with reading() as session:
        return render_template(
            "operator/wine_label_form.html",
            wineries=label_wineries(session, current_actor()),
            sites=sites(session, current_actor()),
            refusal=refusal,
        )


def _registration() -> LabelRegistration:
    ink = whole_number("ink_coverage_percent")
    if ink is None:
        raise BadInput("Something is missing.", "Fill in this field.", field="ink_coverage_percent")
    winery = required_text("winery", most=20)
    return LabelRegistration(
        name=required_text("name", most=100),
        paper=required_text("paper", most=100),
        glue=required_text("glue", most=100),
        printer=required_text("printer", most=100),
        ink_coverage_percent=ink,
        varnish=_yes_or_no("varnish"),
        foil=_yes_or_no("foil"),
        winery_code=None if winery == THE_POOL else winery,
    )


def _to_registered(recorded: Recorded) -> str:
    with reading() as session:
        code = get_code(session, recorded)
    return url_for("operator.wine_label", label=code, done=recorded.event_id)


def _examination(lot: str) -> TrialExamination:
    minutes_90 = decimal("minutes_90")
    residue = whole_number("residue")
    if minutes_90 is None or residue is None:
        missing = "minutes_90" if minutes_90 is None else "residue"
        raise BadInput("Something is missing.", "Fill in this field.", field=missing)
    return TrialExamination(
        lot,
        minutes_90,
        decimal("minutes_100"),
        pulp=_yes_or_no("pulp"),
        residue=residue,
        ink_bleed=_yes_or_no("ink_bleed"),
        holds_in_ice_water=_yes_or_no("holds_in_ice_water"),
        note=text("note"),
    )


def _yes_or_no(name: str) -> bool:
    """Either has to be said: an answer that was forgotten must not read as a no."""
    answer = text(name, most=10)
    if answer not in ("yes", "no"):
        raise BadInput("Nothing was chosen.", "Choose one of the possibilities.", field=name)
    return answer == "yes"


def _label_of_trial(session: Session, seen: LotSight) -> dict[str, object]:
    """The label that the lot's bottles carry; None where a journal told of none."""
    every = find_labels(session, seen.lot.territory_id, today())
    carried = (label for label in every if any(trial.lot_code == seen.lot.code for trial in label.trials))
    return {"label": next(carried, None)}
