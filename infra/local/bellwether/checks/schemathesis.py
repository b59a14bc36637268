"""Property-based tests of the running stack against the contract, configured in tests/schemathesis.toml."""

from typing import Any

from bellwether import paths
from bellwether.checks import suites
from bellwether.stack import demo, install

CONFIGURATION = paths.TESTS / "schemathesis.toml"
HOOKS = paths.TESTS / "schemathesis"
FEW, MANY = 15, 200
"""Examples per operation in `make test` and in `make check-deep`."""
TIMEOUT = 300.0
"""For the few examples, in seconds; the many have no timeout."""


def run_few(stack: dict[str, Any]) -> int:
    """Run few examples with a fixed seed, so that a failure is caused by a change and not by chance."""
    return run(stack, "--max-examples", str(FEW), "--seed", "1", timeout=TIMEOUT)


def run_many(stack: dict[str, Any]) -> int:
    """Run many examples with a random seed, which is printed."""
    return run(stack, "--max-examples", str(MANY), timeout=None)


def run(stack: dict[str, Any], *options: str, timeout: float | None) -> int:
    """Run schemathesis; returns 1 if the stack and the contract differ."""
    install.python_packages(paths.DEEP_VENV, "requirements-deep.txt", "schemathesis and numpy")
    program = str(paths.DEEP_VENV / "bin" / "schemathesis")
    command = [program, "--config-file", str(CONFIGURATION), "run", str(paths.CONTRACT), "--url", stack["base_url"]]
    return suites.run("schemathesis", [*command, *options], paths.STATE, told(stack), timeout)


def told(stack: dict[str, Any]) -> dict[str, str]:
    """The environment of the tests: a user of the stack with a finished analysis."""
    token = demo.sign_up(stack)
    _, analysis = demo.analyse(stack["base_url"], token)
    return {
        "BASE_URL": stack["base_url"],
        "USER_TOKEN": token,
        "ANALYSIS_ID": analysis["id"],
        "PYTHONPATH": str(HOOKS),
    }
