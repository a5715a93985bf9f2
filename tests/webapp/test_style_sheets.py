"""Style sheets speak of start and end, so that every page can be read from either side."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHEETS = sorted([*(ROOT / "webapp" / "static").glob("*.css"), *(ROOT / "station" / "src").rglob("*.css")])
#: Only a rule for one direction may say left or right.
ONE_SIDED = re.compile(
    r"(?:^|[;{\s])((?:(?:margin|padding|border)-(?:left|right)[\w-]*|left|right)\s*:|(?:text-align|float|clear)\s*:\s*(?:left|right))"
)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_style_sheet_knows_no_left_and_right(sheet: Path) -> None:
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", sheet.read_text(encoding="utf-8"))
    assert rules
    faults = [
        f"{selector.strip()}: {found[1]}"
        for selector, body in rules
        if "[dir=" not in selector
        for found in ONE_SIDED.finditer(body)
    ]
    assert not faults, "\n".join(faults)
