"""What was scanned or typed: an address of ours with a code in it, a bare code, or a stranger's. Nothing is fetched.

`station/src/codes.ts` reads the same, and `station/codes.json` holds both to it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bottletrack.errors import BadInput
from bottletrack.identifiers import looks_like_lot_code, read_lot_code


class CodeKind(StrEnum):
    """What a code names."""

    LOT = "lot"
    CONTAINER = "container"
    RUN = "run"
    ORDER = "order"
    POINT = "point"
    COMMAND = "command"
    BADGE = "badge"
    FOREIGN = "foreign"
    MISREAD = "misread"
    UNKNOWN = "unknown"


#: The letter before the code in a printed address, whatever its case.
LETTERS = {
    "Q": CodeKind.LOT,
    "C": CodeKind.CONTAINER,
    "R": CodeKind.RUN,
    "O": CodeKind.ORDER,
    "P": CodeKind.POINT,
    "X": CodeKind.COMMAND,
    "B": CodeKind.BADGE,
}
#: No code of ours is longer, and no name of a partner's.
_LONGEST = 40
_MOST_SHOWN = 60
# A name and password before the host are not the host; browsers read a backslash as a slash.
_HOST_AND_PATH = re.compile(r"(?:[^/?#\\]*@)?([^/?#\\@]+)([^?#]*)")
_CODE = re.compile(r"/([A-Z])/([^/]+)/?", re.IGNORECASE)
_ENCODED = re.compile(r"%([2-7][0-9A-F])", re.IGNORECASE)


@dataclass(frozen=True)
class Scanned:
    """What a text names, in capitals.

    `code` of a misread lot code or an unknown text: a name that a partner may have given to a lot, or empty where it
    cannot be one. Of a foreign address: its host, which is whose it is.
    """

    kind: CodeKind
    code: str


_NOTHING = Scanned(CodeKind.UNKNOWN, "")


def read_code(text: str, own_addresses: Iterable[str]) -> Scanned:
    """What was scanned or typed. `own_addresses`: what our printed addresses begin with; a scheme may differ."""
    wanted = text.strip()
    if "://" not in wanted:
        return _lot_or_name(wanted)
    host, path = _host_and_path(wanted)
    own = [_host_and_path(address.rstrip("/")) for address in own_addresses]
    if host not in (own_host for own_host, _ in own):
        return Scanned(CodeKind.FOREIGN, (host or wanted)[:_MOST_SHOWN])
    for own_host, own_path in own:
        if own_host != host or not path.lower().startswith(own_path.lower()):
            continue
        found = _CODE.fullmatch(path[len(own_path) :])
        code = _ENCODED.sub(lambda hex_: chr(int(hex_[1], 16)), found[2]) if found else ""
        kind = LETTERS.get(found[1].upper()) if found and "/" not in code else None
        if kind is not None:
            return _lot_or_name(code) if kind is CodeKind.LOT else _named(kind, code)
    return _NOTHING


def _lot_or_name(text: str) -> Scanned:
    if not looks_like_lot_code(text):
        return _named(CodeKind.UNKNOWN, text)
    try:
        return Scanned(CodeKind.LOT, read_lot_code(text))
    except BadInput:
        return _named(CodeKind.MISREAD, text)


def _named(kind: CodeKind, text: str) -> Scanned:
    code = " ".join(text.split()).upper()
    return Scanned(kind, code) if 0 < len(code) <= _LONGEST else _NOTHING


def _host_and_path(address: str) -> tuple[str, str]:
    """Host and port in lower case, and the path; of what is no web address, nothing."""
    scheme, mark, rest = address.partition("://")
    if mark and scheme.lower() not in ("http", "https"):
        return "", ""
    found = _HOST_AND_PATH.match(rest if mark else address)
    return (found[1].lower(), found[2]) if found else ("", "")
