"""A trace as a report for the print room: the same drawing and tables as on the page."""

from collections.abc import Iterable
from datetime import UTC, datetime

from bottletrack.reports.trace import Node, Trace
from bottletrack.reports.trace_records import RunOnTheWay
from bottletrack.sign_in import SignedIn
from labels import Figure, FigureArrow, FigureBox, Report, Table
from webapp.languages import day, gettext, moment
from webapp.naming import in_bottles, name_of
from webapp.tracing.graph import Drawing, draw
from webapp.tracing.steps import titles_of
from webapp.tracing.telling import in_range, measured_in_words, passes_in_words, place_title, title_of
from webapp.words import word


def trace_report(trace: Trace, runs: Iterable[RunOnTheWay], person: SignedIn) -> Report:
    """Everything of the trace in the language of this answer."""
    facts = [(gettext("Bottles"), in_bottles(trace.bottles))]
    facts += [(gettext("Washes so far"), passes_in_words(trace.passages))]
    return Report(
        title=gettext("Trace: %(start)s") % {"start": title_of(trace.start)},
        subtitle=gettext("From every reception to every delivery, by the ledger of bottles."),
        facts=tuple(facts),
        figure=figure_of(draw(trace)),
        tables=(
            nodes_table(gettext("Where they came from"), [node for node in trace.back.nodes if node.there.high]),
            nodes_table(
                gettext("Where they are now"),
                [node for node in (*trace.starts, *trace.forth.nodes) if node.there.high],
            ),
            _runs_table(runs),
            _steps_table(trace),
        ),
        footer=gettext("Printed on %(moment)s") % {"moment": moment(datetime.now(UTC))},
        notice=gettext("Demonstration data") if person.demonstration else None,
    )


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
        gettext("From"),
        gettext("To"),
        gettext("Bottles"),
        gettext("Of these"),
    )
    return Table(gettext("Every step"), headings, rows, frozenset({4, 5}))
