"""A trace, or a recall, as a report for the print room: the same drawing and tables as on the page."""

from collections.abc import Iterable
from datetime import UTC, datetime

from bottletrack.reports.recalls import CaseReport
from bottletrack.reports.trace import Node, Trace
from bottletrack.reports.trace_records import Check, RunOnTheWay
from bottletrack.sign_in import SignedIn
from labels import Figure, FigureArrow, FigureBox, Report, Table
from webapp.languages import day, gettext, moment, number, paper_language
from webapp.naming import in_bottles, name_of
from webapp.tracing.graph import Drawing, draw
from webapp.tracing.steps import titles_of
from webapp.tracing.telling import (
    in_range,
    measured_in_words,
    minutes_in_words,
    passes_in_words,
    place_title,
    plan_in_words,
    title_of,
)
from webapp.words import word

#: A page is narrower than a screen that scrolls: fewer boxes of a kind in a row.
MOST_ON_PAPER = 3


@paper_language()
def trace_report(trace: Trace, runs: Iterable[RunOnTheWay], checks: Iterable[Check], person: SignedIn) -> Report:
    """Everything of the trace in the language of paper."""
    facts = [(gettext("Bottles"), in_bottles(trace.bottles))]
    facts += [(gettext("Washes so far"), passes_in_words(trace.passages))]
    return Report(
        title=gettext("Trace: %(start)s") % {"start": title_of(trace.start)},
        subtitle=gettext("From every reception to every delivery, by the ledger of bottles."),
        facts=tuple(facts),
        figure=figure_of(draw(trace, MOST_ON_PAPER)),
        tables=(
            nodes_table(gettext("Where they came from"), [node for node in trace.back.nodes if node.there.high]),
            nodes_table(
                gettext("Where they are now"),
                [node for node in (*trace.starts, *trace.forth.nodes) if node.there.high],
            ),
            _runs_table(runs),
            _checks_table(trace, checks),
            _steps_table(trace),
        ),
        footer=gettext("Printed on %(moment)s") % {"moment": moment(datetime.now(UTC))},
        notice=gettext("Demonstration data") if person.demonstration else None,
    )


@paper_language()
def recall_report(report: CaseReport, person: SignedIn) -> Report:
    """A case on paper: the balance, whom to call, where to look, and the drawing."""
    case, balance = report.case, report.balance
    title = gettext("Recall drill %(code)s") if case.drill else gettext("Recall %(code)s")
    facts = (
        (gettext("What it began with"), title_of(case.start)),
        (gettext("Why"), case.reason),
        (gettext("Opened"), f"{moment(case.opened_at)}, {case.opened_by}"),
        (gettext("Closed"), f"{moment(case.closed_at)}, {case.closed_by}" if case.closed_at else gettext("Still open")),
        (gettext("Time taken"), minutes_in_words(case.minutes) or "–"),
        (gettext("What was found"), case.account or "–"),
        (gettext("Bottles that came through"), number(balance.bottles)),
        (gettext("At the plant"), in_range(balance.on_hand)),
        (gettext("With winemakers"), in_range(balance.with_winemakers)),
        (gettext("Gone: cullet, broken, destroyed…"), in_range(balance.gone)),
        (gettext("Still missing"), number(case.missing)),
    )
    sources = [node for node in report.trace.back.nodes if node.there.high]
    return Report(
        title=title % {"code": case.code},
        subtitle=gettext("Both ways, by the ledger of bottles. Where lots were mixed: from how many to how many."),
        facts=facts,
        tables=(
            _lines_table(report),
            _places_table(report),
            nodes_table(gettext("Where they came from"), sources),
            _steps_table(report.trace),
        ),
        figure=figure_of(draw(report.trace, MOST_ON_PAPER)),
        footer=gettext("Printed on %(moment)s") % {"moment": moment(datetime.now(UTC))},
        notice=gettext("Demonstration data") if person.demonstration else None,
    )


def _lines_table(report: CaseReport) -> Table:
    rows = tuple(
        (
            line.winery_name,
            "; ".join(f"{contact.name} {contact.email}" for contact in line.contacts) or "–",
            f"{line.reference} {line.model.code} {word(line.grade)}",
            in_range(line.own),
            number(line.told.recovered),
            number(line.told.consumed),
            number(line.told.missing),
        )
        for line in report.lines
    )
    headings = (
        gettext("Winemaker"),
        gettext("Contact"),
        gettext("Order"),
        gettext("Of the recall"),
        gettext("Recovered"),
        gettext("Consumed"),
        gettext("Still missing"),
    )
    return Table(gettext("With winemakers"), headings, rows, frozenset({3, 4, 5, 6}))


def _places_table(report: CaseReport) -> Table:
    rows = tuple(
        (
            place_title(held.place),
            held.site_name,
            word(held.stage) if held.stage else "–",
            number(held.on_hand),
            in_range(held.own),
            number(held.now),
        )
        for held in report.places
    )
    headings = (
        gettext("Place"),
        gettext("Site"),
        gettext("Stage"),
        gettext("There when opened"),
        gettext("Of the recall"),
        gettext("There now"),
    )
    return Table(gettext("At the plant"), headings, rows, frozenset({3, 4, 5}))


def figure_of(drawing: Drawing) -> Figure:
    """The page's drawing, as plain values for the print room."""
    return Figure(
        width=drawing.width,
        height=drawing.height,
        boxes=tuple(
            FigureBox(box.x, box.y, box.width, box.height, box.title, box.lines, box.kind == "start")
            for box in drawing.boxes
        ),
        arrows=tuple(FigureArrow(arrow.points, arrow.label) for arrow in drawing.arrows),
    )


def nodes_table(caption: str, nodes: Iterable[Node]) -> Table:
    """Places, and how many of the start's bottles are there or came from there."""
    rows = [(place_title(node.place), node.winery, in_range(node.there)) for node in nodes]
    headings = (gettext("Place"), gettext("Winery"), gettext("Bottles"))
    return Table(caption, headings, tuple(rows), frozenset({2}))


def _runs_table(runs: Iterable[RunOnTheWay]) -> Table:
    rows = tuple(
        (
            f"{run.code} ({word(run.program)})",
            moment(run.opened_at),
            "; ".join(f"{name_of(reading)} {measured_in_words(reading)}" for reading in run.readings) or "–",
        )
        for run in runs
    )
    return Table(gettext("Wash runs on the way"), (gettext("Run"), gettext("Opened"), gettext("Readings")), rows)


def _checks_table(trace: Trace, checks: Iterable[Check]) -> Table:
    titles = titles_of(trace)
    rows = tuple(
        (
            titles[check.lot_id],
            day(check.started_at, "medium"),
            word(check.verdict) if check.verdict else gettext("No verdict yet"),
            "; ".join(plan_in_words(plan, counted=not check.verdict_only) for plan in check.plans),
        )
        for check in checks
    )
    headings = (gettext("Lot"), gettext("Day"), gettext("Verdict"), gettext("The plan"))
    return Table(gettext("Quality checks on the way"), headings, rows)


def _steps_table(trace: Trace) -> Table:
    titles = titles_of(trace)
    rows = tuple(
        (
            day(edge.happened_on, "medium"),
            word(edge.kind),
            titles[edge.origin],
            titles[edge.destination],
            str(edge.quantity),
            in_range(edge.share),
        )
        for edge in (*trace.back.edges, *trace.own, *trace.forth.edges)
    )
    headings = (
        gettext("Day"),
        gettext("What happened"),
        gettext("Where from"),
        gettext("Where to"),
        gettext("Bottles"),
        gettext("Of these"),
    )
    return Table(gettext("Every step"), headings, rows, frozenset({4, 5}))
