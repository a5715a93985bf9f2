"""A server and a browser in processes of their own, which a test kills as a power cut does, and starts again."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from playwright.sync_api import BrowserContext, BrowserType

from tests.support.chromium import FLAGS, find_or_bring

_PATIENCE_SECONDS = 60


class Killable:
    """A program that is started, killed without a warning, and started again."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self._command, self._log = command, log
        #: Beside those of this process.
        self.environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it, in a group of its own with all the processes that it will start."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Ends it and all of its own as kill -9 does."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()


class ServerProcess(Killable):
    """`bottletrack serve`, at a port of this machine that stays its own."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.port = free_port()
        command = [str(Path(sys.executable).with_name("bottletrack")), "serve", "--port", str(self.port)]
        super().__init__(command, environment, log)

    def wait(self) -> None:
        """Until it answers."""
        _wait_until(self._answers, f"no server: {self._log}")

    def _answers(self) -> bool:
        with socket.socket() as door:
            return door.connect_ex(("127.0.0.1", self.port)) == 0


class BrowserProcess(Killable):
    """A headless Chromium whose profile outlives it."""

    def __init__(self, profile: Path, log: Path) -> None:
        chromium = find_or_bring()
        self._told = profile / "DevToolsActivePort"
        self._cookies = profile / "Default" / "Cookies"
        own = [
            "--headless=new",
            "--remote-debugging-port=0",
            f"--user-data-dir={profile}",
            "--lang=fr-FR",
            "about:blank",
        ]
        super().__init__([str(chromium.program), *FLAGS, *own], chromium.environment, log)

    def connect(self, browser_type: BrowserType) -> BrowserContext:
        """Starts it, and drives what its profile remembers."""
        self._told.unlink(missing_ok=True)
        self.start()
        _wait_until(lambda: self._told.exists() and "\n" in self._told.read_text(), f"no browser: {self._log}")
        port = self._told.read_text().splitlines()[0]
        return browser_type.connect_over_cdp(f"http://127.0.0.1:{port}").contexts[0]

    def wait_for_cookie(self, name: str) -> None:
        """Until a cookie of a server on this machine is on the disk: Chromium writes them twice a minute."""
        kept = f"127.0.0.1{name}".encode()
        _wait_until(lambda: self._cookies.exists() and kept in self._cookies.read_bytes(), f"no cookie {name}")


def free_port() -> int:
    """A port of this machine that nobody has."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _wait_until(ready: Callable[[], bool], fault: str) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while not ready():
        assert time.monotonic() < until, fault
        time.sleep(0.05)
