"""Finds breaking changes of the contract since the last release.

`python -m bellwether.checks.breaking infra/api/released/openapi.yaml infra/api/openapi.yaml` prints
them and fails, unless the version announces them with a new major version or, before 1.0.0, a new minor
version (https://semver.org, 4).

New routes, optional parameters, response fields, error responses and response values are not breaking.
Clients must tolerate these.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bellwether.checks.breaking_schemas import Node, Schemas

METHODS = ("get", "put", "post", "patch", "delete")


def main(released: str, current: str) -> int:
    """Compare two contract files; returns the exit code."""
    old, new = (yaml.safe_load(Path(path).read_text()) for path in (released, current))
    versions = [document["info"]["version"] for document in (old, new)]
    breaks = sorted(set(changes(old, new)))
    if not breaks:
        print(f"{current} {versions[1]} has no breaking changes since {versions[0]}.")
    elif says_so(*versions):
        print(f"{current} has {len(breaks)} breaking changes since {versions[0]}, as its version {versions[1]} allows.")
    else:
        print("\n".join(breaks))
        print(f"error: {current} breaks {versions[0]}: undo it, or set the version to {next_breaking(versions[0])}.")
        return 1
    return 0


def says_so(old: str, new: str) -> bool:
    """True if the version step allows breaking changes."""
    return numbers(new) >= numbers(next_breaking(old))


def next_breaking(version: str) -> str:
    """The lowest version that may break clients of this one."""
    major, minor, _ = numbers(version)
    return f"{major + 1}.0.0" if major else f"0.{minor + 1}.0"


def numbers(version: str) -> tuple[int, int, int]:
    """Major, minor and patch."""
    major, minor, patch = version.partition("-")[0].split(".")
    return int(major), int(minor), int(patch)


def changes(old: Node, new: Node) -> Iterator[str]:
    """All breaking changes, as sentences that start with the place."""
    schemas = Schemas(old, new)
    for where, before, after, ours in operations(old, new):
        if after is None:
            yield f"{where}: removed"
        else:
            yield from Operation(schemas, where, before, after, ours).changes()


def operations(old: Node, new: Node) -> Iterator[tuple[str, Node, Node | None, bool]]:
    """Place, old and new operation, and whether Bellwether sends its request."""
    for part in ("paths", "webhooks"):
        for path, item in old.get(part, {}).items():
            for method in METHODS:
                if operation := item.get(method):
                    found = new.get(part, {}).get(path, {})
                    shared = {"parameters": [*item.get("parameters", []), *operation.get("parameters", [])]}
                    after = found.get(method)
                    if after is not None:
                        after = {**after, "parameters": [*found.get("parameters", []), *after.get("parameters", [])]}
                    ours = operation.get("x-direction") == "sent"
                    yield f"{method.upper()} {path}", {**operation, **shared}, after, ours


class Operation:
    """One operation, before and after."""

    def __init__(self, schemas: Schemas, where: str, old: Node, new: Node, ours: bool) -> None:
        """`ours`: Bellwether sends the request and reads the response (an outgoing webhook)."""
        self.schemas, self.where, self.old, self.new, self.ours = schemas, where, old, new, ours

    def changes(self) -> Iterator[str]:
        """All breaking changes of the operation."""
        if self.old.get("operationId") != self.new.get("operationId"):
            yield f"{self.where}: operationId changed, which renames it in generated clients"
        yield from self.security()
        yield from self.parameters()
        yield from self.request_body()
        yield from self.responses()

    def security(self) -> Iterator[str]:
        """Credentials that were sufficient must still be sufficient."""
        # A missing requirement equals an empty one.
        old, new = (part.get("security") or [{}] for part in (self.old, self.new))
        if not all(any(set(after) <= set(before) for after in new) for before in old):
            yield f"{self.where}: needs other credentials"

    def parameters(self) -> Iterator[str]:
        """Old requests must still be valid: no parameter is removed, narrowed or newly required."""
        old, new = self.by_name(self.schemas.old, self.old), self.by_name(self.schemas.new, self.new)
        for key, before in old.items():
            where = f"{self.where} {key[0]} parameter {key[1]}"
            if key not in new:
                yield f"{where}: removed"
                continue
            if new[key].get("required") and not before.get("required"):
                yield f"{where}: now required"
            yield from self.schemas.compare(where, before.get("schema", {}), new[key].get("schema", {}), self.ours)
        for key in new.keys() - old.keys():
            if new[key].get("required"):
                yield f"{self.where} {key[0]} parameter {key[1]}: new and required"

    @staticmethod
    def by_name(side: Any, operation: Node) -> dict[tuple[str, str], Node]:
        """Parameters by location and name; header names are case-insensitive."""
        found = [side.resolve(parameter) for parameter in operation["parameters"]]
        return {(it["in"], it["name"].lower() if it["in"] == "header" else it["name"]): it for it in found}

    def request_body(self) -> Iterator[str]:
        """Old request bodies must still be valid."""
        before = self.schemas.old.resolve(self.old.get("requestBody", {}))
        after = self.schemas.new.resolve(self.new.get("requestBody", {}))
        if after.get("required") and not before.get("required"):
            yield f"{self.where} body: now required"
        yield from self.content(f"{self.where} body", before, after, self.ours)

    def responses(self) -> Iterator[str]:
        """Success responses, and errors that are still documented, must keep their form."""
        old, new = self.old.get("responses", {}), self.new.get("responses", {})
        for status, response in old.items():
            where = f"{self.where} {status}"
            if status in new:
                before, after = self.schemas.old.resolve(response), self.schemas.new.resolve(new[status])
                yield from self.headers(where, before, after)
                yield from self.content(where, before, after, not self.ours)
            elif str(status)[0] in "23":
                yield f"{where}: removed"

    def headers(self, where: str, before: Node, after: Node) -> Iterator[str]:
        """Documented headers must still be documented, and required ones still required."""
        new = {name.lower(): self.schemas.new.resolve(header) for name, header in after.get("headers", {}).items()}
        for name, reference in before.get("headers", {}).items():
            header, now = self.schemas.old.resolve(reference), new.get(name.lower())
            if now is None:
                yield f"{where} header {name}: removed"
            elif header.get("required") and not now.get("required"):
                yield f"{where} header {name}: no longer certain"

    def content(self, where: str, before: Node, after: Node, produced: bool) -> Iterator[str]:
        """Every media type must still exist, with a compatible schema."""
        old_types, new = (part.get("content", {}) | part.get("x-content", {}) for part in (before, after))
        for media_type, old in old_types.items():
            if media_type not in new:
                yield f"{where} {media_type}: removed"
            else:
                place = f"{where} {media_type}"
                schemas = old.get("schema", {}), new[media_type].get("schema", {})
                yield from self.schemas.compare(place, *schemas, produced)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
