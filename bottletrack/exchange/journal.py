"""Replays a partner's journal through the same verbs and rules as the screens: all of it, or nothing.

Rows that are one act at a station become one call of its verb: all rows sorted from one reception, all outputs of one
wash run. A run in a journal takes whole lots, and a reception is sorted out to the last bottle, so a quantity that was
mistyped breaks a balance and is refused. What a row says twice (the declared count in its detail, a run's input, an
order's deliveries) must agree.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bottletrack.access import Actor
from bottletrack.errors import BadInput, Refusal, WrongQuantity
from bottletrack.exchange.journal_rows import (
    RUN_NAME,
    Journal,
    JournalRefused,
    OrderRow,
    Problem,
    Row,
    RunRow,
    read_journal,
)
from bottletrack.founding import add_winery
from bottletrack.lots import LotOnHand, find_lots, get_lot
from bottletrack.orders import OrderedBottles, OrderRequest, Reservation, record_order, record_reservation
from bottletrack.scans import Scan
from bottletrack.stations import collection, dispatch, quality, recall, sorting, storage, washing
from bottletrack.tables import (
    BottleModel,
    Defect,
    Event,
    Lot,
    Movement,
    Order,
    OrderLine,
    Person,
    PersonRole,
    Site,
    WashRun,
    Winery,
)
from bottletrack.vocabulary import EventKind, Grade, PlaceKind, Role, Stage, Verdict, WashProgram

#: Ids of a journal's events are drawn from its content, so that the same file counts once.
_NAMESPACE = uuid.UUID("6f1f7c0e-6d0a-5c3e-9a52-0f5b1d0f3f4e")
MAX_PROBLEMS = 20
#: Models of rows that are not sorted yet, or not named.
UNSORTED = {"MIX", "XX", ""}


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
    if replay.was_imported():
        return ImportReport(rows=len(journal.rows), events=0, already=True)
    replay.run(progress)
    if replay.problems:
        raise JournalRefused(replay.problems)
    return ImportReport(rows=len(journal.rows), events=replay.events, remarks=tuple(replay.remarks))


def import_actor(session: Session, territory_id: int) -> Actor:
    """The service in whose name journals are imported: every role of the plant, and no way to sign in."""
    email = f"journal-import@territory-{territory_id}.invalid"
    roles = frozenset(Role) - {Role.WINEMAKER, Role.ADMINISTRATOR}
    person_id = session.scalar(select(Person.id).where(Person.email == email))
    if person_id is None:
        person = Person(territory_id=territory_id, email=email, name="Journal import")
        session.add(person)
        session.flush()
        session.add_all(PersonRole(person_id=person.id, role=role) for role in roles)
        session.flush()
        person_id = person.id
    return Actor(person_id=person_id, territory_id=territory_id, roles=roles)


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
    remarks: list[str] = field(default_factory=list)
    events: int = 0
    _placed: set[str] = field(default_factory=set)
    _seconds: int = 0

    def __post_init__(self) -> None:
        self._zone = ZoneInfo(self.session.get_one(Site, self.site_id).timezone)
        # A session forgets rows that nobody holds; these are asked for again and again.
        self._held = [*self.session.scalars(select(Defect)), *self.session.scalars(select(BottleModel))]

    def was_imported(self) -> bool:
        first = self.journal.rows[0]
        # The first thing that a run's row records is the run's opening.
        act = "RUN_OPEN" if _TAKE.get(first.event) is Replay.take_run else first.event
        return self.session.get(Event, self._event_id(f"{first.seq}:{act}")) is not None

    def run(self, progress: Callable[[int, int], None]) -> None:
        """Takes the steps in the order of the file; a refused step leaves nothing, and the next one is tried."""
        done = 0
        for rows in _steps(self.journal):
            self._place_orders(rows[0].day)
            self._try(self.file, rows[0].line, partial(self._take, rows))
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

    def _take(self, rows: list[Row]) -> None:
        take = _TAKE.get(rows[0].event)
        if take is None:
            raise BadInput(
                "There is no event “%(event)s”.", "Use one of: %(known)s.", event=rows[0].event, known=", ".join(_TAKE)
            )
        take(self, rows)

    def _scan(self, day: date, key: str) -> Scan:
        """The journal knows days only: its rows are stamped one second apart from each day's start on."""
        self._seconds += 1
        self.events += 1
        start = datetime.combine(day + self.shift, time(), self._zone).astimezone(UTC)
        return Scan(self._event_id(key), self.actor, self.site_id, start + timedelta(milliseconds=self._seconds))

    def _event_id(self, key: str) -> uuid.UUID:
        return uuid.uuid5(_NAMESPACE, f"{self.actor.territory_id}:{self.site_id}:{self.journal.digest}:{key}")

    def _row_scan(self, row: Row, act: str = "") -> Scan:
        return self._scan(row.day, f"{row.seq}:{act or row.event}")

    def _known(self, node: str) -> bool:
        return bool(find_lots(self.session, Lot.territory_id == self.actor.territory_id, Lot.partner_code == node))

    def _lot(self, row: Row, node: str) -> LotOnHand:
        """The lot a row names, of the model that the row names."""
        lot = get_lot(self.session, self.actor, node)
        if row.model not in UNSORTED and lot.model_id is not None:
            model = self.session.get_one(BottleModel, lot.model_id)
            if model.code != row.model:
                raise BadInput(
                    "Lot %(lot)s holds %(holds)s, not %(model)s.",
                    "Correct the row's model or lot.",
                    lot=node,
                    holds=model.code,
                    model=row.model,
                )
        return lot

    # Collection and sorting

    def take_collection(self, rows: list[Row]) -> None:
        (row,) = rows
        _require_same(row, r"declared by driver (\d+)", row.quantity)
        if self._known(row.to_node):
            raise BadInput(
                "There is a lot called %(lot)s already.",
                "Was a journal with the same names imported before? Give this one names of its own.",
                lot=row.to_node,
            )
        point = row.from_node.removeprefix("EXT:")
        taken = collection.Collection(point, row.quantity, note=row.detail, partner_code=row.to_node)
        collection.record_collection(self.session, taken, self._row_scan(row))

    def take_count(self, rows: list[Row]) -> None:
        (row,) = rows
        over = row.from_node == "SINK:COUNT_DIFF"
        node = row.to_node if over else row.from_node
        lot = self._lot(row, node)
        counted = lot.quantity + row.quantity * (1 if over else -1)
        _require_same(row, r"declared (\d+)", lot.quantity)
        _require_same(row, r"counted (\d+)", counted)
        count = collection.ReceptionCount(node, counted, reason=row.detail)
        collection.record_reception_count(self.session, count, self._row_scan(row))

    def take_sorting(self, rows: list[Row]) -> None:
        sorted_out: list[sorting.SortedOut] = []
        rejects: list[sorting.SortingReject] = []
        aside: list[sorting.HeldAside] = []
        for row in rows:
            into = row.to_node if self._known(row.to_node) else None
            name = None if into else row.to_node
            if row.to_node in _SORTING_SINKS:
                rejects.append(sorting.SortingReject(row.reason, row.quantity, _SORTING_SINKS[row.to_node]))
            elif row.model in UNSORTED:
                aside.append(sorting.HeldAside(row.reason, row.quantity, into, name))
            else:
                sorted_out.append(sorting.SortedOut(row.model, row.quantity, "", into, name))
        done = sorting.Sorting(rows[0].from_node, tuple(sorted_out), tuple(rejects), tuple(aside))
        sorting.record_sorting(self.session, done, self._row_scan(rows[0]))

    def take_decision(self, rows: list[Row]) -> None:
        (row,) = rows
        decision = storage.HeldAsideDecision(row.from_node, row.quantity, row.reason, row.detail or row.reason)
        storage.record_held_aside_decision(self.session, decision, self._row_scan(row))

    # Washing

    def take_run(self, rows: list[Row]) -> None:
        run = _run_of(self.journal, rows[0])
        if run is None:
            raise BadInput(
                "No wash run belongs to this row.",
                "Name the run in the detail (RUN-…), or add a row for it to wash_runs.csv.",
            )
        first = rows[0]
        program = WashProgram.RINSE if first.event.startswith("RERINSE") else WashProgram.WASH
        opening = washing.RunOpening(program, run.code)
        washing.record_run_opening(self.session, opening, self._row_scan(first, "RUN_OPEN"))
        loaded = 0
        for node in dict.fromkeys(row.from_node for row in rows):
            loaded += self._lot(next(row for row in rows if row.from_node == node), node).quantity
            loading = washing.RunLoading(run.code, node)
            washing.record_run_loading(self.session, loading, self._row_scan(first, f"RUN_LOAD:{node}"))
        if loaded != run.quantity_in:
            raise WrongQuantity(
                "Run %(run)s took %(loaded)s bottles, and wash_runs.csv says %(said)s.",
                "Correct the run's input, or the rows before it.",
                run=run.code,
                loaded=loaded,
                said=run.quantity_in,
            )
        self._remark_pass(rows, run)
        closing = self._closing(rows, run)
        washing.record_run_closing(self.session, closing, self._row_scan(first, "RUN_CLOSE"))

    def _closing(self, rows: list[Row], run: RunRow) -> washing.RunClosing:
        def of(suffix: str) -> list[Row]:
            return [row for row in rows if row.event.endswith(suffix)]

        passed, rework = of("_PASS"), of("_REWORK")
        for outputs in (passed, rework):
            if len({row.to_node for row in outputs}) > 1:
                raise BadInput(
                    "Run %(run)s has outputs of one kind in several lots.",
                    "Put what passed into one lot, and what is washed again into one lot.",
                    run=run.code,
                )
        known = bool(rework) and self._known(rework[0].to_node)
        return washing.RunClosing(
            run_code=run.code,
            passed=sum(row.quantity for row in passed),
            rework=sum(row.quantity for row in rework),
            # Several causes are written MA01/MA02; the first leads.
            rework_defect_code=rework[0].reason.split("/")[0] if rework else None,
            rework_into_lot_code=rework[0].to_node if known else None,
            rejects=tuple(washing.RunReject(row.reason, row.quantity) for row in of("_REJECT")),
            broken=sum(row.quantity for row in of("_BREAK")),
            note=run.alarm,
            readings=run.readings,
            passed_partner_code=passed[0].to_node if passed else None,
            rework_partner_code=rework[0].to_node if rework and not known else None,
        )

    def _remark_pass(self, rows: list[Row], run: RunRow) -> None:
        counted = self.session.scalar(
            select(WashRun.pass_number).where(WashRun.site_id == self.site_id, WashRun.code == run.code)
        )
        said = rows[0].pass_number
        if said.isdigit() and int(said) != counted:
            self.remarks.append(
                f"{self.file}, line {rows[0].line}: the row says wash pass {said}, and the bottles of run {run.code} "
                f"are at pass {counted} by where they came from; the ledger keeps {counted}."
            )

    # Quality, storage, dispatch

    def take_samples(self, rows: list[Row]) -> None:
        (row,) = rows
        self._start_inspection(row)
        sampling = quality.Sampling(row.from_node, row.quantity, row.detail or row.reason)
        quality.record_sampling(self.session, sampling, self._row_scan(row))

    def take_release(self, rows: list[Row]) -> None:
        (row,) = rows
        self._start_inspection(row)
        judgment = quality.Judgment(row.from_node, Verdict.ACCEPT_A, reason=row.detail)
        quality.record_judgment(self.session, judgment, self._row_scan(row))

    def take_failure(self, rows: list[Row]) -> None:
        (row,) = rows
        self._start_inspection(row)
        judgment = quality.Judgment(row.from_node, Verdict.REWASH, row.reason, row.detail or row.reason)
        quality.record_judgment(self.session, judgment, self._row_scan(row))

    def _start_inspection(self, row: Row) -> None:
        if self._lot(row, row.from_node).stage is Stage.WASHED:
            start = quality.InspectionStart(row.from_node)
            quality.record_inspection_start(self.session, start, self._row_scan(row, "QC_START"))

    def take_expiry(self, rows: list[Row]) -> None:
        (row,) = rows
        self._lot(row, row.from_node)
        expiry = storage.LotReason(row.from_node, row.detail)
        storage.record_age_expiry(self.session, expiry, self._row_scan(row))

    def take_split(self, rows: list[Row]) -> None:
        (row,) = rows
        self._lot(row, row.from_node)
        if row.state_after == "TRIAL":
            trial = storage.TrialStart(row.from_node, row.quantity, row.detail, row.to_node)
            storage.record_trial_start(self.session, trial, self._row_scan(row))
        else:
            grade = Grade.B if "grade b" in row.detail.lower() else None
            split = storage.Split(row.from_node, row.quantity, grade, row.detail, row.to_node)
            storage.record_split(self.session, split, self._row_scan(row))

    def take_delivery(self, rows: list[Row]) -> None:
        (row,) = rows
        self._lot(row, row.from_node)
        order = row.to_node.removeprefix("SINK:DELIVERED:")
        reservation = Reservation(order, row.from_node, row.quantity)
        record_reservation(self.session, reservation, self._row_scan(row, "RESERVE"))
        delivery = dispatch.Delivery(order, row.from_node, row.quantity)
        dispatch.record_delivery(self.session, delivery, self._row_scan(row))

    def take_return(self, rows: list[Row]) -> None:
        (row,) = rows
        back = dispatch.Return(
            row.from_node.removeprefix("SINK:DELIVERED:"),
            row.quantity,
            row.detail or row.reason,
            model_code=row.model,
            partner_code=row.to_node,
        )
        dispatch.record_return(self.session, back, self._row_scan(row))

    def take_drill(self, rows: list[Row]) -> None:
        (row,) = rows
        recall.record_recall_drill(self.session, recall.RecallDrill(row.detail), self._row_scan(row))

    # Orders

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
        record_order(self.session, request, self._scan(order.day, f"order:{order.reference}"))

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


_SORTING_SINKS = {"SINK:CULLET": PlaceKind.CULLET, "SINK:TRANSFER": PlaceKind.TRANSFERRED}

_TAKE: dict[str, Callable[[Replay, list[Row]], None]] = {
    "COLLECT": Replay.take_collection,
    "COUNT_ADJUST": Replay.take_count,
    "SORT": Replay.take_sorting,
    "HOLD_DECISION": Replay.take_decision,
    **dict.fromkeys(
        ("WASH_PASS", "WASH_REWORK", "WASH_REJECT", "WASH_BREAK", "RERINSE_PASS", "RERINSE_REJECT", "RERINSE_BREAK"),
        Replay.take_run,
    ),
    "QC_SAMPLE": Replay.take_samples,
    "QC_RELEASE": Replay.take_release,
    "QC_FAIL": Replay.take_failure,
    "AGE_EXPIRED": Replay.take_expiry,
    "SPLIT": Replay.take_split,
    "DELIVER": Replay.take_delivery,
    "RETURN": Replay.take_return,
    "RECALL_DRILL": Replay.take_drill,
}


def _steps(journal: Journal) -> Iterator[list[Row]]:
    """Rows that are one act at a station: those that follow one another and are sorted from one lot, or of one run."""

    def act(row: Row) -> tuple[object, ...]:
        if row.event == "SORT":
            return ("SORT", row.day, row.from_node)
        if _TAKE.get(row.event) is Replay.take_run:
            run = _run_of(journal, row)
            return ("RUN", run.code if run else row.seq)
        return ("ROW", row.seq)

    for _, rows in groupby(journal.rows, key=act):
        yield list(rows)


def _run_of(journal: Journal, row: Row) -> RunRow | None:
    """The run that a row names in its detail, or the one that took its lot on its day."""
    named = RUN_NAME.search(row.detail)
    if named:
        return journal.runs.get(named.group().upper())
    for run in journal.runs.values():
        if run.day == row.day and row.from_node in run.from_lots:
            return run
    return None


def _require_same(row: Row, pattern: str, number: int) -> None:
    """What a detail says of a count must be what the row says."""
    said = re.search(pattern, row.detail)
    if said and int(said.group(1)) != number:
        raise WrongQuantity(
            "The detail says “%(said)s”, and the row makes it %(number)s.",
            "Correct the quantity or the detail.",
            said=said.group(),
            number=number,
        )


__all__ = ["ImportReport", "JournalRefused", "Problem", "import_actor", "import_journal", "read_journal"]
