"""The log of a function is what it wrote."""

import unittest

from bellwether.stack import logs

OWN = '{"timestamp":"2026-03-02T09:30:00.141Z","level":"INFO","message":"the workflow was called"}'


class OwnLinesTest(unittest.TestCase):
    def test_lines_of_the_platform_are_left_out(self) -> None:
        messages = [
            "INIT_START Runtime Version: provided:al2023.v1\n",
            "START RequestId: 6f0b Version: $LATEST\n",
            OWN + "\n",
            "END RequestId: 6f0b\n",
            "REPORT RequestId: 6f0b\tDuration: 1.00 ms\tBilled Duration: 2 ms\n",
        ]
        self.assertEqual(logs.own_lines(messages), [OWN])

    def test_a_message_with_several_lines_is_shown_line_by_line(self) -> None:
        messages = [f"START RequestId: 6f0b Version: $LATEST\n{OWN}\n\nthread 'main' panicked\nEND RequestId: 6f0b\n"]
        self.assertEqual(logs.own_lines(messages), [OWN, "thread 'main' panicked"])
