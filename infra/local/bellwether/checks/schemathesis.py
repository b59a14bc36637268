"""Property-based tests of the running stack against the contract; configured by tests/schemathesis.toml."""

from typing import Any

from bellwether import paths
from bellwether.checks import suites
from bellwether.stack import demo, install

CONFIGURATION = paths.TESTS / "schemathesis.toml"
HOOKS = paths.TESTS / "schemathesis"
FEW, MANY = 15, 200
"""Examples of each operation: in `make test`, and in `make check-deep`."""
TIMEOUT = 300.0
"""Of the few; the many take the time they take."""


def run_few(stack: dict[str, Any]) -> int:
    """The part for every day: always the same examples, so that it fails for a change and not for a throw."""
    return run(stack, "--max-examples", str(FEW), "--seed", "1", timeout=TIMEOUT)


def run_many(stack: dict[str, Any]) -> int:
    """All of it, with other examples each time; the seed is printed."""
    return run(stack, "--max-examples", str(MANY), timeout=None)


def run(stack: dict[str, Any], *options: str, timeout: float | None) -> int:
    """The exit code: 1 when the stack and the contract disagree."""
    install.python_packages(paths.DEEP_VENV, "requirements-deep.txt", "schemathesis and numpy")
    program = str(paths.DEEP_VENV / "bin" / "schemathesis")
    command = [program, "--config-file", str(CONFIGURATION), "run", str(paths.CONTRACT), "--url", stack["base_url"]]
    return suites.run("schemathesis", [*command, *options], paths.STATE, told(stack), timeout)


def told(stack: dict[str, Any]) -> dict[str, str]:
    """A user of the stack with an analysis that is over."""
    token = demo.sign_up(stack)
    _, analysis = demo.analyse(stack["base_url"], token)
    return {
        "BASE_URL": stack["base_url"],
        "USER_TOKEN": token,
        "ANALYSIS_ID": analysis["id"],
        "PYTHONPATH": str(HOOKS),
    }
