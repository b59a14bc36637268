"""Measures the work of Postgres for one API request, from the Postgres log.

All statements of PostgREST are counted, including those inside functions: during a recording, the
sessions of PostgREST log their durations (`TIMES`) or their plans (`PLANS`).
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from bellwether import paths
from bellwether.console import StackError

LOG = paths.LOGS / "postgres.log"
ENTRY = re.compile(r"^\d{4}-\d\d-\d\d \S+ \S+ \[\d+\] LOG:  duration: ([\d.]+) ms(.*)$", re.DOTALL)
PATIENCE = 30.0
QUIET, CALM = 20, 10.0
"""PostgREST is ready after this many requests in a row below this many milliseconds."""
TIMES = {"log_min_duration_statement": "0"}
PLANS = {
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_nested_statements": "on",
    "auto_explain.log_format": "json",
}
Plan = dict[str, Any]
Ask = Callable[[], None]


@dataclass(frozen=True)
class Recording:
    """The log since the start of the recording."""

    offset: int

    def entries(self) -> Iterator[tuple[float, str]]:
        """Duration in milliseconds and text of each entry."""
        with LOG.open("rb") as log:
            log.seek(self.offset)
            text = log.read().decode(errors="replace")
        # Continuation lines start with a tab; all other lines start an entry, but only some match.
        for entry in re.split(r"\n(?!\t)", text):
            if told := ENTRY.match(entry):
                yield float(told[1]), told[2]

    def milliseconds(self) -> float:
        """Total time in Postgres: parsing, planning, execution and the surrounding transaction."""
        return sum(milliseconds for milliseconds, _ in self.entries())

    def plans(self) -> list[Plan]:
        """The plan of each statement, with its query text."""
        texts = (said.partition("plan:")[2] for _, said in self.entries())
        return [json.loads(text) for text in texts if text]


def begin() -> Recording:
    """Start a recording."""
    return Recording(LOG.stat().st_size)


def milliseconds(ask: Ask) -> float:
    """The time in Postgres of one request."""
    recording = begin()
    ask()
    return recording.milliseconds()


@contextmanager
def telling(postgres_url: str, settings: dict[str, str], ask: Ask) -> Iterator[None]:
    """Apply log settings to new sessions of PostgREST, and reset them afterwards."""
    superuser = postgres_url.replace("//postgres:", "//supabase_admin:", 1)
    with psycopg.connect(superuser, autocommit=True) as database:
        try:
            for name, value in settings.items():
                database.execute(f"alter role authenticator set {name} = '{value}'".encode())
            reconnect(database, ask)
            yield
        finally:
            for name in settings:
                database.execute(f"alter role authenticator reset {name}".encode())
            reconnect(database, ask)


def reconnect(database: psycopg.Connection, ask: Ask) -> None:
    """End the sessions of PostgREST and wait until it works with new ones."""
    database.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'authenticator'")
    deadline, quiet = time.monotonic() + PATIENCE, 0
    # PostgREST first reloads the whole schema, while it already serves requests.
    while quiet < QUIET:
        try:
            recording = begin()
            ask()
            quiet = quiet + 1 if recording.milliseconds() < CALM else 0
        except StackError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def scanned(plan: Plan) -> Iterator[str]:
    """The tables that a plan scans completely; scans of empty tables are ignored."""
    if plan["Node Type"] == "Seq Scan" and plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) > 0:
        yield plan["Relation Name"]
    for part in plan.get("Plans", []):
        yield from scanned(part)


def partitions(database: psycopg.Connection) -> set[str]:
    """The partitions of all partitioned tables."""
    rows = database.execute(
        "select child.relname from pg_inherits join pg_class as child on child.oid = inhrelid where relispartition"
    )
    return {row[0] for row in rows}
