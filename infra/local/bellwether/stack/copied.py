"""Tells a copied project from the one it was copied from."""

import shutil
from pathlib import Path

from bellwether import console, paths


def leave_original_alone(root: Path = paths.ROOT) -> None:
    """Bind the run folder to this project: in a copy, it names the processes and ports of the original."""
    state = root / paths.STATE.relative_to(paths.ROOT)
    run = root / paths.RUN.relative_to(paths.ROOT)
    bound = run / "folder"
    if bound.exists() and bound.read_text() != str(root):
        shutil.rmtree(run)
        (state / paths.STACK_FILE.name).unlink(missing_ok=True)
        (state / paths.POSTGRES_DATA.name / "postmaster.pid").unlink(missing_ok=True)
        console.say(f"{state.name} was copied from another folder, whose stack is left alone.")
    run.mkdir(parents=True, exist_ok=True)
    bound.write_text(str(root))
