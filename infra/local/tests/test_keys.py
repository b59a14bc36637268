"""The keys of a stack belong to its database."""

import tempfile
import unittest
from pathlib import Path

from bellwether import keys
from bellwether.console import StackError


class KeysTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file, self.database = Path(folder.name) / "keys.json", Path(folder.name) / "postgres"

    def test_keys_are_made_once(self) -> None:
        made = keys.load(self.file, self.database)
        self.assertEqual(keys.load(self.file, self.database), made)

    def test_no_keys_are_made_for_a_database_that_has_others(self) -> None:
        self.database.mkdir()
        (self.database / "PG_VERSION").write_text("17")
        with self.assertRaisesRegex(StackError, "keys.json is missing.*make reset"):
            keys.load(self.file, self.database)
        self.assertFalse(self.file.exists())

    def test_a_damaged_file_is_an_error_that_says_what_to_do(self) -> None:
        for text in ("{", "[]", '{"publishable_key": "sb_publishable_1"}'):
            self.file.write_text(text)
            with self.assertRaisesRegex(StackError, "keys.json cannot be read.*make reset"):
                keys.load(self.file, self.database)
