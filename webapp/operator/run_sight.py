"""What an operator sees of a wash run: its row, its log, and each measure with its last value as a picture."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from flask import render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Permission, may
from bottletrack.errors import NotFound, Refusal
from bottletrack.measuring import Lack, find_lacks, find_last_values, find_latest_of_run, find_measures
from bottletrack.reports.run_log import MeasureLog, RunLog, find_run_log
from bottletrack.reports.runs import RunRow, find_runs
from bottletrack.tables import Site, WashRun
from bottletrack.vocabulary import MeasuredAt
from webapp.database import reading
from webapp.operator.done import find_event
from webapp.signed_in import current_actor

#: A press of + or − is at most this part of the distance between the limits.
_PRESSES = 10


@dataclass(frozen=True)
class MeasureSight:
    """A measure of a run. `usual`: the last value at this site, or the target; where the steps begin.

    `lack`: why it locks the start now, if it does. `level`, `zone`: where the last value and the limits stand on a
    scale from 0 to 100; None where there is nothing to draw.
    """

    log: MeasureLog
    usual: Decimal | None
    lack: Lack | None

    @property
    def step(self) -> Decimal:
        """What one press adds or takes."""
        if self.log.low is not None and self.log.high is not None:
            return nice_step((self.log.high - self.log.low) / _PRESSES)
        return nice_step(abs(self.usual or Decimal(1)) / (2 * _PRESSES))

    @property
    def level(self) -> float | None:
        if not self.log.readings:
            return None
        return min(100.0, max(0.0, self._place(self.log.readings[-1].value)))

    @property
    def zone(self) -> tuple[float, float]:
        low = 0.0 if self.log.low is None else self._place(self.log.low)
        return low, 100.0 if self.log.high is None else self._place(self.log.high)

    def _place(self, value: Decimal) -> float:
        """The limits stand at a third and two thirds of the scale; one that is missing, at the scale's end."""
        low, high = self.log.low, self.log.high
        if low is None and high is None:
            return 50.0
        near = low if low is not None else Decimal(0)
        far = high if high is not None else near * 2
        return float(100 * (1 + (value - near) / ((far - near) or Decimal(1))) / 3)


def nice_step(most: Decimal) -> Decimal:
    """The largest of … 0.1, 0.2, 0.5, 1, 2, 5 … that is not above `most`."""
    power = Decimal(1).scaleb(most.adjusted())
    return max(power * factor for factor in (1, 2, 5) if power * factor <= most)


def get_run(session: Session, run_id: int) -> tuple[WashRun, RunRow]:
    """A run of the territory. Raises NotFound."""
    territory_id = current_actor().territory_id
    found = session.scalar(select(WashRun).where(WashRun.id == run_id, WashRun.territory_id == territory_id))
    if found is None:
        raise NotFound("There is no such wash run here.", "Choose an open run of the list.", field="run")
    return found, find_runs(session, territory_id, run_id=run_id)[0]


def code_of(run_id: int) -> str:
    with reading() as session:
        return get_run(session, run_id)[0].code


def see_measures(session: Session, run: WashRun, log: RunLog, now: datetime) -> list[MeasureSight]:
    """What the site measures there now, in its own order."""
    minutes = session.get_one(Site, run.site_id).reading_interval_minutes
    measures = find_measures(session, run.site_id, MeasuredAt(run.program))
    lacks = {
        measure.code: lack for measure, lack in find_lacks(measures, find_latest_of_run(session, run.id), now, minutes)
    }
    last = find_last_values(session, run.site_id, [measure.code for measure in measures])
    logs = {measure.code: measure for measure in log.measures}
    return [
        MeasureSight(logs[measure.code], last.get(measure.code, measure.target), lacks.get(measure.code))
        for measure in measures
    ]


def run_page(run_id: int, refusal: Refusal | None) -> str:
    """The run as it stands: what is loaded, whether it may start, what has come off it."""
    now = datetime.now(UTC)
    with reading() as session:
        run, row = get_run(session, run_id)
        log = find_run_log(session, run)
        site = session.get_one(Site, run.site_id)
        done = request.args.get("done", type=uuid.UUID)
        return render_template(
            "operator/run.html",
            run=run,
            row=row,
            log=log,
            measures=see_measures(session, run, log, now),
            due=log.last_read_at is None or now - log.last_read_at > timedelta(minutes=site.reading_interval_minutes),
            interval=site.reading_interval_minutes,
            may_abort=may(current_actor(), Permission.ABORT_RUN),
            done=find_event(session, done) if done and refusal is None else None,
            code=request.values.get("code", ""),
            refusal=refusal,
        )
