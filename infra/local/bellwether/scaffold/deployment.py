"""The function in template.yaml: its resource, its log group, and its method in the CORS configuration."""

import re

from bellwether.checks.yaml_lines import YamlLines
from bellwether.console import StackError
from bellwether.scaffold.files import Files
from bellwether.scaffold.function import NewFunction, pattern
from bellwether.stack import template

PATH = "template.yaml"
API = "Api"
LOGS = re.compile(r"^  (\w+)Logs: \{ Type: AWS::Logs::LogGroup")
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
    for name in (new.logical_id, f"{new.logical_id}Logs"):
        if name in known["Resources"]:
            raise StackError(f"{PATH} already has a resource {name}: choose another name.")


def neighbour(files: Files, known: template.Template, new: NewFunction) -> str | None:
    """The logical id of the context's last function with a path, else of its last; None for a new context."""
    own = [
        name
        for name, folder in template.functions(known).items()
        if files.exists(f"functions/{new.context}/{folder}/Cargo.toml")
    ]
    with_path = [name for name in own if any(" " in it for it in template.routes(only(known, name)))]
    return (with_path or own or [None])[-1]


def only(known: template.Template, name: str) -> template.Template:
    """A template with one of the resources."""
    return {"Resources": {name: known["Resources"][name]}}


def add(files: Files, new: NewFunction, after: str | None) -> None:
    """Add the function and its log group: after a function, or in a new section before the API."""
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
    allow_method(files, new)


def resource(new: NewFunction) -> list[str]:
    """The lines of the function's resource."""
    variables = VARIABLES | (TOKEN_VARIABLES if new.reads_token else {})
    path = f'"{new.route}"' if new.parameters else new.route
    event = f"Properties: {{ ApiId: !Ref {API}, Method: {new.method}, Path: {path} }}"
    return [
        f"  {new.logical_id}:",
        f"    Type: {template.FUNCTION}",
        "    Properties:",
        f"      CodeUri: target/lambda/{new.name}/",
        f"      LoggingConfig: {{ LogGroup: !Ref {new.logical_id}Logs }}",
        "      Environment:",
        "        Variables:",
        *(f"          {name}: !Ref {parameter}" for name, parameter in variables.items()),
        "      Events:",
        f"        {new.method.capitalize()}: {{ Type: HttpApi, {event} }}",
    ]


def allow_method(files: Files, new: NewFunction) -> None:
    """Let pages of other origins use the method."""
    lines = files.lines(PATH)
    for number, line in enumerate(lines):
        if (found := METHODS.match(line)) and new.method not in found[2].split(", "):
            lines[number] = f"{found[1]}{found[2]}, {new.method}]"
            files.put(PATH, "\n".join(lines) + "\n")
