"""The lines of an operation in the contract."""

import json
import re

from bellwether.scaffold.function import NewFunction

INDENT = 4
PLAIN = re.compile(r"[A-Za-z][\w ,.'()-]*")
SECURITY = {"open": ["security: []"], "any": ["security:", "  - {}", "  - user: []"]}
USER = ["security:", "  - user: []"]
BODY = [
    "requestBody:",
    "  required: true",
    "  content:",
    "    application/json:",
    "      schema: { type: object }",
    "      example: {}",
]


def lines(new: NewFunction, tag: str, parameters: list[list[str]]) -> list[str]:
    """The operation below its path, with its problems and without its schemas."""
    summary = new.does if new.does == "todo" else new.does[0].upper() + new.does[1:]
    return [
        " " * INDENT + line
        for line in (
            f"{new.method.lower()}:",
            f"  operationId: {new.name}",
            f"  x-function: {new.name}",
            f"  x-access: {new.access}",
            f"  x-rate: {new.rate}",
            f"  tags: [{tag}]",
            f"  summary: {plain(summary)}",
            *nested(SECURITY.get(new.access, USER)),
            "  parameters:",
            *(f"    {line}" for parameter in parameters for line in parameter),
            '    - $ref: "common.yaml#/components/parameters/RequestId"',
            *(nested(BODY) if new.has_body else []),
            "  responses:",
            *(f"    {line}" for line in responses(new)),
        )
    ]


def responses(new: NewFunction) -> list[str]:
    """A 200, and the problems that every operation of this kind has."""
    problems = {400: "MalformedBody" if new.has_body else "InvalidRequest"}
    if new.reads_token:
        problems[401] = "Unauthorized"
    if new.access not in SECURITY:
        problems[403] = "Forbidden"
    if new.has_body:
        problems |= {413: "PayloadTooLarge", 415: "UnsupportedMediaType", 422: "InvalidBody"}
    problems |= {500: "InternalError", 503: "UpstreamUnavailable", 504: "UpstreamTimeout"}
    return [
        '"200":',
        "  description: todo",
        "  headers:",
        '    Cache-Control: { $ref: "common.yaml#/components/headers/NoStore" }',
        '    X-Request-Id: { $ref: "common.yaml#/components/headers/RequestId" }',
        "  content:",
        "    application/json:",
        "      schema: { type: object }",
        *(f'"{status}": {{ $ref: "common.yaml#/components/responses/{name}" }}' for status, name in problems.items()),
    ]


def plain(text: str) -> str:
    """A YAML scalar, quoted only if it must be."""
    return text if PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def nested(block: list[str]) -> list[str]:
    """The lines, one level deeper."""
    return [f"  {line}" for line in block]
