"""Each subpackage (room) imports only lower ones, so there are no import cycles."""

import ast
import unittest
from collections.abc import Iterator
from pathlib import Path

from bellwether import paths

PACKAGE = paths.STACK / "bellwether"
ALLOWED = {
    "services": {"services"},
    "stack": {"services", "stack"},
    "checks": {"services", "stack", "checks"},
    "scaffold": {"services", "stack", "checks", "scaffold"},
    "scale": {"scale"},
}


class RoomsTest(unittest.TestCase):
    def test_a_room_imports_only_the_rooms_below_it(self) -> None:
        for room, allowed in ALLOWED.items():
            for file in sorted((PACKAGE / room).glob("*.py")):
                with self.subTest(file=str(file.relative_to(PACKAGE))):
                    self.assertLessEqual(rooms(file), allowed)

    def test_the_modules_that_all_rooms_share_import_no_room(self) -> None:
        for name in ("console", "keys", "paths", "processes"):
            with self.subTest(module=name):
                self.assertEqual(rooms(PACKAGE / f"{name}.py"), set())


def rooms(file: Path) -> set[str]:
    """The rooms that a module imports from."""
    return {parts[1] for parts in imports(file) if len(parts) > 1 and parts[1] in ALLOWED}


def imports(file: Path) -> Iterator[list[str]]:
    """The dotted name of every import of this package, as its parts."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "bellwether":
            yield from ([*node.module.split("."), alias.name] for alias in node.names)
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".") for alias in node.names if alias.name.startswith("bellwether"))
