"""Settings: what a site decides for itself is changed by an event that says who, why, and both values.

Each change may say which one of the same setting its writer saw last (`seen`: that event's number at the site, 0 for
none); where another came in between, it is refused (Conflict). What holds does so from the next event on: readings and
plans keep the limits of their own moment.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.catalogue import get_defect
from bottletrack.errors import BadInput, Conflict
from bottletrack.ledger import Entry, open_entry
from bottletrack.scans import Recorded, Scan
from bottletrack.settings import (
    CONTAINER_TYPE,
    DEFECT,
    MEASURE,
    WASHER,
    RowKind,
    Value,
    as_text,
    find_changes,
    find_value,
    get_rule,
)
from bottletrack.tables import Measure, Site
from bottletrack.vocabulary import DefectClass, EventKind, MeasuredAt

#: As the columns keep them.
_MOST = Decimal(10_000_000)
_MOST_DECIMALS = 4
_LARGEST_BOTTLE_MM = 2_000
_MOST_BOTTLES = 100_000
#: What a site wrote itself has no other source.
_OWN = "site"


@dataclass(frozen=True)
class SettingChange:
    """One of the site's rules, e.g. `max_age_days`, as a text: a number, a word, or yes and no."""

    setting: str
    value: str
    reason: str = ""
    seen: int | None = None


@dataclass(frozen=True)
class MeasureChange:
    """Limits of something that is measured, in its unit; None does not bind. An unknown code makes a new measure.

    Names and unit are asked for a new one only: what was measured before keeps its meaning. `bottles`: it is measured
    on so many. `defect_code`: what a bottle outside the limits has; needed in quality control.
    """

    measured_at: MeasuredAt
    code: str
    low: Decimal | None
    target: Decimal | None
    high: Decimal | None
    required: bool
    bottles: int | None = None
    defect_code: str | None = None
    name_fr: str = ""
    name_en: str = ""
    unit: str = ""
    reason: str = ""
    seen: int | None = None


@dataclass(frozen=True)
class DefectChange:
    """Whether stations take a defect, and how much it matters in quality control."""

    defect_code: str
    in_use: bool
    defect_class: DefectClass
    reason: str = ""
    seen: int | None = None


@dataclass(frozen=True)
class WasherChange:
    """A machine and the largest bottle that goes through it, in millimeters. An unknown code makes a new one."""

    code: str
    name: str
    below_height_mm: int
    max_diameter_mm: int
    reason: str = ""
    seen: int | None = None


@dataclass(frozen=True)
class ContainerTypeChange:
    """A kind of crate, palox or pallet. An unknown code makes a new one."""

    code: str
    name_fr: str
    name_en: str
    capacity_bottles: int
    in_use: bool
    reason: str = ""
    seen: int | None = None


Write = Callable[[Entry], None]


def record_setting_change(session: Session, change: SettingChange, scan: Scan) -> Recorded:
    """Raises NotFound for a setting that there is not, BadInput for a value it cannot have."""
    require(scan.by, Permission.CHANGE_SETTINGS)
    rule = get_rule(change.setting)
    value = rule.read(change.value)

    def write(entry: Entry) -> None:
        entry.session.execute(update(Site).where(Site.id == entry.site.id).values({rule.name: value}))

    return _record(session, change, scan, rule.name, as_text(value), write)


def record_measure_change(session: Session, change: MeasureChange, scan: Scan) -> Recorded:
    """Raises BadInput for limits that are not in order, NotFound for an unknown defect."""
    require(scan.by, Permission.CHANGE_SETTINGS)
    _require_order(change)
    code = _checked_code(change.code, r"[a-z][a-z0-9_]{2,39}")
    known = session.get(Measure, (scan.site_id, change.measured_at, code))
    if known is None and not (change.name_fr.strip() and change.name_en.strip()):
        raise BadInput(
            "A new measure needs a name in French and in English.", "Write what is measured.", field="name_fr"
        )
    if change.bottles is not None:
        _checked_number(change.bottles, _MOST_BOTTLES, "bottles")
    if change.defect_code is not None or change.measured_at is MeasuredAt.QUALITY:
        get_defect(session, change.defect_code or "")
    values: dict[str, object] = {
        "name_fr": known.name_fr if known else _checked_name(change.name_fr, "name_fr"),
        "name_en": known.name_en if known else _checked_name(change.name_en, "name_en"),
        "unit": known.unit if known else change.unit.strip()[:20],
        "low": change.low,
        "target": change.target,
        "high": change.high,
        "required": change.required,
        "bottles": change.bottles,
        "defect_code": change.defect_code,
    }
    keys = {"measured_at": change.measured_at, "code": code}
    return _record_row(session, change, scan, MEASURE, keys, values, _at_the_end)


def record_defect_change(session: Session, change: DefectChange, scan: Scan) -> Recorded:
    """What is critical in the reference list stays critical and in use at every site: it can hurt somebody (S20)."""
    require(scan.by, Permission.CHANGE_SETTINGS)
    defect = get_defect(session, change.defect_code)
    if defect.defect_class is DefectClass.CRITICAL and (change.defect_class, change.in_use) != (
        DefectClass.CRITICAL,
        True,
    ):
        raise BadInput(
            "“%(defect)s” is a danger to whoever drinks: it stays critical, and in use.",
            "Choose a defect that is not critical.",
            field="defect_class",
            defect=defect.code,
        )
    values = {"in_use": change.in_use, "defect_class": change.defect_class}
    return _record_row(session, change, scan, DEFECT, {"defect_code": defect.code}, values)


def record_washer_change(session: Session, change: WasherChange, scan: Scan) -> Recorded:
    """Raises BadInput for a gauge that no bottle has."""
    require(scan.by, Permission.CHANGE_SETTINGS)
    values = {
        "name": _checked_name(change.name, "name"),
        "below_height_mm": _checked_number(change.below_height_mm, _LARGEST_BOTTLE_MM, "below_height_mm"),
        "max_diameter_mm": _checked_number(change.max_diameter_mm, _LARGEST_BOTTLE_MM, "max_diameter_mm"),
    }
    code = _checked_code(change.code.upper(), r"[A-Z0-9][A-Z0-9_-]{0,19}")
    return _record_row(session, change, scan, WASHER, {"code": code}, values)


def record_container_type_change(session: Session, change: ContainerTypeChange, scan: Scan) -> Recorded:
    """Raises BadInput for a container that takes no bottle."""
    require(scan.by, Permission.CHANGE_SETTINGS)
    values = {
        "name_fr": _checked_name(change.name_fr, "name_fr"),
        "name_en": _checked_name(change.name_en, "name_en"),
        "capacity_bottles": _checked_number(change.capacity_bottles, _MOST_BOTTLES, "capacity_bottles"),
        "in_use": change.in_use,
    }
    code = _checked_code(change.code.upper(), r"[A-Z0-9][A-Z0-9_-]{0,19}")
    return _record_row(session, change, scan, CONTAINER_TYPE, {"code": code}, values, lambda _: {"source": _OWN})


def _record_row(
    session: Session,
    change: Any,
    scan: Scan,
    kind: RowKind,
    keys: dict[str, str],
    values: dict[str, object],
    of_new: Callable[[Entry], dict[str, object]] = lambda _: {},
) -> Recorded:
    """Changes one row, or makes it; `of_new` are the columns that a new one needs besides."""
    table = kind.table

    def write(entry: Entry) -> None:
        own = {"site_id": entry.site.id, **keys}
        where = [table.c[column] == value for column, value in own.items()]
        if entry.session.execute(update(table).where(*where).values(values)).rowcount == 0:  # type: ignore[attr-defined]
            entry.session.execute(insert(table).values(own | values | of_new(entry)))

    after = {column: as_text(value) for column, value in values.items()}
    return _record(session, change, scan, kind.name(*keys.values()), after, write)


def _record(session: Session, change: Any, scan: Scan, name: str, after: Value, write: Write) -> Recorded:
    before = find_value(session, scan.site_id, name)
    entry = open_entry(
        session,
        scan,
        EventKind.SETTING_CHANGED,
        change,
        reason=change.reason,
        readings={"setting": name, "before": before, "after": after},
    )
    if isinstance(entry, Recorded):
        return entry
    earlier = [made.sequence for made in find_changes(session, entry.site.id, name) if made.event_id != entry.id]
    # What the event says was there was read before the site's turn was taken: somebody may have been faster.
    if find_value(session, entry.site.id, name) != before or change.seen not in (None, max(earlier, default=0)):
        raise Conflict(
            "Somebody else changed this setting a moment ago; nothing was changed.",
            "Open the page again, and look at what it is now.",
        )
    if before == after:
        raise BadInput("This is what the setting is already.", "Nothing is to be done.", field="value")
    if not change.reason.strip():
        raise BadInput("This needs a reason.", "Say in a few words why.", field="reason")
    write(entry)
    return entry.post()


def _at_the_end(entry: Entry) -> dict[str, object]:
    last = entry.session.scalar(select(func.max(Measure.position)).where(Measure.site_id == entry.site.id))
    return {"position": (last or 0) + 1, "source": _OWN}


def _require_order(change: MeasureChange) -> None:
    """Low ≤ target ≤ high, as far as they are there."""
    there = [limit for limit in (change.low, change.target, change.high) if limit is not None]
    for limit in there:
        if not limit.is_finite() or not 0 <= limit <= _MOST or round(limit, _MOST_DECIMALS) != limit:
            raise BadInput(
                "“%(limit)s” is not a limit.",
                "Write a number that is not negative, with at most 4 decimals.",
                field="low",
                limit=str(limit),
            )
    if there != sorted(there):
        raise BadInput(
            "The limits are not in order.",
            "Write the lowest value first, then the target, then the highest.",
            field="low",
        )


def _checked_code(code: str, pattern: str) -> str:
    wanted = code.strip()
    if not re.fullmatch(pattern, wanted):
        raise BadInput(
            "“%(code)s” cannot be a code.",
            "Write letters and digits only, without blanks.",
            field="code",
            code=wanted[:40],
        )
    return wanted


def _checked_name(name: str, field: str) -> str:
    wanted = name.strip()
    if not 1 <= len(wanted) <= 100:
        raise BadInput("A name has 1 to 100 characters.", "Write a short name.", field=field)
    return wanted


def _checked_number(number: int, most: int, field: str) -> int:
    if not 1 <= number <= most:
        raise BadInput(
            "%(number)s cannot be right here.",
            "Write a number from 1 to %(most)s.",
            field=field,
            number=number,
            most=most,
        )
    return number
