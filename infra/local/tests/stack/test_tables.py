"""The end of the demo says where the log of each part is."""

import unittest

from bellwether.stack import tables


class LogsTest(unittest.TestCase):
    def test_each_part_has_a_line_with_its_log(self) -> None:
        files = {"Postgres": ".local/logs/postgres.log", "the AWS emulator": ".local/logs/ministack.log"}
        self.assertEqual(
            tables.logs(files).splitlines(),
            [
                "all functions  make logs",
                "one function   make logs F=refresh-symbol",
                "Postgres       .local/logs/postgres.log",
                "AWS emulator   .local/logs/ministack.log",
            ],
        )
