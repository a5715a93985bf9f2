"""Hours: how long a site worked at each station in a day, of which insertion hours; never per person."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.errors import BadInput
from bottletrack.ledger import open_entry
from bottletrack.scans import Recorded, Scan
from bottletrack.tables import WorkHours
from bottletrack.vocabulary import EventKind, Station

#: A site of forty people, day and night.
MOST_HOURS = 960
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class HoursEntry:
    """All people's hours together at one station on one day. Entered again, the later entry counts."""

    day: date
    station: Station
    hours: Decimal
    #: Of these, by people on social-insertion contracts.
    insertion_hours: Decimal = Decimal(0)


def record_hours(session: Session, worked: HoursEntry, scan: Scan) -> Recorded:
    """Raises BadInput for a day to come, for too many hours, and for insertion hours above all hours."""
    require(scan.by, Permission.ENTER_HOURS)
    entry = open_entry(session, scan, EventKind.HOURS_ENTERED, worked)
    if isinstance(entry, Recorded):
        return entry
    if worked.day > entry.day:
        raise BadInput("This day has not come yet.", "Choose today or an earlier day.", field="day")
    if not 0 <= worked.hours <= MOST_HOURS:
        raise BadInput(
            "%(hours)s is not a number of hours for one day.",
            "Enter the hours of all people together, from 0 to %(most)s.",
            field="hours",
            hours=str(worked.hours),
            most=MOST_HOURS,
        )
    if not 0 <= worked.insertion_hours <= worked.hours:
        raise BadInput(
            "Insertion hours are part of all hours.",
            "Enter all hours first, then how many of them were insertion hours.",
            field="insertion_hours",
        )
    session.add(
        WorkHours(
            event_id=entry.id,
            site_id=entry.site.id,
            day=worked.day,
            station=worked.station,
            hours=worked.hours.quantize(_HUNDREDTH),
            insertion_hours=worked.insertion_hours.quantize(_HUNDREDTH),
        )
    )
    return entry.post()
