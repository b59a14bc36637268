"""One function of the running stack: deploy a new build, print its log."""

import re
import time
from collections.abc import Iterable
from typing import Any

from bellwether import console
from bellwether.console import StackError
from bellwether.services import ministack
from bellwether.stack import install
from bellwether.stack.deploy import Cloud

RECENT_EVENTS = 50
PLATFORM = re.compile(r"(START|END|REPORT) RequestId: |INIT_START ")
"""The lines that Lambda itself writes."""


def bare(function: str) -> str:
    """The name of a function without its context: `market/get-metrics` is `get-metrics`."""
    return function.rpartition("/")[2]


def deployed_name(stack: dict[str, Any], folder: str) -> str:
    """The deployed name of the function in a folder below functions/."""
    if folder not in stack["functions"]:
        raise StackError(f"There is no function {folder}. The functions are: {', '.join(sorted(stack['functions']))}.")
    return stack["functions"][folder]


def push(stack: dict[str, Any], function: str) -> int:
    """Build one function and replace its code in the running stack."""
    folder, started = bare(function), time.monotonic()
    name = deployed_name(stack, folder)
    install.cargo_build("--bin", folder)
    Cloud(stack["ministack_url"], install.debug_binaries()).push(name, folder)
    console.done(f"{folder} is live", time.monotonic() - started)
    return 0


def print_log(stack: dict[str, Any], function: str) -> int:
    """Print the latest log lines of a function."""
    name = deployed_name(stack, bare(function))
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
