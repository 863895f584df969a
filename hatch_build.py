"""The dashboard in the wheel: built before, or now; where neither can be, no wheel is made."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # of which configuration
    """Puts the built dashboard where `runtime.frontend` looks for it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build it unless it is there as the sources are; a checkout has it in `web/build`."""
        if self.target_name != "wheel" or version == "editable":
            return
        built = ROOT / "web" / "build"
        if not (ROOT / "web" / "src").is_dir():  # as in the container, which built it elsewhere
            assert (built / "page.html").is_file(), "web/build has no dashboard"  # noqa: S101 (a build's own claim)
        else:
            runpy.run_path(str(ROOT / "scripts" / "dashboard.py"))["build"]()
        build_data["force_include"][str(built)] = "runtime/web"
