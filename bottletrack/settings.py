"""What each site decides for itself: rules, limits, defects, washers, container types; and every change of them.

A setting has a name: a rule's own (`max_age_days`), or that of a row, by its kind and keys
(`measure.wash.bath2_naoh_percent`). Its value is a text, or a row's texts by column. Each change is an event that keeps
both values, so what held at any moment of a site's history is known.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from bottletrack.errors import BadInput, NotFound
from bottletrack.sampling.plans import AQLS_PERCENT
from bottletrack.tables import Base, ContainerType, Defect, Event, Measure, Person, Site, SiteDefect, Washer
from bottletrack.vocabulary import EventKind, InspectionLevel
from bottletrack.wording import N_

#: None: there is no such row.
Value = str | dict[str, str | None] | None
YES, NO = "yes", "no"


def as_text(value: object) -> str | None:
    """A setting's value as its events keep it: 78 and not 78.0000, yes or no; None stays None."""
    if value is None:
        return None
    if isinstance(value, bool):
        return YES if value else NO
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


@dataclass(frozen=True)
class SiteRule:
    """A single value that a site's rules read: a column of its row. Texts are English, for faces to translate."""

    name: str
    label: str
    about: str
    convert: Callable[[str], object]
    unit: str = ""
    #: Where its default comes from; empty where it is the project's own.
    source: str = ""
    #: The texts to choose from; empty: a number.
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 0
    decimals: int = 0

    def read(self, text: str) -> object:
        """The value as the column takes it. Raises BadInput for what the rule cannot be."""
        wanted = text.strip()
        if self.convert in (int, Decimal):
            wanted = as_text(self._number(wanted)) or ""
        if self.choices and wanted not in self.choices:
            raise BadInput(
                "“%(text)s” is not one of the possibilities.",
                "Choose one of these: %(choices)s.",
                field="value",
                text=wanted[:40],
                choices=", ".join(self.choices),
            )
        return self.convert(wanted)

    def _number(self, text: str) -> Decimal:
        try:
            value = Decimal("".join(text.split()).replace(",", "."))
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or not self.least <= value <= self.most or round(value, self.decimals) != value:
            raise BadInput(
                "“%(text)s” cannot be the value of this setting.",
                N_("Write a number from %(least)s to %(most)s, with at most %(decimals)s decimals.")
                if self.decimals
                else N_("Write a whole number from %(least)s to %(most)s."),
                field="value",
                text=text[:40],
                least=self.least,
                most=self.most,
                decimals=self.decimals,
            )
        return value


def _is_yes(text: str) -> bool:
    return text == YES


_AQLS = tuple(cast(str, as_text(aql)) for aql in AQLS_PERCENT)

RULES = (
    SiteRule(
        "max_age_days",
        N_("Longest time since the wash"),
        N_("A released lot that is older does not leave: it is rinsed or washed again, unless quality waives it."),
        int,
        N_("days"),
        "S41",
        least=1,
        most=365,
    ),
    SiteRule(
        "max_passes",
        N_("Wash passes of one bottle"),
        N_("Rework that has had so many passes is not washed again: it goes to cullet."),
        int,
        N_("passes"),
        least=1,
        most=20,
    ),
    SiteRule(
        "count_tolerance_bottles",
        N_("Count difference, in bottles"),
        N_("A count that is further off than this has to be approved by a lead."),
        int,
        N_("bottles"),
        most=10_000,
    ),
    SiteRule(
        "count_tolerance_percent",
        N_("Count difference, as a share"),
        N_("A count that is further off than this share of what was expected has to be approved by a lead."),
        Decimal,
        "%",
        most=100,
        decimals=2,
    ),
    SiteRule(
        "relabeling_required",
        N_("A new code before leaving"),
        N_("Released bottles are packed under a new code before they are promised or delivered."),
        _is_yes,
        choices=(YES, NO),
    ),
    SiteRule(
        "reading_interval_minutes",
        N_("Oldest readings at a start"),
        N_("A wash run does not start with readings that are older than this."),
        int,
        N_("minutes"),
        least=1,
        most=480,
    ),
    SiteRule(
        "label_release_minutes",
        N_("Time a label has to come off"),
        N_("In a trial, all labels are off within this time: what a bottle stays in the bath, less a margin."),
        int,
        N_("minutes"),
        "S28",
        least=1,
        most=120,
    ),
    SiteRule(
        "idle_minutes",
        N_("Shared devices ask again who is there"),
        N_("After so long without a touch. Whoever comes next scans their badge."),
        int,
        N_("minutes"),
        least=1,
        most=720,
    ),
    SiteRule(
        "rescan_seconds",
        N_("The same code counts once within"),
        N_("A camera sees a label many times: the same code at the same step is not taken again within this time."),
        int,
        N_("seconds"),
        most=3_600,
    ),
    SiteRule(
        "late_days",
        N_("Scans that arrive late"),
        N_("What a device brings later than this is recorded only after a lead has looked at it."),
        int,
        N_("days"),
        least=1,
        most=60,
    ),
    SiteRule(
        "inspection_level",
        N_("Inspection level"),
        N_("How many bottles of a lot are looked at. II is usual; S-1 to S-4 are for costly tests."),
        InspectionLevel,
        source="ISO 2859-1",
        choices=tuple(InspectionLevel),
    ),
    SiteRule(
        "aql_major",
        N_("Quality limit (AQL) for major defects"),
        N_("Of critical defects none is accepted, whatever this says."),
        Decimal,
        "%",
        "S22",
        choices=_AQLS,
        most=10,
        decimals=3,
    ),
    SiteRule(
        "aql_minor",
        N_("Quality limit (AQL) for minor defects"),
        N_("A lot that fails for minor defects only may still be accepted as grade B."),
        Decimal,
        "%",
        "S22",
        choices=_AQLS,
        most=10,
        decimals=3,
    ),
)


@dataclass(frozen=True)
class RowKind:
    """Rows of one table, of which each site has its own: the first word of their names, and their columns."""

    word: str
    row: type[Base]
    keys: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def table(self) -> Table:
        return cast(Table, self.row.__table__)

    def name(self, *keys: str) -> str:
        """The setting's name, from the row's keys."""
        return ".".join((self.word, *keys))

    def texts(self, row: object) -> dict[str, str | None]:
        """The row's own texts by column."""
        return {column: as_text(getattr(row, column)) for column in self.columns}


MEASURE = RowKind(
    "measure",
    Measure,
    ("measured_at", "code"),
    ("name_fr", "name_en", "unit", "low", "target", "high", "required", "bottles", "defect_code"),
)
DEFECT = RowKind("defect", SiteDefect, ("defect_code",), ("in_use", "defect_class"))
WASHER = RowKind("washer", Washer, ("code",), ("name", "below_height_mm", "max_diameter_mm"))
CONTAINER_TYPE = RowKind(
    "container_type", ContainerType, ("code",), ("name_fr", "name_en", "capacity_bottles", "in_use")
)
ROW_KINDS = (MEASURE, DEFECT, WASHER, CONTAINER_TYPE)


def get_rule(name: str) -> SiteRule:
    """The rule with this name. Raises NotFound."""
    for rule in RULES:
        if rule.name == name:
            return rule
    raise NotFound("There is no setting “%(name)s”.", "Choose a setting of the list.", field="setting", name=name[:40])


def find_settings(session: Session, site_id: int) -> dict[str, Value]:
    """All settings of a site by name, in the order of screens.

    Of the defects, only those in which it departs from the reference list.
    """
    site = session.execute(
        select(*(getattr(Site, rule.name) for rule in RULES)).where(Site.id == site_id)
    ).one_or_none()
    found: dict[str, Value] = {rule.name: as_text(getattr(site, rule.name)) for rule in RULES} if site else {}
    for kind in ROW_KINDS:
        order = [kind.table.c[column] for column in ("position", *kind.keys) if column in kind.table.c]
        for row in session.execute(select(*kind.table.c).where(kind.table.c.site_id == site_id).order_by(*order)):
            found[kind.name(*(str(getattr(row, key)) for key in kind.keys))] = kind.texts(row)
    return found


def find_value(session: Session, site_id: int, name: str) -> Value:
    """What holds now. A defect from which the site does not depart is as in the reference list."""
    value = find_settings(session, site_id).get(name)
    kind, _, code = name.partition(".")
    if value is None and kind == DEFECT.word and (defect := session.get(Defect, code)) is not None:
        return {"in_use": YES, "defect_class": defect.defect_class.value}
    return value


@dataclass(frozen=True)
class Change:
    """One change of a setting: by whom and when, why, and both values. `sequence`: the event's number at its site."""

    event_id: uuid.UUID
    sequence: int
    happened_at: datetime
    by: str
    reason: str
    setting: str
    before: Value
    after: Value


def find_changes(session: Session, site_id: int, name: str | None = None) -> list[Change]:
    """The changes of a site's settings, or of one of them, in the order they were made."""
    of_one = [] if name is None else [Event.readings["setting"].as_string() == name]
    rows = session.execute(
        select(Event.id, Event.sequence, Event.happened_at, Person.name, Event.reason, Event.readings)
        .join(Person, Person.id == Event.actor_id)
        .where(Event.site_id == site_id, Event.kind == EventKind.SETTING_CHANGED, *of_one)
        .order_by(Event.sequence)
    )
    return [
        Change(event_id, sequence, happened_at, by, reason, said["setting"], said["before"], said["after"])
        for event_id, sequence, happened_at, by, reason, said in rows
    ]


def value_at(changes: Sequence[Change], sequence: int, now: Value) -> Value:
    """What a setting was when its site recorded that event: what its next change found, else what it is now."""
    return next((change.before for change in changes if change.sequence > sequence), now)
