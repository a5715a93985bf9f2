"""What a device must know to work for a shift without us: the site's lots, runs and orders, its tiles and its rules."""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Permission
from bottletrack.devices import DeviceOnFile
from bottletrack.reports.kit import (
    KitContainer,
    KitLot,
    KitOrder,
    KitRun,
    containers_of,
    lots_at,
    open_runs,
    orders_to_deliver,
    retired_codes,
)
from bottletrack.steps import STEPS
from bottletrack.tables import BottleModel, CollectionPoint, Site, Territory
from bottletrack.vocabulary import Stage, Station
from webapp.assortment import (
    AT_QUALITY,
    AT_SORTING,
    AT_WASHING,
    USUAL_CRATE,
    defects,
    is_pool,
    models_to_sort,
    needs_decision,
)
from webapp.config import settings_of
from webapp.database import reading
from webapp.security import allow_device
from webapp.shapes import Shape
from webapp.signed_in import current_device
from webapp.station.blueprint import blueprint

#: Where a device asks for causes, and what the reference data call the stations that may name them.
_CAUSES_AT = {Station.SORTING: AT_SORTING, Station.WASHING: AT_WASHING, Station.QUALITY: AT_QUALITY}
#: The picture of a bottle that has none of its own.
_NO_PICTURE = "XX"


@dataclass(frozen=True)
class KitSite:
    """The site, and those of its settings that a station keeps to."""

    code: str
    name: str
    territory: str
    idle_minutes: int
    rescan_seconds: int
    late_days: int
    max_age_days: int
    relabeling_required: bool


@dataclass(frozen=True)
class KitModel:
    """`crate`: bottles in a full one; `pool`: reused without conditions, so its tile stands first."""

    code: str
    name: dict[str, str]
    picture: str
    crate: int
    colors: tuple[str, ...]
    look_alikes: tuple[str, ...]
    pool: bool
    height_mm: int | None


@dataclass(frozen=True)
class KitCause:
    """Why a bottle leaves the way, at which stations; `aside`: somebody else decides what becomes of it."""

    code: str
    name: dict[str, str]
    picture: str
    stations: tuple[Station, ...]
    aside: bool


@dataclass(frozen=True)
class KitPoint:
    """A collection point."""

    code: str
    name: str


@dataclass(frozen=True)
class KitStep:
    """From which stages a step begins, and with which permission; `held` as in the plant's own table of steps."""

    stages: tuple[Stage, ...]
    held: bool | None
    permission: Permission


@dataclass(frozen=True)
class Kit:
    """All of it. `version` changes with any of it but `made_at`; `hosts`: what our own addresses begin with."""

    version: str
    made_at: datetime
    hosts: tuple[str, ...]
    site: KitSite
    lots: tuple[KitLot, ...]
    dead: dict[str, str]
    models: tuple[KitModel, ...]
    causes: tuple[KitCause, ...]
    points: tuple[KitPoint, ...]
    runs: tuple[KitRun, ...]
    orders: tuple[KitOrder, ...]
    containers: tuple[KitContainer, ...]
    steps: dict[str, KitStep]


_KIT: Shape[Kit] = Shape(Kit)
_STEPS = {step.value: KitStep(tuple(sorted(rule.stages)), rule.held, rule.permission) for step, rule in STEPS.items()}


@blueprint.get("/data")
@allow_device
def data() -> ResponseReturnValue:
    """The kit; nothing (304) where the device has this one already."""
    with reading() as session:
        kit = _make_kit(session, current_device())
    response = Response(_KIT.write(kit), mimetype="application/json")
    response.set_etag(kit.version)
    # Kept by the program itself, never by the browser; but it may ask whether there is a newer one.
    response.headers["Cache-Control"] = "no-store"
    return response.make_conditional(request)


def _make_kit(session: Session, device: DeviceOnFile) -> Kit:
    site = session.get_one(Site, device.site_id)
    territory = session.get_one(Territory, device.territory_id)
    lots = lots_at(session, site.id)
    kit = Kit(
        version="",
        made_at=datetime.min.replace(tzinfo=UTC),
        hosts=_hosts(),
        site=KitSite(
            code=site.code,
            name=site.name,
            territory=territory.code,
            idle_minutes=site.idle_minutes,
            rescan_seconds=site.rescan_seconds,
            late_days=site.late_days,
            max_age_days=site.max_age_days,
            relabeling_required=site.relabeling_required,
        ),
        lots=tuple(lots),
        dead=retired_codes(session, device.territory_id),
        models=_models(session, device.territory_id, {lot.model for lot in lots}),
        causes=_causes(session, site.id),
        points=_points(session, device.territory_id),
        runs=tuple(open_runs(session, site.id)),
        orders=tuple(orders_to_deliver(session, site.id)),
        containers=tuple(containers_of(session, device.territory_id)),
        steps=_STEPS,
    )
    digest = hashlib.sha256(_KIT.write(kit)).hexdigest()
    return replace(kit, version=digest[:16], made_at=datetime.now(UTC))


def _hosts() -> tuple[str, ...]:
    # Whole: an address may have a path before its letter and code.
    return tuple(dict.fromkeys((settings_of().public_url, settings_of().label_url)))


def _models(session: Session, territory_id: int, on_hand: set[str | None]) -> tuple[KitModel, ...]:
    """What is sorted into, in the tiles' own order; then what else stands here."""
    models = models_to_sort(session, territory_id)
    known = {model.code for model in models}
    others = session.scalars(select(BottleModel).where(BottleModel.code.in_(on_hand - known)).order_by(BottleModel.id))
    return tuple(
        KitModel(
            model.code,
            {"fr": model.name_fr, "en": model.name_en},
            model.code if model.code in _pictures()["drawn_bottles"] else _NO_PICTURE,
            model.bottles_per_crate or USUAL_CRATE,
            _listed(model.colors_fr),
            _listed(model.look_alikes),
            is_pool(model),
            model.height_mm,
        )
        for model in (*models, *others)
    )


def _causes(session: Session, site_id: int) -> tuple[KitCause, ...]:
    named_at: dict[str, list[Station]] = {}
    found = {}
    for station, names in _CAUSES_AT.items():
        for defect in defects(session, site_id, names):
            found[defect.code] = defect
            named_at.setdefault(defect.code, []).append(station)
    signs = _pictures()["defect_signs"]
    return tuple(
        KitCause(
            code,
            {"fr": defect.short_fr or defect.name_fr, "en": defect.name_en},
            signs.get(code, "other"),
            tuple(named_at[code]),
            needs_decision(defect),
        )
        for code, defect in sorted(found.items())
    )


def _points(session: Session, territory_id: int) -> tuple[KitPoint, ...]:
    points = session.scalars(
        select(CollectionPoint)
        .where(CollectionPoint.territory_id == territory_id)
        .order_by(CollectionPoint.town, CollectionPoint.name)
    )
    return tuple(KitPoint(point.code, point.name) for point in points)


@cache
def _pictures() -> MappingProxyType[str, Any]:
    """Which bottles are drawn, and the sign of each defect: what the kit's template of pictures says."""
    return MappingProxyType(vars(current_app.jinja_env.get_template("kit/pictures.html").module))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
