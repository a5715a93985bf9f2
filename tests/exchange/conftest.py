"""A founded site of the pilot's kind, where journals are imported; many share one database."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bottletrack.database import Database
from bottletrack.exchange.journal import ImportReport, import_actor, import_journal
from bottletrack.founding import DATA, add_collection_points, add_site, add_territory, load_catalogue, read_rows
from bottletrack.reports.audit import AuditReport, run_audit

PILOT = DATA / "pilot"


@dataclass
class Ground:
    """A database with one site to import at."""

    database: Database
    territory_id: int
    site_id: int

    def take(self, path: Path, shift: timedelta = timedelta(0)) -> ImportReport:
        with self.database.writing() as session:
            actor = import_actor(session, self.territory_id)
            return import_journal(session, path, actor=actor, site_id=self.site_id, shift=shift)

    def audit(self) -> AuditReport:
        with self.database.reading() as session:
            return run_audit(session, self.territory_id)


@pytest.fixture
def ground(migrated_url: str) -> Iterator[Ground]:
    database = Database(migrated_url)
    with database.writing() as session:
        load_catalogue(session)
        territory_id = add_territory(session, code="JURA", name="Jura")
        site_id = add_site(
            session,
            territory_id,
            code="PILOT",
            name="Pilot",
            relabeling_required=False,
            own_measures=read_rows(PILOT / "measures.csv"),
        )
        add_collection_points(session, territory_id, read_rows(DATA / "collection_points.csv"))
    yield Ground(database, territory_id, site_id)
    database.dispose()


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    """A copy of the pilot year to alter; the answer is its journal, with runs and orders beside it."""
    shutil.copytree(PILOT, tmp_path / "pilot")
    return tmp_path / "pilot" / "journal.csv"
