"""The build hook: makes what the program needs beside its source, and what git never keeps."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: Each is a file beside this one with a `build(root)`, which does nothing when nothing has changed.
STEPS = ("catalogues", "client")


class AssetsHook(BuildHookInterface[Any]):
    """Called by hatchling before each build, an editable install included."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Carries out each step."""
        root = Path(self.root)
        for step in STEPS:
            # By path: hatchling loads this file alone, without a package around it.
            runpy.run_path(str(root / "building" / f"{step}.py"))["build"](root)
