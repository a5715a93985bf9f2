"""One release of the station's program: its built files, and the number that changes whenever anything of it does."""

import gzip
import hashlib
import json
import mimetypes
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from webapp.languages import CODES
from webapp.station.texts import texts_in

_FOLDER = Path(__file__).parent
_BUILT = _FOLDER / "built"
_STATIC = _FOLDER.parent / "static"
#: Files of all faces that the station shows too, and therefore keeps.
SHARED = ("bottletrack.css", "forms.css", "pictograms.svg", "bottles.svg", "mark.svg")
#: The service worker: the browser itself keeps it, and asks for it anew to see whether there is another release.
WORKER = "worker.js"


@dataclass(frozen=True)
class Asset:
    """A built file."""

    content: bytes
    media_type: str

    @cached_property
    def packed(self) -> bytes:
        """Compressed with gzip: a station may hang on a telephone's network."""
        return gzip.compress(self.content, mtime=0)


@dataclass(frozen=True)
class Release:
    """The built files by name, and the number of all that the station keeps on a device."""

    version: str
    assets: dict[str, Asset]


@cache
def current_release() -> Release:
    """What this process hands out, read once, so that its files always fit together. Raises RuntimeError."""
    if not (_BUILT / WORKER).exists():
        raise RuntimeError("The station's program is not built: run bin/station, or install bottletrack anew.")
    assets = {path.name: _read(path) for path in sorted(_BUILT.iterdir())}
    digest = hashlib.sha256()
    for name, asset in assets.items():
        digest.update(name.encode() + asset.content)
    for path in [*(_STATIC / name for name in SHARED), _FOLDER / "templates" / "station" / "shell.html"]:
        digest.update(path.read_bytes())
    for language in CODES:
        digest.update(json.dumps(texts_in(language)).encode())
    return Release(digest.hexdigest()[:16], assets)


def _read(path: Path) -> Asset:
    media_type, _ = mimetypes.guess_type(path.name)
    return Asset(path.read_bytes(), media_type or "application/octet-stream")
