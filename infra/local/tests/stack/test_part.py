"""A part of the stack is started again when it exits, and given up when it exits too often."""

import asyncio
import contextlib
import io
import os
import signal
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from bellwether import paths, processes
from bellwether.console import StackError
from bellwether.processes import Child
from bellwether.stack.part import MOST_EXITS, Part


class PartTest(unittest.IsolatedAsyncioTestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(dir=paths.STATE)
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        children = mock.patch.object(processes, "CHILDREN", self.folder / "children.json")
        children.start()
        self.addCleanup(children.stop)
        self.lines: asyncio.Queue[str] = asyncio.Queue()

    def part(self, *command: str) -> Part:
        child = Child("the sleeper", list(command), self.folder / "log", cwd=self.folder)

        async def ready() -> bool:
            return child.process is not None and child.process.returncode is None

        self.addAsyncCleanup(child.stop)
        return Part(child, ready, self.restore)

    async def restore(self) -> None:
        self.restored = True

    async def test_a_killed_part_is_started_again_and_restored_with_one_line_that_says_so(self) -> None:
        part = self.part("/bin/sleep", "60")
        await part.start()
        killed = part.child.process.pid
        keeper = asyncio.create_task(part.keep(self.lines.put_nowait))
        os.kill(killed, signal.SIGKILL)
        self.assertEqual(await self.lines.get(), "the sleeper exited and was started again.")
        keeper.cancel()
        self.assertNotEqual(part.child.process.pid, killed)
        self.assertTrue(self.restored)

    async def test_a_part_that_exits_again_and_again_is_given_up_with_its_log(self) -> None:
        part = self.part("/bin/false")
        await part.child.start()
        exited_too_often = self.assertRaisesRegex(StackError, f"exited {MOST_EXITS + 1} times.*log")
        with contextlib.redirect_stderr(io.StringIO()), exited_too_often:
            await part.keep(self.lines.put_nowait)
