"""What steps of the schema share: a table gets new words, columns and rules, on both databases and both ways.

SQLite cannot change a CHECK: there a table is made anew and filled again, as its makers advise; triggers stand aside
meanwhile.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from alembic import op


def words_of(text: str) -> tuple[str, ...]:
    return tuple(text.split())


@dataclass(frozen=True)
class Change:
    """What becomes of a table: CHECKs by name; new columns (type, and the value in old rows); constraints."""

    table: str
    checks: dict[str, tuple[str, str]] = field(default_factory=dict)
    columns: dict[str, tuple[str, str]] = field(default_factory=dict)
    constraints: dict[str, str] = field(default_factory=dict)


def one_of(column: str, words: Iterable[str]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


@contextmanager
def triggers_aside() -> Iterator[None]:
    """SQLite looks into every trigger when a table is renamed: none may speak of a table that is away."""
    kept = (
        op.get_bind().exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
        if is_sqlite()
        else []
    )
    for name, _ in kept:
        op.get_bind().exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, statement in kept:
        op.get_bind().exec_driver_sql(statement)


def alter(change: Change, *, back: bool = False) -> None:
    """Makes the change, or takes it back."""
    if is_sqlite():
        _make_anew(change, back)
    else:
        _alter_in_place(change, back)


def _alter_in_place(change: Change, back: bool) -> None:
    clauses = []
    if back:
        clauses += [f"DROP CONSTRAINT {name}" for name in change.constraints]
        clauses += [f"DROP COLUMN {name}" for name in change.columns]
    for name, (before, after) in change.checks.items():
        clauses += [f"DROP CONSTRAINT {name}", f"ADD CONSTRAINT {name} CHECK ({before if back else after})"]
    if not back:
        for name, (kind, value) in change.columns.items():
            clauses += [f"ADD COLUMN {name} {kind.format(uuid='UUID')} DEFAULT {value}"]
        clauses += [f"ALTER COLUMN {name} DROP DEFAULT" for name in change.columns]
        clauses += [f"ADD CONSTRAINT {name} {rule}" for name, rule in change.constraints.items()]
    for clause in clauses:
        op.execute(f"ALTER TABLE {change.table} {clause}")


def _make_anew(change: Change, back: bool) -> None:
    """The table under its own words and columns, with all its rows and indexes."""
    table, bind = change.table, op.get_bind()
    about = bind.exec_driver_sql("SELECT type, sql FROM sqlite_master WHERE tbl_name = ? AND sql <> ''", (table,)).all()
    words = next(statement for kind, statement in about if kind == "table")
    columns = [row[1] for row in bind.exec_driver_sql(f"PRAGMA table_info({table})")]
    for name, (before, after) in change.checks.items():
        now, then = (after, before) if back else (before, after)
        words = _replaced(words, f"CONSTRAINT {name} CHECK ({now})", f"CONSTRAINT {name} CHECK ({then})")
    new_columns = "".join(f"\t{name} {kind.format(uuid='CHAR(32)')}, \n" for name, (kind, _) in change.columns.items())
    new_rules = "".join(f", \n\tCONSTRAINT {name} {rule}" for name, rule in change.constraints.items())
    first_rule, end = "\tCONSTRAINT ", "\n)"
    if back:
        words = _replaced(_replaced(words, new_columns + first_rule, first_rule), new_rules + end, end)
        taken = [column for column in columns if column not in change.columns]
        values = taken
    else:
        words = words.replace(first_rule, new_columns + first_rule, 1)
        words = words[: words.rindex(end)] + new_rules + end
        taken = [*columns, *change.columns]
        values = [*columns, *(value for _, value in change.columns.values())]
    bind.exec_driver_sql(re.sub(rf'^CREATE TABLE "?{table}"?', f"CREATE TABLE {table}_anew", words))
    bind.exec_driver_sql(f"INSERT INTO {table}_anew ({', '.join(taken)}) SELECT {', '.join(values)} FROM {table}")
    bind.exec_driver_sql(f"DROP TABLE {table}")
    bind.exec_driver_sql(f"ALTER TABLE {table}_anew RENAME TO {table}")
    for kind, statement in about:
        if kind == "index":
            bind.exec_driver_sql(statement)


def _replaced(text: str, before: str, after: str) -> str:
    if before not in text:
        raise RuntimeError(f"the table's own words are not as expected: {before!r} is not in them")
    return text.replace(before, after, 1)


def refuse_changes(table: str) -> None:
    if is_sqlite():
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: write a reversal instead'); END"
            )
    else:
        op.execute(
            f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
