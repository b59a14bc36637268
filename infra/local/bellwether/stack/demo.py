"""The demo, through the public API: refresh, metrics, an analysis and its result."""

import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urljoin

import psycopg

from bellwether import console, paths
from bellwether.console import StackError
from bellwether.services import ministack
from bellwether.stack import api, tables

SYMBOLS = ("AAPL", "IBM", "MSFT")
ANALYSED = "AAPL"
PATIENCE = 90.0
POLL = 0.1
ENDED = ("succeeded", "failed", "cancelled", "expired")
Json = dict[str, Any]


def main_job(stack: Json) -> int:
    """Run and print every step; returns 0 if the analysis succeeded."""
    base, started = stack["base_url"], time.monotonic()
    console.say("\nDemo")
    with console.step(f"refresh of {', '.join(symbols(stack))}: schedule -> queue -> provider -> metrics"):
        metrics = refresh(stack)
    console.say(f"\n{tables.metrics(metrics)}\n")
    if not stack["live"]:
        console.say("  Sample data: real but historical daily bars. LIVE=1 TIINGO_TOKEN=... uses current ones.\n")
    with console.step("sign-up of a user"):
        token = sign_up(stack)
    with console.step(f"analysis of {ANALYSED}: API -> queue -> workflow -> signed callback"):
        location, analysis = analyse(base, token)
    console.say(f"\n{tables.analysis(analysis)}\n")
    console.done("whole demo", time.monotonic() - started)
    console.say(how_to_go_on(stack, token, location))
    return 0 if analysis["status"] == "succeeded" else 1


def symbols(stack: Json) -> list[str]:
    """The stocks that are refreshed, the benchmark first."""
    return [stack["benchmark"], *SYMBOLS]


def refresh(stack: Json) -> list[Json]:
    """Make the stocks due, invoke plan-refresh, and wait for new metrics of each stock."""
    began, wanted = datetime.now(UTC), symbols(stack)
    with psycopg.connect(stack["postgres_url"], autocommit=True) as database:
        database.execute(
            "insert into public.stocks (symbol, name, exchange, kind) values (%s, 'S&P 500 ETF', 'NYSE ARCA', 'etf')"
            " on conflict (symbol) do nothing",
            (stack["benchmark"],),
        )
        database.execute(
            "update private.stocks set refreshed_at = null, retry_at = null, claimed_until = null"
            " where symbol = any(%s)",
            (wanted,),
        )
        plan(stack)
        return [
            wait_for(partial(fresh, stack["base_url"], s, began), partial(why_not_fresh, database, s)) for s in wanted
        ]


def plan(stack: Json) -> None:
    """Invoke plan-refresh with the event of its schedule."""
    event = json.loads((paths.ROOT / "events" / "plan-refresh.json").read_text())
    event |= {"id": str(uuid.uuid4()), "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    response = ministack.client("lambda", stack["ministack_url"]).invoke(
        FunctionName=stack["functions"]["plan-refresh"], Payload=json.dumps(event)
    )
    if "FunctionError" in response:
        raise StackError(f"plan-refresh failed: {response['Payload'].read().decode()}; see `make logs F=plan-refresh`.")


def fresh(base: str, symbol: str, since: datetime) -> Json | None:
    """The latest metrics of a stock, if refreshed since this time."""
    response = api.call("GET", f"{base}/v1/stocks/{symbol}/metrics")
    if response.status == 404:
        return None
    metrics = api.expect(response, 200, f"GET /v1/stocks/{symbol}/metrics")
    return metrics if datetime.fromisoformat(metrics["refreshed_at"]) >= since else None


def why_not_fresh(database: psycopg.Connection, symbol: str) -> str:
    """The error message for a stock that was not refreshed."""
    row = database.execute("select refresh_error from public.stocks where symbol = %s", (symbol,)).fetchone()
    error = row[0] if row else "no such stock"
    return f"{symbol} was not refreshed (recorded error: {error}): see `make logs F=refresh-symbol`."


def sign_up(stack: Json) -> str:
    """The access token of a new user."""
    person = {"email": f"{uuid.uuid4().hex[:12]}@example.test", "password": uuid.uuid4().hex}
    response = api.call("POST", f"{stack['base_url']}/auth/v1/signup", person, {"apikey": stack["publishable_key"]})
    return api.expect(response, 200, "POST /auth/v1/signup")["access_token"]


def analyse(base: str, token: str) -> tuple[str, Json]:
    """Request an analysis and poll until it ends."""
    headers = {"Authorization": f"Bearer {token}"}
    response = api.call("POST", f"{base}/v1/analyses", {"symbol": ANALYSED}, headers)
    api.expect(response, 202, "POST /v1/analyses")
    location = urljoin(base, response.headers["Location"])

    def ended() -> Json | None:
        analysis = api.expect(api.call("GET", location, headers=headers), 200, f"GET {location}")
        return analysis if analysis["status"] in ENDED else None

    return location, wait_for(
        ended, lambda: f"The analysis {location} did not end: see `make logs F=dispatch-analysis`."
    )


def wait_for(look: Callable[[], Json | None], complaint: Callable[[], str]) -> Json:
    """Poll until there is a result."""
    deadline = time.monotonic() + PATIENCE
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise StackError(complaint())
        time.sleep(POLL)
    return found


def how_to_go_on(stack: Json, token: str, location: str) -> str:
    """The addresses, the keys, commands to paste, and where the logs are."""
    base, bearer = stack["base_url"], f"-H 'Authorization: Bearer {token}'"
    order = f"-H 'Content-Type: application/json' -d '{json.dumps({'symbol': ANALYSED})}'"
    return f"""
Address          {base}
Publishable key  {stack["publishable_key"]}
Secret key       {stack["secret_key"]}
Postgres         psql {stack["postgres_url"]}

curl -s {base}/v1/stocks/{ANALYSED}/metrics

curl -s -i {base}/v1/analyses {order} {bearer}

curl -s {location} {bearer}

Logs
{tables.logs(stack["logs"])}
"""
