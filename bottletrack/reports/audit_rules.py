"""The audit's rules as queries: each returns the offenders of one territory (`:territory`), so none must return a row.

The I-numbers are the plant's invariants. The SQL is common to SQLite and PostgreSQL. A row's columns fill the finding's
template by name.
"""

from dataclasses import dataclass

from bottletrack.tables import MAX_QUANTITY


@dataclass(frozen=True)
class Rule:
    #: The invariant's number, or a word where the plant has no number for it.
    name: str
    #: English template of a finding, filled from the row.
    finding: str
    query: str


#: A movement counts as long as its event was not taken back, and is no correction itself.
IN_FORCE = """m.kind <> 'reversed' AND NOT EXISTS (SELECT 1 FROM event r WHERE r.reverses = m.event_id)"""

#: Which way bottles may go, by what happened: "kind origin destination".
_ROUTES = """
    collected collection_point lot,    collected lot count_short,         collected count_over lot,
    count_adjusted lot count_short,    count_adjusted count_over lot,
    sorted lot lot,                    sorted lot cullet,                 sorted lot transferred,
    held_aside_decided lot cullet,     run_loaded lot wash_run,
    run_closed wash_run lot,           run_closed wash_run cullet,        run_closed wash_run broken,
    output_taken wash_run lot,         output_taken wash_run cullet,      output_taken wash_run broken,
    run_aborted wash_run lot,
    samples_taken lot sampled,         lot_scrapped lot cullet,           broken lot broken,
    lot_to_sort_again lot lot,         return_inspected lot cullet,
    lot_split lot lot,                 trial_started lot lot,             relabeled lot lot,
    trial_rejected lot cullet,
    stock_counted lot count_short,     stock_counted count_over lot,
    delivered lot order_line,          returned order_line lot,           delivery_refused order_line lot,
    recall_recovered order_line lot,
    lots_merged lot lot,               transfer_sent lot transit,         transfer_received transit lot,
    transfer_received lot count_short, transfer_received count_over lot,
    handed_over lot transferred,       handed_back transferred lot
"""
_KNOWN_ROUTES = ", ".join(f"'{' '.join(route.split())}'" for route in _ROUTES.split(","))

#: The state a lot was in before an event: the latest of an earlier event at its site.
_STATE_BEFORE = """
    (SELECT s.{column} FROM lot_state s JOIN event se ON se.id = s.event_id
     WHERE s.lot_id = l.id AND se.sequence < e.sequence ORDER BY se.sequence DESC LIMIT 1)"""

RULES = (
    Rule(
        "I1",
        "Place %(place)s says it holds %(says)s bottles; its movements make %(moved)s.",
        """
        SELECT p.id AS place, p.quantity AS says, COALESCE(i.n, 0) - COALESCE(o.n, 0) AS moved
        FROM place p
        LEFT JOIN (SELECT to_place_id AS id, SUM(quantity) AS n FROM movement GROUP BY to_place_id) i ON i.id = p.id
        LEFT JOIN (SELECT from_place_id AS id, SUM(quantity) AS n FROM movement GROUP BY from_place_id) o
               ON o.id = p.id
        WHERE p.territory_id = :territory AND p.quantity <> COALESCE(i.n, 0) - COALESCE(o.n, 0)
        """,
    ),
    Rule(
        "I1",
        "Place %(place)s holds %(says)s bottles, and is no source.",
        """
        SELECT id AS place, quantity AS says FROM place
        WHERE territory_id = :territory
          AND (quantity < 0 AND kind NOT IN ('collection_point', 'count_over')
               OR is_source <> (kind IN ('collection_point', 'count_over')))
        """,
    ),
    Rule(
        "I1",
        "Movement %(movement)s moves %(quantity)s bottles from place %(origin)s to place %(destination)s.",
        f"""
        SELECT m.id AS movement, m.quantity, m.from_place_id AS origin, m.to_place_id AS destination
        FROM movement m JOIN place a ON a.id = m.from_place_id JOIN place b ON b.id = m.to_place_id
        WHERE m.territory_id = :territory
          AND (m.quantity NOT BETWEEN 1 AND {MAX_QUANTITY} OR a.id = b.id
               OR a.territory_id <> m.territory_id OR b.territory_id <> m.territory_id)
        """,
    ),
    Rule(
        "I4",
        "Lots %(giver)s and %(taker)s share bottles, and differ in model, color or owner.",
        """
        SELECT g.code AS giver, t.code AS taker
        FROM movement m JOIN lot g ON g.id = m.from_place_id JOIN lot t ON t.id = m.to_place_id
        WHERE m.territory_id = :territory AND m.kind <> 'reversed'
          AND (g.model_id IS NOT NULL AND (g.model_id <> t.model_id OR g.color <> t.color)
               OR COALESCE(g.owner_winery_id, 0) <> COALESCE(t.owner_winery_id, 0))
        """,
    ),
    Rule(
        "I5",
        "Lot %(lot)s was delivered at the stage “%(stage)s”, or held (event %(event)s).",
        f"""
        SELECT l.code AS lot, {_STATE_BEFORE.format(column="stage")} AS stage, e.id AS event
        FROM movement m
        JOIN event e ON e.id = m.event_id
        JOIN lot l ON l.id = m.from_place_id
        JOIN order_line o ON o.id = m.to_place_id
        WHERE m.territory_id = :territory AND m.kind = 'delivered'
          AND ({_STATE_BEFORE.format(column="stage")} NOT IN ('released', 'relabeled')
               OR {_STATE_BEFORE.format(column="hold_event_id")} IS NOT NULL)
        """,
    ),
    Rule(
        "I6",
        "Lot %(lot)s holds bottles that came from nowhere.",
        """
        SELECT l.code AS lot FROM lot l JOIN place p ON p.id = l.id
        WHERE l.territory_id = :territory AND p.quantity <> 0
          AND NOT EXISTS (SELECT 1 FROM movement m WHERE m.to_place_id = l.id)
        """,
    ),
    Rule(
        "I6",
        "Movement %(movement)s (%(kind)s) takes bottles from a place %(origin)s to a place %(destination)s.",
        f"""
        SELECT m.id AS movement, m.kind, a.kind AS origin, b.kind AS destination
        FROM movement m JOIN place a ON a.id = m.from_place_id JOIN place b ON b.id = m.to_place_id
        WHERE m.territory_id = :territory AND m.kind <> 'reversed'
          AND m.kind || ' ' || a.kind || ' ' || b.kind NOT IN ({_KNOWN_ROUTES})
        """,
    ),
    Rule(
        "I6",
        "Lot %(taker)s came out of lot %(giver)s, and differs in its wash day or wash pass.",
        """
        SELECT g.code AS giver, t.code AS taker
        FROM movement m JOIN lot g ON g.id = m.from_place_id JOIN lot t ON t.id = m.to_place_id
        WHERE m.territory_id = :territory AND m.kind IN ('lot_split', 'trial_started', 'relabeled')
          AND (g.pass_number <> t.pass_number OR (g.washed_on IS NULL) <> (t.washed_on IS NULL)
               OR g.washed_on <> t.washed_on)
        """,
    ),
    Rule(
        "I6",
        "Lot %(lot)s was merged from less than two lots, or from lots at another stage or of another grade.",
        """
        SELECT t.code AS lot
        FROM movement m JOIN lot t ON t.id = m.to_place_id
        JOIN lot_state ts ON ts.lot_id = t.id AND ts.event_id = m.event_id
        JOIN lot_state gs ON gs.lot_id = m.from_place_id AND gs.event_id = m.event_id
        WHERE m.territory_id = :territory AND m.kind = 'lots_merged'
        GROUP BY t.id, t.code
        HAVING COUNT(*) < 2
            OR SUM(CASE WHEN gs.stage = ts.stage AND COALESCE(gs.grade, '') = COALESCE(ts.grade, '')
                        THEN 0 ELSE 1 END) > 0
        """,
    ),
    Rule(
        "I8",
        "Lot %(lot)s was merged, and is not as old as its oldest bottles, or not at their highest wash pass.",
        """
        SELECT t.code AS lot
        FROM movement m JOIN lot g ON g.id = m.from_place_id JOIN lot t ON t.id = m.to_place_id
        WHERE m.territory_id = :territory AND m.kind = 'lots_merged'
        GROUP BY t.id, t.code, t.pass_number, t.washed_on
        HAVING t.pass_number <> MAX(g.pass_number) OR t.washed_on <> MIN(g.washed_on)
            OR (t.washed_on IS NULL) <> (MIN(g.washed_on) IS NULL)
        """,
    ),
    Rule(
        "I6",
        "Lot %(taker)s arrived from another site, and is not the same as lot %(giver)s that was sent.",
        """
        SELECT g.code AS giver, t.code AS taker
        FROM movement m JOIN transit r ON r.id = m.from_place_id
        JOIN lot g ON g.id = r.lot_id JOIN lot t ON t.id = m.to_place_id
        WHERE m.territory_id = :territory AND m.kind = 'transfer_received'
          AND (COALESCE(g.model_id, 0) <> COALESCE(t.model_id, 0) OR g.color <> t.color
               OR COALESCE(g.owner_winery_id, 0) <> COALESCE(t.owner_winery_id, 0) OR g.pass_number <> t.pass_number
               OR (g.washed_on IS NULL) <> (t.washed_on IS NULL) OR g.washed_on <> t.washed_on
               OR t.site_id <> r.to_site_id)
        """,
    ),
    Rule(
        "I9",
        "Bottles sent from lot %(lot)s have arrived, and %(quantity)s of them are still on the road.",
        """
        SELECT l.code AS lot, p.quantity
        FROM transit r JOIN place p ON p.id = r.id JOIN lot l ON l.id = r.lot_id
        WHERE r.territory_id = :territory AND r.received_by IS NOT NULL AND p.quantity <> 0
        """,
    ),
    Rule(
        "I5",
        "Lot %(lot)s came back from a winemaker, and none that was delivered there has its wash day or wash pass.",
        """
        SELECT t.code AS lot FROM movement m JOIN lot t ON t.id = m.to_place_id
        JOIN order_line o ON o.id = m.from_place_id
        WHERE m.territory_id = :territory AND m.kind IN ('returned', 'delivery_refused') AND t.washed_on IS NOT NULL
          AND (NOT EXISTS (SELECT 1 FROM movement d JOIN lot g ON g.id = d.from_place_id
                           WHERE d.to_place_id = o.id AND d.kind = 'delivered' AND g.washed_on = t.washed_on)
               OR NOT EXISTS (SELECT 1 FROM movement d JOIN lot g ON g.id = d.from_place_id
                              WHERE d.to_place_id = o.id AND d.kind = 'delivered' AND g.pass_number = t.pass_number))
        """,
    ),
    Rule(
        "I9",
        "%(promised)s bottles of place %(place)s are promised, and it holds %(quantity)s.",
        """
        SELECT id AS place, promised, quantity FROM place
        WHERE territory_id = :territory AND promised > 0 AND promised > quantity
        """,
    ),
    Rule(
        "I10",
        "Event %(event)s is not a well-formed correction.",
        """
        SELECT r.id AS event FROM event r LEFT JOIN event o ON o.id = r.reverses
        WHERE r.territory_id = :territory
          AND ((r.kind = 'reversed') <> (r.reverses IS NOT NULL)
               OR r.kind = 'reversed' AND (o.kind = 'reversed' OR o.site_id <> r.site_id OR o.sequence > r.sequence))
        """,
    ),
    Rule(
        "I10",
        "Correction %(event)s does not move back what was moved.",
        """
        SELECT r.id AS event FROM event r
        WHERE r.territory_id = :territory AND r.kind = 'reversed'
          AND (EXISTS (SELECT from_place_id, to_place_id, quantity FROM movement WHERE event_id = r.reverses
                       EXCEPT SELECT to_place_id, from_place_id, quantity FROM movement WHERE event_id = r.id)
               OR EXISTS (SELECT to_place_id, from_place_id, quantity FROM movement WHERE event_id = r.id
                          EXCEPT SELECT from_place_id, to_place_id, quantity FROM movement
                                 WHERE event_id = r.reverses))
        """,
    ),
    Rule(
        "I11",
        "Order %(order)s: %(ordered)s bottles ordered, %(delivered)s delivered and %(reserved)s reserved.",
        """
        SELECT o.reference AS "order", p.ceiling AS ordered, p.quantity AS delivered, p.expected AS reserved
        FROM order_line l JOIN place p ON p.id = l.id JOIN purchase_order o ON o.id = l.order_id
        WHERE p.territory_id = :territory AND (p.ceiling IS NULL OR p.quantity + p.expected > p.ceiling)
        """,
    ),
    Rule(
        "I11",
        "Order %(order)s was delivered bottles of lot %(lot)s: of another model, grade, owner or territory.",
        """
        SELECT o.reference AS "order", l.code AS lot
        FROM movement m
        JOIN order_line ol ON ol.id = m.to_place_id
        JOIN purchase_order o ON o.id = ol.order_id
        JOIN lot l ON l.id = m.from_place_id
        JOIN lot_state s ON s.lot_id = l.id AND s.event_id = m.event_id
        WHERE m.territory_id = :territory AND m.kind = 'delivered'
          AND (l.model_id <> ol.model_id OR COALESCE(s.grade, '') <> ol.grade OR l.territory_id <> o.territory_id
               OR l.owner_winery_id IS NOT NULL AND l.owner_winery_id <> o.winery_id)
        """,
    ),
    Rule(
        "I11",
        "Order %(order)s is cancelled, and %(delivered)s bottles are delivered and %(reserved)s reserved for it.",
        """
        SELECT o.reference AS "order", p.quantity AS delivered, p.expected AS reserved
        FROM order_line l JOIN place p ON p.id = l.id JOIN purchase_order o ON o.id = l.order_id
        WHERE p.territory_id = :territory AND o.cancelled_by IS NOT NULL AND (p.quantity <> 0 OR p.expected <> 0)
        """,
    ),
    Rule(
        "I11",
        "What is promised at place %(place)s is not what its promises make.",
        """
        SELECT p.id AS place FROM place p
        LEFT JOIN (SELECT lot_id AS id, SUM(quantity) AS n FROM promise GROUP BY lot_id) a ON a.id = p.id
        LEFT JOIN (SELECT order_line_id AS id, SUM(quantity) AS n FROM promise GROUP BY order_line_id) b
               ON b.id = p.id
        WHERE p.territory_id = :territory AND (p.promised <> COALESCE(a.n, 0) OR p.expected <> COALESCE(b.n, 0))
        """,
    ),
    Rule(
        "I11",
        "Line %(line)s was given more bottles of lot %(lot)s than were promised to it.",
        """
        SELECT pr.order_line_id AS line, l.code AS lot FROM promise pr JOIN lot l ON l.id = pr.lot_id
        WHERE l.territory_id = :territory
        GROUP BY pr.order_line_id, l.code HAVING SUM(pr.quantity) < 0
        """,
    ),
    Rule(
        "I13",
        "Site %(site)s numbered its events up to %(last)s, and has %(events)s of them, the highest %(highest)s.",
        """
        SELECT s.code AS site, s.last_sequence AS last, COUNT(e.id) AS events, COALESCE(MAX(e.sequence), 0) AS highest
        FROM site s LEFT JOIN event e ON e.site_id = s.id
        WHERE s.territory_id = :territory
        GROUP BY s.id, s.code, s.last_sequence
        HAVING s.last_sequence <> COUNT(e.id) OR s.last_sequence <> COALESCE(MAX(e.sequence), 0)
        """,
    ),
    Rule(
        "copies",
        "Movement %(movement)s does not carry its event's kind, or is another territory's.",
        """
        SELECT m.id AS movement FROM movement m JOIN event e ON e.id = m.event_id
        WHERE (m.territory_id = :territory OR e.territory_id = :territory)
          AND (m.kind <> e.kind OR m.territory_id <> e.territory_id)
        """,
    ),
    Rule(
        "copies",
        "Movement %(movement)s names another bottle model than lot %(lot)s holds.",
        """
        SELECT m.id AS movement, l.code AS lot
        FROM movement m JOIN lot l ON l.id IN (m.from_place_id, m.to_place_id)
        WHERE m.territory_id = :territory AND l.model_id <> m.model_id
        """,
    ),
    Rule(
        "labels",
        "The code %(code)s died with its label, and lot %(lot)s has it again.",
        """
        SELECT r.code AS code, l.id AS lot
        FROM retired_code r JOIN lot l ON l.territory_id = r.territory_id AND l.code = r.code
        WHERE r.territory_id = :territory
        """,
    ),
    Rule(
        "states",
        "Lot %(lot)s is not as its last event left it.",
        """
        SELECT l.code AS lot FROM lot l
        JOIN lot_state s ON s.lot_id = l.id
        JOIN event e ON e.id = s.event_id
        WHERE l.territory_id = :territory
          AND NOT EXISTS (SELECT 1 FROM lot_state s2 JOIN event e2 ON e2.id = s2.event_id
                          WHERE s2.lot_id = l.id AND e2.sequence > e.sequence)
          AND (l.stage <> s.stage OR COALESCE(l.grade, '') <> COALESCE(s.grade, '')
               OR (l.hold_event_id IS NULL) <> (s.hold_event_id IS NULL)
               OR l.hold_event_id <> s.hold_event_id)
        """,
    ),
    Rule(
        "states",
        "Event %(event)s moved bottles of lot %(lot)s and does not say how it left it.",
        """
        SELECT m.event_id AS event, l.code AS lot
        FROM movement m JOIN lot l ON l.id IN (m.from_place_id, m.to_place_id)
        WHERE m.territory_id = :territory
          AND NOT EXISTS (SELECT 1 FROM lot_state s WHERE s.lot_id = l.id AND s.event_id = m.event_id)
        """,
    ),
)
