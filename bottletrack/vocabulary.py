"""The plant's words, as enums and nothing else. Their values are what the database stores."""

from enum import StrEnum


class PlaceKind(StrEnum):
    """Anywhere a bottle can be. Every bottle is always in exactly one place."""

    COLLECTION_POINT = "collection_point"  # source: where bottles enter the network
    COUNT_OVER = "count_over"  # source: bottles found that the ledger did not know of
    LOT = "lot"
    WASH_RUN = "wash_run"
    ORDER_LINE = "order_line"  # with the winemaker: delivered under one line of an order
    CULLET = "cullet"
    BROKEN = "broken"
    SAMPLED = "sampled"  # destroyed in a test
    COUNT_SHORT = "count_short"  # bottles the ledger knew of that were not found
    TRANSFERRED = "transferred"  # handed over to another operator

    @property
    def is_source(self) -> bool:
        """Whether this place may run negative: bottles come out of it into the network."""
        return self in (PlaceKind.COLLECTION_POINT, PlaceKind.COUNT_OVER)


#: The places that each site has exactly one of.
SITE_PLACES = (
    PlaceKind.COUNT_OVER,
    PlaceKind.CULLET,
    PlaceKind.BROKEN,
    PlaceKind.SAMPLED,
    PlaceKind.COUNT_SHORT,
    PlaceKind.TRANSFERRED,
)


class Stage(StrEnum):
    """Where a lot stands on its way. A hold is a flag over any stage, not a stage."""

    RECEIVED = "received"
    SORTED = "sorted"
    WASHED = "washed"
    IN_QUALITY_CONTROL = "in_quality_control"
    RELEASED = "released"
    RELABELED = "relabeled"
    REWORK = "rework"  # to wash again: label or glue remains
    BLOCKED = "blocked"  # refused by quality control: to wash again as a whole
    EXPIRED = "expired"  # too long since the wash: to rinse or wash again
    TRIAL = "trial"  # carries trial labels
    RETURNED = "returned"


class Grade(StrEnum):
    """What quality control made of a lot. B: only minor defects, for buyers who agree."""

    A = "A"
    B = "B"


class DefectClass(StrEnum):
    """How much a defect matters (ISO 2859-1 practice)."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class WashProgram(StrEnum):
    """A full wash counts as a wash passage; a rinse brings an expired lot back to freshness."""

    WASH = "wash"
    RINSE = "rinse"


class Role(StrEnum):
    """What a person does in the network."""

    OPERATOR = "operator"
    LEAD = "lead"
    QUALITY = "quality"
    COORDINATOR = "coordinator"
    WINEMAKER = "winemaker"
    DRIVER = "driver"
    ADMINISTRATOR = "administrator"


class EventKind(StrEnum):
    """One thing that happened, in the past tense."""

    COLLECTED = "collected"
    COUNT_ADJUSTED = "count_adjusted"
    SORTED = "sorted"
    HELD_ASIDE_DECIDED = "held_aside_decided"
    RUN_OPENED = "run_opened"
    RUN_LOADED = "run_loaded"
    RUN_CLOSED = "run_closed"
    INSPECTION_STARTED = "inspection_started"
    SAMPLES_TAKEN = "samples_taken"
    LOT_RELEASED = "lot_released"
    LOT_BLOCKED = "lot_blocked"
    LOT_SCRAPPED = "lot_scrapped"
    AGE_EXPIRED = "age_expired"
    LOT_SPLIT = "lot_split"
    TRIAL_STARTED = "trial_started"
    RELABELED = "relabeled"
    HELD = "held"
    HOLD_LIFTED = "hold_lifted"
    STOCK_COUNTED = "stock_counted"
    BROKEN = "broken"
    ORDER_PLACED = "order_placed"
    RESERVED = "reserved"
    UNRESERVED = "unreserved"
    ORDER_CANCELLED = "order_cancelled"
    DELIVERED = "delivered"
    RETURNED = "returned"
    RECALL_DRILLED = "recall_drilled"
    REVERSED = "reversed"


class Verdict(StrEnum):
    """What quality control decides of a whole lot."""

    ACCEPT_A = "accept_a"
    ACCEPT_B = "accept_b"
    REWASH = "rewash"
    SCRAP = "scrap"
