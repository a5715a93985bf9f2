"""What every verb is given besides its own input, and what it answers."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from bottletrack.access import Actor
from bottletrack.vocabulary import EventKind

#: A device's clock may run ahead by this much before its time is not believed.
CLOCK_TOLERANCE_SECONDS = 300


@dataclass(frozen=True)
class Scan:
    """What every verb is given besides its own input: which event, by whom, where and when (device time).

    `historical`: taken over from records of before, as a partner's journal is; such an event may lack what a station
    asks for today (readings before a start, a plan before a verdict). No face ever sets it.
    """

    id: uuid.UUID
    by: Actor
    site_id: int
    happened_at: datetime
    historical: bool = False


@dataclass(frozen=True)
class Recorded:
    """What a verb answers. The same scan sent again gets the same answer, with `again` set."""

    event_id: uuid.UUID
    kind: EventKind
    sequence: int
    recorded_at: datetime
    #: Codes of the lots that the event made, in the order they were made.
    lot_codes: tuple[str, ...]
    again: bool = False
