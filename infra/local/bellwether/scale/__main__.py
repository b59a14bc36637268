"""`python -m bellwether.scale load | drop | bench | hostile`, on the running stack."""

import argparse
import json
import sys

import psycopg

from bellwether import console, paths
from bellwether.console import StackError
from bellwether.scale import bench, hostile, load, stocks


def main() -> int:
    """Parse the command line and run one command."""
    parser = argparse.ArgumentParser(prog="bellwether.scale", description=__doc__)
    parser.add_argument("what", choices=["load", "drop", "bench", "hostile"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=stocks.COUNT)
    parser.add_argument("--seconds", type=float, default=hostile.SECONDS, help="of each measurement of `hostile`")
    given = parser.parse_args()
    try:
        running = stack()
        if given.what == "bench":
            return bench.run(running)
        if given.what == "hostile":
            return bench.run_hostile(running, given.seconds, given.count)
        if given.what == "load":
            load.load(running["postgres_url"], given.seed, given.count)
        else:
            with psycopg.connect(running["postgres_url"], autocommit=True) as database:
                load.drop(database)
        return 0
    except StackError as error:
        console.fail(str(error))
        return 1


def stack() -> dict:
    """URLs and keys of the running stack."""
    if not paths.STACK_FILE.exists():
        raise StackError("The stack is not running: start it with `make up DETACH=1`.")
    return json.loads(paths.STACK_FILE.read_text())


if __name__ == "__main__":
    sys.exit(main())
