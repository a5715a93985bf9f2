"""QR codes that survive wet crates and torn corners: small versions, error level H, drawn as row runs."""

from itertools import groupby
from typing import cast

from qrcode.constants import ERROR_CORRECT_H  # type: ignore[import-untyped]
from qrcode.main import QRCode  # type: ignore[import-untyped]
from qrcode.util import ALPHA_NUM, MODE_ALPHA_NUM, QRData  # type: ignore[import-untyped]

from labels.label import LabelError

# H restores up to 30 % of a symbol; labels are torn, scratched and wet.
ERROR_LEVEL = ERROR_CORRECT_H

# Alphanumeric characters that fit at level H, by version (ISO/IEC 18004:2015, table 7).
CAPACITY = {2: 20, 3: 35, 4: 50, 5: 64, 6: 84}

# Beyond version 3 a label's modules get too small for a phone at arm's length.
LABEL_VERSION = 3

QUIET_MODULES = 4  # ISO/IEC 18004:2015, 6.3.8

# Choosing among the eight masks costs five times the encoding. Any mask is valid; they only make
# large even areas rarer, which in so small a symbol do not last long enough to disturb a reader.
MASK = 0

_CHARACTERS = frozenset(ALPHA_NUM.decode("ascii"))


def side_modules(version: int) -> int:
    """Modules along one side of a symbol, without its quiet zone."""
    return 17 + 4 * version


def version_for(content: str, largest: int = LABEL_VERSION) -> int:
    """The smallest version, from 2 to `largest`, that holds `content`; LabelError where none does."""
    if not content or not _CHARACTERS.issuperset(content):
        raise LabelError(
            f"A label's QR code holds only uppercase letters, digits, spaces and $ % * + - . / : "
            f"and this address has others: {content!r}. Set BOTTLETRACK_LABEL_URL to such an address."
        )
    for version, capacity in CAPACITY.items():
        if version <= largest and len(content) <= capacity:
            return version
    raise LabelError(
        f"This QR code holds at most {CAPACITY[largest]} characters and this address has {len(content)}: "
        f"{content}. Set BOTTLETRACK_LABEL_URL to a shorter public address."
    )


def modules(content: str, largest: int = LABEL_VERSION) -> list[list[bool]]:
    """The symbol's modules, row by row from the top, True where dark, without the quiet zone."""
    version = version_for(content, largest)
    code = QRCode(version=version, error_correction=ERROR_LEVEL, mask_pattern=MASK, border=QUIET_MODULES)
    code.add_data(QRData(content.encode("ascii"), mode=MODE_ALPHA_NUM, check_data=False))
    code.make(fit=False)
    return cast(list[list[bool]], code.modules)


def path(content: str, largest: int = LABEL_VERSION) -> str:
    """PDF operators that fill the symbol, one unit a module, from (0, 0) up to (side, side).

    One rectangle per run of dark modules and one fill for all: neighboring rows then show no seam.
    """
    rows = modules(content, largest)
    operators = []
    for y, row in enumerate(reversed(rows)):
        x = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                operators.append(f"{x} {y} {length} 1 re")
            x += length
    operators.append("f")
    return "\n".join(operators)
