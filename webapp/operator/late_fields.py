"""A verb's input as a page: each field with its word, what stands in it, and what may stand in it instead.

Made from the input's own dataclass, so that a scan of any station can be read and put right on one page.
"""

import re
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Actor
from bottletrack.identifiers import looks_like_lot_code, show_code
from bottletrack.reports.kit import open_runs, orders_to_deliver
from bottletrack.tables import BottleModel, Defect
from bottletrack.vocabulary import PlaceKind
from webapp.assortment import models_to_sort
from webapp.forms import text, whole_number
from webapp.languages import N_, gettext
from webapp.naming import color_word, name_of
from webapp.operator.choices import Options, collection_points, owners
from webapp.words import WORDS, word

#: What the fields of verbs are called. One that has no word is a program's own, and is kept as it came.
FIELDS = {
    "lot_code": N_("Lot"),
    "lot_codes": N_("Lots, one a line"),
    "new_lot_code": N_("Code of the label that was stuck on"),
    "passed_lot_code": N_("Code of the label that was stuck on what passed"),
    "into_lot_code": N_("Into the lot"),
    "rework_into_lot_code": N_("To wash again: into the lot"),
    "partner_code": N_("Own name of the lot"),
    "passed_partner_code": N_("Own name of what passed"),
    "rework_partner_code": N_("Own name of what is washed again"),
    "quantity": N_("Bottles"),
    "counted": N_("Bottles counted"),
    "declared": N_("Bottles declared"),
    "passed": N_("Passed"),
    "rework": N_("To wash again"),
    "broken": N_("Broken"),
    "broken_zone": N_("Where on the line bottles broke"),
    "glass_cleared": N_("The glass was cleared"),
    "defect_code": N_("Why"),
    "rework_defect_code": N_("Why they are washed again"),
    "model_code": N_("Model"),
    "color": N_("Color"),
    "grade": N_("Grade"),
    "to": N_("Where to"),
    "point_code": N_("Collection point"),
    "owner_winery_code": N_("Owner"),
    "winery_code": N_("Winery of the label"),
    "rework_winery_code": N_("Winery of the label"),
    "label_code": N_("Winemaker’s label"),
    "rework_label_code": N_("Winemaker’s label"),
    "container": N_("Container"),
    "container_code": N_("Container"),
    "container_codes": N_("Containers, one a line"),
    "package": N_("Pallet or palox"),
    "packages": N_("Pallets or paloxes"),
    "vehicle": N_("Vehicle"),
    "kilometers": N_("Distance driven"),
    "run_code": N_("Run"),
    "order_reference": N_("Order"),
    "bath": N_("Bath"),
    "code": N_("Reading"),
    "value": N_("Value"),
    "minutes": N_("Minutes"),
    "flushed": N_("The line was flushed"),
    "refused": N_("Refused at the door"),
    "finished": N_("Lot sorted to the end"),
    "ask_lead": N_("Ask a lead about the difference"),
    "remedy": N_("What was wrong with the label"),
    "where": N_("Where"),
    "sure": N_("The quantity was looked at again, and is right"),
    "reason": N_("Reason"),
    "note": N_("Note"),
    "sorted_out": N_("Sorted out"),
    "rejects": N_("Rejects"),
    "held_aside": N_("Put aside"),
    "readings": N_("Readings"),
}
_UNREADABLE = re.compile("[\\x00\\ud800-\\udfff]")
#: Where a verb takes fewer words than the vocabulary has.
_TAKEN = {"to": (PlaceKind.CULLET, PlaceKind.TRANSFERRED)}


@dataclass(frozen=True)
class Field:
    """One field. `path`: where it stands, e.g. `sorted_out.0.quantity`.

    `kind`: text, number, decimal, yes, lines (one value each) or choice (out of `options`).
    `shown`: what stands in it, as people read it; `optional`: it may stay empty; `usual`: it says no more than an empty
    one, so nobody has to look at it.
    """

    path: str
    label: str
    kind: str
    value: Any
    shown: str
    optional: bool
    usual: bool
    options: Options


def read_fields(takes: type, content: Any) -> dict[str, Any]:
    """The input as the form has it, as JSON; what the form does not show stays. A part without bottles is left out."""
    return _read(takes, content if isinstance(content, dict) else {}, "")


def readable(content: Any) -> Any:
    """The content with a sign in place of what no database and no page can hold: NUL, and halves of characters."""
    if isinstance(content, dict):
        return {name: readable(value) for name, value in content.items()}
    if isinstance(content, list):
        return [readable(each) for each in content]
    return _UNREADABLE.sub("\N{REPLACEMENT CHARACTER}", content) if isinstance(content, str) else content


def lots_of(content: Any) -> list[str]:
    """The lot codes that an input names, each once, in order."""
    found: list[str] = []
    if isinstance(content, list):
        found = [code for part in content for code in lots_of(part)]
    elif isinstance(content, dict):
        for name, value in content.items():
            if name.endswith("lot_code") and isinstance(value, str):
                found.append(value)
            elif name == "lot_codes" and isinstance(value, list):
                found += [code for code in value if isinstance(code, str)]
            else:
                found += lots_of(value)
    return list(dict.fromkeys(found))


def _walk(takes: type, content: Any, prefix: str) -> Iterator[tuple[str, Any, Any, Any]]:
    """Path, type, default and content of each field that people may see."""
    given = content if isinstance(content, dict) else {}
    hints = get_type_hints(takes)
    for each in fields(takes):
        path, value = f"{prefix}{each.name}", given.get(each.name)
        part = _part_of(hints[each.name])
        if part is None and each.name in FIELDS:
            yield path, hints[each.name], each.default, value
        elif part is not None and isinstance(value, list):
            for number, item in enumerate(value):
                yield from _walk(part, item, f"{path}.{number}.")


def _read(takes: type, content: dict[str, Any], prefix: str) -> dict[str, Any]:
    read: dict[str, Any] = {}
    hints = get_type_hints(takes)
    for each in fields(takes):
        hint, path, value = hints[each.name], f"{prefix}{each.name}", content.get(each.name)
        part = _part_of(hint)
        if part is not None and isinstance(value, list):
            items = [
                _read(part, item if isinstance(item, dict) else {}, f"{path}.{n}.") for n, item in enumerate(value)
            ]
            read[each.name] = [item for item in items if item.get("quantity", 1)]
        elif (part is None and each.name in FIELDS and path in request.form) or _kind(hint) == "yes":
            read[each.name] = _typed(path, hint)
        elif each.name in content:
            read[each.name] = value
    return read


def _typed(path: str, hint: Any) -> Any:
    kind = _kind(hint)
    if kind == "yes":
        return path in request.form
    if kind == "number":
        number = whole_number(path)
        return number if number is not None or _is_optional(hint) else 0
    if kind == "lines":
        return [line.strip() for line in text(path, most=4000).splitlines() if line.strip()]
    typed = text(path)
    if kind == "decimal":
        typed = typed.replace(",", ".")
    return None if not typed and (_is_optional(hint) or kind == "decimal") else typed


def _part_of(hint: Any) -> type | None:
    """The dataclass of which a field holds several."""
    items = get_args(hint)
    return items[0] if get_origin(hint) is tuple and is_dataclass(items[0]) and isinstance(items[0], type) else None


def _is_optional(hint: Any) -> bool:
    return NoneType in get_args(hint)


def _core(hint: Any) -> Any:
    return next((each for each in get_args(hint) if each is not NoneType), hint) if _is_optional(hint) else hint


def _kind(hint: Any) -> str:
    core = _core(hint)
    if get_origin(core) is tuple:
        return "lines"
    if isinstance(core, type) and issubclass(core, StrEnum):
        return "choice"
    return {bool: "yes", int: "number", Decimal: "decimal"}.get(core, "text")


def _name(path: str) -> str:
    return path.rpartition(".")[2]


class Offered:
    """What may stand in the fields of a site's scans, looked up once for all of them."""

    def __init__(self, session: Session, actor: Actor, site_id: int) -> None:
        self.session, self.actor, self.site_id = session, actor, site_id
        self._known: dict[str, Options] = {}

    def fields_of(self, takes: type, content: Any) -> list[Field]:
        """All fields of an input, in its own order, with what stands in them. What does not fit is left empty."""
        return [self._field(path, hint, default, value) for path, hint, default, value in _walk(takes, content, "")]

    def _field(self, path: str, hint: Any, default: Any, value: Any) -> Field:
        options = self._options(_name(path), _core(hint))
        kind = "choice" if options else _kind(hint)
        if options and str(value or "") not in (option for option, _ in options):
            # What the device sent stays to be seen, whether or not it is known here.
            options = [*options, (str(value), str(value))]
        label = gettext(FIELDS[_name(path)])
        if "." in path:
            group, number, _ = path.split(".")
            label = f"{gettext(FIELDS[group])} {int(number) + 1} – {label}"
        usual = default is not MISSING and value in (None, default)
        shown = "" if usual else _shown(path, value, options)
        return Field(path, label, kind, _as_typed(value), shown, default is not MISSING, usual, options)

    def _options(self, name: str, core: Any) -> Options:
        if isinstance(core, type) and issubclass(core, StrEnum):
            words = [(each.value, word(each)) for each in _TAKEN.get(name, core) if core in WORDS]
            return [("", gettext("Not said")), *words]
        subject = next((each for each in ("defect_code", "winery_code") if name.endswith(each)), name)
        if subject not in self._known:
            self._known[subject] = self._listed(subject)
        offered = self._known[subject]
        return [("", gettext("Not said")), *(option for option in offered if option[0])] if offered else []

    def _listed(self, name: str) -> Options:
        if name == "defect_code":
            defects = self.session.scalars(select(Defect).order_by(Defect.code))
            return [(defect.code, f"{defect.code} – {name_of(defect)}") for defect in defects]
        if name == "winery_code":
            return owners(self.session, self.actor)[1:]
        if name == "model_code":
            return [(model.code, name_of(model)) for model in self._models()]
        if name == "color":
            colors = {color for model in self._models() for color in model.colors_fr.split(";") if color}
            return [(color, color_word(color)) for color in sorted(colors)]
        if name == "point_code":
            return collection_points(self.session, self.actor)
        if name == "run_code":
            return [(run.code, run.code) for run in open_runs(self.session, self.site_id)]
        if name == "order_reference":
            orders = orders_to_deliver(self.session, self.site_id)
            return [(order.reference, f"{order.reference} – {order.winery}") for order in orders]
        return []

    def _models(self) -> list[BottleModel]:
        return models_to_sort(self.session, self.actor.territory_id)


def _as_typed(value: Any) -> Any:
    """What stands in the form's field."""
    if isinstance(value, list):
        return "\n".join(str(each) for each in value)
    return show_code(value) if isinstance(value, str) and looks_like_lot_code(value) else value


def _shown(path: str, value: Any, options: Options) -> str:
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list):
        return ", ".join(str(_as_typed(each)) for each in value)
    return dict(options).get(str(value)) or str(_as_typed(value) if "code" in path else value)
