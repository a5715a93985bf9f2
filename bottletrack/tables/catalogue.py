"""What the network knows beforehand: models and defects, from reference data, for all territories."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bottletrack.tables.base import Base, words
from bottletrack.vocabulary import DefectClass


class BottleModel(Base):
    """A bottle shape. Figures are None where no source gives them."""

    __tablename__ = "bottle_model"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name_fr: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    category: Mapped[str] = mapped_column(String(20))
    capacity_ml: Mapped[int | None]
    height_mm: Mapped[int | None]
    diameter_mm: Mapped[int | None]
    glass_grams: Mapped[int | None]
    #: Below this weight the glass is too light to be reused.
    min_glass_grams: Mapped[int | None]
    #: French names separated by semicolons, as sources have them.
    colors_fr: Mapped[str] = mapped_column(String(100))
    #: yes, conditional or no.
    washable: Mapped[str] = mapped_column(String(20))
    wash_note: Mapped[str] = mapped_column(Text)
    #: Codes of models it is mistaken for, separated by semicolons.
    look_alikes: Mapped[str] = mapped_column(String(100))
    pressure_bottle: Mapped[bool]
    fits_washer: Mapped[bool | None]
    bottles_per_layer: Mapped[int | None]
    bottles_per_crate: Mapped[int | None]
    sources: Mapped[str] = mapped_column(String(100))
    dimensions_confidence: Mapped[str] = mapped_column(String(20))
    weight_confidence: Mapped[str] = mapped_column(String(20))


class Defect(Base):
    """Why a bottle is refused, or taken with a remark."""

    __tablename__ = "defect"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name_fr: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    #: Two or three plain words for the operator's tile.
    short_fr: Mapped[str] = mapped_column(String(60))
    defect_class: Mapped[DefectClass] = mapped_column(words(DefectClass, "defect_class"))
    #: Stations that may name it, separated by semicolons, in the reference data's own words.
    stations: Mapped[str] = mapped_column(String(100))
    disposition: Mapped[str] = mapped_column(String(60))
    rewash_allowed: Mapped[str] = mapped_column(String(20))
    inspection: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(40))
    confidence: Mapped[str] = mapped_column(String(20))
