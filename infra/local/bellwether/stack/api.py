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
class Response:
    """An HTTP response with its JSON body."""

    status: int
    headers: Message
    body: Any


def call(method: str, url: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Response:
    """Send a JSON request and parse the JSON response; error statuses do not raise."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
            return Response(response.status, response.headers, json.loads(response.read() or b"null"))
    except urllib.error.HTTPError as response:
        return Response(response.code, response.headers, parsed(response.read()))
    except urllib.error.URLError as error:
        raise StackError(f"{url} does not respond: {error.reason}.") from error


def parsed(text: bytes) -> Any:
    """The parsed JSON, or the text if it is not JSON."""
    try:
        return json.loads(text or b"null")
    except ValueError:
        return text.decode(errors="replace")


def expect(response: Response, status: int, what: str) -> Any:
    """The body of a response that must have this status."""
    if response.status != status:
        raise StackError(f"{what} returned {response.status} instead of {status}: {response.body}")
    return response.body
