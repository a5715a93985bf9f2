"""What a site decides for itself: its rules, limits, defects, washers and containers, each changed with a reason."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Permission
from bottletrack.errors import BadInput, NotFound, Refusal
from bottletrack.scans import Recorded, Scan
from bottletrack.settings import NO, YES, Value
from bottletrack.stations.settings import (
    ContainerTypeChange,
    DefectChange,
    MeasureChange,
    SettingChange,
    WasherChange,
    record_container_type_change,
    record_defect_change,
    record_measure_change,
    record_setting_change,
    record_washer_change,
)
from bottletrack.tables import Site
from bottletrack.vocabulary import DefectClass, MeasuredAt
from webapp.coordinator.blueprint import blueprint
from webapp.coordinator.settings_sight import AREAS, PREFIXES, Area, SettingsSight, rule_of
from webapp.database import reading, writing
from webapp.forms import choice, decimal, required_text, text, whole_number
from webapp.languages import gettext, number
from webapp.refusals import explain, status_of
from webapp.scans import scan_from_form
from webapp.security import allow
from webapp.signed_in import current_actor

#: In place of a code: one that is not there yet. No code can be this.
NEW = "+"
#: What a site may add to.
GROWING = frozenset(PREFIXES) - {Area.DEFECTS}


@blueprint.get("/settings")
@blueprint.get("/settings/<area>")
@allow(Permission.CHANGE_SETTINGS)
def settings(area: str = Area.RULES) -> str:
    """One page of a site's settings, or all changes of them."""
    if area not in tuple(Area):
        abort(404)
    with reading() as session:
        site, sites = _site(session)
        sight = SettingsSight(session, site.id)
        chosen = Area(area)
        return render_template(
            "coordinator/settings.html",
            area=chosen,
            areas=AREAS,
            site=site,
            sites=sites,
            rows=[] if chosen is Area.HISTORY else sight.in_area(chosen),
            history=sight.history() if chosen is Area.HISTORY else [],
            new=PREFIXES[chosen] + NEW if chosen in GROWING else "",
        )


@blueprint.get("/settings/of/<name>")
@allow(Permission.CHANGE_SETTINGS)
def setting(name: str) -> ResponseReturnValue:
    """One setting: what it says, the form to change it, and all its changes."""
    return _page(name)


@blueprint.post("/settings/of/<name>")
@allow(Permission.CHANGE_SETTINGS)
def change_setting(name: str) -> ResponseReturnValue:
    """Changes it, or makes a new one."""
    try:
        scan = scan_from_form()
        with writing() as session:
            _verb_of(name)(session, scan)
    except Refusal as refusal:
        return _page(name, refusal)
    flash(gettext("The setting is changed. It holds from now on."), "success")
    return redirect(url_for(".settings", area=_area_of(name), site=scan.site_id), 303)


def _page(name: str, refusal: Refusal | None = None) -> tuple[str, int]:
    area = _area_of(name)
    with reading() as session:
        site, _ = _site(session)
        sight = SettingsSight(session, site.id)
        is_new = area in GROWING and name == PREFIXES[area] + NEW
        if name not in sight.values and not is_new:
            raise NotFound("There is no such setting.", "Choose a setting of the list.")
        seen = sight.see(name)
        value = sight.values.get(name)
        page = render_template(
            "coordinator/setting.html",
            area=area,
            areas=AREAS,
            site=site,
            name=name,
            is_new=is_new,
            kind=name.partition(".")[0],
            rule=rule_of(name),
            seen=seen,
            entered=_entered(name, value),
            unit=_unit(name, value),
            classes=list(DefectClass),
            defects=sight.defects.values(),
            history=sight.history(name),
            refusal=explain(refusal) if refusal else None,
        )
    return page, status_of(refusal) if refusal else 200


def _entered(name: str, value: Value) -> dict[str, Any]:
    """What the form's fields hold: what was typed, else what is kept."""
    if request.method == "POST":
        return request.form.to_dict()
    if isinstance(value, dict):
        return {column: _typed(column, kept) for column, kept in value.items()}
    rule = rule_of(name)
    return {"value": number(Decimal(value), 4) if value and rule and rule.unit and not rule.choices else value}


def _typed(column: str, kept: str | None) -> str:
    """As somebody would type it; nothing for a box that is not ticked."""
    if kept is None or kept == NO:
        return ""
    return number(Decimal(kept), 4) if column in ("low", "target", "high") else kept


def _unit(name: str, value: Value) -> str:
    rule = rule_of(name)
    if rule and rule.unit:
        return gettext(rule.unit)
    return value.get("unit") or "" if isinstance(value, dict) else ""


def _area_of(name: str) -> Area:
    """The page that a setting stands on."""
    return next((area for area, prefix in PREFIXES.items() if name.startswith(prefix)), Area.RULES)


def _site(session: Session) -> tuple[Site, list[Site]]:
    """The site that is looked at, and those to choose from: one's own, else the territory's."""
    actor = current_actor()
    wanted = request.values.get("site_id", type=int) or request.args.get("site", type=int)
    found = select(Site).where(Site.territory_id == actor.territory_id).order_by(Site.name)
    sites = [site for site in session.scalars(found) if actor.site_id in (None, site.id)]
    for site in sites:
        if wanted in (None, site.id):
            return site, sites
    raise NotFound("There is no such site.", "Choose a site of your territory.", field="site")


def _verb_of(name: str) -> Callable[[Session, Scan], Recorded]:
    """What the form's fields ask for, as a call of the setting's own verb."""
    code = name.rpartition(".")[2]
    more: dict[str, Any] = {"reason": required_text("reason"), "seen": whole_number("seen")}
    match _area_of(name):
        case Area.WASH | Area.RINSE | Area.QUALITY as area:
            measure = _measure(MeasuredAt(area.value), code, more)
            return lambda session, scan: record_measure_change(session, measure, scan)
        case Area.DEFECTS:
            defect = DefectChange(code, text("in_use") == YES, choice("defect_class", DefectClass), **more)
            return lambda session, scan: record_defect_change(session, defect, scan)
        case Area.WASHERS:
            height, width = _number("below_height_mm"), _number("max_diameter_mm")
            washer = WasherChange(_code(code), required_text("name", most=100), height, width, **more)
            return lambda session, scan: record_washer_change(session, washer, scan)
        case Area.CONTAINERS:
            names = required_text("name_fr", most=100), required_text("name_en", most=100)
            capacity, in_use = _number("capacity_bottles"), text("in_use") == YES
            container = ContainerTypeChange(_code(code), *names, capacity, in_use, **more)
            return lambda session, scan: record_container_type_change(session, container, scan)
        case _:
            rule = SettingChange(name, required_text("value", most=40), **more)
            return lambda session, scan: record_setting_change(session, rule, scan)


def _measure(measured_at: MeasuredAt, code: str, more: dict[str, Any]) -> MeasureChange:
    return MeasureChange(
        measured_at,
        _code(code),
        decimal("low"),
        decimal("target"),
        decimal("high"),
        text("required") == YES,
        whole_number("bottles"),
        text("defect_code", most=20) or None,
        name_fr=text("name_fr", most=100),
        name_en=text("name_en", most=100),
        unit=text("unit", most=20),
        **more,
    )


def _code(code: str) -> str:
    return required_text("code", most=40) if code == NEW else code


def _number(name: str) -> int:
    found = whole_number(name)
    if found is None:
        raise BadInput("Something is missing.", "Fill in this field.", field=name)
    return found
