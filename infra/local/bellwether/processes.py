"""Child processes of the supervisor; they end with it."""

import asyncio
import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from bellwether import paths
from bellwether.console import StackError

CHILDREN = paths.RUN / "children.json"
STOP_TIMEOUT = 10.0
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One program of the stack: how to start and stop it."""

    name: str
    command: list[str]
    log: Path
    env: dict[str, str] = field(default_factory=dict)
    cwd: Path = paths.STATE
    stop_signal: signal.Signals = signal.SIGTERM
    user: int | None = None
    """Run as this user; requires root."""
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start in a new process group, with only the given environment; a restart keeps the log."""
        with self.log.open("ab" if self.process else "wb") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.command,
                cwd=self.cwd,
                env=self.env,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(self.stop_signal),
                user=self.user,
                group=self.user,
                extra_groups=None if self.user is None else [],
            )
        remember(self.name, self.process.pid)

    async def ready(self, check: Callable[[], Awaitable[bool]], timeout: float = 60.0) -> None:
        """Wait until `check` succeeds; fail if the child exits or the timeout expires."""
        deadline = time.monotonic() + timeout
        while not await check():
            if self.process is None or self.process.returncode is not None:
                raise StackError(f"{self.name} exited during startup: see {self.log.relative_to(paths.ROOT)}.")
            if time.monotonic() > deadline:
                raise StackError(
                    f"{self.name} was not ready after {timeout:.0f} s: see {self.log.relative_to(paths.ROOT)}."
                )
            await asyncio.sleep(0.02)

    async def wait(self) -> int | None:
        """Wait for its end; returns the exit code."""
        return await self.process.wait() if self.process else None

    async def ended(self) -> None:
        """Wait for its end, and end what it started."""
        await self.wait()
        if self.process:
            kill_group(self.process.pid)

    async def stop(self) -> None:
        """Send the stop signal; after a timeout, kill the process group."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            self.process.send_signal(self.stop_signal)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.process.wait(), STOP_TIMEOUT)
        kill_group(self.process.pid)


def die_with_parent(death_signal: signal.Signals) -> None:
    """Linux: let the kernel signal this process when its parent dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(death_signal))


def kill_group(pid: int) -> None:
    """Kill the rest of a child's process group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def started_at(pid: int) -> float | None:
    """Start time of a process; together with the pid it identifies a process uniquely."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return None


def lives(pid: int, since: float | None) -> bool:
    """True if exactly this process is still running."""
    return since is not None and started_at(pid) == since and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def noted_children() -> list[dict[str, Any]]:
    """The recorded children, in the order of their starts."""
    return json.loads(CHILDREN.read_text()) if CHILDREN.exists() else []


def remember(name: str, pid: int) -> None:
    """Record a child, for a clean-up if this process is killed."""
    noted = noted_children()
    noted.append({"name": name, "pid": pid, "started_at": started_at(pid)})
    CHILDREN.write_text(json.dumps(noted))


def forget_all() -> None:
    """Delete the record, after all children were stopped."""
    CHILDREN.unlink(missing_ok=True)


def sweep() -> list[str]:
    """Stop the children that an earlier supervisor left running; returns their names."""
    stale = [child for child in noted_children() if lives(child["pid"], child["started_at"])]
    for child in stale:
        os.killpg(child["pid"], signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT
    while time.monotonic() < deadline and any(lives(child["pid"], child["started_at"]) for child in stale):
        time.sleep(0.05)
    for child in stale:
        kill_group(child["pid"])
    forget_all()
    return [child["name"] for child in stale]
