"""The sample event, and example values of path parameters."""

import json
from typing import Any

from bellwether.scaffold.files import Files
from bellwether.scaffold.function import NewFunction

MODEL = "events/get-stock.json"
UUID = "019cade2-11c0-7c0a-9b5e-3f1d2a6b8c47"


def add(files: Files, new: NewFunction) -> None:
    """Create `events/<name>.json`: what API Gateway sends for a request to the route."""
    event = json.loads(files.text(MODEL))
    values = {name: example(files, new, name) for name in new.parameters}
    path, key = new.route.format(**values), f"{new.method} {new.route}"
    event |= {"routeKey": key, "rawPath": path, "headers": headers(event["headers"], new)}
    event["requestContext"] |= {
        "routeKey": key,
        "http": event["requestContext"]["http"] | {"method": new.method, "path": path},
    }
    encoded = event.pop("isBase64Encoded")
    del event["pathParameters"]
    event |= {"pathParameters": values} if values else {}
    event |= {"body": "{}"} if new.has_body else {}
    files.put(f"events/{new.name}.json", json.dumps(event | {"isBase64Encoded": encoded}, indent=2) + "\n")


def headers(model: dict[str, str], new: NewFunction) -> dict[str, str]:
    """The headers of the request, sorted."""
    token = {"authorization": "Bearer ACCESS_TOKEN"} if new.reads_token else {}
    body = {"content-length": "2", "content-type": "application/json"} if new.has_body else {}
    return dict(sorted((model | token | body).items()))


def example(files: Files, new: NewFunction, name: str) -> str:
    """A value of a path parameter: that of an existing event, of the same context if there is one."""

    def rank(function: str) -> tuple[bool, str]:
        return not files.exists(f"functions/{new.context}/{function}"), function

    # `get-stock.json`, but not `get-stock.invalid-symbol.json`.
    names = [file.stem for file in (files.root / "events").glob("*.json") if "." not in file.stem]
    for function in sorted(names, key=rank):
        event: dict[str, Any] = json.loads(files.text(f"events/{function}.json"))
        if value := (event.get("pathParameters") or {}).get(name):
            return value
    return UUID if name == "id" or name.endswith("_id") else "example"
