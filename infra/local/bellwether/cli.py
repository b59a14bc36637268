"""The commands of the local stack."""

import argparse
import os
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

from bellwether import console, paths
from bellwether.checks import bundle, node_suites, python_client, testing
from bellwether.console import StackError
from bellwether.scaffold import new
from bellwether.stack import build as bootstraps
from bellwether.stack import copied, daemon, functions, own_n8n
from bellwether.stack import logs as function_logs
from bellwether.stack.demo import main_job

Command = Callable[[argparse.Namespace], int]


def main() -> int:
    """Parse the command line and run one command."""
    arguments = parser().parse_args()
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    copied.leave_original_alone()
    return arguments.command(arguments)


def parser() -> argparse.ArgumentParser:
    """All commands with their options."""
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
    add("python", python)
    add_build(add("build", build))
    add("demo", demo)
    add("down", down)
    add("reset", reset)
    add("status", status)
    add_logs(add("logs", logs))
    add("push", push).add_argument("function")
    new.add_arguments(add("new", new.run))
    return root


def add_build(command: argparse.ArgumentParser) -> None:
    """The options of `build`."""
    command.add_argument("--context", help="only the functions of one context, e.g. market")
    command.add_argument("--function", help="only one function, e.g. get-metrics")
    command.add_argument("--arch", choices=["arm64"], help="cross-compile for this architecture")
    command.add_argument("--features", action="append", default=[], help="cargo features, e.g. market/redis")
    command.add_argument("--empty", action="store_true", help="only the empty function that benches compare with")


def add_logs(command: argparse.ArgumentParser) -> None:
    """The options of `logs`."""
    command.add_argument("function", nargs="?", help="only this function, e.g. get-metrics")
    command.add_argument("--lines", type=int, default=function_logs.RECENT, help="how many to show first")
    command.add_argument("--follow", action="store_true", help="go on with new lines until Ctrl-C")


def setup(_: argparse.Namespace) -> int:
    """Install what is missing; happens before any command runs."""
    return 0


def up(arguments: argparse.Namespace) -> int:
    """Start the stack; without --detach, run until Ctrl-C."""
    return start(arguments, [])


def run(arguments: argparse.Namespace) -> int:
    """Start the stack and run the demo; without --detach, run until Ctrl-C."""
    return start(arguments, [main_job])


def start(arguments: argparse.Namespace, jobs: list[Callable[[dict[str, Any]], int]]) -> int:
    """Start a stack and run the jobs; a running stack is updated and left running."""
    tiingo_token()
    own_n8n.require_same()
    supervisor = daemon.ensure(arguments.port, attached=not arguments.detach)
    if supervisor:
        console.say(f"The stack is running at {paths.url(arguments.port)}.")
    if own_n8n.base_url():
        console.say(own_n8n.instructions(daemon.stack()))
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
    """Run a job; returns True if it failed. The stack keeps running for inspection."""
    try:
        return bool(job(daemon.stack()))
    except StackError as error:
        console.fail(str(error))
        return True


def stayed(supervisor: subprocess.Popen[str]) -> bool:
    """Wait for the end of the stack; returns True if it failed."""
    failed = daemon.stay(supervisor)
    if failed:
        console.fail(f"The stack stopped: see {daemon.LOG.relative_to(paths.ROOT)}.")
    return failed


def tiingo_token() -> str:
    """The Tiingo token of a LIVE=1 run, which uses current data; empty otherwise."""
    live, token = os.environ.get("LIVE") == "1", os.environ.get("TIINGO_TOKEN", "")
    if live and not token:
        raise StackError("LIVE=1 requires a Tiingo token: `make run LIVE=1 TIINGO_TOKEN=...`.")
    return token if live else ""


def supervise(arguments: argparse.Namespace) -> int:
    """Run the supervisor, the long-lived process that `up` and `run` start."""
    daemon.supervise(arguments.port, tiingo_token(), own_n8n.base_url(), arguments.attached)
    return 0


def build(arguments: argparse.Namespace) -> int:
    """Build the release bootstraps in target/lambda."""
    given = arguments
    options = bootstraps.Options(given.context, given.function, given.arch, tuple(given.features), given.empty)
    return bootstraps.run(options)


def demo(_: argparse.Namespace) -> int:
    """Run the demo on the running stack."""
    return main_job(daemon.stack())


def test(arguments: argparse.Namespace) -> int:
    """Run all tests."""
    return testing.run_tests(arguments.port)


def deep(arguments: argparse.Namespace) -> int:
    """Test the running stack against the contract, with 200 generated examples per operation."""
    return testing.run_deep(arguments.port)


def contract(_: argparse.Namespace) -> int:
    """Bundle the sources of the contract into infra/api/openapi.yaml."""
    return bundle.main()


def node(arguments: argparse.Namespace) -> int:
    """Run one Node test suite on the running stack."""
    return node_suites.run(daemon.stack(), arguments.suite)


def python(_: argparse.Namespace) -> int:
    """Build the Python client and run its tests on the running stack."""
    return python_client.run(daemon.stack())


def down(_: argparse.Namespace) -> int:
    """Stop the stack."""
    console.say("The stack is stopped." if daemon.stop() else "The stack was not running.")
    return 0


def reset(arguments: argparse.Namespace) -> int:
    """Stop the stack and delete its data and keys."""
    down(arguments)
    shutil.rmtree(paths.POSTGRES_DATA, ignore_errors=True)
    paths.KEYS.unlink(missing_ok=True)
    console.say("The database and the keys are deleted.")
    return 0


def status(_: argparse.Namespace) -> int:
    """Print whether the stack is running; the exit code is 0 if it is."""
    found = daemon.running()
    console.say(f"The stack is running at {found.url} (process {found.pid})." if found else "The stack is not running.")
    return 0 if found else 1


def logs(arguments: argparse.Namespace) -> int:
    """Print the latest log lines of all functions, newest last, or of one."""
    return function_logs.show(daemon.stack(), arguments.function, arguments.lines, arguments.follow)


def push(arguments: argparse.Namespace) -> int:
    """Build one function and deploy it to the running stack."""
    return functions.push(daemon.stack(), arguments.function)
