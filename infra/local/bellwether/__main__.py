"""Entry point: `python3 -m bellwether <command>`.

Runs on the system Python with nothing installed: it installs what is missing, then
restarts itself in the project's virtual environment.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit("Python 3.11 or newer is needed, this is %d.%d: run `make PYTHON=python3.11 ...`." % sys.version_info[:2])

import os

from bellwether import console, paths
from bellwether.stack import install


def main() -> int:
    """Install what is missing, then run the command in the virtual environment."""
    try:
        if not install.inside_venv():
            install.ensure(install.needs(sys.argv[1:]))
            if sys.argv[1:2] == ["setup"]:
                return 0
            python = str(paths.VENV / "bin" / "python")
            os.execv(python, [python, "-m", "bellwether", *sys.argv[1:]])
        from bellwether import cli

        return cli.main()
    except console.StackError as error:
        console.fail(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
