"""Runs a test suite as a separate program and reports its duration."""

import os
import subprocess
import time
from pathlib import Path

from bellwether import console
from bellwether.console import StackError


def run(name: str, command: list[str], cwd: Path, told: dict[str, str], timeout: float | None) -> int:
    """Run a command with `told` in its environment and print its duration; returns its exit code."""
    started = time.monotonic()
    try:
        code = subprocess.run(command, cwd=cwd, env=os.environ | told, check=False, timeout=timeout).returncode
    except subprocess.TimeoutExpired:
        raise StackError(f"{name} timed out after {timeout:.0f} s.") from None
    console.done(name, time.monotonic() - started, "" if code == 0 else "failed")
    return code
