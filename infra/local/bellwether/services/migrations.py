"""Applies the Supabase migrations in the same order and transactions as the Supabase CLI.

Applied migrations are recorded in a separate schema: in the local stack `supabase_migrations`,
which the CLI uses, contains the tables of Supabase Auth.
"""

import hashlib
from pathlib import Path

import psycopg

from bellwether import paths
from bellwether.console import StackError
from bellwether.services.postgres import SUPERUSER, Database

BOOTSTRAP = paths.STACK / "bootstrap.sql"
LOCAL_ROLES = ("postgres", "authenticator", "supabase_auth_admin")
TRACKING = """
    create schema if not exists local_stack;
    create table if not exists local_stack.migrations (
        version text primary key, name text not null, text text not null);
    create table if not exists local_stack.seeds (path text primary key, hash text not null);
"""


async def bootstrap(database: Database) -> None:
    """Set up a bare Postgres like a new hosted Supabase project, once."""
    async with await psycopg.AsyncConnection.connect(database.url(SUPERUSER), autocommit=True) as connection:
        found = await connection.execute("select 1 from pg_roles where rolname = 'authenticator'")
        if await found.fetchone():
            return
        async with connection.transaction():
            await connection.execute(BOOTSTRAP.read_bytes())
            for role in LOCAL_ROLES:
                await connection.execute(f"alter role {role} password '{database.password}'".encode())


async def bring_up_to_date(database: Database) -> None:
    """Apply new migrations and a changed seed."""
    await migrate(database)
    await seed(database)


async def migrate(database: Database, folder: Path = paths.MIGRATIONS) -> int:
    """Apply new migrations in order, each in one transaction; returns their number."""
    async with await psycopg.AsyncConnection.connect(database.url(), autocommit=True) as connection:
        await connection.execute(TRACKING)
        rows = await connection.execute("select version, text from local_stack.migrations")
        applied: dict[str, str] = dict(await rows.fetchall())
        files = {version_of(file): file for file in sorted(folder.glob("*.sql"))}
        refuse_changed(files, applied)
        new = [version for version in sorted(files) if version not in applied]
        for version in new:
            await apply(connection, version, files[version])
        return len(new)


def version_of(file: Path) -> str:
    """The timestamp at the start of a migration's file name."""
    version, separator, _ = file.stem.partition("_")
    if not separator or not version.isdigit():
        raise StackError(f"{file.name} is not a migration: its name must be <timestamp>_<name>.sql.")
    return version


def refuse_changed(files: dict[str, Path], applied: dict[str, str]) -> None:
    """Fail if an applied migration was changed or removed."""
    for version, text in applied.items():
        if version not in files or files[version].read_text() != text:
            name = files[version].name if version in files else version
            advice = "add a new one instead, or start over with `make reset`"
            raise StackError(f"Migration {name} was applied and then changed or removed: {advice}.")


async def apply(connection: psycopg.AsyncConnection, version: str, file: Path) -> None:
    """Apply one migration and record it, in one transaction."""
    text = file.read_text()
    try:
        async with connection.transaction():
            await connection.execute(text.encode())
            await connection.execute(
                "insert into local_stack.migrations (version, name, text) values (%s, %s, %s)",
                (version, file.stem.partition("_")[2], text),
            )
    except psycopg.Error as error:
        raise StackError(f"Migration {file.name} failed: {where(error, text)}") from error


def where(error: psycopg.Error, text: str) -> str:
    """The error message of a statement, with its line."""
    diagnosis = error.diag
    line = text.count("\n", 0, int(diagnosis.statement_position or 1) - 1) + 1
    more = "; ".join(part for part in (diagnosis.message_detail, diagnosis.context) if part)
    return f"line {line}: {diagnosis.message_primary or error}{f' ({more})' if more else ''}"


async def seed(database: Database, file: Path = paths.SEED) -> bool:
    """Run the seed if it is new or changed; returns True if it ran."""
    if not file.exists():
        return False
    path, text = str(file.relative_to(paths.ROOT)), file.read_bytes()
    digest = hashlib.sha256(text).hexdigest()
    async with await psycopg.AsyncConnection.connect(database.url()) as connection:
        found = await connection.execute("select hash from local_stack.seeds where path = %s", (path,))
        if await found.fetchone() == (digest,):
            return False
        await connection.execute(text)
        await connection.execute(
            "insert into local_stack.seeds values (%s, %s) on conflict (path) do update set hash = excluded.hash",
            (path, digest),
        )
    return True
