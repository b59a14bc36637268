"""`make test`: all tests, with integration tests against a running stack."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bellwether import console, paths
from bellwether.checks import healing, leftovers, node_suites, python_client, schemathesis, suites
from bellwether.stack import daemon, demo


def run_tests(port: int) -> int:
    """Run the tests of the local stack first, then those of the workspace."""
    own = [sys.executable, "-m", "unittest", "discover", "-s", str(paths.STACK / "tests"), "-t", str(paths.STACK)]
    if failed := subprocess.run(own, cwd=paths.ROOT, check=False).returncode:
        return failed
    with running(port) as stack:
        failed = suites.run("cargo test --workspace", ["cargo", "test", "--workspace"], paths.ROOT, {}, None)
        failed = schemathesis.run_few(stack) or failed
        # Every tests/<name>/package.json is a suite; new ones are found automatically.
        failed = node_suites.run_all(stack) or failed
        failed = python_client.run(stack) or failed
        # Last, because the queues of the emulator lose what other tests may wait for.
        return healing.run() or failed


def run_deep(port: int) -> int:
    """Run the tests that take too long for `make test`."""
    with running(port) as stack:
        return schemathesis.run_many(stack)


@contextmanager
def running(port: int) -> Iterator[dict[str, Any]]:
    """The running stack, with the sample stocks refreshed; cleaned up, and stopped if started here, afterwards."""
    started_here = daemon.ensure(port, attached=True)
    try:
        stack = json.loads(paths.STACK_FILE.read_text())
        with console.step(f"refresh of {', '.join(demo.symbols(stack))}"):
            demo.refresh(stack)
        try:
            yield stack
        finally:
            leftovers.remove(stack)
    finally:
        if started_here:
            daemon.stop()
