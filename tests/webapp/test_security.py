"""Headers on every answer, nothing inline in any page, no change without a token, no way out to a stranger's page."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from bottletrack.vocabulary import Role
from tests.webapp.conftest import SECRET, Visitor
from tests.webapp.test_routes import calls, is_api
from webapp import create_app
from webapp.config import Settings
from webapp.security import CONTENT_SECURITY_POLICY, safe_next

#: Stations compile their reader of QR codes, and can be installed. Nothing inline there either.
STATION_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "worker-src 'self'; media-src 'self'; manifest-src 'self'"
)
#: What the content security policy would block: better never written.
INLINE = re.compile(r"""<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)""", re.IGNORECASE)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.OPERATOR, Role.WINEMAKER, Role.COORDINATOR])
def test_every_answer_has_its_headers_and_nothing_inline(
    app: Flask, client_for: Callable[[str], Visitor], role: Role
) -> None:
    client = client_for(role)
    pages = 0
    for endpoint, method, path in calls(app):
        if method != "GET" or endpoint == "static":
            continue
        answer = client.get(path)
        allowed = STATION_POLICY if endpoint.startswith("station.") else CONTENT_SECURITY_POLICY
        assert answer.headers["Content-Security-Policy"] == allowed, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert answer.headers["Cache-Control"] == "no-store", path
        if answer.mimetype == "text/html":
            assert not INLINE.search(answer.text), path
            pages += 1
    assert pages


def test_static_files_have_the_headers_too_and_may_be_kept(visitor: Visitor) -> None:
    with visitor.get("/static/bottletrack.css") as answer:
        assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert "no-store" not in answer.headers["Cache-Control"]


def test_no_change_without_a_csrf_token(app: Flask, client_for: Callable[[str], Visitor]) -> None:
    refused = {}
    for _, method, path in calls(app):
        if method != "GET" and not is_api(path):
            refused[path] = client_for(Role.ADMINISTRATOR).open(path, method=method).status_code
    assert refused
    assert set(refused.values()) == {400}, refused


def test_a_token_of_another_session_does_not_count(client_for: Callable[[str], Visitor], visitor: Visitor) -> None:
    client = client_for(Role.ADMINISTRATOR)
    client.token()
    assert client.post("/account/keys", data={"csrf_token": visitor.token()}).status_code == 400


@pytest.mark.parametrize("path", ["/operator/lots/W%00", "/operator/scan?code=W%00", "/api/v1/lots/W%00"])
def test_a_text_that_no_database_keeps_is_refused_in_an_address(
    client_for: Callable[[str], Visitor], path: str
) -> None:
    assert client_for(Role.OPERATOR).get(path).status_code == (401 if is_api(path) else 422)


def test_a_text_that_no_database_keeps_is_refused_in_a_form(client_for: Callable[[str], Visitor]) -> None:
    answer = client_for(Role.OPERATOR).send("/operator/collection", {"point": "P01\x00", "declared_loose": "12"})
    assert answer.status_code == 422
    assert "NUL" in answer.text


@pytest.mark.parametrize(
    ("target", "safe"),
    [
        ("/operator/", True),
        ("/lots?code=7K3M-29QX", True),
        ("", False),
        (None, False),
        ("https://evil.example/", False),
        ("//evil.example/", False),
        ("/\\evil.example/", False),
        ("\\\\evil.example", False),
        ("/\t/evil.example", False),
        ("/\n/evil.example", False),
        ("operator/", False),
        ("javascript:alert(1)", False),
    ],
)
def test_only_a_path_of_ours_is_gone_on_to(target: str | None, safe: bool) -> None:
    assert safe_next(target) == (target if safe else None)


def test_cookies_are_for_this_server_only(app: Flask, settings: Settings) -> None:
    cookie = app.test_client().get("/account/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    behind_https = create_app(
        Settings(database_url=settings.database_url, secret_key=SECRET, public_url="https://bottles.example")  # type: ignore[arg-type]
    )
    answer = behind_https.test_client().get("/account/sign-in", base_url="https://bottles.example")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"]
