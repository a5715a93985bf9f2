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
    TRANSIT = "transit"  # on the road between two sites of the network

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

    EXPECTED = "expected"  # announced, not collected yet: the code is there before the bottles
    RECEIVED = "received"
    SORTED = "sorted"
    PRESOAKING = "presoaking"
    WASHED = "washed"
    IN_QUALITY_CONTROL = "in_quality_control"
    RELEASED = "released"
    RELABELED = "relabeled"
    REWORK = "rework"  # to wash again: label or glue remains
    BLOCKED = "blocked"  # refused by quality control: to wash again as a whole
    EXPIRED = "expired"  # too long since the wash: to rinse or wash again
    TRIAL = "trial"  # carries trial labels
    RETURNED = "returned"
    VOIDED = "voided"  # a code that never got a bottle


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

    ANNOUNCED = "announced"
    NOT_COLLECTED = "not_collected"
    LOT_VOIDED = "lot_voided"
    COLLECTED = "collected"
    COUNT_ADJUSTED = "count_adjusted"
    SORTED = "sorted"
    HELD_ASIDE_DECIDED = "held_aside_decided"
    PRESOAK_STARTED = "presoak_started"
    PRESOAK_ENDED = "presoak_ended"
    RUN_OPENED = "run_opened"
    RUN_LOADED = "run_loaded"
    READINGS_TAKEN = "readings_taken"
    RUN_STARTED = "run_started"
    LINE_STOPPED = "line_stopped"
    OUTPUT_TAKEN = "output_taken"
    RUN_CLOSED = "run_closed"
    RUN_ABORTED = "run_aborted"
    INSPECTION_STARTED = "inspection_started"
    DEFECTS_COUNTED = "defects_counted"
    TESTS_RECORDED = "tests_recorded"
    SAMPLES_TAKEN = "samples_taken"
    VERDICT_PROPOSED = "verdict_proposed"
    LOT_RELEASED = "lot_released"
    LOT_BLOCKED = "lot_blocked"
    LOT_TO_SORT_AGAIN = "lot_to_sort_again"
    LOT_SCRAPPED = "lot_scrapped"
    INSPECTIONS_RESUMED = "inspections_resumed"
    LOT_DOWNGRADED = "lot_downgraded"
    AGE_EXPIRED = "age_expired"
    AGE_WAIVED = "age_waived"
    LOT_SPLIT = "lot_split"
    LOTS_MERGED = "lots_merged"
    TRANSFER_SENT = "transfer_sent"
    TRANSFER_RECEIVED = "transfer_received"
    HANDED_OVER = "handed_over"
    HANDED_BACK = "handed_back"
    LABEL_REGISTERED = "label_registered"
    TRIAL_STARTED = "trial_started"
    TRIAL_EXAMINED = "trial_examined"
    TRIAL_REJECTED = "trial_rejected"
    LABEL_JUDGED = "label_judged"
    RELABELED = "relabeled"
    CONTAINER_CLEANED = "container_cleaned"
    HELD = "held"
    HOLD_LIFTED = "hold_lifted"
    STOCK_COUNTED = "stock_counted"
    BROKEN = "broken"
    ORDER_PLACED = "order_placed"
    RESERVED = "reserved"
    UNRESERVED = "unreserved"
    ORDER_CANCELLED = "order_cancelled"
    DELIVERED = "delivered"
    DELIVERY_REFUSED = "delivery_refused"
    RETURNED = "returned"
    RETURN_INSPECTED = "return_inspected"
    RECALL_DRILLED = "recall_drilled"  # of earlier databases: a drill is a recall case since
    RECALL_OPENED = "recall_opened"
    RECALL_RECOVERED = "recall_recovered"
    RECALL_CONSUMED = "recall_consumed"
    RECALL_CLOSED = "recall_closed"
    HOURS_ENTERED = "hours_entered"
    LABELS_PRINTED = "labels_printed"  # lots' own labels, with their QR codes
    LABEL_STUCK = "label_stuck"  # scanned back where it was stuck
    LABEL_REPLACED = "label_replaced"  # lost or dirty: the lot goes on under a new code
    LABELS_SWAPPED = "labels_swapped"  # two lots carried each other's: both go on under new codes
    SETTING_CHANGED = "setting_changed"
    REVERSED = "reversed"


class Verdict(StrEnum):
    """What quality control decides of a whole lot."""

    ACCEPT_A = "accept_a"
    ACCEPT_B = "accept_b"
    REWASH = "rewash"
    SORT_100 = "sort_100"  # every bottle looked at again: the lot or a part of it goes to rework
    SCRAP = "scrap"


class MeasuredAt(StrEnum):
    """Where a site measures something: at the washer, by program, or in quality control."""

    WASH = "wash"
    RINSE = "rinse"
    QUALITY = "quality"


class Station(StrEnum):
    """Where people work, for the hours of a day."""

    COLLECTION = "collection"
    SORTING = "sorting"
    WASHING = "washing"
    QUALITY = "quality"
    RELABELING = "relabeling"
    DISPATCH = "dispatch"
    OTHER = "other"


class InspectionLevel(StrEnum):
    """How much of a lot is inspected (ISO 2859-1). II is usual; the special levels are for costly tests."""

    S1 = "S-1"
    S2 = "S-2"
    S3 = "S-3"
    S4 = "S-4"
    I = "I"  # noqa: E741 - the standard's own name
    II = "II"
    III = "III"


class Severity(StrEnum):
    """How strictly a site inspects now, by the switching rules (ISO 2859-1)."""

    NORMAL = "normal"
    TIGHTENED = "tightened"
    DISCONTINUED = "discontinued"  # too many lots failed: nothing is inspected until the cause is mended


class SignInProof(StrEnum):
    """What somebody showed at a shared device to be taken for themselves."""

    PASSWORD = "password"  # noqa: S105 - the word, not a password
    BADGE_AND_PIN = "badge_and_pin"
    BADGE_ALONE = "badge_alone"  # the device was offline: nobody could look at the PIN


class LateState(StrEnum):
    """What became of a scan that arrived late and could not be recorded as it was."""

    WAITING = "waiting"  # for a lead
    BOOKED = "booked"  # recorded as it was sent
    ADJUSTED = "adjusted"  # recorded otherwise
    REJECTED = "rejected"  # not recorded, for a reason


class LabelRemedy(StrEnum):
    """Why a lot's code died while the lot lives on."""

    LOST = "lost"
    DIRTY = "dirty"
    SWAPPED = "swapped"
