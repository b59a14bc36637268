"""One function of the running stack: its deployed name, and the deployment of a new build."""

import time
from typing import Any

from bellwether import console
from bellwether.console import StackError
from bellwether.stack import install
from bellwether.stack.deploy import Cloud


def bare(function: str) -> str:
    """The name of a function without its context: `market/get-metrics` is `get-metrics`."""
    return function.rpartition("/")[2]


def deployed_name(stack: dict[str, Any], folder: str) -> str:
    """The deployed name of the function in a folder below functions/."""
    if folder not in stack["functions"]:
        raise StackError(f"There is no function {folder}. The functions are: {', '.join(sorted(stack['functions']))}.")
    return stack["functions"][folder]


def push(stack: dict[str, Any], function: str) -> int:
    """Build one function and replace its code in the running stack."""
    folder, started = bare(function), time.monotonic()
    name = deployed_name(stack, folder)
    install.cargo_build("--bin", folder)
    Cloud(stack["ministack_url"], install.debug_binaries()).push(name, folder)
    console.done(f"{folder} is live", time.monotonic() - started)
    return 0
