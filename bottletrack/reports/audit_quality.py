"""The audit's rules on quality control: nobody accepts a critical defect, and nobody goes against a plan alone."""

from bottletrack.reports.audit_rules import Rule

#: An inspection whose verdict follows from its plan: judged here, not told by a journal, and not taken back.
_JUDGED = """i.judged_by IS NOT NULL AND NOT i.verdict_only
          AND NOT EXISTS (SELECT 1 FROM event r WHERE r.reverses IN (i.id, i.judged_by))"""

QUALITY_RULES = (
    Rule(
        "I5",
        "Lot %(lot)s was accepted with %(found)s bottles that have critical defects.",
        f"""
        SELECT l.code AS lot, SUM(d.quantity) AS found
        FROM inspection i
        JOIN lot l ON l.id = i.lot_id
        JOIN defect_count d ON d.inspection_id = i.id AND d.defect_class = 'critical'
        WHERE i.territory_id = :territory AND {_JUDGED} AND i.verdict IN ('accept_a', 'accept_b')
          AND NOT EXISTS (SELECT 1 FROM event r WHERE r.reverses = d.event_id)
        GROUP BY i.id, l.code
        """,
    ),
    Rule(
        "I5",
        "Lot %(lot)s was accepted without any test.",
        f"""
        SELECT l.code AS lot FROM inspection i JOIN lot l ON l.id = i.lot_id
        WHERE i.territory_id = :territory AND {_JUDGED} AND i.verdict IN ('accept_a', 'accept_b')
          AND EXISTS (SELECT 1 FROM measure n WHERE n.site_id = i.site_id AND n.measured_at = 'quality' AND n.required)
          AND NOT EXISTS (SELECT 1 FROM measurement x WHERE x.inspection_id = i.id
                          AND NOT EXISTS (SELECT 1 FROM event r WHERE r.reverses = x.event_id))
        """,
    ),
    Rule(
        "quality",
        "Lot %(lot)s got a verdict against its plan, or was scrapped, without a second person.",
        f"""
        SELECT l.code AS lot
        FROM inspection i
        JOIN lot l ON l.id = i.lot_id
        JOIN event j ON j.id = i.judged_by
        LEFT JOIN event p ON p.id = i.proposed_by AND p.sequence < j.sequence AND p.actor_id <> j.actor_id
        WHERE i.territory_id = :territory AND {_JUDGED} AND p.id IS NULL
          AND (i.verdict = 'scrap' OR i.verdict = 'accept_a' AND NOT i.passed
               OR i.verdict IN ('rewash', 'sort_100') AND i.passed)
        """,
    ),
)
