"""Runs the test suites for Node: every folder of tests/ with a package.json.

`run(stack, "client")` copies tests/client to .local/node/client, installs what its lock file names
there, and runs `npm test` in the copy. A suite finds the stack in its environment: `BASE_URL`,
`PUBLISHABLE_KEY`, `STACK_FILE` (stack.json, with every other address and key), the contract in
`CONTRACT`, and in `GET_DOCS` the folder of the function whose pages and assets tests/docs checks.
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
    """Every suite there is."""
    return sorted(manifest.parent.name for manifest in paths.TESTS.glob("*/package.json"))


def run_all(stack: dict[str, Any]) -> int:
    """Run every suite, also after one failed; the exit code of the first that did."""
    failed = [code for name in names() if (code := run(stack, name))]
    return failed[0] if failed else 0


def run(stack: dict[str, Any], name: str) -> int:
    """Run one suite against the running stack; its exit code."""
    if name not in names():
        raise StackError(f"There is no suite tests/{name}/package.json: there are {', '.join(names())}.")
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
    """The suite's files as they are now, beside the packages; nothing of an earlier run stays."""
    for old in folder.iterdir():
        if old.name not in INSTALLED:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*INSTALLED))
