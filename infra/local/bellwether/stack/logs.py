"""The logs of the functions in the running stack."""

import re
from collections.abc import Iterable
from typing import Any

from bellwether import console
from bellwether.services import ministack
from bellwether.stack import functions

RECENT_EVENTS = 50
PLATFORM = re.compile(r"(START|END|REPORT) RequestId: |INIT_START ")
"""The lines that Lambda itself writes."""


def print_log(stack: dict[str, Any], function: str) -> int:
    """Print the latest log lines of a function."""
    name = functions.deployed_name(stack, functions.bare(function))
    configuration = ministack.client("lambda", stack["ministack_url"]).get_function_configuration(FunctionName=name)
    group = configuration.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{name}")
    logs = ministack.client("logs", stack["ministack_url"])
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
    for line in own_lines(event["message"] for page in pages for event in page["events"])[-RECENT_EVENTS:]:
        console.say(line)
    return 0


def own_lines(messages: Iterable[str]) -> list[str]:
    """The lines that the function wrote: JSON with its own timestamps, and the output of a crash."""
    lines = (line.rstrip() for message in messages for line in message.splitlines())
    return [line for line in lines if line and not PLATFORM.match(line)]
