"""axe-core over an open page: what would keep people from reading or pressing it.

Brought from npm into .cache once, as npm-axe/package-lock.json pins it.
"""

import fcntl
import hashlib
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.support.chromium import CACHE
from tests.support.node import NODE, NPM

PACKAGE = Path(__file__).parent / "npm-axe"


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands: each rule, with the elements that break it. Empty: nothing."""
    # Evaluated, not added as a script: the pages' own policy admits no script from elsewhere.
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_source())
    found: list[dict[str, Any]] = page.evaluate("axe.run(document).then((result) => result.violations)")
    return [f"{rule['id']}: {rule['help']}: " + "; ".join(_told(node) for node in rule["nodes"][:3]) for rule in found]


def _told(node: dict[str, Any]) -> str:
    reasons = [check["message"] for check in (*node["any"], *node["all"], *node["none"])]
    return f"{node['html'][:200]} ({', '.join(reasons)})"


@cache
def _source() -> str:
    package = {path.name: path.read_bytes() for path in PACKAGE.iterdir()}
    version = hashlib.sha256(b"".join(package[name] for name in sorted(package))).hexdigest()[:12]
    file = CACHE / f"axe-{version}.js"
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "bringing-axe").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two workers ask at once
        if not file.exists():
            _bring(file)
    return file.read_text(encoding="utf-8")


def _bring(file: Path) -> None:
    work = file.with_suffix(".new")
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(PACKAGE, work)
    quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    subprocess.run([NODE, NPM, "ci", "--ignore-scripts", *quiet], cwd=work, check=True)
    (work / "node_modules" / "axe-core" / "axe.min.js").rename(file)
    shutil.rmtree(work)
