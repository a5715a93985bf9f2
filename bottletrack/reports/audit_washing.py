"""The audit's rules on wash runs: what went in came out, of one kind, started and held as the readings ask."""

from bottletrack.reports.audit_rules import IN_FORCE, Rule

WASHING_RULES = (
    Rule(
        "I3",
        "Run %(run)s is closed with %(quantity)s bottles on the line.",
        """
        SELECT r.code AS run, p.quantity FROM wash_run r JOIN place p ON p.id = r.id
        WHERE r.territory_id = :territory AND r.closed_by IS NOT NULL AND p.quantity <> 0
        """,
    ),
    Rule(
        "I4",
        "Lot %(lot)s went into run %(run)s or came out of it, and differs in model, color or owner.",
        f"""
        SELECT l.code AS lot, r.code AS run
        FROM wash_run r
        JOIN movement m ON r.id IN (m.from_place_id, m.to_place_id)
        JOIN lot l ON l.id IN (m.from_place_id, m.to_place_id)
        WHERE r.territory_id = :territory AND {IN_FORCE}
          AND (r.model_id IS NULL OR r.model_id <> l.model_id OR r.color <> l.color
               OR COALESCE(r.owner_winery_id, 0) <> COALESCE(l.owner_winery_id, 0))
        """,
    ),
    Rule(
        "washing",
        "Bottles came out of run %(run)s, which had not started.",
        f"""
        SELECT r.code AS run
        FROM wash_run r
        JOIN movement m ON m.from_place_id = r.id
        JOIN event e ON e.id = m.event_id
        LEFT JOIN event s ON s.id = r.started_by
        WHERE r.territory_id = :territory AND {IN_FORCE}
          AND (m.kind = 'output_taken' AND s.id IS NULL
               OR m.kind IN ('output_taken', 'run_closed') AND e.sequence < s.sequence)
        """,
    ),
    Rule(
        "washing",
        "Run %(run)s was read outside the limits (%(code)s) while its bottles were washed, and is not held.",
        """
        SELECT r.code AS run, x.code
        FROM wash_run r
        JOIN measurement x ON x.wash_run_id = r.id
        JOIN event e ON e.id = x.event_id
        LEFT JOIN event s ON s.id = r.started_by
        LEFT JOIN event c ON c.id = r.closed_by
        WHERE r.territory_id = :territory AND NOT x.inside AND r.held_by IS NULL
          -- A run from a journal is closed without having been started.
          AND (e.sequence > s.sequence OR s.id IS NULL AND c.kind = 'run_closed')
        """,
    ),
    Rule(
        "washing",
        "Lot %(lot)s came out of run %(run)s after a reading outside its limits, and was not put on hold.",
        f"""
        SELECT l.code AS lot, r.code AS run
        FROM wash_run r
        JOIN event h ON h.id = r.held_by
        JOIN movement m ON m.from_place_id = r.id
        JOIN event e ON e.id = m.event_id
        JOIN lot l ON l.id = m.to_place_id
        JOIN lot_state s ON s.lot_id = l.id AND s.event_id = m.event_id
        WHERE r.territory_id = :territory AND {IN_FORCE}
          AND s.stage = 'washed' AND e.sequence > h.sequence AND s.hold_event_id IS NULL
        """,
    ),
    Rule(
        "I5",
        "Lot %(lot)s came out of run %(run)s, and its wash day is not the day of the run.",
        """
        SELECT l.code AS lot, r.code AS run
        FROM movement m JOIN wash_run r ON r.id = m.from_place_id JOIN lot l ON l.id = m.to_place_id
        JOIN lot_state s ON s.lot_id = l.id AND s.event_id = m.event_id
        WHERE m.territory_id = :territory AND m.kind IN ('run_closed', 'output_taken')
          AND (l.washed_on <> m.happened_on OR (s.stage = 'washed') <> (l.washed_on IS NOT NULL))
        """,
    ),
    Rule(
        "I8",
        "Lot %(lot)s is at wash pass %(own)s, and run %(run)s makes it %(pass)s.",
        f"""
        SELECT l.code AS lot, l.pass_number AS own, r.code AS run, r.pass_number AS pass
        FROM movement m JOIN wash_run r ON r.id = m.from_place_id JOIN lot l ON l.id = m.to_place_id
        WHERE m.territory_id = :territory AND {IN_FORCE} AND m.kind <> 'run_aborted'
          AND l.pass_number <> r.pass_number
        UNION ALL
        SELECT l.code, l.pass_number, r.code, r.pass_number
        FROM movement m JOIN lot l ON l.id = m.from_place_id JOIN wash_run r ON r.id = m.to_place_id
        WHERE m.territory_id = :territory AND {IN_FORCE}
          AND (r.program = 'wash' AND l.pass_number + 1 <> r.pass_number
               OR r.program = 'rinse' AND l.pass_number > r.pass_number)
        """,
    ),
)
