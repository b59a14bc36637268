"""The function in template.yaml: resource, log group, permission, route, and its method in the CORS configuration."""

import re

from bellwether.checks.yaml_lines import YamlLines
from bellwether.console import StackError
from bellwether.scaffold.files import Files
from bellwether.scaffold.function import NewFunction, pattern
from bellwether.stack import template

PATH = "template.yaml"
API = "Api"
LOGS = re.compile(r"^  (\w+)Logs: \{ Type: AWS::Logs::LogGroup")
PERMISSIONS = re.compile(r"^  (\w+)Permission: \{ Type: AWS::Lambda::Permission")
PERMISSION = (
    "  {0}Permission: {{ Type: AWS::Lambda::Permission, Properties: {{ Action: lambda:InvokeFunction, "
    "FunctionName: !Ref {0}, Principal: apigateway.amazonaws.com, SourceArn: !Sub "
    '"arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{Api}}/*" }} }}'
)
ROUTES = f"/Resources/{API}/Properties/DefinitionBody/paths"
DEFAULT_ROUTE = "/$default"
URI = "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{{}.Arn}}/invocations"
LOG_GROUP = "  {}Logs: {{ Type: AWS::Logs::LogGroup, Properties: {{ RetentionInDays: !Ref LogRetentionDays }} }}"
METHODS = re.compile(r"^( *AllowMethods: \[)([A-Z, ]+)\]$")
SECTION = "  # ---- "
VARIABLES = {"SUPABASE_URL": "SupabaseUrl", "SUPABASE_PUBLISHABLE_KEY": "SupabasePublishableKey"}
TOKEN_VARIABLES = {"SUPABASE_JWT_SECRET": "SupabaseJwtSecret"}


def require_free(known: template.Template, new: NewFunction) -> None:
    """Fail if the template has the route, the path with other parameter names, or a resource of this name."""
    for route in template.routes(known):
        method, _, path = route.partition(" ")
        if pattern(path) == new.pattern and method in (new.method, "ANY"):
            raise StackError(f"{PATH} already has the route {route}.")
        if pattern(path) == new.pattern and path != new.route:
            raise StackError(f"{PATH} already has the path {path}: use its parameter names in ROUTE.")
    for name in (new.logical_id, f"{new.logical_id}Logs", f"{new.logical_id}Permission"):
        if name in known["Resources"]:
            raise StackError(f"{PATH} already has a resource {name}: choose another name.")


def neighbour(files: Files, known: template.Template, new: NewFunction) -> str | None:
    """The logical id of the context's last function with a path, else of its last; None for a new context."""
    own = [
        name
        for name, folder in template.functions(known).items()
        if files.exists(f"functions/{new.context}/{folder}/Cargo.toml")
    ]
    called = {function for route, function in template.routes(known).items() if " " in route}
    return ([name for name in own if name in called] or own or [None])[-1]


def add(files: Files, new: NewFunction, after: str | None) -> None:
    """Add the function, with all that belongs to it: after a function, or in a new section before the API."""
    yaml = YamlLines(files.text(PATH))
    if after:
        _, end = yaml.span(f"/Resources/{after}")
        files.insert(PATH, end, ["", *resource(new)])
    else:
        start, _ = yaml.span(f"/Resources/{API}")
        header = max(number for number in range(start) if yaml.lines[number].startswith(SECTION))
        title = f"{SECTION}{new.context} ".ljust(len(yaml.lines[header]), "-")
        files.insert(PATH, header, [title, "", *resource(new), ""])
    files.insert_sorted(PATH, LOGS, new.logical_id, LOG_GROUP.format(new.logical_id))
    files.insert_sorted(PATH, PERMISSIONS, new.logical_id, PERMISSION.format(new.logical_id))
    add_route(files, new)
    allow_method(files, new)


def resource(new: NewFunction) -> list[str]:
    """The lines of the function's resource."""
    variables = VARIABLES | (TOKEN_VARIABLES if new.reads_token else {})
    return [
        f"  {new.logical_id}:",
        f"    Type: {template.FUNCTION}",
        "    Properties:",
        f"      CodeUri: target/lambda/{new.name}/",
        f"      LoggingConfig: {{ LogGroup: !Ref {new.logical_id}Logs }}",
        "      Environment:",
        "        Variables:",
        *(f"          {name}: !Ref {parameter}" for name, parameter in variables.items()),
    ]


def add_route(files: Files, new: NewFunction) -> None:
    """Add the route to its path, or with a new path among the sorted; with a GET, also the HEAD."""
    yaml = YamlLines(files.text(PATH))
    known = yaml.names(ROUTES)
    if new.route in known:
        _, end = yaml.span(pointer(new.route))
        files.insert(PATH, end, operation(new))
        return
    following = min((path for path in known if path > new.route and path != DEFAULT_ROUTE), default=DEFAULT_ROUTE)
    start, _ = yaml.span(pointer(following))
    names = ", ".join(f"{{ name: {name}, in: path, required: true }}" for name in new.parameters)
    parameters = [f"            parameters: [{names}]"] if names else []
    files.insert(PATH, start, [f"          {new.route}:", *parameters, *operation(new)])


def pointer(path: str) -> str:
    """The JSON pointer of a path of the API."""
    return f"{ROUTES}/{path.replace('/', '~1')}"


def operation(new: NewFunction) -> list[str]:
    """The lines of the operation, below its path."""
    reads = new.method == "GET"
    anchor = f" &{new.logical_id}" if reads else ""
    lines = [
        f"{new.method.lower()}:{anchor}",
        f"  {template.INTEGRATION}:",
        "    type: aws_proxy",
        "    httpMethod: POST",
        '    payloadFormatVersion: "2.0"',
        "    uri: !Sub >-",
        f"      {URI.format(new.logical_id)}",
        "  responses: {}",
        *([f"head: *{new.logical_id}"] if reads else []),
    ]
    return [" " * 12 + line for line in lines]


def allow_method(files: Files, new: NewFunction) -> None:
    """Let pages of other origins use the method."""
    lines = files.lines(PATH)
    for number, line in enumerate(lines):
        if (found := METHODS.match(line)) and new.method not in found[2].split(", "):
            lines[number] = f"{found[1]}{found[2]}, {new.method}]"
            files.put(PATH, "\n".join(lines) + "\n")
