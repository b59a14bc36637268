"""Errors of the API."""

from typing import Any

import httpx

from bellwether.retries import retry_after


class ApiError(Exception):
    """A response with an error status. `code` is stable, and for programs; `detail` is for people.

    A response of the gateway or of a proxy has no `code`.
    """

    def __init__(self, response: httpx.Response) -> None:
        """The error of a response whose body has been read."""
        problem = body(response)
        self.status = response.status_code
        self.code: str | None = problem.get("code")
        self.detail: str = problem.get("detail") or problem.get("message") or response.reason_phrase
        self.errors: list[dict[str, str]] = problem.get("errors", [])
        self.request_id: str | None = response.headers.get("X-Request-Id")
        self.retry_after: float | None = retry_after(response)
        super().__init__(f"{self.status} {self.code or ''}: {self.detail}".replace(" :", ":"))


def body(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of a response; empty for any other body."""
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
