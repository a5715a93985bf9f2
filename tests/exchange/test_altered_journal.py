"""A journal with one quantity altered is refused, or the audit shows it: in 100 of these 100 alterations.

95 of 100 are asked for. What can escape is a quantity that nothing else in the journal speaks of: samples destroyed
from a lot of which bottles are left over, and bottles given up of those held aside. The slow test says which: one
bottle more in each of the 326 rows in turn escapes in 5 of them, one bottle less in 11.
"""

import csv
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bottletrack.exchange.journal import Replay, import_actor
from bottletrack.exchange.journal_rows import JournalRefused, read_journal
from bottletrack.reports.audit import Finding, run_audit
from tests.exchange.conftest import PILOT, Ground

SEEDS = range(100)


def swap_digits(text: str, pick: random.Random) -> str:
    place = pick.randrange(len(text) - 1) if len(text) > 1 else 0
    return text[:place] + text[place : place + 2][::-1] + text[place + 2 :]


SLIPS: tuple[Callable[[str, random.Random], str], ...] = (
    lambda text, pick: str(int(text) + 1),
    lambda text, pick: str(int(text) - 1),
    lambda text, pick: text + "0",
    lambda text, pick: text[:-1] or "0",
    lambda text, pick: "0",
    swap_digits,
    lambda text, pick: text.replace(pick.choice(text), pick.choice("0123456789"), 1),
    lambda text, pick: str(pick.randrange(1, 1500)),
)


def read() -> list[list[str]]:
    with (PILOT / "journal.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write(folder: Path, rows: list[list[str]]) -> Path:
    for name in ("wash_runs.csv", "orders.csv"):
        (folder / name).write_bytes((PILOT / name).read_bytes())
    with (folder / "journal.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder / "journal.csv"


def alter(folder: Path, seed: int) -> tuple[Path, str]:
    """The pilot year with one quantity of its journal mistyped, and what was done to which row."""
    pick = random.Random(seed)
    rows = read()
    while True:
        row = pick.choice(rows[1:])
        wrong = pick.choice(SLIPS)(row[6], pick)
        # Rows that change a stage have the quantity 0, and move nothing whatever stands there.
        if row[6] != "0" and int(wrong) != int(row[6]):
            break
    told = f"{row[0]} {row[2]} {row[3]} {row[6]} → {wrong}"
    row[6] = wrong
    return write(folder, rows), told


class Shown(Exception):  # noqa: N818 - the import was tried out, and is taken back
    """What the audit says of a journal that was taken; empty: the alteration was not noticed."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings


def is_noticed(ground: Ground, path: Path) -> bool:
    """Whether the import refuses the journal (it is stopped at the first refused row), or the audit shows it."""
    try:
        with ground.database.writing() as session:
            actor = import_actor(session, ground.territory_id)
            replay = Replay(session, read_journal(path), path.name, actor, ground.site_id, timedelta(0))

            def stop(_done: int, _total: int) -> None:
                if replay.problems:
                    raise JournalRefused(replay.problems)

            replay.run(stop)
            stop(0, 0)
            raise Shown(run_audit(session, ground.territory_id).findings)
    except JournalRefused:
        return True
    except Shown as shown:
        return bool(shown.findings)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("seeds", [SEEDS[start::10] for start in range(10)], ids=lambda seeds: f"from {seeds.start}")
def test_a_mistyped_quantity_is_noticed(ground: Ground, tmp_path: Path, seeds: range) -> None:
    assert len(seeds) == 10
    altered = (alter(tmp_path, seed) for seed in seeds)
    assert [told for path, told in altered if not is_noticed(ground, path)] == []
    # The journal as it is goes through: what was refused was refused for its alteration.
    if seeds.start == 0:
        assert not is_noticed(ground, PILOT / "journal.csv")


@pytest.mark.slow
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("more", "rows_that_escape"),
    [(1, "301 308 326 331 356"), (-1, "96 172 301 308 315 317 326 331 336 337 356")],
)
def test_which_rows_escape(ground: Ground, tmp_path: Path, more: int, rows_that_escape: str) -> None:
    escaped = []
    for line in range(1, 358):
        rows = read()
        if rows[line][6] != "0":
            rows[line][6] = str(int(rows[line][6]) + more)
            if not is_noticed(ground, write(tmp_path, rows)):
                escaped.append(rows[line][0])
    assert escaped == rows_that_escape.split()
