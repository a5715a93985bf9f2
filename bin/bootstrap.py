"""Sets the project up with the standard library alone, then becomes the demonstration or the tests.

Called by bin/run and bin/test with a Python >= 3.11. The environment lives in .venv and is only
touched when the locks, the project file, the build hook, a catalogue or the station's client has changed since.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
CACHE = ROOT / ".cache"

# test.txt holds all of run.txt: an environment ready for the tests also runs the demonstration.
LOCKS = {"run": ROOT / "requirements" / "run.txt", "test": ROOT / "requirements" / "test.txt"}

CHECKS = [
    ["ruff", "format", "--check", "."],
    ["ruff", "check", "."],
    ["mypy"],
    ["lint-imports"],
    ["python", "building/client.py", "--check"],
]


def main() -> None:
    """Sets up what `run` or `test` (the first argument) needs and carries it out with the others."""
    command, arguments = sys.argv[1], sys.argv[2:]
    try:
        set_up(command)
    except subprocess.CalledProcessError as error:
        sys.exit(f"\nSetting up stopped: `{' '.join(map(str, error.cmd))}` failed; its message is above.")
    except OSError as error:
        sys.exit(f"Setting up stopped: {error}")
    if command == "run":
        become("bottletrack", "demo", *arguments)
    if arguments:
        become("pytest", *arguments)
    run_checks()
    become("pytest", "-n", "2", "--dist", "worksteal")


def set_up(purpose: str) -> None:
    """Makes .venv hold exactly what the lock for `purpose` names; does nothing when it already does."""
    stamp, wanted = VENV / f"ready-to-{purpose}", fingerprint()
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "setting-up").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two commands started together must not both install
        usable = venv_is_usable()
        if usable and stamp.is_file() and stamp.read_text() == wanted:
            return
        started = time.monotonic()
        if not usable:
            make_venv()
        say(f"Installing what {LOCKS[purpose].relative_to(ROOT)} names (about a minute, once) ...")
        pip_install("--require-hashes", "-r", str(LOCKS[purpose]))
        say("Building bottletrack itself ...")
        pip_install("--no-deps", "--no-build-isolation", "-e", str(ROOT))
        stamp.write_text(wanted)
        if purpose == "test":
            (VENV / "ready-to-run").write_text(wanted)
        say(f"Set up in {time.monotonic() - started:.0f} s.")


def fingerprint() -> str:
    """One hash over everything that the environment is made from."""
    digest = hashlib.sha256()
    for package in ("bottletrack", "webapp", "labels"):
        for catalogue in sorted((ROOT / package).rglob("*.po")):
            digest.update(catalogue.read_bytes())
    made_from = [*LOCKS.values(), ROOT / "pyproject.toml", *(ROOT / "building").glob("*.py")]
    client = [ROOT / "station" / "package-lock.json", *(ROOT / "station" / "src").rglob("*.*")]
    for path in sorted(path for path in made_from + client if path.is_file()):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def venv_is_usable() -> bool:
    """Says no to an environment that is half made, was moved, or whose Python was replaced or removed."""
    pip = VENV / "bin" / "pip"
    if not PYTHON.exists() or not pip.is_file() or str(VENV) not in pip.read_text():
        return False
    return subprocess.run([str(PYTHON), "-c", "import pip"], capture_output=True).returncode == 0


def make_venv() -> None:
    """Makes a fresh .venv with pip, or says which Debian package is missing for that."""
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit(
            f"This Python ({sys.executable}) cannot make virtual environments: its venv package is missing.\n"
            "On Debian: apt install python3-venv"
        )
    say("Making a Python environment in .venv ...")
    venv.create(VENV, clear=True, with_pip=True, symlinks=True)


def pip_install(*arguments: str) -> None:
    """Runs pip in the environment, quiet but for errors."""
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    subprocess.run([str(PYTHON), "-m", "pip", "install", *quiet, *arguments], check=True, cwd=ROOT)


def run_checks() -> None:
    """Runs every static check, and stops with the names of those that failed."""
    failed = []
    for check in CHECKS:
        say(f"$ {' '.join(check)}")
        if subprocess.run([str(VENV / "bin" / check[0]), *check[1:]], cwd=ROOT).returncode != 0:
            failed.append(" ".join(check))
    if failed:
        sys.exit(f"\nMend this before the tests run: {', '.join(failed)}")


def become(program: str, *arguments: str) -> None:
    """Replaces this process by a program of the environment, run from the project's folder."""
    path = str(VENV / "bin" / program)
    os.chdir(ROOT)
    os.execv(path, [path, *arguments])  # the full path, or Python would not find its environment


def say(text: str) -> None:
    """Tells the person waiting what is going on."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
