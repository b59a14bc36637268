"""Set-up from package registries: Python and npm packages, and the binaries of the functions.

Uses the standard library only, because it runs before anything is installed. Every
installation writes a stamp with the hash of its lock file, so a repeated set-up is free.
"""

import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bellwether import console, paths
from bellwether.console import StackError

LIGHT_COMMANDS = {"build", "contract", "demo", "down", "logs", "new", "node", "push", "python", "reset", "status"}
MIN_NODE = 20


def inside_venv() -> bool:
    """True if this process runs in the project's virtual environment."""
    return Path(sys.prefix) == paths.VENV


def needs(arguments: list[str]) -> set[str]:
    """The groups that a command needs: any of "python", "stack", "build", "check" and "deep"."""
    command = arguments[0] if arguments else "help"
    if command == "setup":
        groups = set(arguments[1:])
        return groups if groups == {"deep"} else {"stack", "build"} | groups
    if command in LIGHT_COMMANDS:
        return {"python"}
    return {"stack", "build"}


def ensure(groups: set[str]) -> None:
    """Install missing packages, in parallel."""
    require_tools(groups)
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    tasks: list[Callable[[], None]] = []
    if groups & {"stack", "python"}:
        tasks.append(lambda: python_packages(paths.VENV, "requirements.txt", "Python packages"))
    if "check" in groups:
        tasks.append(lambda: python_packages(paths.CHECK_VENV, "requirements-check.txt", "check tools"))
        tasks.append(lambda: npm_packages(paths.STACK / "check", paths.CHECK_NPM, "check tools from npm"))
    if "deep" in groups:
        tasks.append(lambda: python_packages(paths.DEEP_VENV, "requirements-deep.txt", "schemathesis and numpy"))
    if "stack" in groups:
        tasks.append(stack_programs)
    if "build" in groups:
        tasks.append(lambda: cargo_build("--bins"))
    with locked("setup"), ThreadPoolExecutor(len(tasks)) as pool:
        for future in [pool.submit(task) for task in tasks]:
            future.result()


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Let only one process install at a time."""
    paths.RUN.mkdir(parents=True, exist_ok=True)
    with (paths.RUN / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def require_tools(groups: set[str]) -> None:
    """Fail if a tool is missing, and say where to get it."""
    wanted = {}
    if "build" in groups:
        wanted["cargo"] = "install Rust from https://rustup.rs"
    if "stack" in groups:
        wanted |= {
            "node": f"install Node.js {MIN_NODE} or newer",
            "npm": f"install Node.js {MIN_NODE} or newer with npm",
        }
    for tool, advice in wanted.items():
        if shutil.which(tool) is None:
            raise StackError(f"`{tool}` is missing: {advice}, then run the command again.")
    if "node" in wanted:
        version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
        if int(version.lstrip("v").split(".")[0]) < MIN_NODE:
            raise StackError(f"Node.js {MIN_NODE} or newer is needed, but {version} is installed: install a newer one.")


def python_packages(venv: Path, lock_name: str, what: str) -> None:
    """Create a virtual environment with exactly the locked packages, verified by hash."""
    lock = paths.STACK / lock_name
    # Its programs contain the path of the folder, so a copied one is installed again.
    stamp = Stamp(venv, lock.read_bytes(), sys.version.encode(), str(venv).encode())
    if stamp.holds():
        return
    with console.step(what):
        log = paths.LOGS / f"{venv.name}.log"
        run([sys.executable, "-m", "venv", "--clear", str(venv)], log, "install the python3-venv package")
        pip = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
        run([*pip, "install", "--quiet", "--no-deps", "--require-hashes", "--requirement", str(lock)], log)
        stamp.write()


def npm_packages(source: Path, folder: Path, what: str, finish: Callable[[], None] = lambda: None) -> None:
    """Install the packages locked in `source` into `folder/node_modules`, without running their scripts."""
    files = [source / "package.json", source / "package-lock.json"]
    stamp = Stamp(folder, *(file.read_bytes() for file in files))
    if stamp.holds():
        return
    with console.step(what):
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            shutil.copy(file, folder)
        log = paths.LOGS / f"npm-{folder.name}.log"
        run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], log, cwd=folder)
        finish()
        stamp.write()


def stack_programs() -> None:
    """Install Postgres, PostgREST and Supabase Auth."""
    what = "Postgres, PostgREST and Supabase Auth from npm"
    npm_packages(paths.STACK, paths.NPM, what, finish=link_postgres_libraries)


def link_postgres_libraries() -> None:
    """Create the library links that the install script of the Postgres package would create."""
    native = paths.postgres_package() / "native"
    if not native.is_dir():
        machine = f"{platform.system()} {platform.machine()}"
        raise StackError(f"There is no Postgres for {machine}: use Linux or macOS, on x64 or arm64.")
    for link in json.loads((native / "pg-symlinks.json").read_text()):
        target = native.parent / link["target"]
        if not target.is_symlink():
            target.symlink_to(os.path.relpath(native.parent / link["source"], target.parent))


def cargo_build(*selection: str) -> None:
    """Build binaries in the dev profile; always for the whole workspace, so nothing is built twice."""
    log = paths.LOGS / "cargo.log"
    command = ["cargo", "build", "--workspace", *selection]
    with console.step(" ".join(command), lambda: f"{log.read_text().count('Compiling')} crates"):
        run(command, log, cwd=paths.ROOT)


def run(command: list[str], log: Path, advice: str = "", cwd: Path = paths.ROOT) -> None:
    """Run a command with output to a log file; on failure, print the end of the log."""
    with log.open("w") as file:
        failed = subprocess.run(command, cwd=cwd, stdout=file, stderr=subprocess.STDOUT, check=False).returncode
    if failed:
        print("\n".join(log.read_text().splitlines()[-40:]), file=sys.stderr)
        hint = advice or f"see {log.relative_to(paths.ROOT)}"
        raise StackError(f"`{' '.join(command[:4])}` failed: {hint}.")


class Stamp:
    """Records the inputs that a folder was created from."""

    def __init__(self, folder: Path, *inputs: bytes) -> None:
        """A stamp for `folder`, created from `inputs` at this path."""
        self.file = folder / ".stamp"
        self.value = hashlib.sha256(b"\0".join([*inputs, str(folder).encode()])).hexdigest()

    def holds(self) -> bool:
        """True if the folder is up to date."""
        return self.file.exists() and self.file.read_text() == self.value

    def write(self) -> None:
        """Mark the folder as up to date."""
        self.file.write_text(self.value)


def debug_binaries() -> Path:
    """The folder of the dev binaries."""
    return Path(metadata()["target_directory"]) / "debug"


def metadata() -> dict[str, Any]:
    """The output of `cargo metadata`: the packages and folders of the workspace."""
    command = ["cargo", "metadata", "--no-deps", "--offline", "--format-version", "1"]
    described = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False)
    if described.returncode:
        raise StackError(f"`{' '.join(command[:2])}` failed: {described.stderr.strip().splitlines()[-1]}")
    return json.loads(described.stdout)
