"""The depth of the plant: announcements, transfers, readings, inspections, recalls, label trials, hours, containers.

New tables, and new words and columns in the first ones.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from bottletrack.migrations.altering import Change, alter, one_of, refuse_changes, triggers_aside, words_of

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


EVENT_KINDS_BEFORE = words_of(
    "collected count_adjusted sorted held_aside_decided run_opened run_loaded run_closed inspection_started "
    "samples_taken lot_released lot_blocked lot_scrapped age_expired lot_split trial_started relabeled held "
    "hold_lifted stock_counted broken order_placed reserved unreserved order_cancelled delivered returned "
    "recall_drilled reversed"
)
EVENT_KINDS = words_of(
    "announced not_collected lot_voided collected count_adjusted sorted held_aside_decided presoak_started "
    "presoak_ended run_opened run_loaded readings_taken run_started line_stopped output_taken run_closed "
    "run_aborted inspection_started defects_counted tests_recorded samples_taken verdict_proposed lot_released "
    "lot_blocked lot_to_sort_again lot_scrapped inspections_resumed lot_downgraded age_expired age_waived "
    "lot_split lots_merged transfer_sent transfer_received handed_over handed_back label_registered trial_started "
    "trial_examined trial_rejected label_judged relabeled container_cleaned held hold_lifted stock_counted broken "
    "order_placed reserved unreserved order_cancelled delivered delivery_refused returned return_inspected "
    "recall_drilled recall_opened recall_recovered recall_consumed recall_closed hours_entered setting_changed "
    "reversed"
)
PLACE_KINDS_BEFORE = words_of(
    "collection_point count_over lot wash_run order_line cullet broken sampled count_short transferred"
)
PLACE_KINDS = words_of(
    "collection_point count_over lot wash_run order_line cullet broken sampled count_short transferred transit"
)
STAGES_BEFORE = words_of(
    "received sorted washed in_quality_control released relabeled rework blocked expired trial returned"
)
STAGES = words_of(
    "expected received sorted presoaking washed in_quality_control released relabeled rework blocked expired "
    "trial returned voided"
)
LEVELS = ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")
MODEL_KNOWN_BEFORE = "stage = 'received' OR model_id IS NOT NULL"
MODEL_KNOWN = "stage IN ('expected', 'received', 'voided') OR model_id IS NOT NULL"

#: What is written once and never changed or deleted.
APPEND_ONLY = words_of("measurement defect_count recall_tally trial_result label_remains work_hours container_use")
#: Tables that this step brings, in an order in which each may name those before it.
NEW_TABLES = words_of(
    "container container_type measure site_defect washer label_variant recall_case work_hours container_use "
    "inspection label_remains label_trial recall_place transit defect_count inspection_plan measurement "
    "recall_tally trial_result"
)


def _to_event(table: str, column: str) -> dict[str, str]:
    return {f"fk_{table}_{column}_event": f"FOREIGN KEY({column}) REFERENCES event (id)"}


KINDS = (one_of("kind", EVENT_KINDS_BEFORE), one_of("kind", EVENT_KINDS))
STAGE_WORDS = (one_of("stage", STAGES_BEFORE), one_of("stage", STAGES))
CHANGES = (
    Change("event", checks={"ck_event_kind": KINDS}),
    Change("movement", checks={"ck_movement_kind": KINDS}),
    Change("place", checks={"ck_place_kind": (one_of("kind", PLACE_KINDS_BEFORE), one_of("kind", PLACE_KINDS))}),
    Change(
        "lot",
        checks={"ck_lot_stage": STAGE_WORDS, "ck_lot_model_known_from_sorting": (MODEL_KNOWN_BEFORE, MODEL_KNOWN)},
        columns={"waived_until": ("DATE", "NULL")},
    ),
    Change("lot_state", checks={"ck_lot_state_stage": STAGE_WORDS}),
    Change(
        "wash_run",
        columns={
            "washer_id": ("INTEGER", "NULL"),
            "started_by": ("{uuid}", "NULL"),
            "held_by": ("{uuid}", "NULL"),
        },
        constraints={
            "fk_wash_run_washer_id_washer": "FOREIGN KEY(washer_id) REFERENCES washer (id)",
            **_to_event("wash_run", "started_by"),
            **_to_event("wash_run", "held_by"),
        },
    ),
    Change(
        "site",
        columns={
            "reading_interval_minutes": ("INTEGER NOT NULL", "30"),
            "inspection_level": ("VARCHAR(32) NOT NULL", "'II'"),
            "aql_major": ("NUMERIC(6, 3) NOT NULL", "0.65"),
            "aql_minor": ("NUMERIC(6, 3) NOT NULL", "2.5"),
            "label_release_minutes": ("INTEGER NOT NULL", "12"),
        },
        constraints={
            "ck_site_inspection_level": f"CHECK ({one_of('inspection_level', LEVELS)})",
            "ck_site_label_release": "CHECK (label_release_minutes >= 1)",
            "ck_site_reading_interval": "CHECK (reading_interval_minutes >= 1)",
        },
    ),
)


def upgrade() -> None:
    create_tables()
    with triggers_aside():
        for change in CHANGES:
            alter(change)
    one_per_site("'collection_point', 'lot', 'wash_run', 'order_line', 'transit'")
    for table in APPEND_ONLY:
        refuse_changes(table)


def downgrade() -> None:
    """Goes back only while no row needs the new words; otherwise the database refuses, and nothing is changed."""
    with triggers_aside():
        for change in reversed(CHANGES):
            alter(change, back=True)
    one_per_site("'collection_point', 'lot', 'wash_run', 'order_line'")
    for table in reversed(NEW_TABLES):
        op.drop_table(table)


def one_per_site(many: str) -> None:
    """A site has one place of each kind, save of those kinds of which it has many."""
    op.drop_index("uq_place_site_kind", table_name="place")
    where = sa.text(f"kind NOT IN ({many})")
    op.create_index(
        "uq_place_site_kind",
        "place",
        ["site_id", "kind"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


def create_tables() -> None:
    op.create_table(
        "container",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("clean", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_container_territory_id_territory")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_container")),
        sa.UniqueConstraint("territory_id", "code", name=op.f("uq_container_territory_id_code")),
    )
    op.create_table(
        "container_type",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name_fr", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("capacity_bottles", sa.Integer(), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.CheckConstraint("capacity_bottles >= 1", name=op.f("ck_container_type_capacity")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_container_type_site_id_site")),
        sa.PrimaryKeyConstraint("site_id", "code", name=op.f("pk_container_type")),
    )
    op.create_table(
        "measure",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column(
            "measured_at",
            sa.Enum(
                "wash", "rinse", "quality", name="measured_at", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_fr", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("low", sa.Numeric(precision=12, scale=4), nullable=True),
        sa.Column("target", sa.Numeric(precision=12, scale=4), nullable=True),
        sa.Column("high", sa.Numeric(precision=12, scale=4), nullable=True),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("bottles", sa.Integer(), nullable=True),
        sa.Column("defect_code", sa.String(length=20), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.CheckConstraint("low IS NULL OR high IS NULL OR low <= high", name=op.f("ck_measure_low_to_high")),
        sa.ForeignKeyConstraint(["defect_code"], ["defect.code"], name=op.f("fk_measure_defect_code_defect")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_measure_site_id_site")),
        sa.PrimaryKeyConstraint("site_id", "measured_at", "code", name=op.f("pk_measure")),
    )
    op.create_table(
        "site_defect",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("defect_code", sa.String(length=20), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column(
            "defect_class",
            sa.Enum(
                "critical", "major", "minor", name="defect_class", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["defect_code"], ["defect.code"], name=op.f("fk_site_defect_defect_code_defect")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_defect_site_id_site")),
        sa.PrimaryKeyConstraint("site_id", "defect_code", name=op.f("pk_site_defect")),
    )
    op.create_table(
        "washer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("below_height_mm", sa.Integer(), nullable=False),
        sa.Column("max_diameter_mm", sa.Integer(), nullable=False),
        sa.CheckConstraint("below_height_mm >= 1", name=op.f("ck_washer_height")),
        sa.CheckConstraint("max_diameter_mm >= 1", name=op.f("ck_washer_diameter")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_washer_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_washer")),
        sa.UniqueConstraint("site_id", "code", name=op.f("uq_washer_site_id_code")),
    )
    op.create_table(
        "label_variant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("winery_id", sa.Integer(), nullable=True),
        sa.Column("paper", sa.String(length=100), nullable=False),
        sa.Column("glue", sa.String(length=100), nullable=False),
        sa.Column("ink_coverage_percent", sa.Integer(), nullable=False),
        sa.Column("varnish", sa.Boolean(), nullable=False),
        sa.Column("foil", sa.Boolean(), nullable=False),
        sa.Column("printer", sa.String(length=100), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=False),
        sa.Column("judged_by", sa.Uuid(), nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.CheckConstraint("ink_coverage_percent BETWEEN 0 AND 100", name=op.f("ck_label_variant_ink_coverage")),
        sa.ForeignKeyConstraint(["judged_by"], ["event.id"], name=op.f("fk_label_variant_judged_by_event")),
        sa.ForeignKeyConstraint(["registered_by"], ["event.id"], name=op.f("fk_label_variant_registered_by_event")),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_label_variant_territory_id_territory")
        ),
        sa.ForeignKeyConstraint(["winery_id"], ["winery.id"], name=op.f("fk_label_variant_winery_id_winery")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_variant")),
        sa.UniqueConstraint("territory_id", "code", name=op.f("uq_label_variant_territory_id_code")),
    )
    op.create_table(
        "recall_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("start", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["closed_by"], ["event.id"], name=op.f("fk_recall_case_closed_by_event")),
        sa.ForeignKeyConstraint(["opened_by"], ["event.id"], name=op.f("fk_recall_case_opened_by_event")),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_recall_case_territory_id_territory")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_case")),
        sa.UniqueConstraint("territory_id", "code", name=op.f("uq_recall_case_territory_id_code")),
    )
    op.create_table(
        "work_hours",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "station",
            sa.Enum(
                "collection",
                "sorting",
                "washing",
                "quality",
                "relabeling",
                "dispatch",
                "other",
                name="station",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("hours", sa.Numeric(precision=7, scale=2), nullable=False),
        sa.Column("insertion_hours", sa.Numeric(precision=7, scale=2), nullable=False),
        sa.CheckConstraint(
            "hours >= 0 AND insertion_hours >= 0 AND insertion_hours <= hours",
            name=op.f("ck_work_hours_insertion_within"),
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_work_hours_event_id_event")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_work_hours_site_id_site")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_work_hours")),
    )
    op.create_index("ix_work_hours_site_day", "work_hours", ["site_id", "day"], unique=False)
    op.create_table(
        "container_use",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("container_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=True),
        sa.Column("clean", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["container_id"], ["container.id"], name=op.f("fk_container_use_container_id_container")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_container_use_event_id_event")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_container_use_lot_id_lot")),
        sa.PrimaryKeyConstraint("event_id", "container_id", name=op.f("pk_container_use")),
    )
    op.create_index("ix_container_use_container_id", "container_use", ["container_id"], unique=False)
    op.create_table(
        "inspection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "S-1",
                "S-2",
                "S-3",
                "S-4",
                "I",
                "II",
                "III",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "severity",
            sa.Enum(
                "normal",
                "tightened",
                "discontinued",
                name="severity",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("lot_size", sa.Integer(), nullable=False),
        sa.Column("first_time", sa.Boolean(), nullable=False),
        sa.Column("verdict_only", sa.Boolean(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "accept_a",
                "accept_b",
                "rewash",
                "sort_100",
                "scrap",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("judged_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("lot_size >= 1", name=op.f("ck_inspection_lot_size")),
        sa.ForeignKeyConstraint(["id"], ["event.id"], name=op.f("fk_inspection_id_event")),
        sa.ForeignKeyConstraint(["judged_by"], ["event.id"], name=op.f("fk_inspection_judged_by_event")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_inspection_lot_id_lot")),
        sa.ForeignKeyConstraint(["proposed_by"], ["event.id"], name=op.f("fk_inspection_proposed_by_event")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_inspection_site_id_site")),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_inspection_territory_id_territory")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
    )
    op.create_index("ix_inspection_lot_id", "inspection", ["lot_id"], unique=False)
    op.create_index("ix_inspection_site_id", "inspection", ["site_id"], unique=False)
    op.create_table(
        "label_remains",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("wash_run_id", sa.Integer(), nullable=False),
        sa.Column("winery_id", sa.Integer(), nullable=True),
        sa.Column("variant_id", sa.Integer(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_label_remains_quantity")),
        sa.CheckConstraint(
            "winery_id IS NOT NULL OR variant_id IS NOT NULL", name=op.f("ck_label_remains_from_somebody")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_label_remains_event_id_event")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["label_variant.id"], name=op.f("fk_label_remains_variant_id_label_variant")
        ),
        sa.ForeignKeyConstraint(["wash_run_id"], ["wash_run.id"], name=op.f("fk_label_remains_wash_run_id_wash_run")),
        sa.ForeignKeyConstraint(["winery_id"], ["winery.id"], name=op.f("fk_label_remains_winery_id_winery")),
        sa.PrimaryKeyConstraint("event_id", "position", name=op.f("pk_label_remains")),
    )
    op.create_index(op.f("ix_label_remains_variant_id"), "label_remains", ["variant_id"], unique=False)
    op.create_index(op.f("ix_label_remains_winery_id"), "label_remains", ["winery_id"], unique=False)
    op.create_table(
        "label_trial",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("bottles", sa.Integer(), nullable=False),
        sa.Column("storage", sa.Text(), nullable=False),
        sa.Column("bath_naoh_percent", sa.Numeric(precision=6, scale=3), nullable=False),
        sa.Column("bath_temperature_celsius", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.CheckConstraint("bottles >= 1", name=op.f("ck_label_trial_bottles")),
        sa.ForeignKeyConstraint(["id"], ["event.id"], name=op.f("fk_label_trial_id_event")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_label_trial_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["label_variant.id"], name=op.f("fk_label_trial_variant_id_label_variant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_trial")),
    )
    op.create_index("ix_label_trial_variant_id", "label_trial", ["variant_id"], unique=False)
    op.create_table(
        "recall_place",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("high", sa.Integer(), nullable=False),
        sa.CheckConstraint("low >= 0 AND low <= high", name=op.f("ck_recall_place_bounds")),
        sa.ForeignKeyConstraint(["case_id"], ["recall_case.id"], name=op.f("fk_recall_place_case_id_recall_case")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_recall_place_place_id_place")),
        sa.PrimaryKeyConstraint("case_id", "place_id", name=op.f("pk_recall_place")),
    )
    op.create_index("ix_recall_place_place_id", "recall_place", ["place_id"], unique=False)
    op.create_table(
        "transit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("to_site_id", sa.Integer(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=False),
        sa.Column("received_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["place.id"], name=op.f("fk_transit_id_place")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_transit_lot_id_lot")),
        sa.ForeignKeyConstraint(["received_by"], ["event.id"], name=op.f("fk_transit_received_by_event")),
        sa.ForeignKeyConstraint(["sent_by"], ["event.id"], name=op.f("fk_transit_sent_by_event")),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_transit_territory_id_territory")),
        sa.ForeignKeyConstraint(["to_site_id"], ["site.id"], name=op.f("fk_transit_to_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transit")),
    )
    op.create_table(
        "defect_count",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("defect_code", sa.String(length=20), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column(
            "defect_class",
            sa.Enum(
                "critical", "major", "minor", name="defect_class", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_defect_count_quantity")),
        sa.ForeignKeyConstraint(["defect_code"], ["defect.code"], name=op.f("fk_defect_count_defect_code_defect")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_defect_count_event_id_event")),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_defect_count_inspection_id_inspection")
        ),
        sa.PrimaryKeyConstraint("event_id", "defect_code", name=op.f("pk_defect_count")),
    )
    op.create_index("ix_defect_count_inspection_id", "defect_count", ["inspection_id"], unique=False)
    op.create_table(
        "inspection_plan",
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column(
            "defect_class",
            sa.Enum(
                "critical", "major", "minor", name="defect_class", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("aql_percent", sa.Numeric(precision=6, scale=3), nullable=True),
        sa.Column("code_letter", sa.String(length=1), nullable=False),
        sa.Column("sample_size", sa.Integer(), nullable=False),
        sa.Column("accept", sa.Integer(), nullable=False),
        sa.Column("reject", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_inspection_plan_inspection_id_inspection")
        ),
        sa.PrimaryKeyConstraint("inspection_id", "defect_class", name=op.f("pk_inspection_plan")),
    )
    op.create_table(
        "measurement",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("wash_run_id", sa.Integer(), nullable=True),
        sa.Column("inspection_id", sa.Uuid(), nullable=True),
        sa.Column("value", sa.Numeric(precision=12, scale=4), nullable=False),
        sa.Column("first_typed", sa.Numeric(precision=12, scale=4), nullable=True),
        sa.Column("low", sa.Numeric(precision=12, scale=4), nullable=True),
        sa.Column("high", sa.Numeric(precision=12, scale=4), nullable=True),
        sa.Column("inside", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(wash_run_id IS NULL) <> (inspection_id IS NULL)", name=op.f("ck_measurement_run_or_inspection")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_measurement_event_id_event")),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_measurement_inspection_id_inspection")
        ),
        sa.ForeignKeyConstraint(["wash_run_id"], ["wash_run.id"], name=op.f("fk_measurement_wash_run_id_wash_run")),
        sa.PrimaryKeyConstraint("event_id", "code", name=op.f("pk_measurement")),
    )
    op.create_index("ix_measurement_code", "measurement", ["code"], unique=False)
    op.create_index("ix_measurement_inspection_id", "measurement", ["inspection_id"], unique=False)
    op.create_index("ix_measurement_wash_run_id", "measurement", ["wash_run_id"], unique=False)
    op.create_table(
        "recall_tally",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=False),
        sa.Column("recovered", sa.Integer(), nullable=False),
        sa.Column("consumed", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "recovered >= 0 AND consumed >= 0 AND recovered + consumed >= 1", name=op.f("ck_recall_tally_quantity")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["recall_case.id"], name=op.f("fk_recall_tally_case_id_recall_case")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_recall_tally_event_id_event")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_recall_tally_order_line_id_order_line")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_recall_tally")),
    )
    op.create_index("ix_recall_tally_case_id", "recall_tally", ["case_id"], unique=False)
    op.create_table(
        "trial_result",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("trial_id", sa.Uuid(), nullable=False),
        sa.Column("examiner_id", sa.Integer(), nullable=False),
        sa.Column("minutes_90", sa.Numeric(precision=6, scale=1), nullable=False),
        sa.Column("minutes_100", sa.Numeric(precision=6, scale=1), nullable=True),
        sa.Column("pulp", sa.Boolean(), nullable=False),
        sa.Column("residue", sa.Integer(), nullable=False),
        sa.Column("ink_bleed", sa.Boolean(), nullable=False),
        sa.Column("holds_in_ice_water", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "minutes_90 >= 0 AND (minutes_100 IS NULL OR minutes_100 >= minutes_90)",
            name=op.f("ck_trial_result_minutes"),
        ),
        sa.CheckConstraint("residue BETWEEN 0 AND 3", name=op.f("ck_trial_result_residue")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_trial_result_event_id_event")),
        sa.ForeignKeyConstraint(["examiner_id"], ["person.id"], name=op.f("fk_trial_result_examiner_id_person")),
        sa.ForeignKeyConstraint(["trial_id"], ["label_trial.id"], name=op.f("fk_trial_result_trial_id_label_trial")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_trial_result")),
    )
    op.create_index("ix_trial_result_trial_id", "trial_result", ["trial_id"], unique=False)
