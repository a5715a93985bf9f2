"""What goes on today at the demonstration's plant, so that its newer pages are not empty. No bottle moves here."""

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bottletrack.access import Actor
from bottletrack.scans import Scan
from bottletrack.stations import collection, hours, labels
from bottletrack.tables import Site
from bottletrack.vocabulary import Role, Station

#: Made up, as everything in the demonstration: all people's hours together, and of these the insertion hours.
_HOURS = (
    (Station.SORTING, "21", "14"),
    (Station.WASHING, "24.5", "17.5"),
    (Station.QUALITY, "7", "0"),
    (Station.DISPATCH, "10.5", "7"),
)
_WORKING_DAYS = 5
_PICK_UPS = (("P01", 240, "CRATE12"), ("P04", 480, "PALOX"))
_LABELS = (
    ("Clos – papier naturel", "uncoated 90 g", "washable acrylic", "Imprimerie du Val", 25, False, False, "VIG-01"),
    ("Cuvée dorée – vernis et dorure", "coated 80 g", "permanent acrylic", "Etiq-Est", 85, True, True, "VIG-02"),
)
#: Ids of these events are the same whenever the demonstration is made for the same day.
_NAMESPACE = uuid.UUID("0d7a1a52-3d1b-5f0e-8d5b-2f6f1c9f3a10")


def set_the_scene(session: Session, site_id: int, people: Mapping[Role, Actor], today: date) -> None:
    """Pick-ups that wait, labels that nobody has tried yet, and the hours of the last days."""
    site = session.get_one(Site, site_id)
    # Before anybody is at work, so that what a visitor does comes after it.
    morning = datetime.combine(today, time(), ZoneInfo(site.timezone)).astimezone(UTC) + timedelta(minutes=1)
    morning = min(morning, datetime.now(UTC))

    def scan(role: Role, what: Any) -> Scan:
        return Scan(uuid.uuid5(_NAMESPACE, f"{site_id}:{today}:{what}"), people[role], site_id, morning)

    for point, bottles, container in _PICK_UPS:
        waiting = collection.Announcement(point, bottles, today + timedelta(days=1), container)
        collection.record_announcement(session, waiting, scan(Role.COORDINATOR, waiting))
    for name, paper, glue, printer, ink_percent, varnish, foil, winery in _LABELS:
        label = labels.LabelRegistration(name, paper, glue, printer, ink_percent, varnish, foil, winery)
        labels.record_label_registration(session, label, scan(Role.COORDINATOR, label))
    working_days = [day for day in (today - timedelta(days=back) for back in range(1, 9)) if day.weekday() < 5]
    for day in working_days[:_WORKING_DAYS]:
        for station, all_hours, insertion_hours in _HOURS:
            worked = hours.HoursEntry(day, station, Decimal(all_hours), Decimal(insertion_hours))
            hours.record_hours(session, worked, scan(Role.COORDINATOR, worked))
