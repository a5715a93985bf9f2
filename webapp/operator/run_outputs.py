"""What comes off the washer: lot by lot while it runs, and the rest when the run is closed."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Permission
from bottletrack.catalogue import OTHER
from bottletrack.errors import Refusal
from bottletrack.lots import LotOnHand, find_lots
from bottletrack.stations.washing import (
    LABEL_REMAINS,
    METERS,
    RunClosing,
    RunOutput,
    RunReject,
    record_run_closing,
    record_run_output,
)
from bottletrack.tables import LabelVariant, Lot, Place, WashRun
from bottletrack.vocabulary import Stage
from webapp.assortment import AT_WASHING, USUAL_CRATE, defects, rewashable
from webapp.database import reading
from webapp.forms import bottles, decimal, text, whole_number
from webapp.languages import N_, gettext
from webapp.operator.blueprint import blueprint
from webapp.operator.choices import Options, owners
from webapp.operator.recording import crate_size_from_form, record
from webapp.operator.run_sight import code_of, get_run
from webapp.operator.scanning import blank_label
from webapp.operator.sorting import counted
from webapp.security import allow
from webapp.signed_in import current_actor

#: What bottles are refused for behind the washer nine times out of ten; the others stand one press further.
USUAL_REJECTS = ("CR01", "CR02", "MA01", "MA02", "MA03", "MA09", OTHER)
#: Broken bottles have a tile of their own: they are counted as broken, not as rejects.
BROKEN = "CR13"
#: Where on the line glass may break, in the way of the bottles. Kept in English, shown in the reader's language.
ZONES = {N_("Infeed"): "infeed", N_("Baths"): "soaking", N_("Rinses"): "washing", N_("Exit"): "exit"}


@blueprint.get("/operator/runs/<int(max=2147483647):run_id>/output")
@allow(Permission.WASH)
def output(run_id: int) -> str:
    """What came off the line now?"""
    return _page("output.html", run_id, None)


@blueprint.post("/operator/runs/<int(max=2147483647):run_id>/output")
@allow(Permission.WASH)
def take_output(run_id: int) -> ResponseReturnValue:
    """A full pallet becomes a lot, while the line runs on."""
    return record(
        record_run_output,
        lambda: RunOutput(**_off_the_line(run_id)),
        lambda refusal: _page("output.html", run_id, refusal),
    )


@blueprint.get("/operator/runs/<int(max=2147483647):run_id>/closing")
@allow(Permission.WASH)
def closing(run_id: int) -> str:
    """What came out last?"""
    return _page("closing.html", run_id, None)


@blueprint.post("/operator/runs/<int(max=2147483647):run_id>/closing")
@allow(Permission.WASH)
def close_run(run_id: int) -> ResponseReturnValue:
    """Closes the run when in = out."""
    return record(
        record_run_closing,
        lambda: RunClosing(**_off_the_line(run_id), readings=_meters()),
        lambda refusal: _page("closing.html", run_id, refusal),
    )


def _off_the_line(run_id: int) -> dict[str, Any]:
    """The fields that an output and a closing share."""
    size = crate_size_from_form()
    label, winery = text("label", most=20) or None, text("winery", most=20) or None
    rework, cause = bottles("rework", crate_size=size) or 0, text("rework_defect", most=20) or None
    from_label = rework and cause in LABEL_REMAINS
    return {
        "run_code": code_of(run_id),
        "passed": bottles("passed", crate_size=size) or 0,
        "rework": rework,
        "rework_defect_code": cause,
        "rework_into_lot_code": text("rework_into", most=40) or None,
        "rejects": tuple(
            RunReject(defect, quantity, *((label, winery) if defect in LABEL_REMAINS else ()))
            for defect, quantity in counted("reject")
        ),
        "broken": whole_number("broken") or 0,
        "broken_zone": text("broken_zone", most=40),
        "glass_cleared": bool(text("glass_cleared")),
        "passed_lot_code": blank_label("blank"),
        "note": text("note"),
        "rework_label_code": label if from_label else None,
        "rework_winery_code": winery if from_label else None,
    }


def _meters() -> dict[str, str]:
    used = {name: decimal(name) for name in METERS}
    return {name: str(value) for name, value in used.items() if value is not None}


def _page(template: str, run_id: int, refusal: Refusal | None) -> str:
    with reading() as session:
        run, row = get_run(session, run_id)
        found = [defect for defect in defects(session, run.site_id, AT_WASHING) if defect.code != BROKEN]
        return render_template(
            f"operator/{template}",
            run=run,
            row=row,
            usual=[defect for defect in found if defect.code in USUAL_REJECTS],
            others=[defect for defect in found if defect.code not in USUAL_REJECTS],
            rewashable=rewashable(found),
            rework_lots=[("", gettext("New lot")), *((lot.code, lot.shown_code) for lot in _rework_lots(session, run))],
            zones=ZONES,
            wineries=_wineries(session) if run.owner_winery_id is None else [],
            labels=_labels(session),
            crate_size=(row.model.bottles_per_crate if row.model else None) or USUAL_CRATE,
            refusal=refusal,
        )


def _wineries(session: Session) -> Options:
    return [("", gettext("Not known")), *owners(session, current_actor())[1:]]


def _labels(session: Session) -> Options:
    """Labels that the network knows, by what people call them."""
    found = session.scalars(
        select(LabelVariant)
        .where(LabelVariant.territory_id == current_actor().territory_id)
        .order_by(LabelVariant.code)
    ).all()
    return (
        [("", gettext("Not known")), *((label.code, f"{label.code} – {label.name}") for label in found)]
        if found
        else []
    )


def _rework_lots(session: Session, run: WashRun) -> list[LotOnHand]:
    """Open lots to wash again that are like this run's, so that few bottles make no lot of their own each time."""
    return find_lots(
        session,
        Lot.site_id == run.site_id,
        Lot.stage == Stage.REWORK,
        Lot.hold_event_id.is_(None),
        Lot.model_id == run.model_id,
        Lot.color == run.color,
        Lot.owner_winery_id.is_not_distinct_from(run.owner_winery_id),
        Lot.pass_number == run.pass_number,
        Place.quantity > 0,
    )
