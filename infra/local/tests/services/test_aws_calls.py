"""The record contains the calls of functions only, each with its function."""

import io
import json
import unittest
from typing import Any

from bellwether.services.aws_calls import function_of, recorded

QUEUE = "arn:aws:sqs:us-east-1:000000000000:analyses"


class AwsCallsTest(unittest.TestCase):
    def call(self, denied: Any, function: str | None) -> tuple[Any, list[dict[str, Any]]]:
        file = io.StringIO()
        enforce = recorded(lambda *_, **__: denied, lambda _: function, file)
        response = enforce("KEY", "sqs:SendMessage", "sqs", "us-east-1", resource_arn=QUEUE)
        return response, [json.loads(line) for line in file.getvalue().splitlines()]

    def test_an_allowed_call_of_a_function_is_recorded(self) -> None:
        response, (line,) = self.call(None, "create-analysis")
        self.assertIsNone(response)
        self.assertLessEqual(
            {"function": "create-analysis", "action": "sqs:SendMessage", "resource": QUEUE, "allowed": True}.items(),
            line.items(),
        )

    def test_a_refused_call_stays_refused_and_is_recorded(self) -> None:
        response, (line,) = self.call("ImplicitDeny", "create-analysis")
        self.assertEqual((response, line["allowed"]), ("ImplicitDeny", False))

    def test_a_call_of_nobody_is_not_recorded(self) -> None:
        self.assertEqual(self.call(None, None), (None, []))

    def test_a_function_is_known_by_its_session(self) -> None:
        self.assertEqual(
            function_of("arn:aws:sts::000000000000:assumed-role/role-1/bellwether-GetStock-1"), "bellwether-GetStock-1"
        )
        self.assertIsNone(function_of("arn:aws:iam::000000000000:user/somebody"))
