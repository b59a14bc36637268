"""Every kind of breaking change is reported, and compatible changes are not."""

import copy
import unittest
from collections.abc import Callable
from typing import Any

from bellwether.checks.breaking import changes, says_so

CONTRACT: dict[str, Any] = {
    "info": {"version": "1.2.3"},
    "paths": {
        "/v1/stocks": {
            "get": {
                "operationId": "list-stocks",
                "security": [],
                "parameters": [{"$ref": "#/components/parameters/Limit"}, {"name": "active", "in": "query"}],
                "responses": {
                    "200": {
                        "headers": {"ETag": {"required": True, "schema": {"type": "string"}}, "Link": {}},
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["items"],
                                    "properties": {
                                        "items": {"type": "array", "items": {"$ref": "#/components/schemas/Stock"}}
                                    },
                                }
                            },
                            "text/csv": {"schema": {"type": "string"}},
                        },
                    },
                    "404": {"description": "There is none."},
                },
            },
            "post": {
                "operationId": "add-stock",
                "security": [{"user": []}, {"key": []}],
                "parameters": [],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["symbol"],
                                "properties": {
                                    "symbol": {"type": "string", "maxLength": 15, "pattern": "^[A-Z]+$"},
                                    "kind": {"enum": ["share", "index"]},
                                    "weight": {"type": ["number", "null"], "minimum": 0},
                                    "note": {"oneOf": [{"type": "string"}, {"type": "null"}]},
                                },
                            }
                        }
                    }
                },
                "responses": {"202": {"description": "It will be."}},
            },
        }
    },
    "webhooks": {
        "stock.added": {
            "post": {
                "operationId": "stock-added",
                "x-direction": "sent",
                "parameters": [],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Stock"}}}},
                "responses": {"200": {"description": "Heard."}},
            }
        }
    },
    "components": {
        "parameters": {"Limit": {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}}},
        "schemas": {
            "Name": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
            "Stock": {
                "allOf": [
                    {"$ref": "#/components/schemas/Name"},
                    {
                        "type": "object",
                        "required": ["status", "close"],
                        "properties": {
                            "status": {"type": "string", "enum": ["new", "known"]},
                            "close": {"type": "number"},
                            "parent": {"oneOf": [{"$ref": "#/components/schemas/Stock"}, {"type": "null"}]},
                        },
                    },
                ],
                "unevaluatedProperties": False,
            },
        },
    },
}


def found(change: Callable[[dict[str, Any]], object]) -> list[str]:
    """The breaking changes after an edit of the contract above."""
    new = copy.deepcopy(CONTRACT)
    change(new)
    return sorted(set(changes(CONTRACT, new)))


def listing(document: dict[str, Any]) -> dict[str, Any]:
    return document["paths"]["/v1/stocks"]["get"]


def adding(document: dict[str, Any]) -> dict[str, Any]:
    return document["paths"]["/v1/stocks"]["post"]


def sent(document: dict[str, Any]) -> dict[str, Any]:
    return adding(document)["requestBody"]["content"]["application/json"]["schema"]


def stock(document: dict[str, Any]) -> dict[str, Any]:
    return document["components"]["schemas"]["Stock"]["allOf"][1]


class BreakingTest(unittest.TestCase):
    def breaks(self, change: Callable[[dict[str, Any]], object], *expected: str) -> None:
        self.assertEqual(found(change), sorted(expected))

    def test_the_same_contract_breaks_nothing(self) -> None:
        self.breaks(lambda _: None)

    def test_a_removed_path_or_operation(self) -> None:
        self.breaks(lambda new: new["paths"].clear(), "GET /v1/stocks: removed", "POST /v1/stocks: removed")
        self.breaks(lambda new: new["paths"]["/v1/stocks"].pop("get"), "GET /v1/stocks: removed")
        self.breaks(lambda new: new["webhooks"].clear(), "POST stock.added: removed")

    def test_a_renamed_operation(self) -> None:
        expected = "GET /v1/stocks: operationId changed, which renames it in generated clients"
        self.breaks(lambda new: listing(new).update(operationId="stocks"), expected)

    def test_other_credentials(self) -> None:
        self.breaks(lambda new: listing(new).update(security=[{"user": []}]), "GET /v1/stocks: needs other credentials")
        self.breaks(lambda new: adding(new).update(security=[{"user": []}]), "POST /v1/stocks: needs other credentials")
        self.breaks(lambda new: adding(new).update(security=[]))

    def test_a_removed_parameter(self) -> None:
        where = "GET /v1/stocks query parameter active"
        self.breaks(lambda new: listing(new)["parameters"].pop(), f"{where}: removed")

    def test_a_parameter_that_has_to_be_sent(self) -> None:
        where = "GET /v1/stocks query parameter"
        new_one = {"name": "exchange", "in": "query", "required": True}
        self.breaks(lambda new: listing(new)["parameters"].append(new_one), f"{where} exchange: new and required")
        limit = "limit: now required"
        self.breaks(lambda new: new["components"]["parameters"]["Limit"].update(required=True), f"{where} {limit}")

    def test_a_parameter_that_takes_less(self) -> None:
        where = "GET /v1/stocks query parameter limit"
        limit = ("components", "parameters", "Limit", "schema")

        def change(**keywords: object) -> Callable[[dict[str, Any]], object]:
            return lambda new: new[limit[0]][limit[1]][limit[2]][limit[3]].update(keywords)

        self.breaks(change(minimum=2), f"{where}: minimum was 1, is 2")
        self.breaks(change(maximum=9), f"{where}: maximum was open, is 9")
        self.breaks(change(type="boolean"), f"{where}: was integer, is boolean")
        self.breaks(change(type="number", minimum=0))

    def test_a_body_field_that_takes_less(self) -> None:
        where = "POST /v1/stocks body application/json"
        fields = "properties"
        self.breaks(
            lambda new: sent(new)[fields]["kind"].update(enum=["share"]), f"{where}.kind: no longer takes index"
        )
        self.breaks(
            lambda new: sent(new)[fields]["symbol"].update(enum=["AAPL"]),
            f"{where}.symbol: no longer takes anything else",
        )
        self.breaks(
            lambda new: sent(new)[fields]["weight"].update(type="number"),
            f"{where}.weight: was integer, null, number, is integer, number",
        )
        self.breaks(
            lambda new: sent(new)[fields]["symbol"].update(maxLength=5), f"{where}.symbol: maxLength was 15, is 5"
        )
        self.breaks(
            lambda new: sent(new)[fields]["symbol"].update(pattern="^A"),
            f"{where}.symbol: pattern was ^[A-Z]+$, is ^A",
        )
        self.breaks(lambda new: sent(new)[fields]["note"]["oneOf"].pop(), f"{where}.note: was null, is string")

    def test_a_body_that_needs_more_or_knows_less(self) -> None:
        where = "POST /v1/stocks body"
        self.breaks(lambda new: adding(new)["requestBody"].update(required=True), f"{where}: now required")
        self.breaks(
            lambda new: sent(new).update(required=["symbol", "kind"]), f"{where} application/json.kind: now required"
        )
        self.breaks(lambda new: sent(new)["properties"].pop("note"), f"{where} application/json.note: removed")
        self.breaks(
            lambda new: sent(new).update(additionalProperties=False),
            f"{where} application/json: takes no further fields any more",
        )
        self.breaks(
            lambda new: adding(new)["requestBody"].update(content={"text/csv": {}}),
            f"{where} application/json: removed",
        )

    def test_a_removed_success_media_type_or_header(self) -> None:
        where = "GET /v1/stocks 200"
        self.breaks(lambda new: listing(new)["responses"].pop("200"), f"{where}: removed")
        self.breaks(
            lambda new: listing(new)["responses"]["200"]["content"].pop("text/csv"), f"{where} text/csv: removed"
        )
        self.breaks(
            lambda new: listing(new)["responses"]["200"]["headers"].pop("Link"), f"{where} header Link: removed"
        )
        self.breaks(
            lambda new: listing(new)["responses"]["200"]["headers"]["ETag"].pop("required"),
            f"{where} header ETag: no longer certain",
        )

    def test_a_response_field_that_is_gone_or_different(self) -> None:
        places = ("GET /v1/stocks 200 application/json.items[]", "POST stock.added body application/json")

        def both(text: str) -> list[str]:
            return [f"{place}{text}" for place in places]

        self.breaks(lambda new: stock(new)["properties"].pop("close"), *both(".close: removed"))
        self.breaks(lambda new: stock(new).update(required=["status"]), *both(".close: no longer certain"))
        self.breaks(
            lambda new: stock(new)["properties"]["close"].update(type=["number", "null"]),
            *both(".close: was integer, number, is integer, null, number"),
        )
        self.breaks(
            lambda new: stock(new)["properties"]["close"].update(type="string"),
            *both(".close: was integer, number, is string"),
        )
        self.breaks(
            lambda new: stock(new)["properties"]["status"].pop("enum"),
            *both(".status: was one of known, new, is anything"),
        )
        self.breaks(lambda new: new["components"]["schemas"]["Name"]["properties"].clear(), *both(".name: removed"))

    def test_what_a_client_must_be_prepared_for(self) -> None:
        self.breaks(lambda new: new["paths"].update({"/v1/metrics": {"get": {}}}))
        self.breaks(lambda new: listing(new)["parameters"].append({"name": "sort", "in": "query"}))
        self.breaks(lambda new: listing(new)["responses"].update({"503": {}}))
        self.breaks(lambda new: listing(new)["responses"].pop("404"))
        self.breaks(lambda new: stock(new)["properties"].update(name={"type": "string"}))
        self.breaks(lambda new: stock(new)["properties"].update(sector={"type": "string"}))
        self.breaks(lambda new: stock(new)["properties"]["status"].update(enum=["new", "known", "gone"]))
        self.breaks(lambda new: stock(new)["properties"]["close"].update(type="integer"))
        self.breaks(lambda new: sent(new)["properties"]["kind"].update(enum=["share", "index", "fund"]))
        self.breaks(lambda new: sent(new)["properties"]["kind"].pop("enum"))
        self.breaks(lambda new: sent(new)["properties"]["note"]["oneOf"].append({"type": "integer"}))
        self.breaks(lambda new: sent(new).pop("required"))

    def test_a_schema_may_move(self) -> None:
        def move(new: dict[str, Any]) -> None:
            stock(new)["properties"]["close"] = {"$ref": "#/components/schemas/Price"}
            new["components"]["schemas"]["Price"] = {"type": "number"}

        self.breaks(move)

    def test_the_version_says_so_with_its_major_or_before_the_first_with_its_minor(self) -> None:
        for old, new in (("1.2.3", "2.0.0"), ("0.1.0", "0.2.0"), ("0.9.1", "1.0.0"), ("1.9.9", "3.1.0")):
            self.assertTrue(says_so(old, new), (old, new))
        for old, new in (("1.2.3", "1.3.0"), ("0.1.0", "0.1.1"), ("0.1.0", "0.1.0"), ("2.0.0", "1.0.0")):
            self.assertFalse(says_so(old, new), (old, new))
