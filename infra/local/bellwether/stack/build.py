"""Builds the release bootstraps in target/lambda with `cargo lambda`: `python -m bellwether build`.

A function is a package below functions/ that has a binary; its folder is functions/<context>/<name>.
Functions with and without the AWS SDK are built separately, because Cargo unifies the features of all
packages in one build: in a common build, all functions would get the features that the SDK needs. A
function that uses the SDK declares it in its Cargo.toml:

    [package.metadata.bellwether]
    aws-sdk = true
"""

import os
import shlex
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bellwether import console, paths
from bellwether.console import StackError
from bellwether.stack import install


@dataclass(frozen=True)
class Function:
    """A package with a binary below functions/."""

    name: str
    context: str
    """The parent folder; empty for a function directly below functions/."""
    aws_sdk: bool
    dependencies: frozenset[str] = frozenset()


EMPTY = Function("tests", "", aws_sdk=False)
"""The package with the empty function, which the benches compare with. It is built alone: the tests enable fakes."""


@dataclass(frozen=True)
class Options:
    """The functions to build, and how; without context and function, all of them."""

    context: str | None = None
    function: str | None = None
    """`get-metrics` or `market/get-metrics`."""
    arch: str | None = None
    features: tuple[str, ...] = ()
    """`market/redis`; a build without a function that depends on `market` leaves it out."""
    empty: bool = False
    """Build the empty function of the benches, and nothing else."""


def run(options: Options) -> int:
    """Run every build; returns the exit code of the first failure."""
    programs = f"{paths.CHECK_VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    known = functions(install.metadata())
    for group in groups(known, options):
        command = cargo_lambda(group, options)
        console.say(shlex.join(command))
        failed = subprocess.run(command, cwd=paths.ROOT, env=os.environ | {"PATH": programs}, check=False).returncode
        if failed:
            return failed
    return 0


def functions(metadata: dict[str, Any]) -> list[Function]:
    """The functions in the output of `cargo metadata`, sorted by name."""
    root = Path(metadata["workspace_root"]) / "functions"
    found = [package for package in metadata["packages"] if has_binary(package)]
    folders = {package["name"]: Path(package["manifest_path"]).parent for package in found}
    return sorted(
        (
            Function(package["name"], context(folders[package["name"]], root), uses_sdk(package), depends_on(package))
            for package in found
            if folders[package["name"]].is_relative_to(root)
        ),
        key=lambda function: function.name,
    )


def has_binary(package: dict[str, Any]) -> bool:
    """True if a package has a binary; the library of a context has none."""
    return any("bin" in target["kind"] for target in package["targets"])


def context(folder: Path, root: Path) -> str:
    """The name of a function's context."""
    return folder.relative_to(root).parent.name


def uses_sdk(package: dict[str, Any]) -> bool:
    """The `aws-sdk` flag of the package's Cargo.toml; false by default."""
    return bool(((package["metadata"] or {}).get("bellwether") or {}).get("aws-sdk", False))


def depends_on(package: dict[str, Any]) -> frozenset[str]:
    """The names of the packages that a package depends on."""
    return frozenset(dependency["name"] for dependency in package["dependencies"])


def groups(known: list[Function], options: Options) -> list[list[Function]]:
    """The functions of each build; builds without functions are omitted."""
    if options.empty:
        return [[EMPTY]]
    chosen = matching(known, options)
    lean = [function for function in chosen if not function.aws_sdk]
    with_sdk = [function for function in chosen if function.aws_sdk]
    return [group for group in (lean, with_sdk) if group]


def matching(known: list[Function], options: Options) -> list[Function]:
    """The functions that the options select; the error for an unknown one lists the known ones."""
    contexts = {function.context for function in known} - {""}
    if options.context is not None and options.context not in contexts:
        raise StackError(f"There is no context {options.context}: there are {listed(contexts)}.")
    found = [function for function in known if options.context in (None, function.context)]
    if options.function is None:
        return found
    named = [it for it in found if options.function in (it.name, f"{it.context}/{it.name}")]
    if not named:
        raise StackError(f"There is no function {options.function}: there are {listed(it.name for it in found)}.")
    return named


def listed(names: Iterable[str]) -> str:
    """The names as a comma-separated text."""
    return ", ".join(sorted(names)) or "none"


def cargo_lambda(group: list[Function], options: Options) -> list[str]:
    """The command of one build."""
    known = frozenset[str]().union(*(function.dependencies for function in group))
    features = [feature for feature in options.features if feature.partition("/")[0] in known]
    return [
        *("cargo", "lambda", "build", "--release"),
        *(["--arm64"] if options.arch == "arm64" else []),
        *(word for feature in features for word in ("--features", feature)),
        *(word for function in group for word in ("--package", function.name)),
        *(["--bin", "empty-function"] if group == [EMPTY] else []),
    ]
