"""Supabase Auth: the official @supabase/lite from npm, of which only `/auth/v1` is used."""

import shutil

import aiohttp

from bellwether import keys as key_store
from bellwether import paths
from bellwether.keys import Keys
from bellwether.processes import Child
from bellwether.services.postgres import Database

PROJECT = paths.RUN / "auth"
CONFIG = """\
project_id = "bellwether"

[api]
enabled = true
port = {port}
schemas = ["public"]
external_url = "{external_url}"

[db]
driver = "postgres"
url = "{database}"

[auth]
enabled = true
site_url = "{external_url}"
jwt_secret = "{jwt_secret}"
jwt_expiry = 3600
enable_signup = true
enable_refresh_token_rotation = true
refresh_token_reuse_interval = 10

[auth.email]
enable_signup = true
enable_confirmations = false
"""


def child(ports: paths.Ports, database: Database, keys: Keys) -> Child:
    """The server process, on the same database as all other services."""
    config = PROJECT / "supabase" / "config.toml"
    key_store.write_private(
        config,
        CONFIG.format(
            port=ports.auth,
            external_url=paths.url(ports.gateway),
            database=database.url("supabase_auth_admin"),
            jwt_secret=keys.jwt_secret,
        ),
    )
    program = paths.NPM / "node_modules" / "@supabase" / "lite" / "dist" / "cli" / "index.js"
    node = shutil.which("node") or "node"
    return Child(
        name="Supabase Auth",
        command=[node, str(program), "start", "--no-admin", "--host", paths.HOST, "--config", str(config)],
        log=paths.LOGS / "auth.log",
        cwd=PROJECT,
        env={"PATH": "/usr/bin:/bin", "HOME": str(PROJECT), "LITE_TELEMETRY": "0", "DO_NOT_TRACK": "1", "CI": "1"},
    )


async def is_ready(ports: paths.Ports) -> bool:
    """True if the server responds."""
    try:
        async with aiohttp.request("GET", f"{paths.url(ports.auth)}/auth/v1/health") as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False
