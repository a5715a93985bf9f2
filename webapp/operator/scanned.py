"""What a scanner types: a lot code, or the whole address that a printed QR holds. Strangers' addresses are refused."""

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from bottletrack.errors import BadInput, NotFound

#: What stands before the code in a label's address, whatever its letters' case.
LABEL_PATH = "/q/"


def code_scanned(text: str, own_addresses: Iterable[str]) -> str:
    """The lot code in what was scanned or typed. Nothing is ever fetched: an address is only read.

    Raises NotFound for a label of another network, which it names, and BadInput for one of our addresses that is no
    lot's.
    """
    wanted = text.strip()
    if "://" not in wanted:
        return wanted
    host, path = _host_and_path(wanted)
    own = [_host_and_path(address) for address in own_addresses]
    if host not in (own_host for own_host, _ in own):
        raise NotFound(
            "This label belongs to another network: %(host)s.",
            "Put the bottles aside and ask a lead. Nothing was recorded.",
            field="code",
            host=host[:60] or wanted[:60],
        )
    for own_host, own_path in own:
        start = own_path + LABEL_PATH
        code = unquote(path[len(start) :]).strip("/")
        if own_host == host and path.lower().startswith(start.lower()) and code and "/" not in code:
            return code
    raise BadInput(
        "This address is not that of a lot.",
        "Scan the QR code of a lot's label, or type the code printed on it.",
        field="code",
    )


def _host_and_path(address: str) -> tuple[str, str]:
    """Host and port in lower case, and the path. A scheme may differ: a label says HTTP where the site has HTTPS."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return "", ""
    if parts.scheme.lower() not in ("http", "https"):
        return "", ""
    return parts.netloc.rpartition("@")[2].lower(), parts.path
