"""First tables, and the triggers that keep balances and refuse to rewrite history.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


APPEND_ONLY = ("event", "movement", "promise", "lot_state")

#: Movements keep what a place holds, promises what is spoken for; CHECKs on place refuse what cannot be.
SQLITE_BALANCES = (
    """
    CREATE TRIGGER movement_moves_bottles AFTER INSERT ON movement
    BEGIN
        UPDATE place SET quantity = quantity - NEW.quantity WHERE id = NEW.from_place_id;
        UPDATE place SET quantity = quantity + NEW.quantity WHERE id = NEW.to_place_id;
    END
    """,
    """
    CREATE TRIGGER promise_speaks_for_bottles AFTER INSERT ON promise
    BEGIN
        UPDATE place SET promised = promised + NEW.quantity WHERE id = NEW.lot_id;
        UPDATE place SET expected = expected + NEW.quantity WHERE id = NEW.order_line_id;
    END
    """,
)

POSTGRESQL_BALANCES = (
    """
    CREATE FUNCTION movement_moves_bottles() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE place SET quantity = quantity - NEW.quantity WHERE id = NEW.from_place_id;
        UPDATE place SET quantity = quantity + NEW.quantity WHERE id = NEW.to_place_id;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER movement_moves_bottles AFTER INSERT ON movement
    FOR EACH ROW EXECUTE FUNCTION movement_moves_bottles()
    """,
    """
    CREATE FUNCTION promise_speaks_for_bottles() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE place SET promised = promised + NEW.quantity WHERE id = NEW.lot_id;
        UPDATE place SET expected = expected + NEW.quantity WHERE id = NEW.order_line_id;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER promise_speaks_for_bottles AFTER INSERT ON promise
    FOR EACH ROW EXECUTE FUNCTION promise_speaks_for_bottles()
    """,
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only: write a reversal instead', TG_TABLE_NAME;
    END $$
    """,
)


def create_triggers() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_BALANCES if sqlite else POSTGRESQL_BALANCES:
        op.execute(statement)
    for table in APPEND_ONLY:
        if sqlite:
            for action in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_refuses_{action.lower()} BEFORE {action} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: write a reversal instead'); END"
                )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def drop_triggers() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return  # They go with their tables.
    for function in ("movement_moves_bottles", "promise_speaks_for_bottles", "refuse_change"):
        op.execute(f"DROP FUNCTION {function}() CASCADE")


def upgrade() -> None:
    op.create_table(
        "bottle_model",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name_fr", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("capacity_ml", sa.Integer(), nullable=True),
        sa.Column("height_mm", sa.Integer(), nullable=True),
        sa.Column("diameter_mm", sa.Integer(), nullable=True),
        sa.Column("glass_grams", sa.Integer(), nullable=True),
        sa.Column("min_glass_grams", sa.Integer(), nullable=True),
        sa.Column("colors_fr", sa.String(length=100), nullable=False),
        sa.Column("washable", sa.String(length=20), nullable=False),
        sa.Column("wash_note", sa.Text(), nullable=False),
        sa.Column("look_alikes", sa.String(length=100), nullable=False),
        sa.Column("pressure_bottle", sa.Boolean(), nullable=False),
        sa.Column("fits_washer", sa.Boolean(), nullable=True),
        sa.Column("bottles_per_layer", sa.Integer(), nullable=True),
        sa.Column("bottles_per_crate", sa.Integer(), nullable=True),
        sa.Column("sources", sa.String(length=100), nullable=False),
        sa.Column("dimensions_confidence", sa.String(length=20), nullable=False),
        sa.Column("weight_confidence", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bottle_model")),
        sa.UniqueConstraint("code", name=op.f("uq_bottle_model_code")),
    )
    op.create_table(
        "defect",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name_fr", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("short_fr", sa.String(length=60), nullable=False),
        sa.Column(
            "defect_class",
            sa.Enum(
                "critical",
                "major",
                "minor",
                name="defect_class",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("stations", sa.String(length=100), nullable=False),
        sa.Column("disposition", sa.String(length=60), nullable=False),
        sa.Column("rewash_allowed", sa.String(length=20), nullable=False),
        sa.Column("inspection", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("confidence", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_defect")),
    )
    op.create_table(
        "territory",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_territory")),
        sa.UniqueConstraint("code", name=op.f("uq_territory_code")),
    )
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("relabeling_required", sa.Boolean(), nullable=False),
        sa.Column("max_age_days", sa.Integer(), nullable=False),
        sa.Column("max_passes", sa.Integer(), nullable=False),
        sa.Column("count_tolerance_bottles", sa.Integer(), nullable=False),
        sa.Column("count_tolerance_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.CheckConstraint("count_tolerance_bottles >= 0", name=op.f("ck_site_tolerance_bottles")),
        sa.CheckConstraint("count_tolerance_percent >= 0", name=op.f("ck_site_tolerance_percent")),
        sa.CheckConstraint("max_age_days >= 1", name=op.f("ck_site_max_age")),
        sa.CheckConstraint("max_passes >= 1", name=op.f("ck_site_max_passes")),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_site_territory_id_territory")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("territory_id", "code", name=op.f("uq_site_territory_id_code")),
    )
    op.create_table(
        "winery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_winery_territory_id_territory")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_winery")),
        sa.UniqueConstraint("territory_id", "code", name=op.f("uq_winery_territory_id_code")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("winery_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("failed_sign_ins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_person_site_id_site")),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_person_territory_id_territory")),
        sa.ForeignKeyConstraint(["winery_id"], ["winery.id"], name=op.f("fk_person_winery_id_winery")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "collection_point",
                "count_over",
                "lot",
                "wash_run",
                "order_line",
                "cullet",
                "broken",
                "sampled",
                "count_short",
                "transferred",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_source", sa.Boolean(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("promised", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("ceiling", sa.Integer(), nullable=True),
        sa.CheckConstraint("ceiling IS NULL OR quantity + expected <= ceiling", name=op.f("ck_place_below_ceiling")),
        sa.CheckConstraint("expected >= 0", name=op.f("ck_place_expected_not_negative")),
        sa.CheckConstraint("promised <= quantity OR promised = 0", name=op.f("ck_place_promised_on_hand")),
        sa.CheckConstraint("promised >= 0", name=op.f("ck_place_promised_not_negative")),
        sa.CheckConstraint("quantity >= 0 OR is_source", name=op.f("ck_place_never_negative")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_place_site_id_site")),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_place_territory_id_territory")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
    )
    op.create_index(op.f("ix_place_site_id"), "place", ["site_id"], unique=False)
    op.create_index(op.f("ix_place_territory_id"), "place", ["territory_id"], unique=False)
    op.create_index(
        "uq_place_site_kind",
        "place",
        ["site_id", "kind"],
        unique=True,
        sqlite_where=sa.text("kind NOT IN ('collection_point', 'lot', 'wash_run', 'order_line')"),
        postgresql_where=sa.text("kind NOT IN ('collection_point', 'lot', 'wash_run', 'order_line')"),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_token_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_person_id"), "api_token", ["person_id"], unique=False)
    op.create_table(
        "collection_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("town", sa.String(length=100), nullable=False),
        sa.Column("insee", sa.String(length=5), nullable=False),
        sa.Column("postcode", sa.String(length=10), nullable=False),
        sa.Column("latitude_degrees", sa.Double(), nullable=True),
        sa.Column("longitude_degrees", sa.Double(), nullable=True),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("handed_in_by", sa.String(length=100), nullable=False),
        sa.Column("container", sa.String(length=40), nullable=False),
        sa.Column("capacity_bottles", sa.Integer(), nullable=True),
        sa.Column("pickup", sa.String(length=60), nullable=False),
        sa.Column("deposit_cents", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["place.id"], name=op.f("fk_collection_point_id_place")),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_collection_point_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_point")),
        sa.UniqueConstraint("territory_id", "code", name=op.f("uq_collection_point_territory_id_code")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "collected",
                "count_adjusted",
                "sorted",
                "held_aside_decided",
                "run_opened",
                "run_loaded",
                "run_closed",
                "inspection_started",
                "samples_taken",
                "lot_released",
                "lot_blocked",
                "lot_scrapped",
                "age_expired",
                "lot_split",
                "trial_started",
                "relabeled",
                "held",
                "hold_lifted",
                "stock_counted",
                "broken",
                "order_placed",
                "reserved",
                "unreserved",
                "order_cancelled",
                "delivered",
                "returned",
                "recall_drilled",
                "reversed",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("readings", sa.JSON(), nullable=False),
        sa.Column("reverses", sa.Uuid(), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_event_actor_id_person")),
        sa.ForeignKeyConstraint(["reverses"], ["event.id"], name=op.f("fk_event_reverses_event")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_event_site_id_site")),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_event_territory_id_territory")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("reverses", name=op.f("uq_event_reverses")),
        sa.UniqueConstraint("site_id", "sequence", name=op.f("uq_event_site_id_sequence")),
    )
    op.create_index("ix_event_territory_happened", "event", ["territory_id", "happened_at"], unique=False)
    op.create_table(
        "person_role",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "operator",
                "lead",
                "quality",
                "coordinator",
                "winemaker",
                "driver",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_role_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_person_role")),
    )
    op.create_table(
        "lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("partner_code", sa.String(length=40), nullable=True),
        sa.Column(
            "stage",
            sa.Enum(
                "received",
                "sorted",
                "washed",
                "in_quality_control",
                "released",
                "relabeled",
                "rework",
                "blocked",
                "expired",
                "trial",
                "returned",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "grade",
            sa.Enum("A", "B", name="grade", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("hold_event_id", sa.Uuid(), nullable=True),
        sa.Column("model_id", sa.Integer(), nullable=True),
        sa.Column("color", sa.String(length=40), nullable=False),
        sa.Column("owner_winery_id", sa.Integer(), nullable=True),
        sa.Column("pass_number", sa.Integer(), nullable=False),
        sa.Column("washed_on", sa.Date(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("stage = 'received' OR model_id IS NOT NULL", name=op.f("ck_lot_model_known_from_sorting")),
        sa.CheckConstraint("pass_number >= 0", name=op.f("ck_lot_pass_number")),
        sa.ForeignKeyConstraint(["hold_event_id"], ["event.id"], name=op.f("fk_lot_hold_event_id_event")),
        sa.ForeignKeyConstraint(["id"], ["place.id"], name=op.f("fk_lot_id_place")),
        sa.ForeignKeyConstraint(["made_by"], ["event.id"], name=op.f("fk_lot_made_by_event")),
        sa.ForeignKeyConstraint(["model_id"], ["bottle_model.id"], name=op.f("fk_lot_model_id_bottle_model")),
        sa.ForeignKeyConstraint(["owner_winery_id"], ["winery.id"], name=op.f("fk_lot_owner_winery_id_winery")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_lot_site_id_site")),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_lot_territory_id_territory")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("territory_id", "code", name=op.f("uq_lot_territory_id_code")),
        sa.UniqueConstraint("territory_id", "partner_code", name=op.f("uq_lot_territory_id_partner_code")),
    )
    op.create_index(op.f("ix_lot_made_by"), "lot", ["made_by"], unique=False)
    op.create_index("ix_lot_site_stage", "lot", ["site_id", "stage"], unique=False)
    op.create_table(
        "movement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("from_place_id", sa.Integer(), nullable=False),
        sa.Column("to_place_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=True),
        sa.Column("defect_code", sa.String(length=20), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "collected",
                "count_adjusted",
                "sorted",
                "held_aside_decided",
                "run_opened",
                "run_loaded",
                "run_closed",
                "inspection_started",
                "samples_taken",
                "lot_released",
                "lot_blocked",
                "lot_scrapped",
                "age_expired",
                "lot_split",
                "trial_started",
                "relabeled",
                "held",
                "hold_lifted",
                "stock_counted",
                "broken",
                "order_placed",
                "reserved",
                "unreserved",
                "order_cancelled",
                "delivered",
                "returned",
                "recall_drilled",
                "reversed",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.CheckConstraint("from_place_id <> to_place_id", name=op.f("ck_movement_two_places")),
        sa.CheckConstraint("quantity BETWEEN 1 AND 10000000", name=op.f("ck_movement_quantity")),
        sa.ForeignKeyConstraint(["defect_code"], ["defect.code"], name=op.f("fk_movement_defect_code_defect")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_movement_event_id_event")),
        sa.ForeignKeyConstraint(["from_place_id"], ["place.id"], name=op.f("fk_movement_from_place_id_place")),
        sa.ForeignKeyConstraint(["model_id"], ["bottle_model.id"], name=op.f("fk_movement_model_id_bottle_model")),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_movement_territory_id_territory")),
        sa.ForeignKeyConstraint(["to_place_id"], ["place.id"], name=op.f("fk_movement_to_place_id_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement")),
    )
    op.create_index(op.f("ix_movement_event_id"), "movement", ["event_id"], unique=False)
    op.create_index("ix_movement_from_to", "movement", ["from_place_id", "to_place_id"], unique=False)
    op.create_index("ix_movement_territory_kind_day", "movement", ["territory_id", "kind", "happened_on"], unique=False)
    op.create_index("ix_movement_to_from", "movement", ["to_place_id", "from_place_id"], unique=False)
    op.create_table(
        "purchase_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("winery_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("wanted_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Uuid(), nullable=False),
        sa.Column("cancelled_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["cancelled_by"], ["event.id"], name=op.f("fk_purchase_order_cancelled_by_event")),
        sa.ForeignKeyConstraint(["placed_by"], ["event.id"], name=op.f("fk_purchase_order_placed_by_event")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_purchase_order_site_id_site")),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_purchase_order_territory_id_territory")
        ),
        sa.ForeignKeyConstraint(["winery_id"], ["winery.id"], name=op.f("fk_purchase_order_winery_id_winery")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order")),
        sa.UniqueConstraint("territory_id", "reference", name=op.f("uq_purchase_order_territory_id_reference")),
    )
    op.create_index(op.f("ix_purchase_order_placed_by"), "purchase_order", ["placed_by"], unique=False)
    op.create_index(op.f("ix_purchase_order_winery_id"), "purchase_order", ["winery_id"], unique=False)
    op.create_table(
        "wash_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column(
            "program",
            sa.Enum("wash", "rinse", name="program", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("model_id", sa.Integer(), nullable=True),
        sa.Column("color", sa.String(length=40), nullable=False),
        sa.Column("owner_winery_id", sa.Integer(), nullable=True),
        sa.Column("pass_number", sa.Integer(), nullable=True),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["closed_by"], ["event.id"], name=op.f("fk_wash_run_closed_by_event")),
        sa.ForeignKeyConstraint(["id"], ["place.id"], name=op.f("fk_wash_run_id_place")),
        sa.ForeignKeyConstraint(["model_id"], ["bottle_model.id"], name=op.f("fk_wash_run_model_id_bottle_model")),
        sa.ForeignKeyConstraint(["opened_by"], ["event.id"], name=op.f("fk_wash_run_opened_by_event")),
        sa.ForeignKeyConstraint(["owner_winery_id"], ["winery.id"], name=op.f("fk_wash_run_owner_winery_id_winery")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_wash_run_site_id_site")),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_wash_run_territory_id_territory")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wash_run")),
        sa.UniqueConstraint("site_id", "code", name=op.f("uq_wash_run_site_id_code")),
    )
    op.create_table(
        "lot_state",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "received",
                "sorted",
                "washed",
                "in_quality_control",
                "released",
                "relabeled",
                "rework",
                "blocked",
                "expired",
                "trial",
                "returned",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "grade",
            sa.Enum("A", "B", name="grade", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("hold_event_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_lot_state_event_id_event")),
        sa.ForeignKeyConstraint(["hold_event_id"], ["event.id"], name=op.f("fk_lot_state_hold_event_id_event")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_state_lot_id_lot")),
        sa.PrimaryKeyConstraint("event_id", "lot_id", name=op.f("pk_lot_state")),
    )
    op.create_index("ix_lot_state_lot", "lot_state", ["lot_id"], unique=False)
    op.create_table(
        "order_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column(
            "grade",
            sa.Enum("A", "B", name="grade", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["id"], ["place.id"], name=op.f("fk_order_line_id_place")),
        sa.ForeignKeyConstraint(["model_id"], ["bottle_model.id"], name=op.f("fk_order_line_model_id_bottle_model")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_order_line_order_id_purchase_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
        sa.UniqueConstraint("order_id", "model_id", "grade", name=op.f("uq_order_line_order_id_model_id_grade")),
    )
    op.create_table(
        "promise",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "quantity <> 0 AND quantity BETWEEN -10000000 AND 10000000", name=op.f("ck_promise_quantity")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_promise_event_id_event")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_promise_lot_id_lot")),
        sa.ForeignKeyConstraint(["order_line_id"], ["order_line.id"], name=op.f("fk_promise_order_line_id_order_line")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    op.create_index(op.f("ix_promise_event_id"), "promise", ["event_id"], unique=False)
    op.create_index("ix_promise_line_lot", "promise", ["order_line_id", "lot_id"], unique=False)
    op.create_index("ix_promise_lot", "promise", ["lot_id"], unique=False)
    create_triggers()


def downgrade() -> None:
    drop_triggers()
    op.drop_index("ix_promise_lot", table_name="promise")
    op.drop_index("ix_promise_line_lot", table_name="promise")
    op.drop_index(op.f("ix_promise_event_id"), table_name="promise")
    op.drop_table("promise")
    op.drop_table("order_line")
    op.drop_index("ix_lot_state_lot", table_name="lot_state")
    op.drop_table("lot_state")
    op.drop_table("wash_run")
    op.drop_index(op.f("ix_purchase_order_winery_id"), table_name="purchase_order")
    op.drop_index(op.f("ix_purchase_order_placed_by"), table_name="purchase_order")
    op.drop_table("purchase_order")
    op.drop_index("ix_movement_to_from", table_name="movement")
    op.drop_index("ix_movement_territory_kind_day", table_name="movement")
    op.drop_index("ix_movement_from_to", table_name="movement")
    op.drop_index(op.f("ix_movement_event_id"), table_name="movement")
    op.drop_table("movement")
    op.drop_index("ix_lot_site_stage", table_name="lot")
    op.drop_index(op.f("ix_lot_made_by"), table_name="lot")
    op.drop_table("lot")
    op.drop_table("person_role")
    op.drop_index("ix_event_territory_happened", table_name="event")
    op.drop_table("event")
    op.drop_table("collection_point")
    op.drop_index(op.f("ix_api_token_person_id"), table_name="api_token")
    op.drop_table("api_token")
    op.drop_index(
        "uq_place_site_kind",
        table_name="place",
        sqlite_where=sa.text("kind NOT IN ('collection_point', 'lot', 'wash_run', 'order_line')"),
        postgresql_where=sa.text("kind NOT IN ('collection_point', 'lot', 'wash_run', 'order_line')"),
    )
    op.drop_index(op.f("ix_place_territory_id"), table_name="place")
    op.drop_index(op.f("ix_place_site_id"), table_name="place")
    op.drop_table("place")
    op.drop_table("person")
    op.drop_table("winery")
    op.drop_table("site")
    op.drop_table("territory")
    op.drop_table("defect")
    op.drop_table("bottle_model")
