"""The log of a function is what it wrote; the logs of all are merged by time."""

import unittest
from typing import Any

from bellwether.stack import logs


def line(time: str, message: str = "the workflow was called") -> str:
    return f'{{"timestamp":"2026-03-02T09:30:{time}Z","level":"INFO","message":"{message}"}}'


OWN = line("00.141")
AT = 1_772_443_800_000
"""2026-03-02T09:30:00Z in milliseconds."""


class Client:
    """CloudWatch Logs with the events of one group; a response has at most three."""

    def __init__(self, *events: tuple[int, str]) -> None:
        self.events = [{"timestamp": at, "message": message} for at, message in events]

    def filter_log_events(self, logGroupName: str, startTime: int) -> dict[str, Any]:
        assert logGroupName == "group"
        return {"events": [event for event in self.events if event["timestamp"] >= startTime][:3]}


def texts(lines: list[logs.Line]) -> list[str]:
    return [found.text for found in lines]


class LogTest(unittest.TestCase):
    def test_lines_of_the_platform_are_left_out(self) -> None:
        messages = [
            "INIT_START Runtime Version: provided:al2023.v1\n",
            "START RequestId: 6f0b Version: $LATEST\n",
            OWN + "\n",
            "END RequestId: 6f0b\n",
            "REPORT RequestId: 6f0b\tDuration: 1.00 ms\tBilled Duration: 2 ms\n",
        ]
        log = logs.Log("get-metrics", "group", Client(*((AT, message) for message in messages)))
        self.assertEqual(texts(log.new()), [OWN])

    def test_a_message_with_several_lines_is_shown_line_by_line(self) -> None:
        message = f"START RequestId: 6f0b Version: $LATEST\n{OWN}\n\nthread 'main' panicked\nEND RequestId: 6f0b\n"
        log = logs.Log("get-metrics", "group", Client((AT, message)))
        self.assertEqual(texts(log.new()), [OWN, "thread 'main' panicked"])

    def test_each_line_is_read_once(self) -> None:
        client = Client(*((AT + number // 2, f"line {number}") for number in range(8)))
        log = logs.Log("get-metrics", "group", client)
        self.assertEqual(texts(log.new()), [f"line {number}" for number in range(8)])
        self.assertEqual(log.new(), [])
        client.events.append({"timestamp": AT + 3, "message": "line 8"})
        self.assertEqual(texts(log.new()), ["line 8"])


class LatestTest(unittest.TestCase):
    def test_the_last_lines_are_shown_first(self) -> None:
        found = logs.Log("get-metrics", "group", Client(*((AT, f"line {number}") for number in range(3)))).new()
        for lines, expected in [(0, []), (2, ["line 1", "line 2"]), (9, ["line 0", "line 1", "line 2"])]:
            self.assertEqual(texts(logs.latest(found, lines)), expected)


class MergedTest(unittest.TestCase):
    def test_lines_of_all_functions_are_sorted_by_time(self) -> None:
        plan = logs.Log("plan-refresh", "group", Client((AT + 900, line("00.100") + "\n" + line("00.300"))))
        refresh = logs.Log("refresh-symbol", "group", Client((AT + 800, line("00.200")), (AT + 850, "crashed")))
        self.assertEqual(
            texts(logs.merged([plan, refresh])), [line("00.100"), line("00.200"), line("00.300"), "crashed"]
        )

    def test_a_line_without_a_time_follows_the_line_before_it(self) -> None:
        first = logs.Log("plan-refresh", "group", Client((AT + 900, line("00.100") + "\nthread 'main' panicked")))
        second = logs.Log("refresh-symbol", "group", Client((AT + 900, line("00.200"))))
        self.assertEqual(
            texts(logs.merged([first, second])), [line("00.100"), "thread 'main' panicked", line("00.200")]
        )

    def test_a_line_of_several_functions_begins_with_the_name(self) -> None:
        found = [logs.Line(0.0, "get-stock", "a"), logs.Line(1.0, "refresh-symbol", "b")]
        self.assertEqual(logs.printed(found, width=14), ["get-stock       a", "refresh-symbol  b"])
        self.assertEqual(logs.printed(found[:1], width=0), ["a"])
