"""The logs of the functions in the running stack, merged by time."""

import json
import re
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bellwether import console
from bellwether.services import ministack
from bellwether.stack import functions

RECENT = 50
"""The number of lines that are shown first, unless another is asked for."""
POLL = 1.0
PLATFORM = re.compile(r"(START|END|REPORT) RequestId: |INIT_START ")
"""The lines that Lambda itself writes."""


@dataclass(frozen=True)
class Line:
    """A line that a function wrote."""

    at: float
    """Seconds since 1970."""
    function: str
    text: str


class Log:
    """The log of one function; each line is read once."""

    def __init__(self, function: str, group: str, client: Any) -> None:
        """The log in this group, from its begin."""
        self.function, self.group, self.client = function, group, client
        self.since = 0
        """The time of the last event that was read, in milliseconds."""
        self.known = 0
        """The number of events of that time that were read."""

    def new(self) -> list[Line]:
        """The lines that were not read before. A response has only the first 10,000 events."""
        found: list[Line] = []
        while True:
            events = self.client.filter_log_events(logGroupName=self.group, startTime=self.since)["events"]
            unread = events[self.known :]
            if not unread:
                return found
            for event in unread:
                found += self.lines(event)
            self.since = events[-1]["timestamp"]
            self.known = sum(event["timestamp"] == self.since for event in events)

    def lines(self, event: dict[str, Any]) -> list[Line]:
        """The lines of an event. JSON has its own time; another line follows the one before it."""
        at, found = event["timestamp"] / 1000, []
        for text in own_lines(event["message"]):
            at = written_at(text) or at
            found.append(Line(at, self.function, text))
        return found


def show(stack: dict[str, Any], function: str | None, lines: int, follow: bool) -> int:
    """Print the latest lines of all functions or of one, newest last; go on with new ones until Ctrl-C."""
    names = [functions.bare(function)] if function else sorted(stack["functions"])
    logs = [open_log(stack, name) for name in names]
    width = 0 if function else max(map(len, names))
    with suppress(KeyboardInterrupt):
        say(latest(merged(logs), lines), width)
        while follow:
            time.sleep(POLL)
            say(merged(logs), width)
    return 0


def open_log(stack: dict[str, Any], function: str) -> Log:
    """The log of a deployed function."""
    name, endpoint = functions.deployed_name(stack, function), stack["ministack_url"]
    configuration = ministack.client("lambda", endpoint).get_function_configuration(FunctionName=name)
    group = configuration.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{name}")
    return Log(function, group, ministack.client("logs", endpoint))


def latest(found: list[Line], lines: int) -> list[Line]:
    """The last of these lines."""
    return found[max(len(found) - lines, 0) :]


def merged(logs: Iterable[Log]) -> list[Line]:
    """The new lines of these logs, oldest first."""
    return sorted((line for log in logs for line in log.new()), key=lambda line: line.at)


def say(lines: Iterable[Line], width: int) -> None:
    """Print lines."""
    for text in printed(lines, width):
        console.say(text)


def printed(lines: Iterable[Line], width: int) -> list[str]:
    """The lines as they are printed: after the name of the function, if that has a width."""
    return [f"{line.function:<{width}}  {line.text}" if width else line.text for line in lines]


def written_at(text: str) -> float | None:
    """The time of a JSON line."""
    try:
        return datetime.fromisoformat(json.loads(text)["timestamp"]).timestamp()
    except (ValueError, TypeError, KeyError):
        return None


def own_lines(message: str) -> list[str]:
    """The lines that the function wrote: JSON with its own timestamps, and the output of a crash."""
    lines = (line.rstrip() for line in message.splitlines())
    return [line for line in lines if line and not PLATFORM.match(line)]
