"""Kills each part of the running stack in turn: it is started again, and the main job works."""

import os
import signal
from typing import Any

from bellwether import console, processes
from bellwether.stack import daemon, demo


def run() -> int:
    """Kill every part; the exit code is 0 if the main job works after each."""
    latest = {child["name"]: child["pid"] for child in processes.noted_children()}
    works = []
    for name in (name for name in latest if name != "initdb"):
        with console.step(f"{name} killed, started again, main job done"):
            kill(name, latest[name])
            works.append(main_job(daemon.stack()))
    return int(not works or not all(works))


def kill(name: str, pid: int) -> None:
    """Kill a part and wait until it was started again."""
    before = restarts(name)
    os.kill(pid, signal.SIGKILL)
    demo.wait_for(
        lambda: {"restarts": restarts(name)} if restarts(name) > before else None,
        lambda: f"{name} was killed and not started again: see {daemon.LOG.name}.",
    )


def restarts(name: str) -> int:
    """How often the supervisor has said that it started a part again."""
    return daemon.LOG.read_text().count(f"{name} exited and was started again.")


def main_job(stack: dict[str, Any]) -> bool:
    """Refresh, read and analyse, as a user does."""
    demo.refresh(stack)
    _, analysis = demo.analyse(stack["base_url"], demo.sign_up(stack))
    return analysis["status"] == "succeeded"
