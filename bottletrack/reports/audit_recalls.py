"""The audit of recalls, as queries: while a case is open its lots stand still and its set grows with its bottles; what
was told agrees with what moved, and what is missing is explained.
"""

from bottletrack.reports.audit_rules import Rule

#: Movements recorded while a case, no drill, was open; `p` is a place of its set.
_WHILE_OPEN = """
    recall_case c
    JOIN event o ON o.id = c.opened_by
    LEFT JOIN event z ON z.id = c.closed_by
    JOIN recall_place p ON p.case_id = c.id
    JOIN movement m ON m.from_place_id = p.place_id
    JOIN event e ON e.id = m.event_id AND e.recorded_at > o.recorded_at
         AND (z.id IS NULL OR e.recorded_at < z.recorded_at)
    JOIN place d ON d.id = m.to_place_id
    WHERE c.territory_id = :territory AND NOT c.drill"""

RECALL_RULES = (
    Rule(
        "recall",
        "Bottles of lot %(lot)s were moved (%(kind)s) while recall %(case)s was open.",
        f"""
        SELECT l.code AS lot, m.kind, q.code AS "case"
        FROM movement m JOIN lot l ON l.id = m.from_place_id
        JOIN (SELECT m.id, c.code FROM {_WHILE_OPEN} AND p.on_hand > 0
              AND d.kind NOT IN ('broken', 'count_short')) q ON q.id = m.id
        """,
    ),
    Rule(
        "recall",
        "Place %(place)s got bottles of recall %(case)s, and is not in its set.",
        f"""
        SELECT d.id AS place, c.code AS "case" FROM {_WHILE_OPEN} AND d.kind IN ('lot', 'wash_run', 'transit')
          AND NOT EXISTS (SELECT 1 FROM recall_place k WHERE k.case_id = c.id AND k.place_id = d.id)
        """,
    ),
    Rule(
        "recall",
        "Recall %(case)s tells of %(told)s bottles recovered by event %(event)s, which moved %(moved)s.",
        """
        SELECT c.code AS "case", t.recovered AS told, t.event_id AS event, COALESCE(SUM(m.quantity), 0) AS moved
        FROM recall_tally t JOIN recall_case c ON c.id = t.case_id
        LEFT JOIN movement m ON m.event_id = t.event_id AND m.from_place_id = t.order_line_id
        WHERE c.territory_id = :territory
        GROUP BY c.code, c.drill, t.recovered, t.event_id
        HAVING COALESCE(SUM(m.quantity), 0) <> CASE WHEN c.drill THEN 0 ELSE t.recovered END
        """,
    ),
    Rule(
        "recall",
        "Recall %(case)s is closed with up to %(missing)s bottles missing, and nobody said why.",
        """
        SELECT q."case", SUM(q.missing) AS missing FROM (
            SELECT c.code AS "case", p.high
                - COALESCE((SELECT SUM(t.recovered + t.consumed) FROM recall_tally t
                            WHERE t.case_id = c.id AND t.order_line_id = p.place_id), 0)
                - COALESCE((SELECT SUM(m.quantity) FROM movement m JOIN event e ON e.id = m.event_id
                            WHERE m.from_place_id = p.place_id AND m.kind IN ('returned', 'delivery_refused')
                              AND e.recorded_at > o.recorded_at), 0) AS missing
            FROM recall_case c
            JOIN event o ON o.id = c.opened_by
            JOIN event z ON z.id = c.closed_by
            JOIN recall_place p ON p.case_id = c.id
            JOIN order_line l ON l.id = p.place_id
            WHERE c.territory_id = :territory AND TRIM(z.reason) = '') q
        WHERE q.missing > 0 GROUP BY q."case"
        """,
    ),
)
