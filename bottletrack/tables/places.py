"""Territories, sites, and the places where bottles are, with what each place holds."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bottletrack.tables.base import Base, words
from bottletrack.vocabulary import InspectionLevel, PlaceKind


class Territory(Base):
    """A network of its own: everything else belongs to exactly one."""

    __tablename__ = "territory"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    #: Its data are made up; every page says so.
    demonstration: Mapped[bool] = mapped_column(default=False)


class Site(Base):
    """A wash centre, with the settings its rules read."""

    __tablename__ = "site"
    __table_args__ = (
        UniqueConstraint("territory_id", "code"),
        CheckConstraint("max_age_days >= 1", name="max_age"),
        CheckConstraint("max_passes >= 1", name="max_passes"),
        CheckConstraint("count_tolerance_bottles >= 0", name="tolerance_bottles"),
        CheckConstraint("count_tolerance_percent >= 0", name="tolerance_percent"),
        CheckConstraint("reading_interval_minutes >= 1", name="reading_interval"),
        CheckConstraint("label_release_minutes >= 1", name="label_release"),
        CheckConstraint("idle_minutes >= 1", name="idle"),
        CheckConstraint("rescan_seconds >= 0", name="rescan"),
        CheckConstraint("late_days >= 1", name="late"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    timezone: Mapped[str] = mapped_column(String(64), default="Europe/Paris")
    #: Released bottles must be packed under a new code before they are promised or delivered.
    relabeling_required: Mapped[bool] = mapped_column(default=True)
    #: Days from the wash or rinse after which a lot is too old to leave (S41: 30).
    max_age_days: Mapped[int] = mapped_column(default=30)
    #: Wash passages after which rework ends as cullet.
    max_passes: Mapped[int] = mapped_column(default=2)
    #: A count may differ by this much, or by that share, before a lead has to approve it.
    count_tolerance_bottles: Mapped[int] = mapped_column(default=10)
    count_tolerance_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(2))
    #: The last number given to an event here. Its row lock makes a site's writers take turns.
    last_sequence: Mapped[int] = mapped_column(default=0)
    #: Readings older than this do not let a run start.
    reading_interval_minutes: Mapped[int] = mapped_column(default=30)
    #: Of ISO 2859-1: S-1 to S-4, I, II or III; and percent defective for each class (S22). Critical defects: none.
    inspection_level: Mapped[InspectionLevel] = mapped_column(
        words(InspectionLevel, "inspection_level"), default=InspectionLevel.II
    )
    aql_major: Mapped[Decimal] = mapped_column(Numeric(6, 3), default=Decimal("0.65"))
    aql_minor: Mapped[Decimal] = mapped_column(Numeric(6, 3), default=Decimal("2.5"))
    #: Within so many minutes all labels of a trial must be off: the line's dwell time (S28: 15) less a margin.
    label_release_minutes: Mapped[int] = mapped_column(default=12)
    #: A shared device that nobody touches for so long asks who is there.
    idle_minutes: Mapped[int] = mapped_column(default=15)
    #: The same code at the same step counts once within this time, as a camera sees it many times.
    rescan_seconds: Mapped[int] = mapped_column(default=30)
    #: What a device brings later than this is not recorded before a lead has looked at it.
    late_days: Mapped[int] = mapped_column(default=3)


class Place(Base):
    """Anywhere a bottle can be, and what it holds: kept by triggers on movement and promise, never by the application.

    A promise is bottles still here that are spoken for (`promised`), and still to come there (`expected`), as a
    pending transfer is in a bank's ledger.
    """

    __tablename__ = "place"
    __table_args__ = (
        CheckConstraint("quantity >= 0 OR is_source", name="never_negative"),
        CheckConstraint("promised >= 0", name="promised_not_negative"),
        CheckConstraint("promised <= quantity OR promised = 0", name="promised_on_hand"),
        CheckConstraint("expected >= 0", name="expected_not_negative"),
        CheckConstraint("ceiling IS NULL OR quantity + expected <= ceiling", name="below_ceiling"),
        # A site has one cullet place, one broken place… but many lots, runs and order lines.
        Index(
            "uq_place_site_kind",
            "site_id",
            "kind",
            unique=True,
            sqlite_where=text("kind NOT IN ('collection_point', 'lot', 'wash_run', 'order_line', 'transit')"),
            postgresql_where=text("kind NOT IN ('collection_point', 'lot', 'wash_run', 'order_line', 'transit')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)
    kind: Mapped[PlaceKind] = mapped_column(words(PlaceKind, "kind"))
    is_source: Mapped[bool] = mapped_column(default=False)
    quantity: Mapped[int] = mapped_column(default=0)
    promised: Mapped[int] = mapped_column(default=0)
    expected: Mapped[int] = mapped_column(default=0)
    ceiling: Mapped[int | None] = mapped_column(default=None)


class CollectionPoint(Base):
    """Where emptied bottles are handed in. Its place is a source: bottles enter the network here."""

    __tablename__ = "collection_point"
    __table_args__ = (UniqueConstraint("territory_id", "code"),)

    id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    town: Mapped[str] = mapped_column(String(100))
    insee: Mapped[str] = mapped_column(String(5), default="")
    postcode: Mapped[str] = mapped_column(String(10), default="")
    latitude_degrees: Mapped[float | None]
    longitude_degrees: Mapped[float | None]
    type: Mapped[str] = mapped_column(String(40), default="")
    handed_in_by: Mapped[str] = mapped_column(String(100), default="")
    container: Mapped[str] = mapped_column(String(40), default="")
    capacity_bottles: Mapped[int | None]
    pickup: Mapped[str] = mapped_column(String(60), default="")
    deposit_cents: Mapped[int] = mapped_column(default=0)
    #: What in this row is made up; shown wherever it is.
    basis: Mapped[str] = mapped_column(String(300), default="")
