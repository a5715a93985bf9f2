"""The only writer of events, movements and promises.

A verb opens an `Entry`: one event at one site. Opening it inserts the event first (so an id counts once) and takes the
site's turn (so what the verb reads stays true until it commits, on both databases alike). Then the verb checks its
rules, says what moves, and posts. A refusal on the way leaves nothing behind, for the transaction is the caller's.
"""

import uuid
from datetime import UTC, date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Table, bindparam, insert, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bottletrack.errors import BadInput, Conflict, NotFound, WrongQuantity
from bottletrack.fingerprints import fingerprint
from bottletrack.identifiers import new_lot_code, read_lot_code, show_code
from bottletrack.lots import LeavingRules, LotOnHand
from bottletrack.scans import CLOCK_TOLERANCE_SECONDS, Recorded, Scan
from bottletrack.tables import (
    MAX_QUANTITY,
    Event,
    LabelPrint,
    Lot,
    LotState,
    Movement,
    OrderLine,
    Place,
    Promise,
    RetiredCode,
    Site,
    Transit,
    WashRun,
)
from bottletrack.vocabulary import SITE_PLACES, EventKind, Grade, PlaceKind, Stage, WashProgram

_PLACE = cast(Table, Place.__table__)
_EVENT = cast(Table, Event.__table__)
_MOVEMENT = cast(Table, Movement.__table__)
_PROMISE = cast(Table, Promise.__table__)
_LOT = cast(Table, Lot.__table__)
_LOT_STATE = cast(Table, LotState.__table__)
_WASH_RUN = cast(Table, WashRun.__table__)
_TRANSIT = cast(Table, Transit.__table__)
_ORDER_LINE = cast(Table, OrderLine.__table__)
_PRINT = cast(Table, LabelPrint.__table__)
_RETIRED = cast(Table, RetiredCode.__table__)
_SITE = cast(Table, Site.__table__)

# Statements of every scan, built once: building them anew costs more than running them.
_FIND_EARLIER = select(
    _EVENT.c.id,
    _EVENT.c.kind,
    _EVENT.c.site_id,
    _EVENT.c.sequence,
    _EVENT.c.recorded_at,
    _EVENT.c.actor_id,
    _EVENT.c.fingerprint,
).where(_EVENT.c.id == bindparam("event_id"))
_TAKE_TURN = (
    update(_SITE)
    .where(_SITE.c.id == bindparam("site"), _SITE.c.territory_id == bindparam("territory"))
    .values(last_sequence=_SITE.c.last_sequence + 1)
    .returning(*_SITE.c)
)
_GIVE_TURN_BACK = update(_SITE).where(_SITE.c.id == bindparam("site")).values(last_sequence=_SITE.c.last_sequence - 1)
# How many rows went in is asked of these; PostgreSQL's driver forgets it unless it is told to keep it.
_INSERT_EVENT = {
    name: dialect.insert(_EVENT).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_SITE_PLACES = select(_PLACE.c.kind, _PLACE.c.id).where(
    _PLACE.c.site_id == bindparam("site"), _PLACE.c.kind.in_(SITE_PLACES)
)
_FIND_CODE = union_all(
    select(_LOT.c.id).where(_LOT.c.territory_id == bindparam("territory"), _LOT.c.code == bindparam("code")),
    select(_RETIRED.c.lot_id).where(
        _RETIRED.c.territory_id == bindparam("territory"), _RETIRED.c.code == bindparam("code")
    ),
)
_LOTS_MADE = select(_LOT.c.code).where(_LOT.c.made_by == bindparam("event_id")).order_by(_LOT.c.id)
_CODES_GIVEN = select(_PRINT.c.code).where(_PRINT.c.event_id == bindparam("event_id")).order_by(_PRINT.c.lot_id)
_SET_CODE = update(_LOT).where(_LOT.c.id == bindparam("id_of_lot")).values(code=bindparam("new_code"))
_SET_STATE = (
    update(_LOT)
    .where(_LOT.c.id == bindparam("lot"))
    .values(stage=bindparam("stage"), grade=bindparam("grade"), hold_event_id=bindparam("hold_event_id"))
)
_INSERT_MOVEMENT = insert(_MOVEMENT)
_INSERT_PROMISE = insert(_PROMISE)
_INSERT_STATE = insert(_LOT_STATE)


#: Characters in a partner's name for a lot.
MAX_NAME = 40


class Entry:
    """One event being written. Made by `open_entry`; ends with `post`."""

    def __init__(self, session: Session, scan: Scan, site: Row[*tuple[Any, ...]], event: dict[str, Any]) -> None:
        self.session = session
        self._connection = session.connection()
        self.scan = scan
        #: The site's row: its settings are read from here.
        self.site = site
        self.id: uuid.UUID = event["id"]
        self.happened_at: datetime = event["happened_at"]
        #: The day at the site, for people and reports.
        self.day: date = event["happened_at"].astimezone(ZoneInfo(site.timezone)).date()
        self._event = event
        self._movements: list[dict[str, Any]] = []
        self._promises: list[dict[str, Any]] = []
        #: How the event leaves each lot, by lot id; and those of them that are not so already.
        self._states: dict[int, dict[str, Any]] = {}
        self._changed: list[int] = []
        self._made: list[str] = []
        self._site_places: dict[PlaceKind, int] = {}

    @property
    def leaving_rules(self) -> LeavingRules:
        """What the site asks of bottles that leave."""
        return LeavingRules(self.site.max_age_days, self.site.relabeling_required)

    def make_lot(
        self,
        stage: Stage,
        *,
        model_id: int | None = None,
        color: str = "",
        owner_winery_id: int | None = None,
        grade: Grade | None = None,
        pass_number: int = 0,
        washed_on: date | None = None,
        waived_until: date | None = None,
        held: bool = False,
        hold_event_id: uuid.UUID | None = None,
        partner_code: str | None = None,
        code: str | None = None,
    ) -> int:
        """A new, empty lot; returns its place's id. `held`: by this event, or by `hold_event_id`.

        `code`: of a blank label that was stuck on it already; else one is drawn. Raises BadInput for a code that is
        in use or was, and for a partner's name that another lot has, or that is too long.
        """
        if held:
            hold_event_id = self.id
        lot_id = self._make_place(PlaceKind.LOT)
        code = self._new_code(code)
        lot = insert(_LOT).values(
            id=lot_id,
            territory_id=self.scan.by.territory_id,
            site_id=self.site.id,
            code=code,
            partner_code=_checked_name(partner_code),
            stage=stage,
            grade=grade,
            hold_event_id=hold_event_id,
            model_id=model_id,
            color=color,
            owner_winery_id=owner_winery_id,
            pass_number=pass_number,
            washed_on=washed_on,
            waived_until=waived_until,
            made_by=self.id,
        )
        try:
            self.session.execute(lot)
        except IntegrityError as error:
            raise _refusal_of(error) from error
        self._made.append(code)
        self._states[lot_id] = {"stage": stage, "grade": grade, "hold_event_id": hold_event_id}
        return lot_id

    def recode(self, lot: LotOnHand, code: str | None = None) -> str:
        """The lot goes on under this code of a blank label, or a drawn one. Raises BadInput as `make_lot`."""
        new = self._new_code(code)
        self._connection.execute(_SET_CODE, {"id_of_lot": lot.id, "new_code": new})
        self._made.append(new)
        return new

    def _new_code(self, wanted: str | None) -> str:
        """The wanted code, or one that no lot of the territory has or had: of a million, some would draw the same."""
        if wanted:
            code = read_lot_code(wanted)
            if self._is_taken(code):
                raise BadInput(
                    "The code %(lot)s belongs to another lot already.",
                    "Take a new blank label.",
                    field="new_lot_code",
                    lot=show_code(code),
                )
            return code
        while self._is_taken(code := new_lot_code()):
            pass
        return code

    def _is_taken(self, code: str) -> bool:
        where = {"territory": self.scan.by.territory_id, "code": code}
        return self._connection.execute(_FIND_CODE, where).first() is not None

    def make_part(
        self,
        lot: LotOnHand,
        stage: Stage,
        grade: Grade | None = None,
        *,
        partner_code: str | None = None,
        code: str | None = None,
    ) -> int:
        """A new, empty lot for bottles of this one: same model, color, owner, washes and age (I6)."""
        return self.make_lot(
            stage,
            model_id=lot.model_id,
            color=lot.color,
            owner_winery_id=lot.owner_winery_id,
            grade=grade,
            pass_number=lot.pass_number,
            washed_on=lot.washed_on,
            waived_until=lot.waived_until,
            partner_code=partner_code,
            code=code,
        )

    def make_run(self, code: str, program: WashProgram, washer_id: int) -> int:
        """A new, empty wash run, open for loading; returns its place's id."""
        run_id = self._make_place(PlaceKind.WASH_RUN)
        self.session.execute(
            insert(_WASH_RUN).values(
                id=run_id,
                territory_id=self.scan.by.territory_id,
                site_id=self.site.id,
                code=code,
                program=program,
                washer_id=washer_id,
                color="",
                opened_by=self.id,
            )
        )
        return run_id

    def make_transit(self, lot_id: int, to_site_id: int) -> int:
        """The road that bottles of a lot take to another site; returns its place's id."""
        transit_id = self._make_place(PlaceKind.TRANSIT)
        self.session.execute(
            insert(_TRANSIT).values(
                id=transit_id,
                territory_id=self.scan.by.territory_id,
                lot_id=lot_id,
                to_site_id=to_site_id,
                sent_by=self.id,
            )
        )
        return transit_id

    def make_order_line(self, order_id: int, model_id: int, grade: Grade, quantity: int) -> int:
        """A line of an order, which can take as many bottles as were ordered; returns its place's id."""
        line_id = self._make_place(PlaceKind.ORDER_LINE, ceiling=checked_quantity(quantity))
        self.session.execute(insert(_ORDER_LINE).values(id=line_id, order_id=order_id, model_id=model_id, grade=grade))
        return line_id

    def _make_place(self, kind: PlaceKind, ceiling: int | None = None) -> int:
        result = self.session.execute(
            insert(_PLACE)
            .values(territory_id=self.scan.by.territory_id, site_id=self.site.id, kind=kind, ceiling=ceiling)
            .returning(_PLACE.c.id)
        )
        return cast(int, result.scalar_one())

    def site_place(self, kind: PlaceKind) -> int:
        """The id of this site's cullet, broken, sampled… place."""
        if not self._site_places:
            rows = self._connection.execute(_SITE_PLACES, {"site": self.site.id})
            self._site_places = {row.kind: row.id for row in rows}
        return self._site_places[kind]

    def move(
        self,
        origin: int,
        destination: int,
        quantity: int,
        *,
        model_id: int | None = None,
        defect_code: str | None = None,
    ) -> None:
        """So many bottles from one place to another."""
        self._movements.append(
            {
                "event_id": self.id,
                "from_place_id": origin,
                "to_place_id": destination,
                "quantity": checked_quantity(quantity),
                "model_id": model_id,
                "defect_code": defect_code,
                "kind": self._event["kind"],
                "territory_id": self.scan.by.territory_id,
                "happened_on": self.day,
            }
        )

    def promise(self, lot_id: int, order_line_id: int, quantity: int) -> None:
        """Speak for a lot's bottles (positive), or set them free (negative)."""
        self._promises.append(
            {"event_id": self.id, "lot_id": lot_id, "order_line_id": order_line_id, "quantity": quantity}
        )

    def mark(
        self,
        lot: LotOnHand,
        *,
        stage: Stage | None = None,
        grade: Grade | None = None,
        held: bool | None = None,
    ) -> None:
        """This event touches the lot, and leaves it at that stage, grade and hold (None: as they were)."""
        hold = lot.hold_event_id if held is None else (self.id if held else None)
        self.restore(lot, stage or lot.stage, grade or lot.grade, hold)

    def restore(self, lot: LotOnHand, stage: Stage, grade: Grade | None, hold_event_id: uuid.UUID | None) -> None:
        """This event puts a lot back to an earlier state, for a correction."""
        self._states[lot.id] = {"stage": stage, "grade": grade, "hold_event_id": hold_event_id}
        if (lot.stage, lot.grade, lot.hold_event_id) != (stage, grade, hold_event_id):
            self._changed.append(lot.id)

    def post(self) -> Recorded:
        """Write what moved. Raises WrongQuantity when a place would hold less than nothing or more than it may."""
        freed = [promise for promise in self._promises if promise["quantity"] < 0]
        spoken_for = [promise for promise in self._promises if promise["quantity"] > 0]
        try:
            if freed:
                self._connection.execute(_INSERT_PROMISE, freed)
            if self._movements:
                self._connection.execute(_INSERT_MOVEMENT, self._movements)
            if spoken_for:
                self._connection.execute(_INSERT_PROMISE, spoken_for)
        except IntegrityError as error:
            # The verbs check before; this is the database's own word, for what a verb did not foresee.
            raise _refusal_of(error) from error
        for lot_id in self._changed:
            self._connection.execute(_SET_STATE, {"lot": lot_id, **self._states[lot_id]})
        if self._states:
            states = [{"event_id": self.id, "lot_id": lot_id, **state} for lot_id, state in self._states.items()]
            self._connection.execute(_INSERT_STATE, states)
        return Recorded(
            event_id=self.id,
            kind=self._event["kind"],
            sequence=self._event["sequence"],
            recorded_at=self._event["recorded_at"],
            lot_codes=tuple(self._made),
        )


def open_entry(
    session: Session,
    scan: Scan,
    kind: EventKind,
    content: object,
    *,
    reason: str = "",
    readings: dict[str, Any] | None = None,
    reverses: uuid.UUID | None = None,
) -> Entry | Recorded:
    """Begin one event: an Entry to fill and post, or what was Recorded when the same scan came before.

    `content` is the verb's input dataclass: the same id with another content, kind, person or site is refused
    (Conflict).
    Raises BadInput for a device time in the future, NotFound for a site of another territory.
    """
    recorded_at = datetime.now(UTC)
    if (scan.happened_at - recorded_at).total_seconds() > CLOCK_TOLERANCE_SECONDS:
        raise BadInput("This device's clock is ahead of the server's.", "Set the device's clock, then try again.")
    print_of_content = fingerprint(kind, content)
    site = _take_turn(session, scan)
    event = {
        "id": scan.id,
        "kind": kind,
        "territory_id": scan.by.territory_id,
        "site_id": scan.site_id,
        "sequence": site.last_sequence,
        "actor_id": scan.by.person_id,
        "happened_at": scan.happened_at,
        "recorded_at": recorded_at,
        "reason": reason,
        "readings": readings or {},
        "reverses": reverses,
        "fingerprint": print_of_content,
    }
    connection = session.connection()
    inserted = connection.execute(_INSERT_EVENT[connection.dialect.name], event)
    if inserted.rowcount == 1:
        return Entry(session, scan, site, event)
    # The same scan came before, perhaps a moment ago from a writer who had the turn until now. Give the number back.
    connection.execute(_GIVE_TURN_BACK, {"site": scan.site_id})
    return _get_earlier(session, scan, print_of_content)


def _take_turn(session: Session, scan: Scan) -> Row[*tuple[Any, ...]]:
    """Number the event and lock the site's row until the transaction ends: a site's writers go one by one."""
    if scan.by.site_id not in (None, scan.site_id):
        raise NotFound("You do not work at this site.", "Choose your own site.")
    where = {"site": scan.site_id, "territory": scan.by.territory_id}
    row = session.connection().execute(_TAKE_TURN, where).one_or_none()
    if row is None:
        raise NotFound("There is no such site.", "Choose a site of your territory.")
    return row


def _get_earlier(session: Session, scan: Scan, print_of_content: str) -> Recorded:
    """What the scan recorded when it came first. Raises Conflict when it said something else then."""
    row = session.connection().execute(_FIND_EARLIER, {"event_id": scan.id}).one_or_none()
    if row is None:
        # Not the id was in the way, but another correction of the same event.
        raise Conflict("This event was taken back already.", "Nothing is to be done.")
    asked = (scan.by.person_id, scan.site_id, print_of_content)
    if (row.actor_id, row.site_id, row.fingerprint) != asked:
        raise Conflict(
            "This was already recorded with other content; nothing was changed.",
            "Open the page again and enter it anew.",
        )
    given = row.kind in (EventKind.LABEL_REPLACED, EventKind.LABELS_SWAPPED)
    codes = session.connection().scalars(_CODES_GIVEN if given else _LOTS_MADE, {"event_id": scan.id})
    return Recorded(row.id, row.kind, row.sequence, row.recorded_at, tuple(codes), again=True)


def checked_quantity(quantity: int) -> int:
    """The quantity, when it is a number of bottles: 1 to 10,000,000. Raises BadInput otherwise."""
    if not 1 <= quantity <= MAX_QUANTITY:
        raise BadInput(
            "%(quantity)s is not a number of bottles.",
            "Enter a number from 1 to 10,000,000.",
            field="quantity",
            quantity=quantity,
        )
    return quantity


def _checked_name(partner_code: str | None) -> str | None:
    """A partner's own name for a lot, as it will be looked for."""
    name = (partner_code or "").strip().upper()
    if len(name) > MAX_NAME:
        raise BadInput("The name of a lot has at most 40 characters.", "Choose a short name.", field="partner_code")
    return name or None


def _refusal_of(error: IntegrityError) -> Exception:
    """The database's CHECK, in the plant's words; anything else is a fault of ours and stays what it is."""
    text = str(error.orig)
    if "never_negative" in text or "not_negative" in text or "promised_on_hand" in text:
        return WrongQuantity(
            "There are not that many free bottles there any more.",
            "Scan the lot again to see what it holds.",
            field="quantity",
        )
    if "below_ceiling" in text:
        return WrongQuantity("That is more than was ordered.", "Check the order's line and quantity.", field="quantity")
    if "partner_code" in text:
        return BadInput(
            "There is a lot of that name already.",
            "Give this one a name of its own.",
            field="partner_code",
        )
    return error
