"""`make new`: writes a function, or refuses with one line and changes nothing."""

import argparse
from pathlib import Path

from bellwether import console, paths
from bellwether.console import StackError
from bellwether.scaffold import contract, crate, deployment, event, registry
from bellwether.scaffold.files import Files
from bellwether.scaffold.function import ACCESS, NewFunction, parse
from bellwether.stack import template


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The options of `new`."""
    command.add_argument("place", help="context and name, e.g. analyses/cancel-analysis")
    command.add_argument("method", help="e.g. POST")
    command.add_argument("route", help="e.g. /v1/analyses/{id}/cancel")
    command.add_argument("--access", default="viewer", help=f"its callers: {', '.join(ACCESS)}")
    command.add_argument("--does", default="todo", help="its row in the README, e.g. 'cancels one of your analyses'")


def run(given: argparse.Namespace) -> int:
    """Write a new HTTP function: crate, test, event, template, contract and README row."""
    new = parse(given.place, given.method, given.route, given.access, given.does)
    files = planned(paths.ROOT, new)
    files.write()
    say_list("Written:", sorted(files.changed))
    say_list("Next, as its failing test lists:", crate.steps(new))
    console.say("Then run `make check` and `make test`.")
    return 0


def say_list(title: str, lines: list[str]) -> None:
    """Print a title and lines below it."""
    console.say(title)
    for line in lines:
        console.say(f"  {line}")


def planned(root: Path, new: NewFunction) -> Files:
    """All changes that the function needs, not written yet; a StackError if it cannot be added."""
    files = Files(root)
    known = template.load(root / deployment.PATH)
    require_free(files, new)
    deployment.require_free(known, new)
    after = deployment.neighbour(files, known, new)
    crate.add(files, new)
    registry.add_test(files, new)
    registry.add_route(files, new)
    registry.add_row(files, new, template.functions(known).get(after or ""))
    event.add(files, new)
    deployment.add(files, new, after)
    contract.add(files, new, {name: event.example(files, new, name) for name in new.parameters})
    return files


def require_free(files: Files, new: NewFunction) -> None:
    """Fail if there is a function of this name, or a file where a new context would have its own."""
    if existing := sorted((files.root / "functions").glob(f"*/{new.name}")):
        raise StackError(f"There is a function {new.name} already: {existing[0].relative_to(files.root)}.")
    if files.exists(f"functions/{new.context}"):
        return
    for path in (f"tests/{new.context}.rs", f"{contract.SOURCES}/{new.context}.yaml"):
        if files.exists(path):
            raise StackError(f"{new.context} cannot be a context: {path} is something else.")
