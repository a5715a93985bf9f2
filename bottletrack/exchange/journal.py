"""Replays a partner's journal through the same verbs and rules as the screens: all of it, or nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bottletrack.access import Actor
from bottletrack.errors import Refusal
from bottletrack.exchange.journal_acts import Acts, acts_of
from bottletrack.exchange.journal_rows import Journal, JournalRefused, OrderRow, Problem, read_journal
from bottletrack.founding import add_winery
from bottletrack.orders import OrderedBottles, OrderRequest, record_order
from bottletrack.people import get_service
from bottletrack.tables import Movement, Order, OrderLine, Winery
from bottletrack.vocabulary import EventKind, Grade, Role

#: After so many refused rows the rest is hardly about the journal any more.
MAX_PROBLEMS = 20


@dataclass(frozen=True)
class ImportReport:
    """What an import did. `remarks`: rows that were taken although they say something odd."""

    rows: int
    events: int
    already: bool = False
    remarks: tuple[str, ...] = ()


def import_journal(
    session: Session,
    path: Path,
    *,
    actor: Actor,
    site_id: int,
    shift: timedelta = timedelta(0),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ImportReport:
    """Replays the journal at a site, each day moved by `shift`; `progress` is told rows done and rows in all.

    Raises JournalRefused, with every row that was refused; the caller's transaction must then be given up. A journal
    that was imported before is left as it is.
    """
    journal = read_journal(path)
    replay = Replay(session, journal, path.name, actor, site_id, shift)
    if replay.acts.was_imported():
        return ImportReport(rows=len(journal.rows), events=0, already=True)
    replay.run(progress)
    if replay.problems:
        raise JournalRefused(replay.problems)
    return ImportReport(rows=len(journal.rows), events=replay.acts.events, remarks=tuple(replay.acts.remarks))


#: All that people of the plant are.
PLANT_ROLES = frozenset(Role) - {Role.WINEMAKER, Role.ADMINISTRATOR}


def import_actor(session: Session, territory_id: int) -> Actor:
    """The service in whose name journals are imported: every role of the plant, and no way to sign in."""
    return get_service(session, territory_id, "journal-import", "Journal import", PLANT_ROLES)


@dataclass
class Replay:
    """One pass over a journal. `problems` empty at its end: everything was taken."""

    session: Session
    journal: Journal
    file: str
    actor: Actor
    site_id: int
    shift: timedelta
    problems: list[Problem] = field(default_factory=list)
    _placed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        checker = get_service(
            self.session, self.actor.territory_id, "journal-check", "Journal import, second person", PLANT_ROLES
        )
        self.acts = Acts(self.session, self.journal, self.file, self.actor, checker, self.site_id, self.shift)

    def run(self, progress: Callable[[int, int], None]) -> None:
        """Takes the steps in the order of the file; a refused step leaves nothing, and the next one is tried."""
        done = 0
        for rows in acts_of(self.journal):
            self._place_orders(rows[0].day)
            self._try(self.file, rows[0].line, partial(self.acts.take, rows))
            done += len(rows)
            progress(done, len(self.journal.rows))
            if len(self.problems) >= MAX_PROBLEMS:
                return
        self._place_orders(None)
        self._check_orders()

    def _try(self, file: str, line: int, act: Callable[[], None]) -> None:
        try:
            with self.session.begin_nested():
                act()
        except Refusal as refusal:
            self.problems.append(Problem(file, line, refusal.what % refusal.values, refusal.remedy % refusal.values))

    def _place_orders(self, until: date | None) -> None:
        """Places the orders that were there by that day (None: all that are left)."""
        for order in self.journal.orders.values():
            if order.reference not in self._placed and (until is None or order.day <= until):
                self._placed.add(order.reference)
                self._try("orders.csv", order.line, partial(self._place, order))

    def _place(self, order: OrderRow) -> None:
        known = select(Winery.id).where(Winery.territory_id == self.actor.territory_id, Winery.code == order.winery)
        if self.session.scalar(known) is None:
            add_winery(self.session, self.actor.territory_id, code=order.winery, name=order.winery)
        request = OrderRequest(
            lines=(OrderedBottles(order.model, order.ordered, Grade.B if order.grade_b else Grade.A),),
            winery_code=order.winery,
            reserve=False,
            reference=order.reference,
        )
        record_order(self.session, request, self.acts.scan(order.day, f"order:{order.reference}"))

    def _check_orders(self) -> None:
        """I11: what was delivered is what the order book says."""
        rows = self.session.execute(
            select(Order.reference, func.sum(Movement.quantity))
            .join(OrderLine, OrderLine.order_id == Order.id)
            .join(Movement, Movement.to_place_id == OrderLine.id)
            .where(Order.territory_id == self.actor.territory_id, Movement.kind == EventKind.DELIVERED)
            .group_by(Order.reference)
        )
        delivered = dict(rows.all())
        for order in self.journal.orders.values():
            found = delivered.get(order.reference, 0)
            if found != order.delivered:
                self.problems.append(
                    Problem(
                        "orders.csv",
                        order.line,
                        f"Order {order.reference} was delivered {found} bottles in the journal, "
                        f"and {order.delivered} by the order book.",
                        "Correct the order, or its rows in the journal.",
                    )
                )
