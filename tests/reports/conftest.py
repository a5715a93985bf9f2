"""A small plant on each database, and the pilot year."""

from collections.abc import Iterator

import pytest

from bottletrack.database import Database
from bottletrack.exchange.journal import import_actor, import_journal
from bottletrack.founding import DATA, add_collection_points, add_site, add_territory, load_catalogue, read_rows
from tests.reports.plant import Plant, found_plant

PILOT = DATA / "pilot" / "journal.csv"


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    database = Database(migrated_url)
    yield database
    database.dispose()


@pytest.fixture
def plant(database: Database) -> Plant:
    return found_plant(database)


@pytest.fixture
def pilot_territory(database: Database) -> int:
    """The id of a territory that holds the pilot year on its own days."""
    with database.writing() as session:
        load_catalogue(session)
        territory_id = add_territory(session, code="JURA", name="Jura")
        site_id = add_site(session, territory_id, code="PILOT", name="Pilot", relabeling_required=False)
        add_collection_points(session, territory_id, read_rows(DATA / "collection_points.csv"))
        import_journal(session, PILOT, actor=import_actor(session, territory_id), site_id=site_id)
    return territory_id


@pytest.fixture
def pilot_plant(database: Database) -> Plant:
    """A plant that delivers released lots as they are, as the pilot's site does."""
    return found_plant(database, relabeling_required=False)
