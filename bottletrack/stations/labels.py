"""Labels and their trials: a label is registered, tried on bottles, examined by two people, and approved or not."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Table, exists, func, insert, select, update
from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.catalogue import get_defect_in_use, get_label, get_winery
from bottletrack.errors import BadInput, NotAllowed, WrongStep
from bottletrack.ledger import Entry, open_entry
from bottletrack.lots import LotOnHand, get_lot_at, require_free, require_step
from bottletrack.scans import Recorded, Scan
from bottletrack.steps import Step
from bottletrack.tables import Event, LabelTrial, LabelVariant, TrialResult
from bottletrack.vocabulary import EventKind, PlaceKind, Stage
from bottletrack.washability import Examined, bleeds, find_obstacles, is_examined

_LABEL = cast(Table, LabelVariant.__table__)
#: How the reference data call the place where a trial's defects are found.
AT_TRIAL = "ESSAI_ETIQUETTE"
#: Longer than any bottle stays in a bath: beyond it, a number is a slip of the keys.
MOST_MINUTES = 600
#: Above what any bath is run at (S73: more than 3 % is for very dirty glass).
MOST_NAOH_PERCENT = 10
MOST_CELSIUS = 100


@dataclass(frozen=True)
class LabelRegistration:
    """A label as it is printed. `code` None: the next number; `winery_code` None: for whoever wants it."""

    name: str
    paper: str
    glue: str
    printer: str
    ink_coverage_percent: int
    varnish: bool = False
    foil: bool = False
    winery_code: str | None = None
    code: str | None = None


@dataclass(frozen=True)
class TrialStart:
    """Part of a lot that carries a trial label, and is no longer for sale. `storage`: where and how long it stood."""

    lot_code: str
    quantity: int
    label_code: str | None = None
    storage: str = ""
    bath_naoh_percent: Decimal | None = None
    bath_temperature_celsius: Decimal | None = None
    reason: str = ""
    partner_code: str | None = None


@dataclass(frozen=True)
class TrialExamination:
    """What one examiner saw. Minutes in the bath until 90 % and 100 % of the labels were off; None: they never were.

    `residue`: what stays on the glass, 0 nothing to 3 much.
    """

    lot_code: str
    minutes_90: Decimal
    minutes_100: Decimal | None
    pulp: bool
    residue: int
    ink_bleed: bool
    holds_in_ice_water: bool
    note: str = ""


@dataclass(frozen=True)
class TrialReject:
    """Bottles of a trial that are given up, for what their label did."""

    lot_code: str
    quantity: int
    defect_code: str
    reason: str = ""


@dataclass(frozen=True)
class LabelJudgment:
    """Approved until a day, or not approved. Judged anew, the last judgment holds."""

    label_code: str
    approved: bool
    valid_until: date | None = None
    reason: str = ""


def record_label_registration(session: Session, registration: LabelRegistration, scan: Scan) -> Recorded:
    """Another paper, glue, varnish or printer is another label: it never changes, so what was tried is what is used."""
    require(scan.by, Permission.REGISTER_LABEL)
    entry = open_entry(session, scan, EventKind.LABEL_REGISTERED, registration, readings={"label": registration.name})
    if isinstance(entry, Recorded):
        return entry
    words = {field: _required(field, getattr(registration, field)) for field in ("name", "paper", "glue", "printer")}
    if not 0 <= registration.ink_coverage_percent <= 100:
        raise BadInput("The ink covers 0 to 100 %% of a label.", "Enter a whole number.", field="ink_coverage_percent")
    territory_id = scan.by.territory_id
    winery = get_winery(session, territory_id, registration.winery_code) if registration.winery_code else None
    session.execute(
        insert(_LABEL).values(
            territory_id=territory_id,
            code=_code(session, territory_id, registration.code),
            winery_id=winery.id if winery else None,
            ink_coverage_percent=registration.ink_coverage_percent,
            varnish=registration.varnish,
            foil=registration.foil,
            registered_by=entry.id,
            **words,
        )
    )
    return entry.post()


def get_code(session: Session, recorded: Recorded) -> str:
    """The code of the label that an event registered."""
    return session.scalars(select(LabelVariant.code).where(LabelVariant.registered_by == recorded.event_id)).one()


def record_trial_start(session: Session, trial: TrialStart, scan: Scan) -> Recorded:
    """Bottles with trial labels come back to the wash, never to sale; so their age does not matter."""
    require(scan.by, Permission.START_TRIAL)
    code = _tidy(trial.label_code)
    entry = open_entry(session, scan, EventKind.TRIAL_STARTED, trial, reason=trial.reason, readings={"label": code})
    if isinstance(entry, Recorded):
        return entry
    lot = get_lot_at(session, scan.by, scan.site_id, trial.lot_code)
    require_step(lot, Step.START_TRIAL)
    require_free(lot, trial.quantity)
    trial_id = entry.make_part(lot, Stage.TRIAL, partner_code=trial.partner_code)
    entry.move(lot.id, trial_id, trial.quantity, model_id=lot.model_id)
    entry.mark(lot)
    if code:
        _keep_trial(entry, trial, code, trial_id)
    elif not scan.historical:
        raise BadInput("No label was chosen.", "Say which label these bottles carry.", field="label")
    return entry.post()


def record_trial_examination(session: Session, seen: TrialExamination, scan: Scan) -> Recorded:
    """One result for each person: results vary between examiners, so a second one looks at the same trial (S42)."""
    require(scan.by, Permission.EXAMINE_LABELS)
    entry = open_entry(session, scan, EventKind.TRIAL_EXAMINED, seen, reason=seen.note)
    if isinstance(entry, Recorded):
        return entry
    lot = get_lot_at(session, scan.by, scan.site_id, seen.lot_code)
    require_step(lot, Step.EXAMINE_LABELS)
    trial = _get_trial(session, lot)
    _require_sense(seen)
    if any(result.examiner_id == scan.by.person_id for result in _results(session, TrialResult.trial_id == trial.id)):
        raise NotAllowed(
            "You have examined this trial already.",
            "Results differ between people: have somebody else examine it. A lead can take a wrong result back.",
            field="code",
        )
    session.add(
        TrialResult(
            event_id=entry.id,
            trial_id=trial.id,
            examiner_id=scan.by.person_id,
            minutes_90=seen.minutes_90,
            minutes_100=seen.minutes_100,
            pulp=seen.pulp,
            residue=seen.residue,
            ink_bleed=seen.ink_bleed,
            holds_in_ice_water=seen.holds_in_ice_water,
        )
    )
    session.flush()
    entry.mark(lot)
    return entry.post()


def record_trial_reject(session: Session, reject: TrialReject, scan: Scan) -> Recorded:
    """Bottles of a trial to cullet. Raises BadInput for a defect that is not one of a label trial."""
    require(scan.by, Permission.START_TRIAL)
    entry = open_entry(session, scan, EventKind.TRIAL_REJECTED, reject, reason=reject.reason)
    if isinstance(entry, Recorded):
        return entry
    lot = get_lot_at(session, scan.by, scan.site_id, reject.lot_code)
    require_step(lot, Step.REJECT_TRIAL)
    require_free(lot, reject.quantity)
    defect = get_defect_in_use(session, scan.site_id, reject.defect_code)
    if AT_TRIAL not in defect.stations.split(";"):
        raise BadInput(
            "“%(defect)s” is not found in a label trial.",
            "Choose what the label did.",
            field="defect",
            defect=defect.code,
        )
    cullet = entry.site_place(PlaceKind.CULLET)
    entry.move(lot.id, cullet, reject.quantity, model_id=lot.model_id, defect_code=defect.code)
    entry.mark(lot)
    return entry.post()


def record_label_judgment(session: Session, judgment: LabelJudgment, scan: Scan) -> Recorded:
    """Approves only what two people saw come off in time, without pulp or residue, and hold in ice water.

    Ink that runs makes it an approval on a condition, which its reason says; a refusal needs a reason too.
    """
    require(scan.by, Permission.JUDGE_LABEL)
    entry = open_entry(
        session,
        scan,
        EventKind.LABEL_JUDGED,
        judgment,
        reason=judgment.reason,
        readings={
            "label": _tidy(judgment.label_code),
            "approved": judgment.approved,
            "valid_until": judgment.valid_until.isoformat() if judgment.valid_until else None,
        },
    )
    if isinstance(entry, Recorded):
        return entry
    label = get_label(session, scan.by.territory_id, judgment.label_code)
    if judgment.approved:
        _require_approvable(session, entry, label, judgment)
    elif not judgment.reason.strip():
        raise BadInput("This needs a reason.", "Say in a few words why.", field="reason")
    session.execute(
        update(_LABEL)
        .where(_LABEL.c.id == label.id)
        .values(
            judged_by=entry.id,
            approved=judgment.approved,
            valid_until=judgment.valid_until if judgment.approved else None,
        )
    )
    return entry.post()


def _tidy(code: str | None) -> str:
    return (code or "").strip().upper()


def _required(field: str, text: str) -> str:
    tidy = text.strip()
    if not tidy:
        raise BadInput("Something is missing.", "Fill in this field.", field=field)
    if len(tidy) > 100:
        raise BadInput("This is too long.", "Write at most %(most)s characters.", field=field, most=100)
    return tidy


def _code(session: Session, territory_id: int, wanted: str | None) -> str:
    """The code asked for, or the territory's next number. Raises BadInput when it is taken."""

    def taken(code: str) -> bool:
        where: Any = (_LABEL.c.territory_id == territory_id, _LABEL.c.code == code)
        return session.execute(select(_LABEL.c.id).where(*where)).first() is not None

    if wanted is not None:
        code = _tidy(wanted)
        if not code or len(code) > 20 or taken(code):
            raise BadInput(
                "The label code “%(label)s” is taken or too long.",
                "Choose another one.",
                field="code",
                label=code[:40],
            )
        return code
    number = session.scalar(select(func.count(LabelVariant.id)).where(LabelVariant.territory_id == territory_id)) or 0
    while taken(f"E-{number + 1:04d}"):
        number += 1
    return f"E-{number + 1:04d}"


def _keep_trial(entry: Entry, trial: TrialStart, code: str, lot_id: int) -> None:
    label = get_label(entry.session, entry.scan.by.territory_id, code)
    naoh, celsius = trial.bath_naoh_percent, trial.bath_temperature_celsius
    if naoh is None or not 0 < naoh <= MOST_NAOH_PERCENT:
        raise BadInput("A bath holds more than 0 and at most 10 %% of caustic.", field="bath_naoh_percent")
    if celsius is None or not 0 < celsius <= MOST_CELSIUS:
        raise BadInput("A bath is warmer than 0 and at most 100 °C.", field="bath_temperature_celsius")
    entry.session.add(
        LabelTrial(
            id=entry.id,
            variant_id=label.id,
            lot_id=lot_id,
            bottles=trial.quantity,
            storage=trial.storage.strip(),
            bath_naoh_percent=naoh,
            bath_temperature_celsius=celsius,
        )
    )
    entry.session.flush()


def _get_trial(session: Session, lot: LotOnHand) -> LabelTrial:
    trial = session.scalar(select(LabelTrial).where(LabelTrial.lot_id == lot.id))
    if trial is None:
        raise WrongStep(
            "Nobody recorded which label lot %(lot)s carries.",
            "Wash these bottles, and start a trial with a registered label.",
            field="code",
            lot=lot.shown_code,
        )
    return trial


def _require_sense(seen: TrialExamination) -> None:
    off = seen.minutes_90 if seen.minutes_100 is None else seen.minutes_100
    if not 0 <= seen.minutes_90 <= off <= MOST_MINUTES:
        raise BadInput(
            "The times do not fit: 90 %% are off before 100 %%, both between 0 and 600 minutes.",
            "Enter minutes in the bath.",
            field="minutes_90",
        )
    if not 0 <= seen.residue <= 3:
        raise BadInput("The residue is told from 0 (nothing) to 3 (much).", "Choose one of the four.", field="residue")


def _results(session: Session, *where: Any) -> list[TrialResult]:
    """Results in force: those that were taken back do not count."""
    taken_back = exists(select(Event.id).where(Event.reverses == TrialResult.event_id))
    return list(session.scalars(select(TrialResult).where(~taken_back, *where)))


def _require_approvable(session: Session, entry: Entry, label: LabelVariant, judgment: LabelJudgment) -> None:
    if judgment.valid_until is None or judgment.valid_until < entry.day:
        raise BadInput("An approval ends on a day to come.", "Choose the last day.", field="valid_until")
    trials: dict[object, list[Examined]] = {}
    of_label = select(LabelTrial.id).where(LabelTrial.variant_id == label.id)
    for row in _results(session, TrialResult.trial_id.in_(of_label)):
        seen = Examined(
            row.examiner_id,
            row.minutes_90,
            row.minutes_100,
            row.pulp,
            row.residue,
            row.ink_bleed,
            row.holds_in_ice_water,
        )
        trials.setdefault(row.trial_id, []).append(seen)
    if not any(is_examined(results) for results in trials.values()):
        raise WrongStep(
            "Label %(label)s was not examined by two people on one trial.",
            "Try it on bottles, and have two people examine them.",
            field="label",
            label=label.code,
        )
    every = [seen for results in trials.values() for seen in results]
    obstacles = find_obstacles(every, entry.site.label_release_minutes)
    if obstacles:
        raise WrongStep(
            "Label %(label)s cannot be approved: %(obstacle)s.",
            "Refuse it, and tell the winemaker what to change.",
            field="approved",
            label=label.code,
            obstacle=obstacles[0],
        )
    if bleeds(every) and not judgment.reason.strip():
        raise BadInput(
            "The ink of this label runs: it is approved on a condition only.",
            "Say on which condition, in a few words.",
            field="reason",
        )
