"""The station's own files: its one page, its program, its service worker, its words, and how it is installed.

They tell nothing of the plant, so that a device keeps them and opens them signed out and without a network.
"""

import json

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.languages import CODES, current_language, direction, gettext
from webapp.security import allow_anyone
from webapp.station.blueprint import blueprint
from webapp.station.release import SHARED, WORKER, Asset, current_release
from webapp.station.texts import texts_in

#: Pictures of the mark, and what each is for: a maskable one has room around it for a device's own shape.
ICONS = (("192", "any"), ("512", "any"), ("512", "maskable"))
_FOREVER = "public, max-age=31536000, immutable"


@blueprint.get("/")
@allow_anyone
def shell() -> ResponseReturnValue:
    """The one page, the same for everybody: the program fills it."""
    return render_template("station/shell.html", version=current_release().version)


@blueprint.get("/version")
@allow_anyone
def version() -> ResponseReturnValue:
    """Which release the server has, for a program that wants to know whether it is still current."""
    return {"version": current_release().version}


@blueprint.get("/texts/<language>.json")
@allow_anyone
def texts(language: str) -> ResponseReturnValue:
    """What the program says, in a language."""
    if language not in CODES:
        abort(404)
    return texts_in(language)


@blueprint.get("/assets/<version>/<name>")
@allow_anyone
def asset(version: str, name: str) -> ResponseReturnValue:
    """A built file of this release. No other's: what a device keeps must fit together."""
    release = current_release()
    if version != release.version or name not in release.assets:
        abort(404)
    response = _packed(release.assets[name])
    response.headers["Cache-Control"] = _FOREVER
    return response


@blueprint.get("/scanfield.js")
@allow_anyone
def scan_field() -> ResponseReturnValue:
    """What the operators' pages take of the program, for their handheld scanners: to this release's."""
    return redirect(url_for("station.asset", version=current_release().version, name="scanfield.js"))


def _packed(asset: Asset) -> Response:
    packed = request.accept_encodings.quality("gzip") > 0
    response = Response(asset.packed if packed else asset.content, mimetype=asset.media_type)
    response.headers["Vary"] = "Accept-Encoding"
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response


@blueprint.get("/worker.js")
@allow_anyone
def worker() -> ResponseReturnValue:
    """The service worker, told what to keep. Each release makes it another file, by which a browser notices one."""
    release = current_release()
    told = {"version": release.version, "files": _kept_files(release.version, list(release.assets))}
    asset = release.assets[WORKER]
    return Response(f"self.release = {json.dumps(told)};\n".encode() + asset.content, mimetype=asset.media_type)


def _kept_files(version: str, names: list[str]) -> list[str]:
    """Paths of all that the station needs to open without a network."""
    return [
        url_for("station.shell"),
        *(url_for("station.texts", language=language) for language in CODES),
        *(url_for("station.asset", version=version, name=name) for name in names if name != WORKER),
        *(url_for("static", filename=name) for name in SHARED),
    ]


@blueprint.get("/manifest.webmanifest")
@allow_anyone
def manifest() -> ResponseReturnValue:
    """How a device installs the station, with its own name and icon."""
    start = url_for("station.shell")
    icons = [
        {
            "src": url_for("static", filename=f"icons/{purpose}-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size, purpose in ICONS
    ]
    content = {
        "id": start,
        "start_url": start,
        "scope": start,
        "name": gettext("Scan station of bottletrack"),
        "short_name": gettext("Scan station"),
        "lang": current_language(),
        "dir": direction(),
        "display": "standalone",
        "background_color": "#f6f1e6",
        "theme_color": "#1f4d3a",
        "icons": icons,
    }
    return Response(json.dumps(content), mimetype="application/manifest+json")
