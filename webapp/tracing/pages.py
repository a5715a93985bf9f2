"""The trace of a lot, run, order or event: a drawing, tables, and the same as two files."""

from io import BytesIO

from flask import redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bottletrack.access import Permission, may
from bottletrack.errors import NotFound, Refusal
from bottletrack.genealogy.start import StartKind, find_start, get_start
from bottletrack.genealogy.walk import Edge
from bottletrack.reports.places import NamedPlace
from bottletrack.reports.trace import Trace, trace
from bottletrack.reports.trace_records import find_checks, find_runs_on_the_way
from labels import render_report
from webapp.database import reading
from webapp.languages import gettext
from webapp.readings import readings_in_words
from webapp.refusals import explain, status_of
from webapp.security import allow
from webapp.signed_in import current_actor, current_person
from webapp.spreadsheets import as_csv
from webapp.tracing.blueprint import blueprint
from webapp.tracing.graph import draw
from webapp.tracing.paper import trace_report
from webapp.tracing.steps import HEADINGS, cells_of
from webapp.tracing.telling import measured_in_words, passes_in_words, title_of, url_of

#: A page shows so many steps; the file has all.
MOST_STEPS = 300


@blueprint.get("/trace")
@allow(Permission.SEE_PLANT)
def search() -> ResponseReturnValue:
    """Scan or type a lot's, run's or order's name; `q` is what was typed."""
    if "q" not in request.args:
        return render_template("tracing/search.html", refusal=None)
    try:
        with reading() as session:
            start = find_start(session, current_actor(), request.args["q"])
    except Refusal as refusal:
        return render_template("tracing/search.html", refusal=explain(refusal)), status_of(refusal)
    return redirect(url_of(start))


@blueprint.get("/trace/<code>")
@allow(Permission.SEE_PLANT)
def lot(code: str) -> str:
    """The trace of a lot, by its code or a partner's name for it."""
    return _page(StartKind.LOT.value, code)


@blueprint.get("/trace/<kind>/<key>")
@allow(Permission.SEE_PLANT)
def other(kind: str, key: str) -> str:
    """The trace of a run (by its number), an order (by its reference), or an event (by its id)."""
    return _page(kind, key)


@blueprint.get("/trace/<kind>/<key>/steps.csv")
@allow(Permission.SEE_PLANT)
def steps_file(kind: str, key: str) -> ResponseReturnValue:
    """Every step of a trace, for a spreadsheet."""
    with reading() as session:
        told = _trace(session, kind, key)
    rows = cells_of(told)
    return as_csv(f"bottletrack-trace-{told.start.key}", [gettext(heading) for heading in HEADINGS], rows)


@blueprint.get("/trace/<kind>/<key>/trace.pdf")
@allow(Permission.SEE_PLANT)
def sheet_file(kind: str, key: str) -> ResponseReturnValue:
    """The trace on paper."""
    with reading() as session:
        told = _trace(session, kind, key)
        runs, checks = find_runs_on_the_way(session, told.run_ids), find_checks(session, told.lot_ids)
    report = trace_report(told, runs, checks, current_person())
    return send_file(BytesIO(render_report(report)), "application/pdf", download_name=f"trace-{told.start.key}.pdf")


def _trace(session: Session, kind: str, key: str) -> Trace:
    try:
        told = trace(session, get_start(session, current_actor(), StartKind(kind), key))
    except ValueError:
        raise NotFound("There is nothing to trace here.", "Search for a lot, a run or an order.") from None
    if told.start.event_id is not None and not told.own:
        raise NotFound("This event moved no bottles, or was taken back.", "Choose another one of the lot's history.")
    return told


def _page(kind: str, key: str) -> str:
    with reading() as session:
        told = _trace(session, kind, key)
        runs = find_runs_on_the_way(session, told.run_ids)
        checks = find_checks(session, told.lot_ids)
    places = places_of(told)
    return render_template(
        "tracing/trace.html",
        trace=told,
        title=title_of(told.start),
        may_recall=may(current_actor(), Permission.RECALL) and told.bottles > 0,
        drawing=draw(told),
        sources=[node for node in told.back.nodes if node.there.high],
        ends=[node for node in (*told.starts, *told.forth.nodes) if node.there.high],
        runs=[(run, readings_in_words(run.noted)) for run in runs],
        measured=measured_in_words,
        passes=passes_in_words(told.passages),
        checks=[(check, places[check.lot_id]) for check in checks],
        places=places,
        steps=_steps(told)[:MOST_STEPS],
        more=len(_steps(told)) - MOST_STEPS,
    )


def _steps(told: Trace) -> list[Edge]:
    return [*told.back.edges, *told.own, *told.forth.edges]


def places_of(told: Trace) -> dict[int, NamedPlace]:
    """Every place of the trace by its number."""
    nodes = (*told.back.nodes, *told.starts, *told.forth.nodes)
    return {node.place.id: node.place for node in nodes}
