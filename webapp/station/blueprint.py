"""The blueprint that all of the station's views belong to, and the headers that its program needs."""

from flask import Blueprint, Response

from webapp.security import content_security_policy

blueprint = Blueprint("station", __name__, url_prefix="/station", template_folder="templates")

#: Beyond what pages may: compile the reader of QR codes (wasm), run workers, be installed, use the camera.
_HEADERS = {
    "Content-Security-Policy": content_security_policy(
        script_src="'self' 'wasm-unsafe-eval'", worker_src="'self'", media_src="'self'", manifest_src="'self'"
    ),
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}


@blueprint.after_request
def add_headers(response: Response) -> Response:
    """On every answer under /station: workers are bound by the headers of their own file."""
    response.headers.update(_HEADERS)
    return response
