"""Bundles the contract sources, `infra/api/src/`, into one file, `infra/api/openapi.yaml`.

`root.yaml` is the contract without its operations: each of its lines `<key>: { $ref: "market.yaml#/paths/..." }`
is replaced by an entry of another source. The other sources, one per context and one for shared parts, also
contain components. The bundle consists of the original lines of the sources, with their comments, order and
style; only the file names in references are removed.

`python -m bellwether.checks.bundle` writes the bundle; with `--check` it fails if the file differs.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bellwether import console, paths
from bellwether.checks.yaml_lines import YamlLines
from bellwether.console import StackError

ROOT = "root.yaml"
KINDS = ("parameters", "headers", "responses", "schemas", "examples")
HEADER = ["# Bundled from src/ by `make contract`: edit the sources, not this file."]
INCLUDED = re.compile(r'^ *\S+: \{ \$ref: "(\w+\.yaml)#(/\S+)" \}$')
REFERENCE = re.compile(r'"(\w+\.yaml|)#(/[^"]+)"')
Sources = dict[str, YamlLines]


def main(*options: str) -> int:
    """Write the bundle, or with `--check` compare it; returns the exit code."""
    target = paths.CONTRACT
    name = target.relative_to(paths.ROOT)
    try:
        text = bundle(paths.CONTRACT_SOURCES)
    except StackError as error:
        console.fail(str(error))
        return 1
    if "--check" not in options:
        target.write_text(text)
        console.say(f"{name} is written.")
    elif not target.exists() or target.read_text() != text:
        console.fail(f"{name} differs from its sources: run `make contract`.")
        return 1
    return 0


def bundle(folder: Path) -> str:
    """The text of the bundle of a folder."""
    return bundled({file.name: YamlLines(file.read_text()) for file in sorted(folder.glob("*.yaml"))})


def bundled(sources: Sources) -> str:
    """The text of the bundle of these sources, by file name."""
    complaints = [*unresolved(sources), *left_out(sources), *ambiguous(sources)]
    if complaints:
        raise StackError("; ".join(complaints))
    lines = [*HEADER, *with_entries(sources), *components(sources)]
    return REFERENCE.sub(r'"#\2"', "\n".join(lines)) + "\n"


def with_entries(sources: Sources) -> Iterator[str]:
    """The lines of the root, with references replaced by the entries of other sources."""
    lines = sources[ROOT].lines
    for number, line in enumerate(lines):
        if found := INCLUDED.match(line):
            yield from sources[found[1]].entry(found[2])
            if "".join(lines[number + 1 : number + 2]).strip():
                yield ""
        else:
            yield line


def components(sources: Sources) -> Iterator[str]:
    """The components of all sources by kind; the root ends with the start of that section."""
    for kind in KINDS:
        found = [(source, name) for source in sources.values() for name in source.names(f"/components/{kind}")]
        if found:
            yield from ("", f"  {kind}:")
        for source, name in found:
            yield from source.entry(f"/components/{kind}/{name}")


def unresolved(sources: Sources) -> Iterator[str]:
    """References to entries that do not exist."""
    for name, source in sources.items():
        for file, pointer in sorted(set(references(source))):
            if not (target := sources.get(file or name)) or not target.has(pointer):
                yield f"{name} refers to {file}#{pointer}, which does not exist"


def left_out(sources: Sources) -> Iterator[str]:
    """Entries that the root does not include, and components of a kind that is not bundled."""
    included = set(references(sources[ROOT]))
    for name, source in sources.items():
        entries = () if name == ROOT else includable(source)
        yield from (f"{name}#{entry} is not in {ROOT}" for entry in entries if (name, entry) not in included)
        kinds = ("securitySchemes",) if name == ROOT else KINDS
        strange = [kind for kind in source.names("/components") if kind not in kinds]
        yield from (f"{name} may not hold components/{kind}" for kind in strange)


def includable(source: YamlLines) -> Iterator[str]:
    """Pointers to the entries of a source that the root must include: all but components."""
    for section in source.names(""):
        if section in ("paths", "webhooks"):
            yield from (f"/{section}/{escaped(key)}" for key in source.names(f"/{section}"))
        elif section != "components":
            yield f"/{section}"


def ambiguous(sources: Sources) -> Iterator[str]:
    """Components with several definitions."""
    for kind in KINDS:
        names = Counter(name for source in sources.values() for name in source.names(f"/components/{kind}"))
        yield from (f"{kind}/{name} is defined {count} times" for name, count in names.items() if count > 1)


def references(source: YamlLines) -> list[tuple[str, str]]:
    """File (empty for the source itself) and pointer of every reference."""
    return REFERENCE.findall("\n".join(source.lines))


def escaped(key: str) -> str:
    """A key, escaped as a JSON pointer segment."""
    return key.replace("~", "~0").replace("/", "~1")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
