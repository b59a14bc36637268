"""The commands of the local stack."""

import argparse
import os
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

from bellwether import console, paths
from bellwether.checks import bundle, node_suites, testing
from bellwether.console import StackError
from bellwether.stack import build as bootstraps
from bellwether.stack import daemon, functions
from bellwether.stack.demo import main_job

Command = Callable[[argparse.Namespace], int]


def main() -> int:
    """Parse the command line and run one command."""
    arguments = parser().parse_args()
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    paths.RUN.mkdir(parents=True, exist_ok=True)
    return arguments.command(arguments)


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    root = argparse.ArgumentParser(prog="bellwether", description="The local stack of Bellwether.")
    commands = root.add_subparsers(required=True)

    def add(name: str, command: Command, *, port: bool = False) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=(command.__doc__ or "").splitlines()[0])
        added.set_defaults(command=command)
        if port:
            added.add_argument("--port", type=int, default=paths.DEFAULT_PORT)
        return added

    add("setup", setup).add_argument("groups", nargs="*", choices=["check", "deep"])
    for name, command in (("up", up), ("run", run)):
        add(name, command, port=True).add_argument("--detach", action="store_true", help="leave the stack running")
    add("supervise", supervise, port=True).add_argument("--attached", action="store_true")
    add("test", test, port=True)
    add("deep", deep, port=True)
    add("contract", contract)
    add("node", node).add_argument("suite")
    add_build(add("build", build))
    add("demo", demo)
    add("down", down)
    add("reset", reset)
    add("status", status)
    add("logs", logs).add_argument("function", nargs="?")
    add("push", push).add_argument("function")
    return root


def add_build(command: argparse.ArgumentParser) -> None:
    """The options of `build`."""
    command.add_argument("--context", help="only the functions of one context, e.g. market")
    command.add_argument("--function", help="only one function, e.g. get-metrics")
    command.add_argument("--arch", choices=["arm64"], help="for another architecture than this machine's")
    command.add_argument("--features", action="append", default=[], help="features of Cargo, e.g. shared/redis")


def setup(_: argparse.Namespace) -> int:
    """Install what is missing: done before any command gets here."""
    return 0


def up(arguments: argparse.Namespace) -> int:
    """Start the stack; without --detach, stay until Ctrl-C."""
    return start(arguments, [])


def run(arguments: argparse.Namespace) -> int:
    """Start the stack and do the main job once; without --detach, stay until Ctrl-C."""
    return start(arguments, [main_job])


def start(arguments: argparse.Namespace, jobs: list[Callable[[dict[str, Any]], int]]) -> int:
    """A stack that runs already is brought up to date, and left running."""
    tiingo_token()
    supervisor = daemon.ensure(arguments.port, attached=not arguments.detach)
    if supervisor:
        console.say(f"The stack is running at {paths.url(arguments.port)}.")
    try:
        failed = any([attempt(job) for job in jobs])
        if supervisor and not arguments.detach:
            console.say("Ctrl-C stops the stack.")
            failed = stayed(supervisor) or failed
        return int(failed)
    except KeyboardInterrupt:
        if supervisor:
            console.say("Stopping.")
            daemon.stop()
        return 0


def attempt(job: Callable[[dict[str, Any]], int]) -> bool:
    """Do a job; when it fails the stack stays, to be looked at. Whether it failed."""
    try:
        return bool(job(daemon.stack()))
    except StackError as error:
        console.fail(str(error))
        return True


def stayed(supervisor: subprocess.Popen[str]) -> bool:
    """Stay as long as the stack does; whether it ended by a fault."""
    failed = bool(supervisor.wait())
    if failed:
        console.fail(f"The stack ended: see {daemon.LOG.relative_to(paths.ROOT)}.")
    return failed


def tiingo_token() -> str:
    """LIVE=1 asks for today's data, which needs a token."""
    live, token = os.environ.get("LIVE") == "1", os.environ.get("TIINGO_TOKEN", "")
    if live and not token:
        raise StackError("LIVE=1 needs a token of Tiingo: `make run LIVE=1 TIINGO_TOKEN=...`.")
    return token if live else ""


def supervise(arguments: argparse.Namespace) -> int:
    """The long-lived process behind `up` and `run`."""
    daemon.supervise(arguments.port, tiingo_token(), arguments.attached)
    return 0


def build(arguments: argparse.Namespace) -> int:
    """Build the release bootstraps in target/lambda."""
    given = arguments
    return bootstraps.run(bootstraps.Options(given.context, given.function, given.arch, tuple(given.features)))


def demo(_: argparse.Namespace) -> int:
    """The main job, on the running stack."""
    return main_job(daemon.stack())


def test(arguments: argparse.Namespace) -> int:
    """Every test."""
    return testing.run_tests(arguments.port)


def deep(arguments: argparse.Namespace) -> int:
    """Property-based tests of the running stack against the contract, 200 examples an operation."""
    return testing.run_deep(arguments.port)


def contract(_: argparse.Namespace) -> int:
    """Bundle the sources of the contract into infra/api/openapi.yaml."""
    return bundle.main()


def node(arguments: argparse.Namespace) -> int:
    """One of the test suites for Node, on the running stack."""
    return node_suites.run(daemon.stack(), arguments.suite)


def down(_: argparse.Namespace) -> int:
    """Stop the stack."""
    console.say("The stack is stopped." if daemon.stop() else "The stack was not running.")
    return 0


def reset(arguments: argparse.Namespace) -> int:
    """Forget all data and keys."""
    down(arguments)
    shutil.rmtree(paths.STATE / "postgres", ignore_errors=True)
    paths.KEYS.unlink(missing_ok=True)
    console.say("Its database and keys are deleted.")
    return 0


def status(_: argparse.Namespace) -> int:
    """One line; the exit code says it too."""
    found = daemon.running()
    console.say(f"The stack is running at {found.url} (process {found.pid})." if found else "The stack is not running.")
    return 0 if found else 1


def logs(arguments: argparse.Namespace) -> int:
    """The end of every log file, or a function's log."""
    if arguments.function:
        return functions.print_log(daemon.stack(), arguments.function)
    return subprocess.run(["tail", "-n", "20", *sorted(map(str, paths.LOGS.glob("*.log")))], check=False).returncode


def push(arguments: argparse.Namespace) -> int:
    """From an edit to the running function."""
    return functions.push(daemon.stack(), arguments.function)
