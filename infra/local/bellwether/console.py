"""Terminal output: one line per step, with its duration."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STILL_RUNNING_EVERY = 10.0


class StackError(Exception):
    """An error that the user can fix; the message is one line that says how."""


def say(text: str = "") -> None:
    """Print one line and flush."""
    print(text, flush=True)


def fail(text: str) -> None:
    """Print the error line of a failed command."""
    print(f"error: {text}", file=sys.stderr, flush=True)


def done(name: str, seconds: float, detail: str = "") -> None:
    """Print the line of a finished step."""
    say(f"  {seconds:6.1f} s  {name}{f' ({detail})' if detail else ''}")


@contextmanager
def step(name: str, detail: Callable[[], str] | None = None) -> Iterator[None]:
    """Time a step; report regularly that a long one is still running."""
    started = time.monotonic()
    finished = threading.Event()

    def remind() -> None:
        while not finished.wait(STILL_RUNNING_EVERY):
            note = f", {detail()}" if detail else ""
            say(f"           {name}: still running after {time.monotonic() - started:.0f} s{note}")

    reminder = threading.Thread(target=remind, daemon=True)
    reminder.start()
    try:
        yield
    finally:
        finished.set()
        reminder.join()
    done(name, time.monotonic() - started)
