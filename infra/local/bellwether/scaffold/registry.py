"""The lists that name every function: tests, the table of the README, and the routes that return a 405."""

import re

from bellwether.scaffold.files import Files
from bellwether.scaffold.function import NewFunction

TEST_OF_ROUTES = "tests/project/routes.rs"
ROUTES = "functions/platform/reject-unknown/src/routes.rs"
DEPENDENCY = re.compile(r'^(\S+) = \{ path = "\.\./functions/')
DECLARED = re.compile(r"^        \*(\w+)::ROUTE\.declared\(\),")
MODULE = re.compile(r"^(?:pub(?:\(crate\))? )?mod (\w+);")
ENTRY = re.compile(r'^    \("(\S+)", "([A-Z, ]+)"\),')
ROW = re.compile(r"^\| (\S+) \| ")


def add_test(files: Files, new: NewFunction) -> None:
    """Let the test crate depend on the function, include the test, and check the route with the others."""
    line = f'{new.name} = {{ path = "../functions/{new.place}" }}'
    files.insert_sorted("tests/Cargo.toml", DEPENDENCY, new.name, line)
    files.insert_sorted(TEST_OF_ROUTES, DECLARED, new.module, f"        *{new.module}::ROUTE.declared(),")
    if files.exists(f"tests/{new.context}.rs"):
        files.insert_sorted(f"tests/{new.context}.rs", MODULE, new.module, f"mod {new.module};")
    else:
        files.put(f"tests/{new.context}.rs", f"//! The functions of `functions/{new.context}`.\n\nmod {new.module};\n")
        files.insert_sorted("tests/main.rs", MODULE, new.context, f"mod {new.context};")


def add_route(files: Files, new: NewFunction) -> None:
    """List the route among those that respond to other methods with a 405."""
    methods = "GET, HEAD" if new.method == "GET" else new.method
    for number, line in enumerate(lines := files.lines(ROUTES)):
        if (found := ENTRY.match(line)) and found[1] == new.route:
            lines[number] = f'    ("{new.route}", "{found[2]}, {methods}"),'
            files.put(ROUTES, "\n".join(lines) + "\n")
            return
    files.insert_sorted(ROUTES, ENTRY, new.route, f'    ("{new.route}", "{methods}"),')


def add_row(files: Files, new: NewFunction, neighbour: str | None) -> None:
    """Add a row to the README's table: after the one of a function, or as the last."""
    lines = files.lines("README.md")
    start = lines.index("## Functions")
    end = next(number for number in range(start + 1, len(lines)) if lines[number].startswith("## "))
    rows = [number for number in range(start, end) if ROW.match(lines[number])]
    after = next((number for number in rows if ROW.match(lines[number])[1] == neighbour), rows[-1])
    files.insert("README.md", after + 1, [f"| {new.name} | {new.method} {new.route} | {new.does} |"])
