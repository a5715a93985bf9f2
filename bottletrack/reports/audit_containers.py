"""The audit's rules about containers (I14): a dirty container never carries clean bottles."""

from bottletrack.reports.audit_rules import Rule

CONTAINER_RULES = (
    Rule(
        "I14",
        "Container %(container)s took clean bottles of lot %(lot)s, and was dirty.",
        """
        SELECT c.code AS container, l.code AS lot
        FROM container_use u
        JOIN container c ON c.id = u.container_id
        JOIN event e ON e.id = u.event_id
        JOIN lot l ON l.id = u.lot_id
        WHERE c.territory_id = :territory AND u.clean
          AND NOT (SELECT before.clean FROM container_use before JOIN event be ON be.id = before.event_id
                   WHERE before.container_id = u.container_id AND be.recorded_at < e.recorded_at
                   ORDER BY be.recorded_at DESC LIMIT 1)
        """,
    ),
    Rule(
        "I14",
        "Container %(container)s says that lot %(lot)s is clean, and it was never washed, or the other way round.",
        """
        SELECT c.code AS container, l.code AS lot
        FROM container_use u JOIN container c ON c.id = u.container_id JOIN lot l ON l.id = u.lot_id
        WHERE c.territory_id = :territory AND u.clean <> (l.washed_on IS NOT NULL)
        """,
    ),
    Rule(
        "I14",
        "Container %(container)s is not as its last use left it.",
        """
        SELECT c.code AS container
        FROM container_use u JOIN container c ON c.id = u.container_id JOIN event e ON e.id = u.event_id
        WHERE c.territory_id = :territory AND u.clean <> c.clean
          AND NOT EXISTS (SELECT 1 FROM container_use n JOIN event ne ON ne.id = n.event_id
                          WHERE n.container_id = u.container_id AND ne.recorded_at > e.recorded_at)
        """,
    ),
)
