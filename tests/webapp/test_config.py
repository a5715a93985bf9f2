"""Settings: sensible without any, and a bad one is named in plain words."""

from pathlib import Path

import pytest

from tests.webapp.conftest import SECRET
from webapp import create_app
from webapp.config import BadSettings, Settings, load_settings
from webapp.serving import is_loopback


def test_what_holds_without_any_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    settings = load_settings()
    assert settings.database_url == f"sqlite:///{tmp_path}/bottletrack/bottletrack.sqlite3"
    assert (settings.host, settings.port, settings.secure) == ("127.0.0.1", 8000, False)
    assert settings.public_url == settings.label_url == "http://127.0.0.1:8000"
    with pytest.raises(BadSettings, match="BOTTLETRACK_SECRET_KEY is missing"):
        create_app(settings)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOTTLETRACK_PUBLIC_URL", "https://bottles.example/")
    monkeypatch.setenv("BOTTLETRACK_PORT", "8080")
    settings = load_settings()
    assert (settings.public_url, settings.port, settings.secure) == ("https://bottles.example", 8080, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("THREADS", "0"),
        ("SECRET_KEY", "short"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://localhost/bottles"),
        ("DATABASE_URL", "sqlite://"),
        ("PUBLIC_URL", "bottles.example"),
        ("LABEL_URL", "ftp://bottles.example"),
    ],
)
def test_a_bad_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"BOTTLETRACK_{name}", value)
    with pytest.raises(BadSettings, match=f"^BOTTLETRACK_{name}: "):
        load_settings()


def test_the_secret_is_never_shown() -> None:
    assert SECRET not in repr(Settings(secret_key=SECRET))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("::", False),
        ("example.org", False),
    ],
)
def test_who_can_reach_an_address(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
