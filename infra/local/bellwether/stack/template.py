"""Reads template.yaml: functions, routes, queues and parameters."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bellwether import paths
from bellwether.console import StackError

FUNCTION = "AWS::Serverless::Function"
API = "AWS::Serverless::HttpApi"
INTEGRATION = "x-amazon-apigateway-integration"
ANY_METHOD = "x-amazon-apigateway-any-method"
CALLED = re.compile(r"\$\{(\w+)\.Arn\}/invocations$")
Template = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """Loads CloudFormation's short forms, such as !Ref."""


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)


def load(path: Path = paths.TEMPLATE) -> Template:
    """The template with all short forms expanded."""
    if not path.exists():
        raise StackError(f"{path.name} is missing: there is nothing to deploy.")
    return yaml.load(path.read_text(), _Loader)


def functions(template: Template) -> dict[str, str]:
    """Logical id -> folder of every function, from its CodeUri (`target/lambda/<folder>/`)."""
    return {
        name: Path(resource["Properties"]["CodeUri"]).name
        for name, resource in template["Resources"].items()
        if resource["Type"] == FUNCTION
    }


def routes(template: Template) -> dict[str, str]:
    """The route key of every operation of the API -> the logical id of its function."""
    return dict(route for api in of_type(template, API) for route in operations(api["DefinitionBody"]["paths"]))


def operations(paths: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Route key and function of every operation of an OpenAPI document."""
    for path, methods in paths.items():
        for method, operation in methods.items():
            if isinstance(operation, dict) and (integration := operation.get(INTEGRATION)):
                (function,) = CALLED.findall(integration["uri"]["Fn::Sub"])
                verb = "ANY" if method == ANY_METHOD else method.upper()
                yield "$default" if path == "/$default" else f"{verb} {path}", function


def of_type(template: Template, kind: str) -> list[dict[str, Any]]:
    """The properties of the resources of one type."""
    return [resource["Properties"] for resource in template["Resources"].values() if resource["Type"] == kind]


def queues(template: Template) -> list[str]:
    """The logical ids of the queues."""
    return [name for name, resource in template["Resources"].items() if resource["Type"] == "AWS::SQS::Queue"]


def with_code(template: Template, locations: dict[str, str]) -> Template:
    """The packaged template: each CodeUri is an uploaded archive."""
    resources = dict(template["Resources"])
    for name, location in locations.items():
        resources[name] = {**resources[name], "Properties": {**resources[name]["Properties"], "CodeUri": location}}
    return {**template, "Resources": resources}


def parameters(template: Template, given: dict[str, str]) -> list[dict[str, str]]:
    """CloudFormation parameters from environment variable names; fails if one without default is missing."""
    known = template.get("Parameters", {})
    values = {camel_case(name): value for name, value in given.items()}
    missing = [name for name, definition in known.items() if "Default" not in definition and name not in values]
    if missing:
        raise StackError(f"The local stack has no value for these parameters of template.yaml: {', '.join(missing)}.")
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items() if name in known]


def camel_case(name: str) -> str:
    """SUPABASE_URL -> SupabaseUrl."""
    return "".join(word.capitalize() for word in re.split("_", name))
