"""Starts, finds and stops the supervisor process."""

import asyncio
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TextIO

from bellwether import console, keys, paths, processes
from bellwether.console import StackError
from bellwether.services.gateway import UPDATE
from bellwether.stack import api
from bellwether.stack.settings import Settings

LOCK = paths.SUPERVISOR_LOCK
LOG = paths.SUPERVISOR_LOG
SUPERVISOR = paths.RUN / "supervisor.json"
LOCK_TIMEOUT = 2.0
START_TIMEOUT = 120.0
STOP_TIMEOUT = 30.0


@dataclass(frozen=True)
class Running:
    """A running supervisor."""

    pid: int
    port: int

    @property
    def url(self) -> str:
        """The URL of its gateway."""
        return paths.url(self.port)


def running() -> Running | None:
    """The running supervisor of this project, if any; it holds the lock while it runs."""
    if not LOCK.exists():
        return None
    with LOCK.open() as lock:
        if taken(lock, fcntl.LOCK_SH):
            return None
    return Running(**json.loads(SUPERVISOR.read_text()))


def stack() -> dict[str, Any]:
    """URLs and keys of the running stack; waits for a stack that is starting."""
    deadline = time.monotonic() + START_TIMEOUT
    while running() and time.monotonic() < deadline:
        if paths.STACK_FILE.exists():
            return json.loads(paths.STACK_FILE.read_text())
        time.sleep(0.1)
    raise StackError("The stack is not running: start it with `make run`.")


def ensure(port: int, attached: bool) -> subprocess.Popen[str] | None:
    """Update the running stack, or start a new one and return its process."""
    found = running()
    if found is None:
        return start(port, attached)
    console.say(f"The stack is already running at {found.url}.")
    given = stack()
    with console.step("migrations and functions updated"):
        response = api.call("POST", found.url + UPDATE, headers={"apikey": given["secret_key"]})
        if response.status != 200:
            raise StackError(response.body["message"])
    return None


def start(port: int, attached: bool) -> subprocess.Popen[str]:
    """Start a supervisor and wait until it is ready; if attached, it ends with this process."""
    for name in processes.sweep():
        console.say(f"  stopped {name}, left over from an earlier run")
    require_free(port)
    command = [sys.executable, "-m", "bellwether", "supervise", "--port", str(port)]
    with LOG.open("w") as log:
        supervisor = subprocess.Popen(
            command + ["--attached"] * attached,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
    try:
        follow(supervisor)
    except BaseException:
        supervisor.terminate()
        supervisor.wait()
        raise
    return supervisor


def follow(supervisor: subprocess.Popen[str]) -> None:
    """Print the steps of the supervisor until it is ready."""
    assert supervisor.stdout is not None
    for line in supervisor.stdout:
        told = json.loads(line)
        if "error" in told:
            raise StackError(told["error"])
        if told["step"] == "ready":
            return
        console.done(told["step"], told["seconds"])
    raise StackError(f"The supervisor exited during startup: see {LOG.relative_to(paths.ROOT)}.")


def stay(supervisor: subprocess.Popen[str]) -> bool:
    """Print the lines of a started supervisor until it ends; returns True if it failed."""
    assert supervisor.stdout is not None
    for line in supervisor.stdout:
        told = json.loads(line)
        if "error" in told:
            console.fail(told["error"])
        else:
            console.say(told["line"])
    return bool(supervisor.wait())


def require_free(port: int) -> None:
    """Fail if a port is taken, and name it."""
    for name, number in paths.Ports(port).named().items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((paths.HOST, number))
            except OSError:
                advice = f"choose others with `make run PORT={port + 100}`"
                raise StackError(f"Port {number}, for {name}, is taken: {advice}.") from None


def supervise(port: int, tiingo_token: str, n8n_base_url: str, attached: bool) -> None:
    """Run the supervisor; it reports on standard output, one JSON object per line."""
    from bellwether.stack.supervisor import Supervisor

    if attached:
        processes.die_with_parent(signal.SIGTERM)
    try:
        with locked(Running(os.getpid(), port)):
            settings = Settings(paths.Ports(port), keys.load(), tiingo_token, n8n_base_url)
            asyncio.run(Supervisor(settings, tell_step, tell_line).run())
    except* StackError as errors:
        tell(error=str(leaf(errors)))
        raise


@contextmanager
def locked(supervisor: Running) -> Iterator[None]:
    """Hold the lock of the supervisor."""
    with LOCK.open("w") as lock:
        deadline = time.monotonic() + LOCK_TIMEOUT
        while not taken(lock, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise StackError("Another command is starting the stack: try again.")
            time.sleep(0.05)
        keys.write_private(SUPERVISOR, json.dumps(asdict(supervisor)))
        yield


def taken(file: TextIO, kind: int) -> bool:
    """Try to take a lock without waiting."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False


def leaf(group: BaseException) -> BaseException:
    """The first error in a group of groups."""
    return leaf(group.exceptions[0]) if isinstance(group, BaseExceptionGroup) else group


def tell_step(name: str, seconds: float) -> None:
    """Report a step of the start."""
    tell(step=name, seconds=seconds)


def tell_line(text: str) -> None:
    """Report a line, and write it to the log: a detached stack has no parent."""
    tell(line=text)
    print(f"{datetime.now():%H:%M:%S} {text}", file=sys.stderr, flush=True)


def tell(**what: Any) -> None:
    """Report to the parent process, if it is still running."""
    with suppress(BrokenPipeError):
        print(json.dumps(what), flush=True)


def stop() -> bool:
    """Stop the stack of this project; returns False if none was running."""
    found = running()
    if found is None:
        return bool(processes.sweep())
    began = processes.started_at(found.pid)
    os.kill(found.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT
    while running() == found or processes.lives(found.pid, began):
        if time.monotonic() > deadline:
            os.kill(found.pid, signal.SIGKILL)
            processes.sweep()
            break
        time.sleep(0.05)
    return True
