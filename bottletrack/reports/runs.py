"""Wash runs: what went in, what came out, whether it balances, and since when one runs or is held."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from bottletrack.reports.models import Model, find_models
from bottletrack.reports.movements import net_movements
from bottletrack.reports.places import NamedPlace, name_places
from bottletrack.tables import Event, Movement, Place, Site, Washer, WashRun
from bottletrack.vocabulary import EventKind, PlaceKind, WashProgram


@dataclass(frozen=True)
class Part:
    """Bottles that went into a run from a lot, or out of it to a lot, to cullet or broken.

    A lot that is to be washed again has a defect; one that passed has none.
    """

    place: NamedPlace
    quantity: int
    defect_code: str | None = None
    #: It never entered the bath.
    given_back: bool = False


@dataclass(frozen=True)
class RunRow:
    """One run, in bottles: loaded = passed + rework + rejected + broken + given back + still on the line.

    `given_back`: a run that was given up before its start returned its bottles to their lots.
    """

    id: int
    code: str
    site_name: str
    program: WashProgram
    model: Model | None
    pass_number: int | None
    washer: str | None
    opened_at: datetime
    started_at: datetime | None
    #: When a reading was first outside its limits while bottles were washed; what came out since is on hold.
    held_since: datetime | None
    closed_at: datetime | None
    readings: dict[str, Any]
    note: str
    loads: tuple[Part, ...]
    outputs: tuple[Part, ...]
    loaded: int
    passed: int
    rework: int
    rejected: int
    broken: int
    given_back: int
    on_the_line: int

    @property
    def given_up(self) -> bool:
        """Closed without having been washed."""
        return self.closed_at is not None and self.given_back == self.loaded


def find_runs(
    session: Session, territory_id: int, *, is_open: bool | None = None, run_id: int | None = None, limit: int = 200
) -> list[RunRow]:
    """Runs, the latest opened first; `is_open` None: open and closed. `run_id`: that one only."""
    opening, starting, holding, closing = (aliased(Event) for _ in range(4))
    query = (
        select(
            WashRun,
            Site.name,
            Washer.name,
            Place.quantity,
            opening.happened_at,
            starting.happened_at,
            holding.happened_at,
            closing,
        )
        .join(Site, Site.id == WashRun.site_id)
        .join(Place, Place.id == WashRun.id)
        .join(opening, opening.id == WashRun.opened_by)
        .outerjoin(Washer, Washer.id == WashRun.washer_id)
        .outerjoin(starting, starting.id == WashRun.started_by)
        .outerjoin(holding, holding.id == WashRun.held_by)
        .outerjoin(closing, closing.id == WashRun.closed_by)
        .where(WashRun.territory_id == territory_id)
        .order_by(opening.happened_at.desc(), WashRun.id.desc())
        .limit(limit)
    )
    if is_open is not None:
        query = query.where(WashRun.closed_by.is_(None) if is_open else WashRun.closed_by.is_not(None))
    if run_id is not None:
        query = query.where(WashRun.id == run_id)
    found = session.execute(query).all()
    loads, outputs = _parts(session, territory_id, [run.id for run, *_ in found])
    models = find_models(session, (run.model_id for run, *_ in found))
    rows = []
    for run, site_name, washer, on_the_line, opened_at, started_at, held_since, closed in found:
        out = outputs[run.id]
        rows.append(
            RunRow(
                id=run.id,
                code=run.code,
                site_name=site_name,
                program=run.program,
                model=models[run.model_id],
                pass_number=run.pass_number,
                washer=washer,
                opened_at=opened_at,
                started_at=started_at,
                held_since=held_since,
                closed_at=closed.happened_at if closed else None,
                readings=closed.readings if closed else {},
                note=closed.reason if closed else "",
                loads=tuple(loads[run.id]),
                outputs=tuple(out),
                loaded=sum(part.quantity for part in loads[run.id]),
                passed=_count(out, PlaceKind.LOT, for_defect=False),
                rework=_count(out, PlaceKind.LOT, for_defect=True),
                rejected=_count(out, PlaceKind.CULLET),
                broken=_count(out, PlaceKind.BROKEN),
                given_back=sum(part.quantity for part in out if part.given_back),
                on_the_line=on_the_line,
            )
        )
    return rows


def _count(outputs: list[Part], kind: PlaceKind, *, for_defect: bool | None = None) -> int:
    return sum(
        part.quantity
        for part in outputs
        if part.place.kind is kind and not part.given_back and for_defect in (None, part.defect_code is not None)
    )


def _parts(
    session: Session, territory_id: int, run_ids: list[int]
) -> tuple[defaultdict[int, list[Part]], defaultdict[int, list[Part]]]:
    """What went into each run and what came out of it, corrections taken off."""
    touches = or_(Movement.to_place_id.in_(run_ids), Movement.from_place_id.in_(run_ids))
    net = net_movements(territory_id, touches)
    total = func.sum(net.c.quantity)
    given_back = net.c.kind == EventKind.RUN_ABORTED
    ends = (net.c.from_place_id, net.c.to_place_id, net.c.defect_code, given_back)
    rows = session.execute(
        select(*ends, total).group_by(*ends).having(total != 0).order_by(func.min(net.c.happened_on), *ends)
    ).all()
    named = name_places(session, {place_id for row in rows for place_id in row[:2]})
    loads: defaultdict[int, list[Part]] = defaultdict(list)
    outputs: defaultdict[int, list[Part]] = defaultdict(list)
    for origin, destination, defect_code, back, quantity in rows:
        if destination in run_ids:
            loads[destination].append(Part(named[origin], quantity))
        else:
            outputs[origin].append(Part(named[destination], quantity, defect_code, bool(back)))
    return loads, outputs
