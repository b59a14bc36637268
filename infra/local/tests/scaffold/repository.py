"""A copy of the repository, to write functions into."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from bellwether import paths


def copy() -> Path:
    """A new folder with the tracked files; the caller deletes it."""
    folder = Path(tempfile.mkdtemp())
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=paths.ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (source := paths.ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / name)
    return folder
