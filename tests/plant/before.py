"""A small plant as the first schema (0001) kept it, written as rows: what an upgrade has to bring along.

100 bottles were collected, sorted and washed (3 to cullet, 2 broken), released and packed; half an order was delivered,
a lot is on hold, and a run stands open with bottles in it. Lots are found by their partner's names, T-21 to T-25.
"""

from sqlalchemy import Connection

ACTOR, SITE, TERRITORY = 1, 1, 1
COLLECTION, SORTING, CLOSING, RELEASE, HOLD = (f"{number:032x}" for number in (1, 2, 5, 7, 12))

#: Events in order: kind; then movements as (from, to, quantity, model known, defect), and lots as they were left.
_EVENTS: tuple[tuple[str, tuple[tuple[int, int, int, bool, str], ...], tuple[tuple[int, str, str, bool], ...]], ...] = (
    ("collected", ((10, 21, 200, False, ""),), ((21, "received", "", False),)),
    ("sorted", ((21, 22, 100, True, ""), (21, 25, 100, True, "")),
     ((21, "received", "", False), (22, "sorted", "", False), (25, "sorted", "", False))),
    ("run_opened", (), ()),
    ("run_loaded", ((22, 31, 100, True, ""),), ((22, "sorted", "", False),)),
    ("run_closed", ((31, 23, 95, True, ""), (31, 13, 3, True, "MA09"), (31, 14, 2, True, "")),
     ((23, "washed", "", False),)),
    ("inspection_started", (), ((23, "in_quality_control", "", False),)),
    ("lot_released", (), ((23, "released", "A", False),)),
    ("relabeled", ((23, 24, 60, True, ""),), ((23, "released", "A", False), (24, "relabeled", "A", False))),
    ("order_placed", (), ()),
    ("reserved", (), ((24, "relabeled", "A", False),)),
    ("delivered", ((24, 41, 30, True, ""),), ((24, "relabeled", "A", False),)),
    ("held", (), ((23, "released", "A", True),)),
    ("run_opened", (), ()),
    ("run_loaded", ((25, 32, 100, True, ""),), ((25, "sorted", "", False),)),
)  # fmt: skip

_FOUNDATION = """
INSERT INTO territory VALUES (1, 'JURA', 'Jura', false);
INSERT INTO site VALUES (1, 1, 'S1', 'Centre', 'Europe/Paris', true, 25, 3, 5, 1.50, 14);
INSERT INTO winery VALUES (1, 1, 'V1', 'Domaine');
INSERT INTO person VALUES (1, 1, 1, NULL, 'someone@example.org', 'Someone', 'fr', NULL, true, 0, 0, NULL);
INSERT INTO bottle_model VALUES (1, 'JU75', 'Jura 75 cl', 'Jura 75 cl', 'wine', 750, 296, 82, 560, 500, 'vert', 'yes',
    '', '', false, true, NULL, 12, 'S3', 'medium', 'medium');
INSERT INTO defect VALUES ('MA09', 'Anneau d''usure', 'Wear ring', 'anneau', 'major', 'TRI', 'CULLET', 'no', 'AQL',
    'S20', 'high');
"""
#: The kinds of place that a site has one of, runs, lots and an order line, by their numbers.
_PLACES = {
    10: "collection_point", 12: "count_over", 13: "cullet", 14: "broken", 15: "sampled", 16: "count_short",
    17: "transferred", 21: "lot", 22: "lot", 23: "lot", 24: "lot", 25: "lot", 31: "wash_run", 32: "wash_run",
    41: "order_line",
}  # fmt: skip
#: Lot, stage, grade, held by, model, pass, washed on, made by.
_LOTS = (
    (21, "received", "", "", "NULL", 0, "", COLLECTION),
    (22, "sorted", "", "", 1, 0, "", SORTING),
    (25, "sorted", "", "", 1, 0, "", SORTING),
    (23, "released", "A", HOLD, 1, 1, "2026-01-05", CLOSING),
    (24, "relabeled", "A", "", 1, 1, "2026-01-05", f"{8:032x}"),
)
_AFTER_EVENTS = f"""
INSERT INTO collection_point VALUES (10, 1, 'P1', 'Cave', 'Arbois', '', '', NULL, NULL, '', '', '', NULL, '', 0, '');
INSERT INTO wash_run VALUES (31, 1, 1, 'RUN-01', 'wash', 1, '', NULL, 1, '{3:032x}', '{CLOSING}');
INSERT INTO wash_run VALUES (32, 1, 1, 'RUN-02', 'wash', 1, '', NULL, 1, '{13:032x}', NULL);
INSERT INTO purchase_order VALUES (1, 1, 1, 1, 'O-1', NULL, '', '{9:032x}', NULL);
INSERT INTO order_line VALUES (41, 1, 1, 'A');
"""
_PROMISES = ((10, 50), (11, -30))


def write_plant(connection: Connection) -> None:
    """Fills an empty database of the first schema, on either backend; its triggers keep the balances."""
    for statement in _statements(connection.dialect.name == "postgresql"):
        connection.exec_driver_sql(statement)


def _statements(on_postgresql: bool) -> list[str]:
    found = ["SET TIME ZONE 'UTC'"] if on_postgresql else []
    found += _split(_FOUNDATION)
    for place, kind in _PLACES.items():
        site, ceiling = "NULL" if kind == "collection_point" else SITE, 50 if kind == "order_line" else "NULL"
        is_source = kind in ("collection_point", "count_over")
        found.append(f"INSERT INTO place VALUES ({place}, 1, {site}, '{kind}', {is_source}, 0, 0, 0, {ceiling})")
    for number, (kind, _, _) in enumerate(_EVENTS, start=1):
        at = f"2026-01-05 09:{number:02}:00.000000"
        found.append(
            f"INSERT INTO event VALUES ('{number:032x}', '{kind}', 1, 1, {number}, 1, '{at}', '{at}', '', '{{}}', NULL,"
            f" '{number:064x}')"
        )
    for lot, stage, grade, hold, model, passes, washed_on, made_by in _LOTS:
        found.append(
            f"INSERT INTO lot VALUES ({lot}, 1, 1, 'LOT000{lot}', 'T-{lot}', '{stage}', {_or_null(grade)},"
            f" {_or_null(hold)}, {model}, '', NULL, {passes}, {_or_null(washed_on)}, '{made_by}')"
        )
    found += _split(_AFTER_EVENTS)
    for number, (kind, movements, states) in enumerate(_EVENTS, start=1):
        found += [_promise(number, quantity) for event, quantity in _PROMISES if event == number and quantity < 0]
        for origin, destination, quantity, known, defect in movements:
            found.append(
                "INSERT INTO movement (event_id, from_place_id, to_place_id, quantity, model_id, defect_code, kind,"
                f" territory_id, happened_on) VALUES ('{number:032x}', {origin}, {destination}, {quantity},"
                f" {1 if known else 'NULL'}, {_or_null(defect)}, '{kind}', 1, '2026-01-05')"
            )
        found += [_promise(number, quantity) for event, quantity in _PROMISES if event == number and quantity > 0]
        for lot, stage, grade, held in states:
            hold = f"'{HOLD}'" if held else "NULL"
            found.append(f"INSERT INTO lot_state VALUES ('{number:032x}', {lot}, '{stage}', {_or_null(grade)}, {hold})")
    if on_postgresql:
        # Rows with numbers of their own do not tell the counters.
        for table in ("territory", "site", "winery", "person", "bottle_model", "place", "purchase_order"):
            found.append(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
    return found


def _promise(number: int, quantity: int) -> str:
    return (
        f"INSERT INTO promise (event_id, lot_id, order_line_id, quantity) VALUES ('{number:032x}', 24, 41, {quantity})"
    )


def _split(text: str) -> list[str]:
    return [statement.strip() for statement in text.split(";") if statement.strip()]


def _or_null(text: str) -> str:
    return f"'{text}'" if text else "NULL"
