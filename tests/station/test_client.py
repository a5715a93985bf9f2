"""The tests of the station's program, which is TypeScript: Node.js runs them, a file of theirs is a test here."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.node import NODE

STATION = Path(__file__).parents[2] / "station"
FILES = sorted((STATION / "tests").glob("*.test.ts"))


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_the_program_does_what_its_own_tests_say(file: Path) -> None:
    ran = subprocess.run(
        [NODE, "--test", "--test-reporter=tap", file],
        cwd=STATION,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    counts = {name: int(count) for name, count in re.findall(r"^# (\w+) (\d+)$", ran.stdout, re.MULTILINE)}
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert counts["pass"] == counts["tests"] > 0, ran.stdout
