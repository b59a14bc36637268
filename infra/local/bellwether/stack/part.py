"""A part of the stack that is started again when it exits."""

import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bellwether import paths
from bellwether.console import StackError
from bellwether.processes import Child

MOST_EXITS = 5
WINDOW = 60.0


async def nothing() -> None:
    """Nothing has to be done after a restart."""


@dataclass
class Part:
    """A process of the stack, with what a restart needs."""

    child: Child
    ready: Callable[[], Awaitable[bool]]
    restore: Callable[[], Awaitable[None]] = nothing
    """Brings back what the process keeps in memory, after a restart."""

    async def start(self) -> None:
        """Start it and wait until it is ready."""
        await self.child.start()
        await self.child.ready(self.ready)

    async def keep(self, say: Callable[[str], None]) -> None:
        """Start it again whenever it exits, and say so; fail when it exits too often."""
        exits: list[float] = []
        while True:
            await self.child.ended()
            now = time.monotonic()
            exits = [*(exit for exit in exits if now - exit < WINDOW), now]
            if len(exits) > MOST_EXITS:
                log = self.child.log.relative_to(paths.ROOT)
                raise StackError(f"{self.child.name} exited {len(exits)} times within a minute: see {log}.")
            try:
                await self.start()
                await self.restore()
            except Exception:
                # Any failure is retried with a new process, up to MOST_EXITS times.
                traceback.print_exc()
                await self.child.stop()
            else:
                say(f"{self.child.name} exited and was started again.")
