"""Wash runs as programs see them: what went in and came out, and the washer's log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session

from bottletrack.access import Actor, Permission
from bottletrack.reports.run_log import RunLog, find_run_log
from bottletrack.reports.runs import RunRow, find_runs
from bottletrack.tables import WashRun
from bottletrack.vocabulary import WashProgram
from webapp.api.endpoints import answers
from webapp.shapes import QUERY, read_as


@read_as(QUERY)
@dataclass(frozen=True)
class RunQuery:
    """Which runs, the latest opened first. `open` null: open and closed ones."""

    open: bool | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 20


@dataclass(frozen=True)
class RunSeen:
    """One run, in bottles: loaded = passed + rework + rejected + broken + given back + on the line.

    `held_since`: what came off since then was put on hold. `used`: what meters and notes of the closing say.
    """

    code: str
    site: str
    program: WashProgram
    washer: str | None
    model: str | None
    pass_number: int | None
    opened_at: datetime
    started_at: datetime | None
    held_since: datetime | None
    closed_at: datetime | None
    given_up: bool
    loaded: int
    passed: int
    rework: int
    rejected: int
    broken: int
    given_back: int
    on_the_line: int
    used: dict[str, Any]
    note: str
    log: RunLog


@dataclass(frozen=True)
class RunsSeen:
    runs: tuple[RunSeen, ...]


@answers("/runs", Permission.SEE_PLANT)
def list_runs(session: Session, actor: Actor, query: RunQuery) -> RunsSeen:
    """Wash runs of the territory with their readings, limits, stops and outputs."""
    rows = find_runs(session, actor.territory_id, is_open=query.open, limit=query.limit)
    return RunsSeen(tuple(_see(session, row) for row in rows))


def _see(session: Session, row: RunRow) -> RunSeen:
    return RunSeen(
        code=row.code,
        site=row.site_name,
        program=row.program,
        washer=row.washer,
        model=row.model.code if row.model else None,
        pass_number=row.pass_number,
        opened_at=row.opened_at,
        started_at=row.started_at,
        held_since=row.held_since,
        closed_at=row.closed_at,
        given_up=row.given_up,
        loaded=row.loaded,
        passed=row.passed,
        rework=row.rework,
        rejected=row.rejected,
        broken=row.broken,
        given_back=row.given_back,
        on_the_line=row.on_the_line,
        used=row.readings,
        note=row.note,
        log=find_run_log(session, session.get_one(WashRun, row.id)),
    )
