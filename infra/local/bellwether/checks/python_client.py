"""Builds the Python client, `infra/clients/python`, and runs its tests against the running stack.

The package is installed into `.local/venv-client` as a user would install it; building it generates its
module `api` from the contract. `mypy` then checks the installed package and its tests.
"""

import shutil
from pathlib import Path
from typing import Any

from bellwether import paths
from bellwether.checks import suites
from bellwether.stack import install

TIMEOUT = 300.0
SOURCE = paths.INFRA / "clients" / "python"


def run(stack: dict[str, Any]) -> int:
    """Build, check and test the client; returns the exit code of the first failure."""
    install.python_packages(paths.CLIENT_VENV, "requirements-client.txt", "packages of the Python client")
    copy = installed()
    python = str(paths.CLIENT_VENV / "bin" / "python")
    told = {
        "BASE_URL": stack["base_url"],
        "PUBLISHABLE_KEY": stack["publishable_key"],
        "CONTRACT": str(paths.CONTRACT),
        # The package has the same name as that of the local stack.
        "PYTHONPATH": "",
        "PATH": f"{paths.CLIENT_VENV / 'bin'}:/usr/bin:/bin",
    }
    mypy = [python, "-m", "mypy", "--strict", "--package", "bellwether", "--no-error-summary"]
    tests = [python, "-m", "unittest", "discover", "--start-directory", "tests"]
    checked = suites.run("mypy of the Python client", mypy, copy / "tests", told, TIMEOUT)
    return suites.run("tests of the Python client", tests, copy, told, TIMEOUT) or checked


def installed() -> Path:
    """Install the package from a copy of its sources; returns the copy."""
    copy = paths.STATE / "python-client"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(SOURCE, copy)
    shutil.copy(paths.CONTRACT, copy)
    pip = [str(paths.CLIENT_VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    options = ["--no-deps", "--no-build-isolation", "--force-reinstall"]
    install.run([*pip, *options, str(copy)], paths.LOGS / "python-client.log")
    return copy
