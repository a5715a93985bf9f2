"""Whether a database's tables are those of this version of the program."""

from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import NullPool

from bottletrack.database import migration_config


def is_current(url: str) -> bool:
    """Whether all migrations have been applied; False for an SQLite file that is not there (it is not made)."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        return False
    newest = ScriptDirectory.from_config(migration_config(url)).get_current_head()
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest
