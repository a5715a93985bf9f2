"""The operator's station: devices and who sat at them, badges, scans that came late, and labels that are scanned back.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from bottletrack.migrations.altering import Change, alter, one_of, refuse_changes, triggers_aside, words_of

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

EVENT_KINDS_BEFORE = words_of(
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
EVENT_KINDS = words_of(
    "announced not_collected lot_voided collected count_adjusted sorted held_aside_decided presoak_started "
    "presoak_ended run_opened run_loaded readings_taken run_started line_stopped output_taken run_closed "
    "run_aborted inspection_started defects_counted tests_recorded samples_taken verdict_proposed lot_released "
    "lot_blocked lot_to_sort_again lot_scrapped inspections_resumed lot_downgraded age_expired age_waived "
    "lot_split lots_merged transfer_sent transfer_received handed_over handed_back label_registered trial_started "
    "trial_examined trial_rejected label_judged relabeled container_cleaned held hold_lifted stock_counted broken "
    "order_placed reserved unreserved order_cancelled delivered delivery_refused returned return_inspected "
    "recall_drilled recall_opened recall_recovered recall_consumed recall_closed hours_entered labels_printed "
    "label_stuck label_replaced labels_swapped setting_changed reversed"
)
#: Tables that this step brings.
NEW_TABLES = words_of("badge device late_scan sitting label_print retired_code")
KINDS = (one_of("kind", EVENT_KINDS_BEFORE), one_of("kind", EVENT_KINDS))
CHANGES = (
    Change("event", checks={"ck_event_kind": KINDS}),
    Change("movement", checks={"ck_movement_kind": KINDS}),
    Change("person", columns={"pin_hash": ("VARCHAR(200)", "NULL")}),
    Change(
        "site",
        columns={
            "idle_minutes": ("INTEGER NOT NULL", "15"),
            "rescan_seconds": ("INTEGER NOT NULL", "30"),
            "late_days": ("INTEGER NOT NULL", "3"),
        },
        constraints={
            "ck_site_idle": "CHECK (idle_minutes >= 1)",
            "ck_site_rescan": "CHECK (rescan_seconds >= 0)",
            "ck_site_late": "CHECK (late_days >= 1)",
        },
    ),
)


def upgrade() -> None:
    create_tables()
    with triggers_aside():
        for change in CHANGES:
            alter(change)
    refuse_changes("retired_code")


def downgrade() -> None:
    """Goes back only while no row needs the new words; otherwise the database refuses, and nothing is changed."""
    with triggers_aside():
        for change in reversed(CHANGES):
            alter(change, back=True)
    for table in reversed(NEW_TABLES):
        op.drop_table(table)


def create_tables() -> None:
    op.create_table(
        "badge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_badge_made_by_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_badge_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge")),
    )
    op.create_index(op.f("ix_badge_person_id"), "badge", ["person_id"], unique=False)
    op.create_table(
        "device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
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
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("set_up_by", sa.Integer(), nullable=False),
        sa.Column("set_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["set_up_by"], ["person.id"], name=op.f("fk_device_set_up_by_person")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_device_site_id_site")),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_device_territory_id_territory")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_device_key_hash")),
    )
    op.create_index(op.f("ix_device_site_id"), "device", ["site_id"], unique=False)
    op.create_table(
        "late_scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("verb", sa.String(length=60), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refusal", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "booked",
                "adjusted",
                "rejected",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_reason", sa.Text(), nullable=False),
        sa.Column("settled_event_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_late_scan_device_id_device")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_late_scan_person_id_person")),
        sa.ForeignKeyConstraint(["settled_by"], ["person.id"], name=op.f("fk_late_scan_settled_by_person")),
        sa.ForeignKeyConstraint(["settled_event_id"], ["event.id"], name=op.f("fk_late_scan_settled_event_id_event")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_late_scan_site_id_site")),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_late_scan_territory_id_territory")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_scan")),
        sa.UniqueConstraint("event_id", "fingerprint", name=op.f("uq_late_scan_event_id_fingerprint")),
    )
    op.create_index("ix_late_scan_site_state", "late_scan", ["site_id", "state"], unique=False)
    op.create_table(
        "sitting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "proof",
            sa.Enum(
                "password",
                "badge_and_pin",
                "badge_alone",
                name="proof",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_sitting_device_id_device")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sitting_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting")),
    )
    op.create_index("ix_sitting_device_id", "sitting", ["device_id"], unique=False)
    op.create_table(
        "label_print",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("stuck_by", sa.Uuid(), nullable=True),
        sa.Column("container_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["container_id"], ["container.id"], name=op.f("fk_label_print_container_id_container")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_label_print_event_id_event")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_label_print_lot_id_lot")),
        sa.ForeignKeyConstraint(["stuck_by"], ["event.id"], name=op.f("fk_label_print_stuck_by_event")),
        sa.PrimaryKeyConstraint("event_id", "lot_id", name=op.f("pk_label_print")),
    )
    op.create_index("ix_label_print_lot_id", "label_print", ["lot_id"], unique=False)
    op.create_table(
        "retired_code",
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("retired_by", sa.Uuid(), nullable=False),
        sa.Column(
            "remedy",
            sa.Enum("lost", "dirty", "swapped", name="remedy", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_retired_code_lot_id_lot")),
        sa.ForeignKeyConstraint(["retired_by"], ["event.id"], name=op.f("fk_retired_code_retired_by_event")),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_retired_code_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("territory_id", "code", name=op.f("pk_retired_code")),
    )
    op.create_index(op.f("ix_retired_code_lot_id"), "retired_code", ["lot_id"], unique=False)
