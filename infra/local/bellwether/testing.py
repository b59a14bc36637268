"""`make test`: every test there is, the integration tests against a running stack."""

import json
import subprocess
import sys
import time

from bellwether import console, daemon, demo, layout, node_suites, schemathesis


def run_tests(port: int) -> int:
    """The stack's own tests first, then those of the workspace; a stack started for it is stopped again."""
    own = [sys.executable, "-m", "unittest", "discover", "-s", str(layout.STACK / "tests"), "-t", str(layout.STACK)]
    if failed := subprocess.run(own, cwd=layout.ROOT, check=False).returncode:
        return failed
    started_here = daemon.ensure(port, attached=True)
    started = time.monotonic()
    try:
        # The tests read the sample stocks; on a new database nobody has fetched them yet.
        with console.step(f"refresh of {', '.join(demo.SYMBOLS)}"):
            demo.refresh(json.loads(layout.STACK_FILE.read_text()))
        failed = subprocess.run(["cargo", "test", "--workspace"], cwd=layout.ROOT, check=False).returncode
        console.done("cargo test --workspace", time.monotonic() - started)
        stack = json.loads(layout.STACK_FILE.read_text())
        failed = schemathesis.run_few(stack) or failed
        # Every tests/<name>/package.json is a suite: nothing has to be added here for a further one.
        return node_suites.run_all(stack) or failed
    finally:
        if started_here:
            daemon.stop()


def run_deep(port: int) -> int:
    """What takes too long for every day."""
    started_here = daemon.ensure(port, attached=True)
    try:
        stack = json.loads(layout.STACK_FILE.read_text())
        with console.step(f"refresh of {', '.join(demo.SYMBOLS)}"):
            demo.refresh(stack)
        return schemathesis.run_many(stack)
    finally:
        if started_here:
            daemon.stop()
