"""Compares two versions of a JSON Schema and reports breaking changes.

A schema of a request may only be widened, a schema of a response only narrowed.
"""

from collections.abc import Iterator
from typing import Any

Node = dict[str, Any]
TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
# Keyword, and whether a larger value is the wider bound.
BOUNDS = {
    "maximum": True,
    "exclusiveMaximum": True,
    "maxLength": True,
    "maxItems": True,
    "minimum": False,
    "exclusiveMinimum": False,
    "minLength": False,
    "minItems": False,
}
CLOSED = ("additionalProperties", "unevaluatedProperties")


class Side:
    """One of the two documents."""

    def __init__(self, document: Node) -> None:
        """A document whose references are all internal."""
        self.document = document

    def resolve(self, node: Node) -> Node:
        """The node with its reference resolved; siblings of the reference override the target."""
        while "$ref" in node:
            found: Any = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            beside = {key: value for key, value in node.items() if key != "$ref"}
            node = {**found, **beside} if beside else found
        return node

    def flat(self, schema: Node | bool) -> Node:
        """The schema with references and `allOf` expanded, one level deep."""
        if isinstance(schema, bool):
            return {} if schema else {"enum": []}
        schema = self.resolve(schema)
        result = {key: value for key, value in schema.items() if key != "allOf"}
        for part in map(self.flat, schema.get("allOf", [])):
            result = {
                **part,
                **result,
                # A closed part restricts only itself; relevant is whether the whole schema is closed.
                "properties": self.merged(part.get("properties", {}), result.get("properties", {})),
                "required": [*part.get("required", []), *result.get("required", [])],
            }
        return result

    @staticmethod
    def merged(one: Node, other: Node) -> Node:
        """The properties of both; common ones must satisfy both."""
        return {
            name: {"allOf": [one[name], other[name]]} if name in one and name in other else {**one, **other}[name]
            for name in [*one, *other]
        }


class Schemas:
    """The schemas of both documents."""

    def __init__(self, old: Node, new: Node) -> None:
        """`old` is the version that clients were built for."""
        self.old, self.new = Side(old), Side(new)

    def compare(
        self, where: str, old: Node | bool, new: Node | bool, produced: bool, above: tuple[tuple[int, ...], ...] = ()
    ) -> Iterator[str]:
        """All breaking changes; `produced` schemas are read by clients, all others are sent by them."""
        pair = tuple(
            id(schema if isinstance(schema, bool) else side.resolve(schema))
            for side, schema in ((self.old, old), (self.new, new))
        )
        if pair in above:  # a schema that contains itself
            return
        above = (*above, pair)
        before, after = self.old.flat(old), self.new.flat(new)
        branches = [options(before), options(after)]
        if any(branches):
            yield from self.branches(
                where, *(found or [own] for found, own in zip(branches, (old, new), strict=True)), produced, above
            )
            return
        narrow, wide = (after, before) if produced else (before, after)
        if not types(narrow) <= types(wide):
            yield f"{where}: was {words(types(before))}, is {words(types(after))}"
            return
        yield from values(where, before, after, produced)
        yield from (bounds(where, before, after) if not produced else ())
        yield from self.properties(where, before, after, produced, above)
        if "items" in before and "items" in after:
            yield from self.compare(f"{where}[]", before["items"], after["items"], produced, above)

    def branches(
        self, where: str, old: list[Node], new: list[Node], produced: bool, above: tuple[tuple[int, ...], ...]
    ) -> Iterator[str]:
        """Each alternative of the narrow side must match an alternative of the wide side."""
        narrow, wide = (new, old) if produced else (old, new)
        for one in narrow:
            found = []
            for other in wide:
                pair = (other, one) if produced else (one, other)
                found.append(list(self.compare(where, *pair, produced, above)))
            yield from min(found, key=len)

    def properties(
        self, where: str, before: Node, after: Node, produced: bool, above: tuple[tuple[int, ...], ...]
    ) -> Iterator[str]:
        """Fields may be added, but not removed, made required in requests, or made optional in responses."""
        old, new = before.get("properties", {}), after.get("properties", {})
        for name in old:
            place = f"{where}.{name}"
            if name not in new:
                yield f"{place}: removed"
                continue
            if produced and name in before.get("required", []) and name not in after.get("required", []):
                yield f"{place}: no longer certain"
            yield from self.compare(place, old[name], new[name], produced, above)
        if not produced:
            for name in set(after.get("required", [])) - set(before.get("required", [])):
                yield f"{where}.{name}: now required"
            if closed(after) and not closed(before):
                yield f"{where}: takes no further fields any more"


def options(schema: Node) -> list[Node]:
    """The alternatives of a schema, if any."""
    return schema.get("oneOf") or schema.get("anyOf") or []


def closed(schema: Node) -> bool:
    """True if unknown fields are rejected."""
    return any(schema.get(keyword) is False for keyword in CLOSED)


def types(schema: Node) -> frozenset[str]:
    """The allowed types of a value; every integer is a number."""
    given = schema.get("type", [])
    found = frozenset([given] if isinstance(given, str) else given)
    if not found:
        known = schema.get("enum", [schema["const"]] if "const" in schema else None)
        found = TYPES if known is None else frozenset(map(type_of, known))
    return found | {"integer"} if "number" in found else found


def type_of(value: object) -> str:
    """The JSON type of a value."""
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")


def values(where: str, before: Node, after: Node, produced: bool) -> Iterator[str]:
    """Values that clients send must still be allowed; responses may have additional values."""
    old, new = (schema.get("enum", [schema["const"]] if "const" in schema else None) for schema in (before, after))
    if produced:
        if old is not None and new is None:
            yield f"{where}: was one of {words(old)}, is anything"
    elif new is not None:
        gone = [value for value in old if value not in new] if old is not None else ["anything else"]
        if gone:
            yield f"{where}: no longer takes {words(gone)}"


def bounds(where: str, before: Node, after: Node) -> Iterator[str]:
    """Requests that were valid must still satisfy the bounds."""
    for keyword, larger_is_wider in BOUNDS.items():
        if keyword in after:
            old, new = before.get(keyword), after[keyword]
            if old is None or (new < old if larger_is_wider else new > old):
                yield f"{where}: {keyword} was {old if old is not None else 'open'}, is {new}"
    for keyword in ("pattern", "format"):
        if keyword in after and after[keyword] != before.get(keyword):
            yield f"{where}: {keyword} was {before.get(keyword, 'open')}, is {after[keyword]}"


def words(values: Any) -> str:
    """The values as a sorted, comma-separated text."""
    return ", ".join(sorted(map(str, values)))
