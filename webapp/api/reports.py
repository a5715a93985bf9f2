"""What the plant reports: stock, what can be ordered, impact, and the audit."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from bottletrack.access import Actor, Permission, may
from bottletrack.catalogue import get_winery
from bottletrack.errors import NotAllowed, NotFound
from bottletrack.impact.promise import Promised, apply_promise
from bottletrack.reports.audit import Balance, run_audit
from bottletrack.reports.figures import FigureKey, Figures, find_figures
from bottletrack.reports.movements import Period
from bottletrack.reports.stock import Offer, StockRow, find_offers, find_stock
from bottletrack.settings import Change, Value, find_changes, find_settings
from webapp.api.endpoints import answers
from webapp.api.sites import get_site_id
from webapp.shapes import QUERY, Code, read_as


@dataclass(frozen=True)
class StockSeen:
    """Bottles on hand at that moment, in the plant's own order of stages."""

    at: datetime
    rows: tuple[StockRow, ...]


@read_as(QUERY)
@dataclass(frozen=True)
class OfferQuery:
    """For which winery. A winemaker asks for the own one, and need not say so."""

    winery: Code | None = None


@dataclass(frozen=True)
class OffersSeen:
    """What the winery can order at that moment."""

    at: datetime
    offers: tuple[Offer, ...]


@read_as(QUERY)
@dataclass(frozen=True)
class PeriodQuery:
    """Days at the site, both included; none: all time."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class ImpactSeen:
    """The figures, each with its definition, and the promise applied to the bottles delivered net."""

    figures: Figures
    promised: Promised


@dataclass(frozen=True)
class FindingSeen:
    """One thing that is not as it must be."""

    rule: str
    detail: str


@dataclass(frozen=True)
class AuditSeen:
    """Whether all is as it must be. `rules`: those that were looked at."""

    passed: bool
    balance: Balance
    findings: tuple[FindingSeen, ...]
    rules: tuple[str, ...]


@read_as(QUERY)
@dataclass(frozen=True)
class SiteQuery:
    """Which site, where there are several to choose from."""

    site: Code | None = None


@dataclass(frozen=True)
class SettingsSeen:
    """What a site decides for itself, by name, and every change of it, the first one first."""

    settings: dict[str, Value]
    changes: tuple[Change, ...]


@answers("/stock", Permission.SEE_PLANT)
def show_stock(session: Session, actor: Actor) -> StockSeen:
    """Bottles on hand by stage, model and grade: promised, held, too old to leave, or free."""
    now = datetime.now(UTC)
    return StockSeen(now, tuple(find_stock(session, actor.territory_id, now)))


@answers("/offers", Permission.SEE_CATALOGUE, refusals=(NotFound,))
def show_offers(session: Session, actor: Actor, query: OfferQuery) -> OffersSeen:
    """What a winemaker can order today: the same lots that placing an order reserves."""
    now = datetime.now(UTC)
    return OffersSeen(
        now, tuple(find_offers(session, actor.territory_id, _winery_id(session, actor, query.winery), now))
    )


@answers("/impact", Permission.SEE_IMPACT)
def show_impact(session: Session, actor: Actor, query: PeriodQuery) -> ImpactSeen:
    """Collected, washed, delivered, returned, rejected; and what is promised for each bottle delivered net."""
    figures = find_figures(session, actor.territory_id, Period(query.first, query.last))
    return ImpactSeen(figures, apply_promise(figures[FigureKey.DELIVERED_NET].value))


@answers("/settings", Permission.CHANGE_SETTINGS, refusals=(NotFound,))
def show_settings(session: Session, actor: Actor, query: SiteQuery) -> SettingsSeen:
    """A site's rules, limits, defects, washers and container types; who changed which of them, when and why."""
    site_id = get_site_id(session, actor, query.site)
    return SettingsSeen(find_settings(session, site_id), tuple(find_changes(session, site_id)))


@answers("/audit", Permission.SEE_AUDIT)
def show_audit(session: Session, actor: Actor) -> AuditSeen:
    """Proof that no bottle was lost, made up, or counted twice; or what is wrong."""
    report = run_audit(session, actor.territory_id)
    findings = tuple(FindingSeen(finding.rule, finding.what % finding.values) for finding in report.findings)
    return AuditSeen(report.clean, report.balance, findings, report.rules)


def _winery_id(session: Session, actor: Actor, code: str | None) -> int:
    if code is not None and may(actor, Permission.ORDER_FOR_OTHERS):
        return get_winery(session, actor.territory_id, code).id
    if code is not None or actor.winery_id is None:
        raise NotAllowed("You may order for your own winery only.", "Ask an administrator to link you to your winery.")
    return actor.winery_id
