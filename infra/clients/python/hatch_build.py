"""Generates `bellwether.api` from the contract whenever the package is built, so that it is never out of date."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).parent
CONTRACT = HERE.parents[1] / "api" / "openapi.yaml"
# An sdist has its own copy.
COPY = HERE / "openapi.yaml"
TARGET = HERE / "src" / "bellwether" / "api"


class Generate(BuildHookInterface):
    """The build hook."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Generate the package; a warning of the generator is an error."""
        if CONTRACT.exists():
            shutil.copy(CONTRACT, COPY)
        options = ["--config", str(HERE / "generator.yaml"), "--meta", "none", "--fail-on-warning", "--overwrite"]
        command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(COPY), *options]
        subprocess.run([*command, "--output-path", str(TARGET)], check=True)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Delete the generated files, so that none is edited or committed."""
        shutil.rmtree(TARGET, ignore_errors=True)
        if CONTRACT.exists():
            COPY.unlink(missing_ok=True)
