"""The blueprint that all of the station's views belong to, and the headers that its program needs."""

from flask import Blueprint, Response

from webapp.languages import N_
from webapp.problems import set_up_problems
from webapp.security import NoDevice, NotOurProgram, content_security_policy

blueprint = Blueprint("station", __name__, url_prefix="/station", template_folder="templates")
set_up_problems(
    blueprint,
    ("signed_out", N_("Nobody is signed in here."), N_("Scan your badge, or sign in with your password.")),
    others={
        NoDevice: (
            "no_device",
            N_("This device is not set up, or was revoked."),
            N_("Sign in with your password and set it up."),
        ),
        NotOurProgram: (
            "wrong_page",
            N_("Only the station’s own page may ask for this."),
            N_("Open the scan station and try again."),
        ),
    },
)

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
