"""What an installation decides: settings from the environment, each `BOTTLETRACK_…`, checked at the start."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self, cast
from urllib.parse import urlsplit

from flask import current_app
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "BOTTLETRACK_"
#: Shorter secrets can be guessed, and whoever guesses it can sign in as anybody.
MIN_SECRET_CHARACTERS = 32


@dataclass(frozen=True)
class DemonstrationAccount:
    """Somebody to sign in as in a demonstration. `what`: English, marked with `N_()`; `pin`: empty without a badge."""

    email: str
    password: str
    what: str
    pin: str = ""


class BadSettings(Exception):  # noqa: N818 - told to the person who starts the program, in plain words
    """A setting is missing or makes no sense; the text says which one and what to do."""


def data_folder() -> Path:
    """Where this user's own data lie (XDG Base Directory Specification)."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "bottletrack"


def sqlite_url(path: Path) -> str:
    """The database URL of an SQLite file."""
    return f"sqlite:///{path}"


class Settings(BaseSettings):
    """The settings, with what holds when they are not given."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    #: `sqlite:///FILE` or `postgresql+psycopg://user:password@host/database`.
    database_url: str = Field(default_factory=lambda: sqlite_url(data_folder() / "bottletrack.sqlite3"))
    #: Signs the sessions; needed to serve, not to migrate or import.
    secret_key: SecretStr | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    threads: int = Field(default=8, ge=1, le=64)
    #: How people reach the pages from outside, without a trailing slash; `https://…` makes cookies secure.
    public_url: str = ""
    #: What a printed QR code begins with; short and in capitals it makes a smaller code.
    label_url: str = ""

    @field_validator("database_url")
    @classmethod
    def known_database(cls, url: str) -> str:
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise ValueError("write sqlite:///FILE or postgresql+psycopg://user:password@host/database") from None
        if parsed.drivername not in ("sqlite", "postgresql+psycopg"):
            raise ValueError("begin with sqlite:/// or postgresql+psycopg://")
        if parsed.drivername == "sqlite" and parsed.database in (None, "", ":memory:"):
            raise ValueError("name a file: bottles in memory are lost at the end")
        return url

    @field_validator("secret_key")
    @classmethod
    def long_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value()) < MIN_SECRET_CHARACTERS:
            raise ValueError(f"use at least {MIN_SECRET_CHARACTERS} random characters")
        return secret

    @field_validator("public_url", "label_url")
    @classmethod
    def web_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme.lower() not in ("http", "https") or not parts.hostname):
            raise ValueError("write an address such as https://bottles.example.org")
        return url.rstrip("/")

    @model_validator(mode="after")
    def addresses(self) -> Self:
        public = self.public_url or f"http://127.0.0.1:{self.port}"
        # The model is frozen for everybody else: these two defaults follow from its other values.
        object.__setattr__(self, "public_url", public)
        object.__setattr__(self, "label_url", self.label_url or public)
        return self

    @property
    def secure(self) -> bool:
        """Whether people reach the pages over HTTPS, so that cookies never travel in the open."""
        return self.public_url.lower().startswith("https://")


def load_settings(**given: object) -> Settings:
    """The settings of the environment, `given` ones first. Raises BadSettings with one line per fault."""
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        faults = [
            f"{PREFIX}{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors(include_input=False)
        ]
        raise BadSettings("\n".join(faults)) from None


def settings_of() -> Settings:
    """The settings of the application that answers."""
    return cast(Settings, current_app.config["SETTINGS"])


def secret_of(settings: Settings) -> str:
    """The secret that signs sessions. Raises BadSettings where none was given: a default would be known to all."""
    if settings.secret_key is None:
        raise BadSettings(
            f"{PREFIX}SECRET_KEY is missing: set it to a long random text and keep it to yourself. This makes one:\n"
            '    python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    return settings.secret_key.get_secret_value()
