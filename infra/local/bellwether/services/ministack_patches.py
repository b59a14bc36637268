"""Starts MiniStack with in-memory patches for its bugs.

Runs as a separate process: `python -m bellwether.services.ministack_patches`. The docstring of each
patch describes the bug. The patches are for one version: review all of them before an upgrade.
"""

import http.server
import importlib.metadata
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bellwether.services.aws_calls import record_calls

PATCHED_VERSION = "1.5.33"
ANY_METHOD = "x-amazon-apigateway-any-method"
INTEGRATION = "x-amazon-apigateway-integration"
GIVEN_BY_LAMBDA = {"LAMBDA_TASK_ROOT", "LANG", "PATH"}
CORS = "x-amazon-apigateway-cors"
Properties = dict[str, Any]


def answer_without_delay() -> None:
    """The Runtime API sends a response in several small writes, which Nagle's algorithm delays by 40 ms."""
    handler = http.server.BaseHTTPRequestHandler
    handler.wbufsize = 64 * 1024  # type: ignore[misc]  # flushed once per request
    handler.disable_nagle_algorithm = True  # type: ignore[attr-defined]


def collect_logs_without_delay() -> None:
    """An invocation without logs waits 50 ms for a first log line."""
    from ministack.core.lambda_runtime import ProvidedWorker, Worker

    drain = Worker._drain_stderr_bounded

    def drain_soon(self: Any, first_line_wait: float = 0.002, idle_confirm: float = 0.002) -> str:
        return drain(self, first_line_wait, idle_confirm)

    ProvidedWorker._drain_stderr_bounded = drain_soon


def keep_environment_private() -> None:
    """Functions inherit the emulator's environment; on Lambda they get only Lambda's variables and their own."""
    from ministack.services import lambda_svc

    whole = lambda_svc._provided_worker_env

    def own(config: Properties, code_dir: str, port: int) -> dict[str, str]:
        declared = config.get("Environment", {}).get("Variables", {})
        return {
            name: value
            for name, value in whole(config, code_dir, port).items()
            if name in declared or name in GIVEN_BY_LAMBDA or name.startswith(("AWS_", "_"))
        }

    lambda_svc._provided_worker_env = own


def authorise_batches_like_single_calls() -> None:
    """Batch calls are authorised as separate actions, which do not exist in SQS policies."""
    from ministack.core import iam_actions

    named = iam_actions.extract_iam_action

    def named_like_single_call(service: str, *request: Any) -> str | None:
        action = named(service, *request)
        return action.removesuffix("Batch") if service == "sqs" and action else action

    iam_actions.extract_iam_action = named_like_single_call


def import_api_definitions() -> None:
    """`AWS::ApiGatewayV2::Api` ignores `Body`, which contains all routes of an AWS::Serverless::HttpApi."""
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]
    create, update = handlers["create"], handlers["update"]

    def create_with_body(logical_id: str, props: Properties, stack: str) -> tuple[str, Properties]:
        created = create(logical_id, props, stack)
        import_body(provisioners, created[0], props.get("Body"), stack)
        return created

    def update_with_body(
        physical_id: str, old: Properties, new: Properties, stack: str, logical_id: str | None = None
    ) -> Any:
        updated = update(physical_id, old, new, stack, logical_id)
        import_body(provisioners, physical_id, new.get("Body"), stack)
        return updated

    handlers["create"], handlers["update"] = create_with_body, update_with_body


def import_body(provisioners: Any, api_id: str, body: Properties | None, stack: str) -> None:
    """Replace the routes of an API by those of an OpenAPI document."""
    if not body:
        return
    apis = provisioners._apigw_v2
    apis._routes[api_id], apis._integrations[api_id] = {}, {}
    if CORS in body:
        apis._apis[api_id]["corsConfiguration"] = body[CORS]
    for route_key, operation in routes(body):
        if operation.get("security") or body.get("security"):
            raise ValueError(f"{route_key}: authorizers of an HttpApi are not supported by the local stack")
        integration = integration_properties(api_id, operation[INTEGRATION])
        integration_id, _ = provisioners._apigw_v2_integration_create(route_key, integration, stack)
        route = {"ApiId": api_id, "RouteKey": route_key, "Target": f"integrations/{integration_id}"}
        provisioners._apigw_v2_route_create(route_key, route, stack)


def routes(body: Properties) -> Iterator[tuple[str, Properties]]:
    """The route keys of an OpenAPI document with their operations."""
    for path, operations in body.get("paths", {}).items():
        for method, operation in operations.items():
            if not isinstance(operation, dict) or INTEGRATION not in operation:
                continue
            verb = "ANY" if method == ANY_METHOD else method.upper()
            yield ("$default" if path.lstrip("/") == "$default" else f"{verb} {path}"), operation


def integration_properties(api_id: str, definition: Properties) -> Properties:
    """The CloudFormation properties of an OpenAPI integration."""
    return {
        "ApiId": api_id,
        "IntegrationType": definition["type"].upper(),
        "IntegrationUri": definition["uri"],
        "IntegrationMethod": definition.get("httpMethod", "POST"),
        "PayloadFormatVersion": definition.get("payloadFormatVersion", "2.0"),
        "TimeoutInMillis": definition.get("timeoutInMillis", 30_000),
    }


def main() -> None:
    """Check the version, apply the patches, serve."""
    version = importlib.metadata.version("ministack")
    if version != PATCHED_VERSION:
        sys.exit(f"the patches are for MiniStack {PATCHED_VERSION}, but {version} is installed")
    answer_without_delay()
    collect_logs_without_delay()
    keep_environment_private()
    authorise_batches_like_single_calls()
    import_api_definitions()
    record_calls(Path(os.environ["BELLWETHER_AWS_CALLS"]))
    from ministack.app import main as serve

    sys.argv = sys.argv[:1]
    serve()


if __name__ == "__main__":
    main()
