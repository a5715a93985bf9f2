"""Transfer: bottles on the road between two sites of the network, and those that another operator takes over."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.counting import book_count
from bottletrack.errors import BadInput, NotFound, WrongQuantity, WrongStep
from bottletrack.handovers import HANDOVER, handed_back
from bottletrack.inspections import require_run_closed
from bottletrack.ledger import checked_quantity, open_entry
from bottletrack.lots import LotOnHand, find_lots, get_lot_at, require_free, require_step
from bottletrack.recalled import pass_on_recall
from bottletrack.scans import Recorded, Scan
from bottletrack.steps import Step
from bottletrack.tables import Event, Lot, LotState, Movement, Place, Site, Transit
from bottletrack.vocabulary import EventKind, Grade, PlaceKind, Stage


@dataclass(frozen=True)
class Sending:
    """Free bottles of a lot that leave for another site of the network. `quantity` None: all of them."""

    lot_code: str
    to_site_code: str
    quantity: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Arrival:
    """What was counted when bottles on the road arrived, in bottles."""

    transit_id: int
    counted: int
    reason: str = ""
    partner_code: str | None = None


@dataclass(frozen=True)
class HandingOver:
    """Bottles that another operator takes over, who is no site of this network."""

    lot_code: str
    quantity: int
    operator: str
    reason: str = ""


@dataclass(frozen=True)
class HandingBack:
    """Bottles that came back of those handed over by an event."""

    handover_id: uuid.UUID
    quantity: int
    reason: str
    partner_code: str | None = None


def record_sending(session: Session, sending: Sending, scan: Scan) -> Recorded:
    """The bottles are nowhere but on the road until the other site counts them.

    Raises WrongStep for what came out of a wash run that is still open.
    """
    require(scan.by, Permission.SEND)
    entry = open_entry(session, scan, EventKind.TRANSFER_SENT, sending, reason=sending.note)
    if isinstance(entry, Recorded):
        return entry
    lot = get_lot_at(session, scan.by, scan.site_id, sending.lot_code)
    require_step(lot, Step.SEND)
    if lot.stage is Stage.WASHED:
        # At the other site, a bad reading of the run would hold it no more.
        require_run_closed(session, lot)
    quantity = lot.free if sending.quantity is None else sending.quantity
    require_free(lot, max(quantity, 1))
    transit_id = entry.make_transit(lot.id, _destination(session, scan, sending.to_site_code))
    entry.move(lot.id, transit_id, quantity, model_id=lot.model_id)
    entry.mark(lot)
    return entry.post()


def record_arrival(session: Session, arrival: Arrival, scan: Scan) -> Recorded:
    """A lot of the same at this site; what is missing or too many is this site's count difference."""
    require(scan.by, Permission.RECEIVE)
    entry = open_entry(session, scan, EventKind.TRANSFER_RECEIVED, arrival, reason=arrival.reason)
    if isinstance(entry, Recorded):
        return entry
    road = _get_road(session, scan, arrival.transit_id)
    if arrival.counted != road.quantity and not arrival.reason.strip():
        raise BadInput(
            "You counted %(counted)s bottles, and %(sent)s were sent: this needs a reason.",
            "Count again; if it is right, say in a few words what may have happened.",
            field="reason",
            counted=arrival.counted,
            sent=road.quantity,
        )
    (lot,) = find_lots(session, Lot.id == road.lot_id)
    stage, grade = _state_when(session, road.sent_by, lot)
    arrived_id = entry.make_part(lot, stage, grade, partner_code=arrival.partner_code)
    entry.move(road.id, arrived_id, road.quantity, model_id=lot.model_id)
    pass_on_recall(session, road.id, arrived_id)
    book_count(entry, arrived_id, expected=road.quantity, counted=arrival.counted, model_id=lot.model_id)
    session.execute(update(Transit).where(Transit.id == road.id).values(received_by=entry.id))
    return entry.post()


def record_handing_over(session: Session, handing: HandingOver, scan: Scan) -> Recorded:
    """Out of the network, to an operator who is named."""
    require(scan.by, Permission.HAND_OVER)
    # Whoever reads the lot's history sees to whom, and why.
    told = " – ".join(text for text in (handing.operator.strip(), handing.reason.strip()) if text)
    readings = {"operator": handing.operator.strip(), "reason": handing.reason.strip()}
    entry = open_entry(session, scan, EventKind.HANDED_OVER, handing, reason=told, readings=readings)
    if isinstance(entry, Recorded):
        return entry
    if not handing.operator.strip():
        raise BadInput("No operator was named.", "Say who takes these bottles.", field="operator")
    lot = get_lot_at(session, scan.by, scan.site_id, handing.lot_code)
    require_step(lot, Step.HAND_OVER)
    require_free(lot, handing.quantity)
    entry.move(lot.id, entry.site_place(PlaceKind.TRANSFERRED), handing.quantity, model_id=lot.model_id)
    entry.mark(lot)
    return entry.post()


def record_handing_back(session: Session, back: HandingBack, scan: Scan) -> Recorded:
    """A lot of its own, at the stage the bottles left at. Raises WrongQuantity for more than are still away."""
    require(scan.by, Permission.RECEIVE)
    entry = open_entry(
        session,
        scan,
        EventKind.HANDED_BACK,
        back,
        reason=back.reason,
        readings={HANDOVER: str(back.handover_id)},
    )
    if isinstance(entry, Recorded):
        return entry
    if not back.reason.strip():
        raise BadInput("This needs a reason.", "Say in a few words why they came back.", field="reason")
    left = _get_handover(session, scan, back.handover_id)
    away = left.quantity - handed_back(session, [back.handover_id]).get(back.handover_id, 0)
    if checked_quantity(back.quantity) > away:
        raise WrongQuantity(
            "%(away)s of these bottles are still with %(operator)s: %(wanted)s cannot come back.",
            "Count again, and check who gave them back.",
            field="quantity",
            away=away,
            operator=left.readings["operator"],
            wanted=back.quantity,
        )
    (lot,) = find_lots(session, Lot.id == left.from_place_id)
    stage, grade = _state_when(session, back.handover_id, lot)
    back_id = entry.make_part(lot, stage, grade, partner_code=back.partner_code)
    entry.move(entry.site_place(PlaceKind.TRANSFERRED), back_id, back.quantity, model_id=lot.model_id)
    return entry.post()


def _destination(session: Session, scan: Scan, code: str) -> int:
    wanted = code.strip().upper()
    site_id = session.scalar(
        select(Site.id).where(Site.territory_id == scan.by.territory_id, Site.code == wanted, Site.id != scan.site_id)
    )
    if site_id is None:
        raise NotFound(
            "There is no other site “%(site)s”.", "Choose another site of your territory.", field="to_site", site=code
        )
    return site_id


def _get_road(session: Session, scan: Scan, transit_id: int) -> Row[*tuple[Any, ...]]:
    """What is on the road to this site: its place, the lot it was sent from, by which event, and how many bottles."""
    row = session.execute(
        select(Transit.id, Transit.lot_id, Transit.sent_by, Place.quantity, Transit.received_by)
        .join(Place, Place.id == Transit.id)
        .where(
            Transit.id == transit_id,
            Transit.territory_id == scan.by.territory_id,
            Transit.to_site_id == scan.site_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound("No such bottles are on the road to this site.", "Choose them from the list of arrivals.")
    if row.received_by is not None or row.quantity == 0:
        raise WrongStep("These bottles are not on the road any more.", "Look at the list of arrivals again.")
    return row


def _get_handover(session: Session, scan: Scan, handover_id: uuid.UUID) -> Row[int, int, dict[str, str]]:
    row = session.execute(
        select(Movement.from_place_id, Movement.quantity, Event.readings)
        .join(Event, Event.id == Movement.event_id)
        .where(
            Event.id == handover_id,
            Event.kind == EventKind.HANDED_OVER,
            Event.territory_id == scan.by.territory_id,
            Event.site_id == scan.site_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound("No such bottles were handed over from this site.", "Choose them from the list.")
    return row


def _state_when(session: Session, event_id: uuid.UUID, lot: LotOnHand) -> tuple[Stage, Grade | None]:
    """As the lot was when its bottles left, whatever has become of the rest of it."""
    row = session.execute(
        select(LotState.stage, LotState.grade).where(LotState.event_id == event_id, LotState.lot_id == lot.id)
    ).one()
    return row.stage, row.grade
