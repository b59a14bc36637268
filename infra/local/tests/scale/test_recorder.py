"""Durations and plans are read from the Postgres log."""

import tempfile
import unittest
from pathlib import Path
from unittest import mock

from bellwether.scale import recorder

LOG = """2026-03-02 09:30:00.000 UTC [7] LOG:  checkpoint starting: time
2026-03-02 09:30:00.100 UTC [8] LOG:  duration: 0.250 ms  bind 5: WITH pgrst_source AS (SELECT 1
\tFROM stocks)
2026-03-02 09:30:00.100 UTC [8] DETAIL:  parameters: $1 = 'AAPL'
2026-03-02 09:30:00.200 UTC [8] LOG:  duration: 1.500 ms  plan:
\t{
\t  "Query Text": "select 1",
\t  "Plan": { "Node Type": "Result", "Actual Rows": 1 }
\t}
2026-03-02 09:30:00.200 UTC [8] CONTEXT:  SQL statement "select 1"
\tPL/pgSQL function read_history_page line 3
"""


class RecorderTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        log = Path(folder.name) / "postgres.log"
        log.write_text("2026-03-02 09:29:59.000 UTC [8] LOG:  duration: 9.000 ms  bind 0: BEGIN\n")
        patch = mock.patch.object(recorder, "LOG", log)
        patch.start()
        self.addCleanup(patch.stop)
        self.recording = recorder.begin()
        with log.open("a") as file:
            file.write(LOG)

    def test_times_since_the_beginning_are_added(self) -> None:
        self.assertEqual(self.recording.milliseconds(), 1.75)

    def test_a_plan_ends_where_its_context_begins(self) -> None:
        (plan,) = self.recording.plans()
        self.assertEqual(plan["Query Text"], "select 1")

    def test_only_a_table_with_rows_is_read_from_end_to_end(self) -> None:
        def scan(table: str, rows: int, removed: int) -> recorder.Plan:
            counted = {"Actual Rows": rows, "Rows Removed by Filter": removed}
            return {"Node Type": "Seq Scan", "Relation Name": table} | counted

        parts = [scan("price_bars_1990", 0, 0), scan("price_bars_2012", 0, 9), scan("price_bars_2013", 1, 0)]
        plan = {"Node Type": "Append", "Actual Rows": 1, "Plans": parts}
        self.assertEqual(list(recorder.scanned(plan)), ["price_bars_2012", "price_bars_2013"])
