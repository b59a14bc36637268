"""A plain HTTP client for the running stack."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any

from bellwether.console import StackError

TIMEOUT = 30.0


@dataclass(frozen=True)
class Answer:
    """An HTTP response with its JSON body."""

    status: int
    headers: Message
    body: Any


def call(method: str, url: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
    """Send a JSON request and parse the JSON response; error statuses do not raise."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return Answer(answer.status, answer.headers, json.loads(answer.read() or b"null"))
    except urllib.error.HTTPError as answer:
        return Answer(answer.code, answer.headers, parsed(answer.read()))
    except urllib.error.URLError as error:
        raise StackError(f"{url} does not respond: {error.reason}.") from error


def parsed(text: bytes) -> Any:
    """The parsed JSON, or the text if it is not JSON."""
    try:
        return json.loads(text or b"null")
    except ValueError:
        return text.decode(errors="replace")


def expect(answer: Answer, status: int, what: str) -> Any:
    """The body of a response that must have this status."""
    if answer.status != status:
        raise StackError(f"{what} returned {answer.status} instead of {status}: {answer.body}")
    return answer.body
