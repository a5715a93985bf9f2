"""A device's rows on their way into the books: each is recorded once, refused at the panel, or kept for a lead.

Rows are tried in the device's order, each in a transaction of its own. What is refused is tried again after the others
went through, until nothing moves any more: so a set that is possible as a whole is booked in an order in which it is
possible. One bad row never holds up the others.
"""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.orm import Session

from bottletrack import late
from bottletrack.devices import DeviceOnFile
from bottletrack.errors import BadInput, NotAllowed, Refusal
from bottletrack.scans import Recorded
from bottletrack.sign_in import SignedIn
from bottletrack.sittings import SittingOnFile
from bottletrack.vocabulary import LateState
from webapp.database import writing
from webapp.error_pages import BROKEN, is_busy
from webapp.languages import N_
from webapp.rows import Row, find_recorded, record_brought

logger = logging.getLogger(__name__)

#: What no other row can make possible.
_HOPELESS = (BadInput, NotAllowed)


@dataclass(frozen=True)
class Sitter:
    """Whose scans those of a sitting are. `person` None: nobody may record in their name any more."""

    sitting: SittingOnFile
    person: SignedIn | None


@dataclass(frozen=True)
class Answer:
    """What became of a row: stored, refused, review or later. `refusal`: why it was not recorded."""

    verdict: str
    recorded: Recorded | None = None
    refusal: Refusal | None = None


LATER = Answer("later")


@dataclass(frozen=True)
class Batch:
    """One device's rows. `more`: it has others besides, with which a refused one may still become possible."""

    device: DeviceOnFile
    rows: list[Row]
    sitters: dict[uuid.UUID, Sitter]
    more: bool
    now: datetime

    def bring(self) -> list[Answer]:
        """What became of each row, in their order."""
        answers = [LATER] * len(self.rows)
        try:
            self._bring(answers)
        except (DBAPIError, NoFreeConnection) as error:
            if not is_busy(error):
                raise
            logger.warning("The database was too busy for a device's rows", exc_info=error)
            return [LATER if answer.verdict == "refused" else answer for answer in answers]
        return answers

    def _bring(self, answers: list[Answer]) -> None:
        waiting = list(range(len(self.rows)))
        moved = True
        while waiting and moved:
            for number in waiting:
                answers[number] = self._try(self.rows[number], last=False)
            moved = any(answers[number].recorded for number in waiting)
            waiting = [n for n in waiting if answers[n].verdict == "refused" and not _is_hopeless(answers[n])]
        refused = [n for n, answer in enumerate(answers) if answer.verdict == "refused" and not self.rows[n].live]
        progress = any(answer.recorded for answer in answers)
        for number in refused:
            if self.more and progress and not _is_hopeless(answers[number]):
                answers[number] = LATER
            else:
                answers[number] = self._try(self.rows[number], last=True)

    def _try(self, row: Row, *, last: bool) -> Answer:
        """Records the row, or says why not. `last`: then it is kept instead, in the same transaction."""
        with writing() as session:
            late.take_turn(session, self.device.site_id)
            state = late.find_kept(session, row.brought)
            if state is not None:
                return Answer("stored" if state in (LateState.BOOKED, LateState.ADJUSTED) else "review")
            try:
                with session.begin_nested():
                    return Answer("stored", self._record(session, row))
            except Refusal as refusal:
                refused = refusal
            except (IntegrityError, DataError) as error:
                logger.warning("The database refused a device's row", exc_info=error)
                refused = BadInput(N_("A name or text is taken already, or too long."), N_("Choose another one."))
            except Exception as error:
                if isinstance(error, DBAPIError) and is_busy(error):
                    raise
                # A fault of ours in one row must not hold up the others: a lead sees it, and nothing is lost.
                logger.exception("A device's row could not be recorded")
                refused = BadInput(*BROKEN)
            if last:
                self._keep(session, row, refused)
            return Answer("review" if last else "refused", refusal=refused)

    def _record(self, session: Session, row: Row) -> Recorded:
        brought, site_id = row.brought, self.device.site_id
        sitter = self.sitters.get(row.sitting) if row.sitting else None
        if sitter is not None:
            # Also when its answer was lost, and its person was closed or its time ran out since.
            before = find_recorded(session, brought, sitter.sitting.person_id, site_id)
            if before is not None:
                return before
        if sitter is None or sitter.person is None:
            raise NotAllowed(
                N_("Nobody knows who sat at the device, or may record in their name."),
                N_("Find out who it was, and record in your own name what they did."),
            )
        if brought.happened_at is not None and not sitter.sitting.was_open(brought.happened_at):
            raise NotAllowed(
                N_("This was scanned after its person had left the device."),
                N_("Find out who it was, and record in your own name what they did."),
            )
        return record_brought(session, brought, sitter.person.actor, site_id, late_at=self.now)

    def _keep(self, session: Session, row: Row, refusal: Refusal) -> None:
        sitter = self.sitters.get(row.sitting) if row.sitting else None
        late.keep(
            session,
            row.brought,
            refusal,
            device_id=self.device.id,
            site_id=self.device.site_id,
            person_id=sitter.sitting.person_id if sitter else None,
            now=self.now,
        )


def _is_hopeless(answer: Answer) -> bool:
    return isinstance(answer.refusal, _HOPELESS)
