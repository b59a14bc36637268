"""Postgres 17 from npm: data folder, server process and connection strings."""

import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from signal import SIGINT

import psycopg

from bellwether import paths
from bellwether.console import StackError
from bellwether.keys import Keys
from bellwether.processes import Child

NAME = "Postgres"
SUPERUSER = "supabase_admin"
DATA = paths.POSTGRES_DATA
SETTINGS = {
    "listen_addresses": paths.HOST,
    "unix_socket_directories": "",
    "fsync": "off",  # data survives a killed Postgres, but not a power failure
    "full_page_writes": "off",
    "synchronous_commit": "on",
    "shared_buffers": "256MB",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@dataclass(frozen=True)
class Database:
    """The database and its connection strings."""

    port: int
    password: str

    def url(self, role: str = "postgres") -> str:
        """The connection string of a role; `postgres` owns the schema, as on hosted Supabase."""
        return f"postgres://{role}:{self.password}@{paths.HOST}:{self.port}/postgres"


def child(port: int) -> Child:
    """The server process; call `initialise` before starting it."""
    settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    server = program(NAME, "postgres", "-D", str(DATA), "-p", str(port), *settings)
    server.stop_signal = SIGINT  # fast shutdown: ends the sessions, then stops cleanly
    return server


async def initialise(keys: Keys) -> None:
    """Create the data folder, once."""
    if (DATA / "PG_VERSION").exists():
        return
    shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir(mode=0o700)
    password = DATA.with_suffix(".password")
    password.touch(0o600)
    password.write_text(keys.database_password)
    options = ["-U", SUPERUSER, "-E", "UTF8", "--locale=C", "-N", "--auth=scram-sha-256", f"--pwfile={password}"]
    initdb = program("initdb", "initdb", "-D", str(DATA), *options)
    if initdb.user is not None:
        os.chown(DATA, initdb.user, -1)
        os.chown(password, initdb.user, -1)
    await initdb.start()
    failed = await initdb.wait()
    password.unlink()
    if failed:
        raise StackError(f"Postgres could not create its data folder: see {initdb.log.relative_to(paths.ROOT)}.")


async def accepts(database: Database) -> bool:
    """True if the server accepts connections."""
    try:
        async with await psycopg.AsyncConnection.connect(database.url(SUPERUSER), connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


def program(name: str, file: str, *arguments: str) -> Child:
    """A Postgres program. They refuse to run as root, so root runs them as `nobody`."""
    command = [str(paths.postgres_package() / "native" / "bin" / file), *arguments]
    started = Child(name=name, command=command, log=paths.LOGS / f"{name.lower()}.log")
    if os.geteuid() != 0:
        return started
    nobody = pwd.getpwnam("nobody").pw_uid
    if all(folder.stat().st_mode & stat.S_IXOTH for folder in (paths.STATE, *paths.STATE.parents)):
        started.user = nobody
    else:  # `nobody` has no access to the folder, but root can appear as `nobody` in a user namespace
        started.command = ["unshare", "--user", f"--map-user={nobody}", f"--map-group={nobody}", "--", *command]
        started.env = {"PATH": "/usr/bin:/bin"}
    return started
