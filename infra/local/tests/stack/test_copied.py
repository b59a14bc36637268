"""A copied project leaves the processes and the state of the original alone."""

import contextlib
import io
import tempfile
import unittest
from pathlib import Path

from bellwether.stack.copied import leave_original_alone


class CopiedTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.original, self.copy = Path(folder.name) / "original", Path(folder.name) / "copy"
        self.original.mkdir()
        self.assertEqual(self.bind(self.original), "")
        (self.original / ".local" / "run" / "children.json").write_text("[]")
        (self.original / ".local" / "stack.json").write_text("{}")
        (self.original / ".local" / "keys.json").write_text("{}")

    def bind(self, root: Path) -> str:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            leave_original_alone(root)
        return printed.getvalue()

    def test_a_copy_forgets_the_processes_and_addresses_of_the_original_and_says_so(self) -> None:
        self.original.rename(self.copy)
        self.assertIn("copied", self.bind(self.copy))
        self.assertFalse((self.copy / ".local" / "run" / "children.json").exists())
        self.assertFalse((self.copy / ".local" / "stack.json").exists())
        self.assertTrue((self.copy / ".local" / "keys.json").exists())
        self.assertEqual(self.bind(self.copy), "")

    def test_the_original_keeps_its_own(self) -> None:
        self.assertEqual(self.bind(self.original), "")
        self.assertTrue((self.original / ".local" / "run" / "children.json").exists())
