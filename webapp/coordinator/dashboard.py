"""What was reused, and where every bottle is: a period's figures with their definitions, and two files of them."""

from datetime import UTC, datetime
from decimal import Decimal

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from bottletrack.access import Permission
from bottletrack.errors import Refusal
from bottletrack.impact.promise import apply_promise
from bottletrack.reports.figures import WHERE_IT_WENT, FigureKey, find_figures
from bottletrack.reports.movements import ALL_TIME, Period
from bottletrack.reports.rejects import find_rejects
from bottletrack.reports.stock import find_stock_by_stage
from webapp.coordinator.blueprint import blueprint
from webapp.coordinator.periods import address_of, in_words, period_from_url, presets
from webapp.database import reading
from webapp.languages import N_, gettext, number
from webapp.naming import name_of
from webapp.refusals import explain, status_of
from webapp.security import allow
from webapp.signed_in import current_actor
from webapp.spreadsheets import as_csv
from webapp.words import word

#: The figures as they are read: what came in, what was done to it, what left, what was lost, what is left.
SECTIONS = (
    (N_("What came in"), (FigureKey.COLLECTED, FigureKey.COUNTED, FigureKey.COUNT_DIFFERENCES)),
    (
        N_("What was washed"),
        (FigureKey.FIRST_WASHES, FigureKey.WASH_PASSAGES, FigureKey.RERINSES, FigureKey.RELEASED),
    ),
    (N_("What left for winemakers"), (FigureKey.DELIVERED_GROSS, FigureKey.RETURNED, FigureKey.DELIVERED_NET)),
    (
        N_("What was not reused"),
        (FigureKey.CULLET, FigureKey.TRANSFERRED, FigureKey.BROKEN, FigureKey.SAMPLED),
    ),
    (N_("What is on hand"), (FigureKey.STOCK,)),
)


#: A larger mass is told in tonnes.
KILOGRAMS_UP_TO = 10_000
KILOGRAMS_PER_TONNE = 1_000

FIGURE_HEADINGS = (N_("Figure"), N_("Value"), N_("Unit"), N_("From"), N_("To"), N_("Definition"), N_("Source"))
REJECT_HEADINGS = (
    N_("Defect"),
    N_("Name"),
    N_("Class"),
    N_("Cullet"),
    N_("Transferred"),
    N_("Rejected bottles"),
    N_("Cumulative"),
    N_("From"),
    N_("To"),
)


@blueprint.get("/")
@allow(Permission.SEE_IMPACT)
def dashboard() -> ResponseReturnValue:
    """The period's figures; a period that makes no sense is refused above those of all time."""
    refusal: Refusal | None = None
    try:
        period = period_from_url()
    except Refusal as mistaken:
        refusal, period = mistaken, ALL_TIME
    territory_id = current_actor().territory_id
    with reading() as session:
        figures = find_figures(session, territory_id, period)
        rejects = find_rejects(session, territory_id, period)
        stages = find_stock_by_stage(session, territory_id, datetime.now(UTC))
    page = render_template(
        "coordinator/dashboard.html",
        period=period,
        period_in_words=in_words(period),
        period_address=address_of(period),
        presets=presets(period),
        figures=figures,
        sections=SECTIONS,
        where_it_went=[figures[key] for key in WHERE_IT_WENT],
        reused=figures[FigureKey.DELIVERED_NET],
        collected=figures[FigureKey.COLLECTED],
        promised=apply_promise(figures[FigureKey.DELIVERED_NET].value),
        mass=_mass,
        rejects=rejects,
        stages=stages,
        refusal=explain(refusal) if refusal else None,
    )
    return page, status_of(refusal) if refusal else 200


@blueprint.get("/figures.csv")
@allow(Permission.SEE_IMPACT)
def figures_file() -> Response:
    """The period's figures, each with its definition and source."""
    period = period_from_url()
    with reading() as session:
        figures = find_figures(session, current_actor().territory_id, period)
    return as_csv(
        _file_name("figures", period),
        [gettext(heading) for heading in FIGURE_HEADINGS],
        [
            (
                gettext(figure.name),
                figure.value,
                gettext(figure.unit),
                *_days(period),
                gettext(figure.definition),
                gettext(figure.source),
            )
            for figure in figures.rows
        ],
    )


@blueprint.get("/rejects.csv")
@allow(Permission.SEE_IMPACT)
def rejects_file() -> Response:
    """The period's rejects by cause, the most frequent first."""
    period = period_from_url()
    with reading() as session:
        rejects = find_rejects(session, current_actor().territory_id, period)
    return as_csv(
        _file_name("rejects", period),
        [gettext(heading) for heading in REJECT_HEADINGS],
        [
            (
                cause.defect_code,
                name_of(cause),
                word(cause.defect_class),
                cause.cullet,
                cause.transferred,
                cause.total,
                cause.cumulative,
                *_days(period),
            )
            for cause in rejects.causes
        ],
    )


def _mass(kilograms: Decimal) -> tuple[str, str]:
    """A mass and its unit: to the kilogram while that can be read, then in tonnes."""
    if abs(kilograms) < KILOGRAMS_UP_TO:
        return number(kilograms, 1), gettext("kg")
    return number(kilograms / KILOGRAMS_PER_TONNE, 1), gettext("t")


def _days(period: Period) -> list[str]:
    return [day.isoformat() if day else "" for day in (period.first, period.last)]


def _file_name(name: str, period: Period) -> str:
    return "-".join(["bottletrack", name, *(day for day in _days(period) if day)])
