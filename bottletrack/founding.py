"""What must be there before the first bottle: the catalogue, a territory, its sites and collection points."""

import csv
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.errors import BadInput
from bottletrack.tables import (
    BottleModel,
    CollectionPoint,
    ContainerType,
    Defect,
    Measure,
    Place,
    Site,
    Territory,
    Washer,
    Winery,
)
from bottletrack.vocabulary import SITE_PLACES, DefectClass, MeasuredAt, PlaceKind

#: Reference data and the pilot year, as they ship with the package.
DATA = Path(__file__).parent / "data"


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of one of the package's own CSV files (UTF-8, comma)."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load_catalogue(session: Session) -> None:
    """Bring models and defects to what the reference data say; what is new is added, nothing is removed."""
    models = {model.code: model for model in session.scalars(select(BottleModel))}
    for row in read_rows(DATA / "bottle_models.csv"):
        model = models.get(row["code"]) or BottleModel(code=row["code"])
        model.name_fr = row["fr"]
        model.name_en = row["en"]
        model.category = row["category"]
        model.capacity_ml = _integer(row["capacity_ml"])
        model.height_mm = _integer(row["height_mm"])
        model.diameter_mm = _integer(row["diameter_mm"])
        model.glass_grams = _integer(row["weight_g"])
        model.min_glass_grams = _integer(row["weight_min_g_for_reuse"])
        model.colors_fr = row["colours_fr"]
        model.washable = row["washable"]
        model.wash_note = row["wash_note"]
        model.look_alikes = row["look_alikes"]
        model.pressure_bottle = row["pressure_bottle"] == "yes"
        model.fits_washer = {"yes": True, "no": False}.get(row["fits_308x90_washer"])
        model.bottles_per_layer = _integer(row["hex_layer_max_1000x1200"])
        # "6 or 12": crates of twelve are the usual ones.
        model.bottles_per_crate = _integer(row["crate_usual"].split(" or ")[-1])
        model.sources = row["sources"]
        model.dimensions_confidence = row["dim_confidence"]
        model.weight_confidence = row["weight_confidence"]
        session.add(model)
    defects = {defect.code: defect for defect in session.scalars(select(Defect))}
    for row in read_rows(DATA / "defects.csv"):
        defect = defects.get(row["code"]) or Defect(code=row["code"])
        defect.name_fr = row["fr"]
        defect.name_en = row["en"]
        defect.short_fr = row["fr_simple"]
        defect.defect_class = DefectClass(row["class"])
        defect.stations = row["stage"]
        defect.disposition = row["default_disposition"]
        defect.rewash_allowed = row["rewash_allowed"]
        defect.inspection = row["inspection"]
        defect.source = row["source"]
        defect.confidence = row["confidence"]
        session.add(defect)
    session.flush()
    for site_id in session.scalars(select(Site.id)):
        equip_site(session, site_id)


def add_territory(session: Session, *, code: str, name: str, demonstration: bool = False) -> int:
    """A new network. Raises BadInput when the code is taken or empty."""
    code = _checked_code(code)
    if session.scalar(select(Territory.id).where(Territory.code == code)) is not None:
        raise BadInput("There is a territory %(code)s already.", "Choose another code.", field="code", code=code)
    territory = Territory(code=code, name=name, demonstration=demonstration)
    session.add(territory)
    session.flush()
    return territory.id


def add_site(
    session: Session,
    territory_id: int,
    *,
    code: str,
    name: str,
    timezone: str = "Europe/Paris",
    relabeling_required: bool = True,
    own_measures: Iterable[Mapping[str, str]] = (),
) -> int:
    """A wash centre, with its cullet, broken, sampled… places, and what it works with (see `equip_site`).

    Raises BadInput when the code is taken or empty.
    """
    code = _checked_code(code)
    if session.scalar(select(Site.id).where(Site.territory_id == territory_id, Site.code == code)) is not None:
        raise BadInput("There is a site %(code)s already.", "Choose another code.", field="code", code=code)
    site = Site(
        territory_id=territory_id,
        code=code,
        name=name,
        timezone=timezone,
        relabeling_required=relabeling_required,
    )
    session.add(site)
    session.flush()
    session.add_all(
        Place(territory_id=territory_id, site_id=site.id, kind=kind, is_source=kind.is_source) for kind in SITE_PLACES
    )
    session.flush()
    equip_site(session, site.id, own_measures)
    return site.id


def equip_site(session: Session, site_id: int, own_measures: Iterable[Mapping[str, str]] = ()) -> None:
    """What a site works with, from the reference data: a washer, measures with limits, container types.

    `own_measures`: rows in the form of the reference data, which come before them. What the site has is left as it
    is: its people may have changed it.
    """
    if session.scalar(select(Washer.id).where(Washer.site_id == site_id).limit(1)) is None:
        session.add(Washer(site_id=site_id, code="L1", name="L1"))
    known = {
        (measure.measured_at, measure.code)
        for measure in session.scalars(select(Measure).where(Measure.site_id == site_id))
    }
    for position, row in enumerate([*own_measures, *read_rows(DATA / "measures.csv")]):
        for measured_at in map(MeasuredAt, row["measured_at"].split(";")):
            if (measured_at, row["code"]) in known:
                continue
            known.add((measured_at, row["code"]))
            session.add(
                Measure(
                    site_id=site_id,
                    measured_at=measured_at,
                    code=row["code"],
                    name_fr=row["fr"],
                    name_en=row["en"],
                    unit=row["unit"],
                    low=_exact(row["low"]),
                    target=_exact(row["target"]),
                    high=_exact(row["high"]),
                    required=row["required"] == "yes",
                    bottles=_integer(row["bottles"]),
                    defect_code=row["defect_code"] or None,
                    position=position,
                    source=row["source"],
                )
            )
    containers = set(session.scalars(select(ContainerType.code).where(ContainerType.site_id == site_id)))
    for row in read_rows(DATA / "container_types.csv"):
        if row["code"] not in containers:
            session.add(
                ContainerType(
                    site_id=site_id,
                    code=row["code"],
                    name_fr=row["fr"],
                    name_en=row["en"],
                    capacity_bottles=int(row["capacity_bottles"]),
                    in_use=True,
                    source=row["source"],
                )
            )
    session.flush()


def add_collection_points(session: Session, territory_id: int, rows: Iterable[Mapping[str, str]]) -> int:
    """Collection points from rows in the form of the reference data; returns how many are new.

    Points whose code is known are left as they are. Raises BadInput for a row without a code or a name.
    """
    known = set(session.scalars(select(CollectionPoint.code).where(CollectionPoint.territory_id == territory_id)))
    added = 0
    for row in rows:
        code, name = row.get("code", "").strip(), row.get("name", "").strip()
        if not code or not name:
            raise BadInput(
                "A collection point has no code or no name.",
                "Give each row of the file a code and a name.",
                field="code",
            )
        if code in known:
            continue
        place = Place(territory_id=territory_id, kind=PlaceKind.COLLECTION_POINT, is_source=True)
        session.add(place)
        session.flush()
        session.add(
            CollectionPoint(
                id=place.id,
                territory_id=territory_id,
                code=code,
                name=name,
                town=row.get("town", ""),
                insee=row.get("insee", ""),
                postcode=row.get("postcode", ""),
                latitude_degrees=_decimal(row.get("lat", "")),
                longitude_degrees=_decimal(row.get("lon", "")),
                type=row.get("type", ""),
                handed_in_by=row.get("who_hands_in", ""),
                container=row.get("container", ""),
                capacity_bottles=_integer(row.get("capacity_bottles", "")),
                pickup=row.get("pickup", ""),
                deposit_cents=_integer(row.get("deposit_cents", "")) or 0,
                basis=row.get("illustrative", ""),
            )
        )
        known.add(code)
        added += 1
    session.flush()
    return added


def add_winery(session: Session, territory_id: int, *, code: str, name: str) -> int:
    """A winemaker's house. Raises BadInput when the code is taken or empty."""
    code = _checked_code(code)
    if session.scalar(select(Winery.id).where(Winery.territory_id == territory_id, Winery.code == code)) is not None:
        raise BadInput("There is a winery %(code)s already.", "Choose another code.", field="code", code=code)
    winery = Winery(territory_id=territory_id, code=code, name=name)
    session.add(winery)
    session.flush()
    return winery.id


def _checked_code(code: str) -> str:
    code = code.strip().upper()
    if not 1 <= len(code) <= 20:
        raise BadInput("A code has 1 to 20 characters.", "Choose a short code.", field="code")
    return code


def _integer(text: str) -> int | None:
    return int(text) if text.strip() else None


def _decimal(text: str) -> float | None:
    return float(text) if text.strip() else None


def _exact(text: str) -> Decimal | None:
    return Decimal(text) if text.strip() else None
