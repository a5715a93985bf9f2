"""Recalls: open one, tell what came back, close it; a case on one page and on one sheet."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Permission, may
from bottletrack.errors import BadInput, Refusal
from bottletrack.genealogy.start import Start, find_start
from bottletrack.reports.recalls import find_cases, get_case
from bottletrack.scans import Recorded, Scan
from bottletrack.stations.recall import (
    RecallClosing,
    RecallConsumption,
    RecallOpening,
    RecallRecovery,
    get_case_code,
    record_recall_closing,
    record_recall_consumption,
    record_recall_opening,
    record_recall_recovery,
)
from bottletrack.tables import Site
from bottletrack.vocabulary import Grade
from labels import render_report
from webapp.database import reading, writing
from webapp.forms import required_text, text, whole_number
from webapp.languages import gettext
from webapp.refusals import explain, status_of
from webapp.scans import scan_from_form
from webapp.security import allow
from webapp.signed_in import current_actor, current_person
from webapp.tracing.blueprint import blueprint
from webapp.tracing.graph import draw
from webapp.tracing.paper import recall_report
from webapp.tracing.telling import minutes_in_words, title_of, url_of


@blueprint.get("/recalls")
@allow(Permission.SEE_PLANT)
def recalls() -> str:
    """All recalls and drills, the latest first."""
    with reading() as session:
        cases = find_cases(session, current_actor())
    return render_template(
        "tracing/recalls.html", cases=cases, title_of=title_of, may_open=may(current_actor(), Permission.RECALL)
    )


@blueprint.get("/recalls/new")
@allow(Permission.RECALL)
def new_recall() -> ResponseReturnValue:
    """From which bottles, why, and whether it is a drill. `start`: where the trace page comes from."""
    return _opening_page(None)


@blueprint.post("/recalls")
@allow(Permission.RECALL)
def open_recall() -> ResponseReturnValue:
    """Stops everything that may hold the start's bottles."""
    try:
        scan, opening = scan_from_form(), _opening_from_form()
        with writing() as session:
            code = get_case_code(session, record_recall_opening(session, opening, scan))
    except Refusal as refusal:
        return _opening_page(refusal), status_of(refusal)
    return redirect(url_for("tracing.recall", code=code), 303)


@blueprint.get("/recalls/<code>")
@allow(Permission.SEE_PLANT)
def recall(code: str) -> str:
    """The set both ways with quantities that balance, who has what, and what is still missing."""
    return _case_page(code, None)


@blueprint.get("/recalls/<code>/recall.pdf")
@allow(Permission.SEE_PLANT)
def recall_sheet(code: str) -> ResponseReturnValue:
    """The same on paper, for the phone calls."""
    with reading() as session:
        report = recall_report(get_case(session, current_actor(), code), current_person())
    return send_file(BytesIO(render_report(report)), "application/pdf", download_name=f"recall-{code}.pdf")


@blueprint.post("/recalls/<code>/tallies")
@allow(Permission.TAKE_BACK)
def tell(code: str) -> ResponseReturnValue:
    """Bottles that a winemaker gave back, counted; or that will not come back, and why."""
    if request.form.get("what") == "consumed":
        return _told(code, record_recall_consumption, lambda: _consumption(code))
    return _told(code, record_recall_recovery, lambda: _recovery(code))


@blueprint.post("/recalls/<code>/closing")
@allow(Permission.CLOSE_RECALL)
def close_recall(code: str) -> ResponseReturnValue:
    """When nothing is missing, or what is missing is explained."""
    return _told(code, record_recall_closing, lambda: RecallClosing(code, text("account")))


def _told(code: str, verb: Callable[[Session, Any, Scan], Recorded], read: Callable[[], object]) -> ResponseReturnValue:
    try:
        scan, content = scan_from_form(), read()
        with writing() as session:
            verb(session, content, scan)
    except Refusal as refusal:
        return _case_page(code, refusal), status_of(refusal)
    flash(gettext("Recorded."), "success")
    return redirect(url_for("tracing.recall", code=code), 303)


def _opening_from_form() -> RecallOpening:
    return RecallOpening(
        required_text("start", most=60), required_text("reason"), drill=request.form.get("drill") == "drill"
    )


def _recovery(code: str) -> RecallRecovery:
    if request.form.get("what") != "recovered":
        raise BadInput("Nothing was chosen.", "Choose one of the possibilities.", field="what")
    reference, model, grade = _line_from_form()
    return RecallRecovery(code, reference, _quantity(), model, grade)


def _consumption(code: str) -> RecallConsumption:
    reference, model, grade = _line_from_form()
    return RecallConsumption(code, reference, _quantity(), required_text("reason"), model, grade)


def _quantity() -> int:
    quantity = whole_number("quantity")
    if quantity is None:
        raise BadInput("No quantity was entered.", "Count the bottles.", field="quantity")
    return quantity


def _line_from_form() -> tuple[str, str, Grade]:
    """Order, model and grade, as the choice of the list writes them: `O-0012 JU75 A`."""
    parts = required_text("line", most=80).split()
    if len(parts) != 3 or parts[2] not in set(Grade):
        raise BadInput("Nothing was chosen.", "Choose one of the possibilities.", field="line")
    return parts[0], parts[1], Grade(parts[2])


def _opening_page(refusal: Refusal | None) -> str:
    wanted = request.form.get("start") or request.args.get("start", "")
    with reading() as session:
        start = _known(session, wanted)
        return render_template(
            "tracing/new_recall.html",
            start=start,
            start_title=title_of(start) if start else "",
            wanted=wanted,
            refusal=explain(refusal) if refusal else None,
            site_id=_a_site(session),
        )


def _known(session: Session, wanted: str) -> Start | None:
    """What the form was opened from; None where something has to be typed."""
    try:
        return find_start(session, current_actor(), wanted) if wanted else None
    except Refusal:
        return None


def _case_page(code: str, refusal: Refusal | None) -> str:
    actor = current_actor()
    with reading() as session:
        report = get_case(session, actor, code)
        sites = session.scalars(select(Site).where(Site.territory_id == actor.territory_id).order_by(Site.name)).all()
        site_id = _a_site(session)
        site_choices = [(site.id, site.name) for site in sites if actor.site_id in (None, site.id)]
    is_open = report.case.closed_at is None
    return render_template(
        "tracing/recall.html",
        report=report,
        title=title_of(report.case.start),
        trace_url=url_of(report.case.start),
        drawing=draw(report.trace),
        sources=[node for node in report.trace.back.nodes if node.there.high],
        took=minutes_in_words(report.case.minutes),
        refusal=explain(refusal) if refusal else None,
        site_id=site_id,
        sites=site_choices,
        may_tell=is_open and may(actor, Permission.TAKE_BACK),
        may_close=is_open and may(actor, Permission.CLOSE_RECALL),
    )


def _a_site(session: Session) -> int:
    """Where an event is kept that happens at no site: the person's own, or the territory's first."""
    actor = current_actor()
    first = select(Site.id).where(Site.territory_id == actor.territory_id).order_by(Site.id).limit(1)
    return actor.site_id or session.scalars(first).one()
