"""Retries as `Retry-After` asks for them."""

import time
from collections.abc import Callable

import httpx

# The service did nothing: a POST may be sent again, too.
REFUSED = 429
UNAVAILABLE = (502, 503, 504)
DEFAULT_WAIT = 1.0


class RetryTransport(httpx.BaseTransport):
    """Sends a request again after 429, and a GET after 502, 503 and 504, when `Retry-After` is over.

    A request is sent at most `1 + retries` times. A longer wait than `max_wait` seconds is left to the caller.
    """

    def __init__(
        self, inner: httpx.BaseTransport, retries: int, max_wait: float, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Sends requests through `inner`."""
        self.inner, self.retries, self.max_wait, self.sleep = inner, retries, max_wait, sleep

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and send it again while that may help."""
        for _ in range(self.retries):
            response = self.inner.handle_request(request)
            wait = self.wait(request, response)
            if wait is None:
                return response
            response.close()
            self.sleep(wait)
        return self.inner.handle_request(request)

    def wait(self, request: httpx.Request, response: httpx.Response) -> float | None:
        """Seconds to wait before the next try; none if this response is final."""
        read = request.method in ("GET", "HEAD")
        if response.status_code != REFUSED and not (read and response.status_code in UNAVAILABLE):
            return None
        asked = retry_after(response)
        wait = DEFAULT_WAIT if asked is None else asked
        return wait if wait <= self.max_wait else None

    def close(self) -> None:
        """Close the connections."""
        self.inner.close()


def retry_after(response: httpx.Response) -> float | None:
    """The seconds of `Retry-After`, if it has any."""
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isdecimal() else None
