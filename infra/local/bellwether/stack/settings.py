"""The settings of one start: ports, keys, parameters of the functions, and the stack file for tests and tools."""

import json
import os
import platform
from dataclasses import asdict, dataclass

from bellwether import keys as key_store
from bellwether import paths
from bellwether.keys import Keys
from bellwether.services import ministack
from bellwether.services.deployment import Deployment
from bellwether.services.postgres import Database


@dataclass(frozen=True)
class Settings:
    """The options and keys of one start."""

    ports: paths.Ports
    keys: Keys
    tiingo_token: str = ""
    """With a token, current data comes from Tiingo, with the sample files as fallback."""
    n8n_base_url: str = ""
    """The developer's own n8n; empty for the fake one."""

    @property
    def database(self) -> Database:
        """The Postgres database."""
        return Database(self.ports.postgres, self.keys.database_password)

    @property
    def base_url(self) -> str:
        """The URL of the stack's gateway."""
        return paths.url(self.ports.gateway)

    @property
    def webhooks_url(self) -> str:
        """The URL below which n8n serves its webhooks."""
        return self.n8n_base_url or f"{paths.url(self.ports.fake_n8n)}/webhook"

    @property
    def benchmark(self) -> str:
        """The benchmark of beta: the sample files have the index, Tiingo has an ETF of it."""
        return "SPY" if self.tiingo_token else "SPX"

    def for_functions(self) -> dict[str, str]:
        """Values for the template parameters, by environment variable name."""
        live = {"TIINGO_TOKEN": self.tiingo_token} if self.tiingo_token else {}
        return {
            "SUPABASE_URL": self.base_url,
            "SUPABASE_PUBLISHABLE_KEY": self.keys.publishable_key,
            "SUPABASE_SECRET_KEY": self.keys.secret_key,
            "SIGNING_KEYS": self.keys.signing_keys,
            "WEBHOOK_SECRETS": self.keys.webhook_secret,
            "N8N_BASE_URL": self.webhooks_url,
            "PUBLIC_URL": self.base_url,
            "BENCHMARK_PROVIDER": "tiingo" if live else "csv",
            "BENCHMARK_SYMBOL": self.benchmark,
            "MARKET_DATA_PROVIDERS": "tiingo,csv" if live else "csv",
            "MARKET_DATA_CSV_URL": f"{paths.url(self.ports.fake_n8n)}/bars/{{symbol}}.csv",
            # Tests request more analyses than a user does.
            "ANALYSES_PER_DAY": "100000",
            # No cache, so that writes are visible at once.
            "CACHE_SECONDS": "0",
            "ARCHITECTURE": "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64",
            **live,
        }

    def publish(self, deployed: Deployment, logs: dict[str, str]) -> None:
        """Write URLs, keys and the log file of each part to the stack file."""
        stack = {
            "pid": os.getpid(),
            "base_url": self.base_url,
            "standin_url": paths.url(self.ports.fake_n8n),
            "n8n_base_url": self.webhooks_url,
            "ministack_url": paths.url(self.ports.ministack),
            "region": ministack.REGION,
            "aws_access_key_id": ministack.ACCESS_KEY,
            "aws_secret_access_key": ministack.SECRET_KEY,
            "postgres_url": self.database.url(),
            "postgrest_url": paths.url(self.ports.postgrest),
            "publishable_key": self.keys.publishable_key,
            "secret_key": self.keys.secret_key,
            "webhook_secret": self.keys.webhook_secret,
            "signing_keys": self.keys.signing_keys.split(","),
            "aws_calls": str(paths.AWS_CALLS),
            "logs": logs,
            "live": bool(self.tiingo_token),
            "benchmark": self.benchmark,
            **asdict(deployed),
        }
        key_store.write_private(paths.STACK_FILE, json.dumps(stack, indent=2))
