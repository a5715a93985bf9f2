"""A site's settings as people read them: their names, what they say, and who changed what, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.settings import (
    CONTAINER_TYPE,
    DEFECT,
    MEASURE,
    RULES,
    WASHER,
    YES,
    Change,
    SiteRule,
    Value,
    find_changes,
    find_settings,
)
from bottletrack.tables import Defect
from bottletrack.vocabulary import DefectClass, MeasuredAt
from webapp.languages import N_, current_language, gettext, isolated, number
from webapp.naming import name_of
from webapp.words import word


class Area(StrEnum):
    """What the settings are of: one page each."""

    RULES = "rules"
    WASH = "wash"
    RINSE = "rinse"
    QUALITY = "quality"
    DEFECTS = "defects"
    WASHERS = "washers"
    CONTAINERS = "containers"
    HISTORY = "history"


AREAS: Mapping[Area, str] = {
    Area.RULES: N_("Rules"),
    Area.WASH: N_("Full wash"),
    Area.RINSE: N_("Rinse"),
    Area.QUALITY: N_("Quality control"),
    Area.DEFECTS: N_("Defects"),
    Area.WASHERS: N_("Washers"),
    Area.CONTAINERS: N_("Containers"),
    Area.HISTORY: N_("Changes"),
}

#: Where the names of an area's settings begin.
PREFIXES: Mapping[Area, str] = {
    Area.WASH: MEASURE.name(MeasuredAt.WASH, ""),
    Area.RINSE: MEASURE.name(MeasuredAt.RINSE, ""),
    Area.QUALITY: MEASURE.name(MeasuredAt.QUALITY, ""),
    Area.DEFECTS: DEFECT.name(""),
    Area.WASHERS: WASHER.name(""),
    Area.CONTAINERS: CONTAINER_TYPE.name(""),
}

#: What a row's columns are called.
COLUMNS = {
    "name": N_("Name"),
    "name_fr": N_("Name in French"),
    "name_en": N_("Name in English"),
    "unit": N_("Unit"),
    "low": N_("Lowest"),
    "target": N_("Target"),
    "high": N_("Highest"),
    "required": N_("Required"),
    "bottles": N_("Bottles it is measured on"),
    "defect_code": N_("Defect of a bottle outside the limits"),
    "in_use": N_("Used here"),
    "defect_class": N_("Class"),
    "below_height_mm": N_("Bottles are lower than"),
    "max_diameter_mm": N_("Widest bottle"),
    "capacity_bottles": N_("Bottles it takes"),
}
_TEXTS = ("name", "name_fr", "name_en", "unit", "defect_code")
_UNITS = {"below_height_mm": "mm", "max_diameter_mm": "mm"}


@dataclass(frozen=True)
class SettingSeen:
    """One setting: what it is called, what it says now, and its last change."""

    name: str
    title: str
    hint: str
    says: str
    change: Change | None


@dataclass(frozen=True)
class Difference:
    """What a change made of one value, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class ChangeSeen:
    """One change, with what differs."""

    change: Change
    title: str
    differences: tuple[Difference, ...]


class SettingsSight:
    """All settings of one site, read once."""

    def __init__(self, session: Session, site_id: int) -> None:
        self.values = find_settings(session, site_id)
        self.changes = find_changes(session, site_id)
        self.defects = {defect.code: defect for defect in session.scalars(select(Defect).order_by(Defect.code))}
        for code, defect in self.defects.items():
            # Where a site does not depart from it, the reference list holds.
            self.values.setdefault(DEFECT.name(code), {"in_use": YES, "defect_class": defect.defect_class.value})
        self._last = {change.setting: change for change in self.changes}

    def in_area(self, area: Area) -> list[SettingSeen]:
        """The settings of one page; of defects in the order of their codes."""
        if area is Area.RULES:
            return [self.see(rule.name) for rule in RULES]
        names = [name for name in self.values if name.startswith(PREFIXES[area])]
        return [self.see(name) for name in (sorted(names) if area is Area.DEFECTS else names)]

    def see(self, name: str) -> SettingSeen:
        """One of them; of a name that is not there yet, nothing but the name."""
        value = self.values.get(name)
        rule = rule_of(name)
        hint = gettext(rule.about) if rule else name.rpartition(".")[2]
        return SettingSeen(name, self.title(name), hint, says(name, value), self._last.get(name))

    def title(self, name: str) -> str:
        """What people call it; for measures without where they are taken."""
        rule, value = rule_of(name), self.values.get(name)
        if rule:
            return gettext(rule.label)
        kind, _, code = name.partition(".")
        if kind == DEFECT.word:
            return name_of(self.defects[code])
        texts = value if isinstance(value, dict) else {}
        name = "name_en" if current_language() == "en" else "name_fr"
        return texts.get("name") or texts.get(name) or code

    def history(self, name: str | None = None) -> list[ChangeSeen]:
        """The latest change first."""
        return [
            ChangeSeen(change, self._title_in_history(change.setting), differences(change))
            for change in reversed(self.changes)
            if name in (None, change.setting)
        ]

    def _title_in_history(self, name: str) -> str:
        kind, _, rest = name.partition(".")
        if kind != MEASURE.word:
            return self.title(name)
        return f"{word(MeasuredAt(rest.partition('.')[0]))} · {self.title(name)}"


def rule_of(name: str) -> SiteRule | None:
    """The rule of this name, if it is one."""
    return next((rule for rule in RULES if rule.name == name), None)


def differences(change: Change) -> tuple[Difference, ...]:
    """What the change made different, value by value."""
    if not isinstance(change.after, dict):
        return (Difference("", says(change.setting, change.before), says(change.setting, change.after)),)
    before = change.before if isinstance(change.before, dict) else {}
    return tuple(
        Difference(gettext(COLUMNS[column]), _cell(column, before.get(column)), _cell(column, text))
        for column, text in change.after.items()
        if before.get(column) != text
    )


def says(name: str, value: Value) -> str:
    """A setting's value in words; of a row, all that matters in one line."""
    rule = rule_of(name)
    if value is None:
        return ""
    if isinstance(value, str):
        return _of_rule(rule, value) if rule else value
    match name.partition(".")[0]:
        case MEASURE.word:
            return _limits(value)
        case DEFECT.word:
            return _with_use(_cell("defect_class", value["defect_class"]), value)
        case WASHER.word:
            return gettext("bottles lower than %(height)s mm, at most %(width)s mm wide") % {
                "height": value["below_height_mm"],
                "width": value["max_diameter_mm"],
            }
        case _:
            return _with_use(
                gettext("%(number)s bottles") % {"number": _cell("capacity_bottles", value["capacity_bottles"])}, value
            )


def _of_rule(rule: SiteRule, text: str) -> str:
    if rule.unit:
        return f"{number(Decimal(text), 4)}\N{NO-BREAK SPACE}{isolated(gettext(rule.unit))}"
    return _cell(rule.name, text)


def _limits(value: Mapping[str, str | None]) -> str:
    low, target, high = (_cell(column, value[column]) if value[column] else "" for column in ("low", "target", "high"))
    if low and high:
        words = low if low == high else gettext("%(low)s to %(high)s") % {"low": low, "high": high}
    elif low or high:
        words = gettext("at least %(low)s") % {"low": low} if low else gettext("at most %(high)s") % {"high": high}
    else:
        words = gettext("no limit")
    if (low or high) and value["unit"]:
        words += f"\N{NO-BREAK SPACE}{isolated(value['unit'])}"
    if target and target not in (low, high):
        words += gettext(", target %(target)s") % {"target": target}
    return f"{words} · {gettext('required')}" if value["required"] == YES else words


def _with_use(words: str, value: Mapping[str, str | None]) -> str:
    return words if value["in_use"] == YES else f"{words} · {gettext('not used here')}"


def _cell(column: str, text: str | None) -> str:
    if text is None or text == "":
        return "–"
    if text in ("yes", "no"):
        return gettext("yes") if text == YES else gettext("no")
    if column == "defect_class":
        return word(DefectClass(text))
    if column in _TEXTS or not text.replace(".", "", 1).isdigit():
        return text
    shown = number(Decimal(text), 4)
    return f"{shown}\N{NO-BREAK SPACE}{_UNITS[column]}" if column in _UNITS else shown
