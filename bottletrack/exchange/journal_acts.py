"""What each kind of a journal's rows does: one act at a station, one call of its verb.

A run in a journal takes whole lots, and a reception is sorted out to the last bottle, so a quantity that was mistyped
breaks a balance and is refused. What a row says twice (the declared count in its detail, a run's input) must agree.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Actor
from bottletrack.errors import BadInput, WrongQuantity
from bottletrack.exchange.journal_drills import take_drill
from bottletrack.exchange.journal_rows import RUN_NAME, Journal, Row, RunRow
from bottletrack.lots import LotOnHand, find_lots, get_lot
from bottletrack.measuring import Reading, find_measures
from bottletrack.orders import Reservation, record_reservation
from bottletrack.scans import Scan
from bottletrack.stations import collection, dispatch, labels, quality, sorting, storage, washer, washing
from bottletrack.tables import BottleModel, Defect, Event, Lot, Movement, Site, WashRun
from bottletrack.vocabulary import Grade, MeasuredAt, PlaceKind, Stage, Verdict, WashProgram

#: Ids of a journal's events are drawn from its content, so that the same file counts once.
_NAMESPACE = uuid.UUID("6f1f7c0e-6d0a-5c3e-9a52-0f5b1d0f3f4e")
#: Models of rows that are not sorted yet, or not named.
UNSORTED = {"MIX", "XX", ""}


@dataclass
class Acts:
    """The acts of one journal at one site, each day moved by `shift`."""

    session: Session
    journal: Journal
    file: str
    actor: Actor
    #: The second person, where one alone may not: somebody else lifts a hold than who placed it.
    checker: Actor
    site_id: int
    shift: timedelta
    #: Rows that were taken although they say something odd.
    remarks: list[str] = field(default_factory=list)
    #: Events recorded so far.
    events: int = 0

    def __post_init__(self) -> None:
        self._zone = ZoneInfo(self.session.get_one(Site, self.site_id).timezone)
        # A session forgets rows that nobody holds; these are asked for again and again.
        self._held = [*self.session.scalars(select(Defect)), *self.session.scalars(select(BottleModel))]

    def was_imported(self) -> bool:
        """Whether the journal's first act was recorded before."""
        first = self.journal.rows[0]
        # The first thing that a run's row records is the run's opening.
        act = "RUN_OPEN" if _TAKE.get(first.event) is Acts.take_run else first.event
        return self.session.get(Event, self._event_id(f"{first.seq}:{act}")) is not None

    def take(self, rows: list[Row]) -> None:
        """Records one act. Raises the verb's Refusal, and BadInput for rows that are no act."""
        take = _TAKE.get(rows[0].event)
        if take is None:
            raise BadInput(
                "There is no event “%(event)s”.", "Use one of: %(known)s.", event=rows[0].event, known=", ".join(_TAKE)
            )
        take(self, rows)

    def scan(self, day: date, key: str) -> Scan:
        """The journal knows days only: its events are stamped a millisecond apart from each day's start on."""
        self.events += 1
        start = datetime.combine(day + self.shift, time(), self._zone).astimezone(UTC)
        happened_at = start + timedelta(milliseconds=self.events)
        return Scan(self._event_id(key), self.actor, self.site_id, happened_at, historical=True)

    def _event_id(self, key: str) -> uuid.UUID:
        return uuid.uuid5(_NAMESPACE, f"{self.actor.territory_id}:{self.site_id}:{self.journal.digest}:{key}")

    def _row_scan(self, row: Row, act: str = "") -> Scan:
        return self.scan(row.day, f"{row.seq}:{act or row.event}")

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
        self._take_readings(first, run, program)
        closing = self._closing(rows, run)
        washing.record_run_closing(self.session, closing, self._row_scan(first, "RUN_CLOSE"))

    def _take_readings(self, first: Row, run: RunRow, program: WashProgram) -> None:
        """Of what a run's row measured, what the site measures; one outside the limits holds what passes."""
        known = {measure.code for measure in find_measures(self.session, self.site_id, MeasuredAt(program))}
        readings = tuple(Reading(code, value) for code, value in run.measured.items() if code in known)
        if readings:
            taken = washer.RunReadings(run.code, readings, run.alarm)
            washer.record_run_readings(self.session, taken, self._row_scan(first, "RUN_READINGS"))

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
        lot = self._lot(row, row.from_node)
        if lot.held:
            self._lift(row, lot)
        if lot.stage is Stage.WASHED:
            start = quality.InspectionStart(row.from_node)
            quality.record_inspection_start(self.session, start, self._row_scan(row, "QC_START"))

    def _lift(self, row: Row, lot: LotOnHand) -> None:
        """A lot that was held for its run's readings, and that the journal checks all the same."""
        why = next((run.alarm for run in self.journal.runs.values() if self._is_output(run, lot) and run.alarm), "")
        if not why:
            self.remarks.append(
                f"{self.file}, line {row.line}: lot {row.from_node} was washed outside the site's limits, and the "
                "journal does not say why it was checked all the same; the ledger holds it until that row."
            )
        lift = storage.LotReason(row.from_node, why or "checked in the journal")
        scan = replace(self._row_scan(row, "LIFT"), by=self.checker)
        storage.record_hold_lift(self.session, lift, scan)

    def _is_output(self, run: RunRow, lot: LotOnHand) -> bool:
        origin = select(Movement.id).join(WashRun, WashRun.id == Movement.from_place_id)
        where = (Movement.to_place_id == lot.id, WashRun.site_id == self.site_id, WashRun.code == run.code)
        return self.session.scalar(origin.where(*where).limit(1)) is not None

    def take_expiry(self, rows: list[Row]) -> None:
        (row,) = rows
        self._lot(row, row.from_node)
        expiry = storage.LotReason(row.from_node, row.detail)
        storage.record_age_expiry(self.session, expiry, self._row_scan(row))

    def take_split(self, rows: list[Row]) -> None:
        (row,) = rows
        self._lot(row, row.from_node)
        if row.state_after == "TRIAL":
            trial = labels.TrialStart(row.from_node, row.quantity, reason=row.detail, partner_code=row.to_node)
            labels.record_trial_start(self.session, trial, self._row_scan(row))
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
        take_drill(self.session, self.actor, row, self._row_scan)


_SORTING_SINKS = {"SINK:CULLET": PlaceKind.CULLET, "SINK:TRANSFER": PlaceKind.TRANSFERRED}

_TAKE: dict[str, Callable[[Acts, list[Row]], None]] = {
    "COLLECT": Acts.take_collection,
    "COUNT_ADJUST": Acts.take_count,
    "SORT": Acts.take_sorting,
    "HOLD_DECISION": Acts.take_decision,
    **dict.fromkeys(
        ("WASH_PASS", "WASH_REWORK", "WASH_REJECT", "WASH_BREAK", "RERINSE_PASS", "RERINSE_REJECT", "RERINSE_BREAK"),
        Acts.take_run,
    ),
    "QC_SAMPLE": Acts.take_samples,
    "QC_RELEASE": Acts.take_release,
    "QC_FAIL": Acts.take_failure,
    "AGE_EXPIRED": Acts.take_expiry,
    "SPLIT": Acts.take_split,
    "DELIVER": Acts.take_delivery,
    "RETURN": Acts.take_return,
    "RECALL_DRILL": Acts.take_drill,
}


def acts_of(journal: Journal) -> Iterator[list[Row]]:
    """Rows that are one act at a station: those that follow one another and are sorted from one lot, or of one run."""

    def act(row: Row) -> tuple[object, ...]:
        if row.event == "SORT":
            return ("SORT", row.day, row.from_node)
        if _TAKE.get(row.event) is Acts.take_run:
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
