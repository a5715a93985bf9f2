"""Recall drills: proof that every bottle of a delivery can be found, backwards and forwards, in good time (S55)."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.errors import BadInput
from bottletrack.ledger import open_entry
from bottletrack.scans import Recorded, Scan
from bottletrack.vocabulary import EventKind


@dataclass(frozen=True)
class RecallDrill:
    """What was drilled and found, in words."""

    account: str


def record_recall_drill(session: Session, drill: RecallDrill, scan: Scan) -> Recorded:
    """Keeps the account of a drill in the ledger; it moves no bottle."""
    require(scan.by, Permission.RECALL)
    entry = open_entry(session, scan, EventKind.RECALL_DRILLED, drill, reason=drill.account)
    if isinstance(entry, Recorded):
        return entry
    if not drill.account.strip():
        raise BadInput("A drill needs an account of what was found.", field="account")
    return entry.post()
