"""The operation in the contract: its source, `root.yaml`, and the bundle."""

from itertools import takewhile
from pathlib import Path

import yaml

from bellwether import paths
from bellwether.checks.bundle import ROOT, bundled, escaped
from bellwether.checks.yaml_lines import YamlLines
from bellwether.scaffold import event, operation
from bellwether.scaffold.files import Files
from bellwether.scaffold.function import NewFunction

BUNDLE = str(paths.CONTRACT.relative_to(paths.ROOT))
SOURCES = str(paths.CONTRACT_SOURCES.relative_to(paths.ROOT))


def add(files: Files, new: NewFunction, examples: dict[str, str]) -> None:
    """Add the operation to the source of its context, with a new source for a new context; bundle the contract."""
    path = f"{SOURCES}/{new.context}.yaml"
    is_new = not files.exists(path)
    if is_new:
        add_context(files, new, path)
    source = YamlLines(files.text(path))
    lines = operation.lines(new, tag(source, new), [parameter(source, name, examples[name]) for name in new.parameters])
    item = f"/paths/{escaped(new.route)}"
    if source.has(item):
        files.insert(path, source.span(item)[1], lines)
    else:
        beside = nearest(source, new)
        end = source.span(f"/paths/{escaped(beside)}")[1] if beside else len(source.lines)
        files.insert(path, end, [*([""] if beside else []), f"  {new.route}:", *lines])
        include(files, new, beside)
    bundle(files)


def add_context(files: Files, new: NewFunction, path: str) -> None:
    """Create the source of a new context, and its tag."""
    title = new.context.capitalize()
    files.put(path, f"# {title}: todo.\npaths:\n")
    end = YamlLines(files.text(f"{SOURCES}/{ROOT}")).span("/tags")[1]
    files.insert(f"{SOURCES}/{ROOT}", end, [f"  - name: {title}", "    description: todo"])


def include(files: Files, new: NewFunction, beside: str | None) -> None:
    """Refer to the new path from the root: after a path, or after all of them."""
    path = f"{SOURCES}/{ROOT}"
    root = YamlLines(files.text(path))
    line = f'  {new.route}: {{ $ref: "{new.context}.yaml#/paths/{escaped(new.route)}" }}'
    end = root.span(f"/paths/{escaped(beside)}" if beside else "/paths")[1]
    files.insert(path, end, [line] if beside else ["", line])


def bundle(files: Files) -> None:
    """Bundle the changed sources."""
    names = {file.name for file in (files.root / SOURCES).glob("*.yaml")}
    names |= {Path(path).name for path in files.changed if Path(path).parent == Path(SOURCES)}
    files.put(BUNDLE, bundled({name: YamlLines(files.text(f"{SOURCES}/{name}")) for name in sorted(names)}))


def nearest(source: YamlLines, new: NewFunction) -> str | None:
    """The path that shares most leading segments with the route; the last one of several."""

    def shared(path: str) -> int:
        pairs = zip(path.split("/"), new.route.split("/"), strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    return max(reversed(source.names("/paths")), key=shared, default=None)


def tag(source: YamlLines, new: NewFunction) -> str:
    """The tag of the nearest path; the name of a new context."""
    beside = f"/paths/{escaped(nearest(source, new) or '')}"
    for method in source.names(beside):
        tags = source.node(f"{beside}/{method}/tags")
        if isinstance(tags, yaml.SequenceNode):
            return tags.value[0].value
    return new.context.capitalize()


def parameter(source: YamlLines, name: str, example: str) -> list[str]:
    """The lines of a path parameter: those of another operation of the context, or new ones."""
    for path in source.names("/paths"):
        for method in source.names(f"/paths/{escaped(path)}"):
            listed = source.node(f"/paths/{escaped(path)}/{method}/parameters")
            for item in listed.value if isinstance(listed, yaml.SequenceNode) else ():
                if is_path_parameter(source, item, name):
                    return source.item(item)
    return [
        f"- name: {name}",
        "  in: path",
        "  required: true",
        "  description: todo",
        f"  schema: {{ type: string{', format: uuid' if example == event.UUID else ''} }}",
        f"  example: {operation.plain(example)}",
    ]


def is_path_parameter(source: YamlLines, item: yaml.Node, name: str) -> bool:
    """True if an item of a parameter list, or what it refers to in this source, is this path parameter."""
    fields = {key.value: value.value for key, value in item.value} if isinstance(item, yaml.MappingNode) else {}
    reference = fields.get("$ref", "")
    if reference.startswith("#") and (target := source.node(reference[1:])):
        return is_path_parameter(source, target, name)
    return (fields.get("name"), fields.get("in")) == (name, "path")
