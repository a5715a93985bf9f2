"""The steps of a trace as rows of cells, for a spreadsheet."""

from collections.abc import Iterable

from bottletrack.reports.trace import Trace
from webapp.languages import N_, gettext
from webapp.spreadsheets import Cell
from webapp.tracing.telling import place_title
from webapp.words import word

HEADINGS = (
    N_("Direction"),
    N_("Day"),
    N_("What happened"),
    N_("Event"),
    N_("Where from"),
    N_("Where to"),
    N_("Bottles"),
    N_("At least"),
    N_("At most"),
    N_("Defect"),
)


def titles_of(trace: Trace) -> dict[int, str]:
    """Every place of the trace in words, by its number."""
    nodes = (*trace.back.nodes, *trace.starts, *trace.forth.nodes)
    return {node.place.id: place_title(node.place) for node in nodes}


def cells_of(trace: Trace) -> Iterable[tuple[Cell, ...]]:
    """One row for each movement, in the order they happened: all its bottles, and how many of them are the start's."""
    titles = titles_of(trace)
    directions = (
        (gettext("before"), trace.back.edges),
        (gettext("itself"), trace.own),
        (gettext("after"), trace.forth.edges),
    )
    for direction, edges in directions:
        for edge in edges:
            yield (
                direction,
                edge.happened_on.isoformat(),
                word(edge.kind),
                str(edge.event_id),
                titles[edge.origin],
                titles[edge.destination],
                edge.quantity,
                edge.share.low,
                edge.share.high,
                edge.defect_code or "",
            )
