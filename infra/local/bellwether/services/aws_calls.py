"""Records every AWS call of a function, and whether the function's role allows it.

With AUTH=true MiniStack gives every function a session of its execution role and evaluates the
policies of that role, but does not record the calls. This record has one JSON object per line:
time, function, service, action, resource, allowed. Calls that MiniStack makes on behalf of a
function (reading its queue, writing its logs) are not calls of the function and not recorded.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO


def record_calls(path: Path) -> None:
    """Make MiniStack's policy check record each call of a function."""
    from ministack.core import iam_evaluator
    from ministack.services import sts

    def caller(access_key: str) -> str | None:
        session = sts._sessions.get(access_key)
        return function_of(str(session.get("Arn", ""))) if session else None

    file = path.open("w", buffering=1)
    iam_evaluator.enforce = recorded(iam_evaluator.enforce, caller, file)


def recorded(enforce: Callable[..., Any], caller: Callable[[str], str | None], file: TextIO) -> Callable[..., Any]:
    """Wrap a policy check, which returns None for an allowed call."""

    def enforce_and_record(
        access_key: str, action: str, service: str, region: str, resource_arn: str = "*", **context: Any
    ) -> Any:
        denied = enforce(access_key, action, service, region, resource_arn=resource_arn, **context)
        if function := caller(access_key):
            call = {
                "time": datetime.now(UTC).isoformat(),
                "function": function,
                "service": service,
                "action": action,
                "resource": resource_arn,
                "allowed": denied is None,
            }
            file.write(json.dumps(call) + "\n")
        return denied

    return enforce_and_record


def function_of(arn: str) -> str | None:
    """The function of a session: Lambda names the session after the function."""
    resource = arn.rpartition(":")[2]
    kind, *names = resource.split("/")
    return names[-1] if kind == "assumed-role" and len(names) == 2 else None
