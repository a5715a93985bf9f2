"""Serving the pages: waitress on one address, told when it is ready, ended politely."""

import ipaddress
import logging
import signal
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask
from waitress import create_server

from webapp.config import PREFIX, BadSettings, Settings


def serve(app: Flask, settings: Settings, when_ready: Callable[[str], None]) -> None:
    """Answers on the settings' address until interrupted; `when_ready` is told the address once it is taken.

    Raises BadSettings when the address cannot be had.
    """
    try:
        server = create_server(
            app, host=settings.host, port=settings.port, threads=settings.threads, ident="bottletrack"
        )
    except OSError as error:
        raise BadSettings(
            f"Cannot serve on {settings.host} port {settings.port}: {error.strerror or error}.\n"
            f"Choose another one with --port or {PREFIX}PORT."
        ) from None
    # That a request waits for a free thread is no news worth a line each.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    # A supervisor stops us with SIGTERM: requests that are being answered are answered to the end.
    signal.signal(signal.SIGTERM, _leave)
    when_ready(f"http://{_in_address(settings.host)}:{settings.port}")
    server.run()


def is_loopback(host: str) -> bool:
    """Whether only this machine itself can reach a server that listens there."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _leave(*_signal: Any) -> None:
    sys.exit(0)
