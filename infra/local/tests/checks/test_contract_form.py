"""The contract has the form that code generators turn into usable types, also strict ones such as oapi-codegen."""

import unittest
from collections.abc import Iterator
from typing import Any

import yaml

from bellwether import paths

CONTRACT = yaml.safe_load(paths.CONTRACT.read_text())
METHODS = ("get", "put", "post", "patch", "delete")
BODY_TYPES = ("application/json", "application/problem+json")


def walk(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every object of the contract and its path, without examples."""
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            if key not in ("example", "examples"):
                yield from walk(value, (*path, str(key)))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk(value, (*path, str(index)))


def operations() -> Iterator[dict[str, Any]]:
    """Every operation, also of webhooks."""
    for item in [*CONTRACT["paths"].values(), *CONTRACT["webhooks"].values()]:
        yield from (item[method] for method in METHODS if method in item)


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """The target of a reference, or the node itself."""
    if "$ref" not in node:
        return node
    found: Any = CONTRACT
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part.replace("~1", "/").replace("~0", "~")]
    return resolved(found)


class ContractFormTest(unittest.TestCase):
    def test_a_reference_names_a_component(self) -> None:
        for path, node in walk(CONTRACT):
            if isinstance(reference := node.get("$ref"), str):
                self.assertRegex(reference, r"^#/components/\w+/[^/]+$", "/".join(path))

    def test_every_error_has_the_one_problem(self) -> None:
        for path, node in walk(CONTRACT):
            if path[-1:] == ("application/problem+json",):
                self.assertEqual(node["schema"], {"$ref": "#/components/schemas/Problem"}, "/".join(path))

    def test_a_request_body_has_a_named_schema(self) -> None:
        for operation in operations():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                self.assertEqual(list(content["schema"]), ["$ref"], operation["operationId"])

    def test_an_object_within_a_schema_has_a_name(self) -> None:
        for name, schema in CONTRACT["components"]["schemas"].items():
            for path, node in walk(schema):
                if path and path[0] != "allOf" and path[-1] != "properties":
                    self.assertNotIn("properties", node, f"{name} {path}")

    def test_a_successful_response_has_one_type_of_json_or_none(self) -> None:
        for operation in operations():
            for status, response in operation["responses"].items():
                types = list(resolved(response).get("content", {}))
                if str(status)[0] == "2" and "application/json" in types:
                    self.assertEqual(types, ["application/json"], operation["operationId"])

    def test_no_field_of_a_request_body_has_a_default(self) -> None:
        """Generators make such a field required."""
        for operation in operations():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                for name, field in resolved(content["schema"]).get("properties", {}).items():
                    self.assertNotIn("default", resolved(field), f"{operation['operationId']} {name}")

    def test_an_array_in_a_query_may_be_repeated(self) -> None:
        for operation in operations():
            for parameter in map(resolved, operation.get("parameters", [])):
                if resolved(parameter["schema"]).get("type") == "array":
                    self.assertEqual((parameter.get("style"), parameter.get("explode")), ("form", True))
