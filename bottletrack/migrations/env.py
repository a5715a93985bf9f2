"""Runs migrations inside one transaction on both databases: a migration that fails half-way leaves the old schema."""

from alembic import context
from sqlalchemy import create_engine, event
from sqlalchemy.pool import NullPool

from bottletrack.tables import Base

url = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True)["url"]
# No pool: the connection is closed with its block, also when a migration fails.
engine = create_engine(
    url, poolclass=NullPool, connect_args={"isolation_level": None} if url.startswith("sqlite") else {}
)

if engine.dialect.name == "sqlite":

    @event.listens_for(engine, "begin")
    def on_begin(connection):  # type: ignore[no-untyped-def]
        connection.exec_driver_sql("BEGIN IMMEDIATE")


with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            # Two servers that start together take turns.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7281964)")
        context.run_migrations()
