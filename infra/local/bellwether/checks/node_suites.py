"""Runs the Node test suites: every folder of tests/ with a package.json.

`run(stack, "client")` copies tests/client to .local/node/client, installs the locked packages there,
and runs `npm test` in the copy. A suite gets the stack by environment variables: `BASE_URL`,
`PUBLISHABLE_KEY`, `STACK_FILE` (stack.json, with all other URLs and keys), `CONTRACT` (the file of
the contract) and `GET_DOCS` (the folder of the function whose pages and assets tests/docs checks).
"""

import shutil
from pathlib import Path
from typing import Any

from bellwether import paths
from bellwether.checks import suites
from bellwether.console import StackError
from bellwether.stack import install

TIMEOUT = 300.0
INSTALLED = ("node_modules", ".stamp")


def names() -> list[str]:
    """The names of all suites."""
    return sorted(manifest.parent.name for manifest in paths.TESTS.glob("*/package.json"))


def run_all(stack: dict[str, Any]) -> int:
    """Run every suite, even after a failure; returns the exit code of the first failure."""
    failed = [code for name in names() if (code := run(stack, name))]
    return failed[0] if failed else 0


def run(stack: dict[str, Any], name: str) -> int:
    """Run one suite against the running stack; returns its exit code."""
    if name not in names():
        raise StackError(f"There is no suite tests/{name}/package.json. The suites are: {', '.join(names())}.")
    folder = paths.NODE_SUITES / name
    install.npm_packages(paths.TESTS / name, folder, f"packages of tests/{name}")
    copy_sources(paths.TESTS / name, folder)
    told = {
        "BASE_URL": stack["base_url"],
        "PUBLISHABLE_KEY": stack["publishable_key"],
        "STACK_FILE": str(paths.STACK_FILE),
        "CONTRACT": str(paths.CONTRACT),
        "GET_DOCS": str(paths.function_folder("get-docs")),
    }
    return suites.run(f"tests/{name}", ["npm", "test", "--silent"], folder, told, TIMEOUT)


def copy_sources(source: Path, folder: Path) -> None:
    """Copy the current files of the suite next to its packages; delete those of earlier runs."""
    for old in folder.iterdir():
        if old.name not in INSTALLED:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*INSTALLED))
