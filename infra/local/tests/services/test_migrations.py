"""Migrations are applied once and in order, and must not change afterwards."""

import tempfile
import unittest
from pathlib import Path

from bellwether.console import StackError
from bellwether.services.migrations import refuse_changed, version_of


class MigrationsTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "20260101000000_stocks.sql"
        self.file.write_text("select 1;")
        self.files = {version_of(self.file): self.file}

    def test_an_applied_migration_that_is_still_the_same_is_fine(self) -> None:
        refuse_changed(self.files, {"20260101000000": "select 1;"})

    def test_a_changed_migration_is_refused_by_name(self) -> None:
        with self.assertRaisesRegex(StackError, "20260101000000_stocks.sql"):
            refuse_changed(self.files, {"20260101000000": "select 2;"})

    def test_a_removed_migration_is_refused(self) -> None:
        with self.assertRaisesRegex(StackError, "20250101000000"):
            refuse_changed(self.files, {"20250101000000": "select 1;"})

    def test_a_file_without_a_time_stamp_is_no_migration(self) -> None:
        with self.assertRaisesRegex(StackError, "stocks.sql"):
            version_of(Path("stocks.sql"))
