"""The files of the repository, with changes that stay in memory until all of them are made."""

import re
import subprocess
from importlib import resources
from pathlib import Path
from string import Template

from bellwether.console import StackError


class Files:
    """Text files by their path below the repository's folder."""

    def __init__(self, root: Path) -> None:
        """The repository at `root`, without changes."""
        self.root = root
        self.changed: dict[str, str] = {}

    def exists(self, path: str) -> bool:
        """True if there is a file or folder, or one is to be written."""
        return path in self.changed or (self.root / path).exists()

    def text(self, path: str) -> str:
        """The text of a file with the changes made so far."""
        return self.changed[path] if path in self.changed else (self.root / path).read_text()

    def lines(self, path: str) -> list[str]:
        """The lines of a file with the changes made so far."""
        return self.text(path).rstrip("\n").split("\n")

    def put(self, path: str, text: str) -> None:
        """Replace or create a file."""
        self.changed[path] = text

    def insert(self, path: str, number: int, lines: list[str]) -> None:
        """Insert lines before the line with this number, counted from 0."""
        before = self.lines(path)
        self.put(path, "\n".join([*before[:number], *lines, *before[number:]]) + "\n")

    def insert_sorted(self, path: str, pattern: re.Pattern[str], key: str, line: str) -> None:
        """Insert a line among those that match a pattern, which are sorted by its first group."""
        keys = [(number, found[1]) for number, text in enumerate(self.lines(path)) if (found := pattern.match(text))]
        self.insert(path, next((number for number, other in keys if other > key), keys[-1][0] + 1), [line])

    def rust(self, path: str, text: str) -> None:
        """Create a Rust file, formatted as `make check` requires."""
        command = ["rustfmt", "--edition", "2024", "--config-path", str(self.root)]
        try:
            done = subprocess.run(command, input=text, cwd=self.root, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            raise StackError("`rustfmt` is missing: install Rust from https://rustup.rs.") from None
        if done.returncode:
            raise StackError(f"`rustfmt` failed for {path}: {done.stderr.strip().splitlines()[0]}")
        self.put(path, done.stdout)

    def write(self) -> None:
        """Write every changed file."""
        for path, text in self.changed.items():
            target = self.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)


class Piece(Template):
    """A text with placeholders `@{name}`; `$` and braces are themselves, as in Rust and YAML."""

    delimiter = "@"


def piece(file: str, **values: str) -> str:
    """A file of the folder `pieces` with its placeholders filled in."""
    return Piece(resources.files(__package__).joinpath("pieces", file).read_text()).substitute(values)
