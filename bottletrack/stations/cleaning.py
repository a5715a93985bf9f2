"""Cleaning of containers: what carried dirty bottles may carry clean ones again."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.containers import clean_container
from bottletrack.errors import BadInput
from bottletrack.ledger import open_entry
from bottletrack.scans import Recorded, Scan
from bottletrack.vocabulary import EventKind

#: More are entered in two goes.
MOST_CONTAINERS = 100


@dataclass(frozen=True)
class ContainerCleaning:
    """Containers that were cleaned, by their codes."""

    container_codes: tuple[str, ...]
    note: str = ""


def record_container_cleaning(session: Session, cleaning: ContainerCleaning, scan: Scan) -> Recorded:
    """From here on they are clean (I14). Raises WrongStep for one in which bottles still stand."""
    require(scan.by, Permission.CLEAN_CONTAINERS)
    codes = sorted({" ".join(code.split()).upper() for code in cleaning.container_codes} - {""})
    entry = open_entry(
        session, scan, EventKind.CONTAINER_CLEANED, cleaning, reason=cleaning.note, readings={"containers": codes}
    )
    if isinstance(entry, Recorded):
        return entry
    if not 1 <= len(codes) <= MOST_CONTAINERS:
        raise BadInput(
            "Between 1 and %(most)s containers are cleaned at once.",
            "Scan or type the code of each.",
            field="containers",
            most=MOST_CONTAINERS,
        )
    # In the order of their codes, so that two sites never wait for each other.
    for code in codes:
        clean_container(entry, code, field="containers")
    return entry.post()
