"""One-row reads beside twenty hostile callers of PostgREST, and how long those hold a connection.

The publishable key is public, so anyone can send any request to PostgREST. Twenty callers, in a
process of their own, send the same kind of request in a loop, while one caller reads one row after
the other. The p99 of these reads is compared with their p99 beside twenty callers that read one row.
"""

import http.client
import itertools
import json
import multiprocessing
import statistics
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Event, Semaphore
from threading import Thread
from typing import Any

import psycopg

from bellwether.scale import stocks

CALLERS, ROUNDS, SECONDS = 20, 3, 4.0
SLOWDOWN = 2.0
"""The most that hostile callers may slow down a read, compared with callers that read one row."""
STATEMENT_TIMEOUT, SAMPLING = 2.0, 0.3
"""Of `anon` in seconds, and what ending the statement and sampling may add."""
SPAWN = multiprocessing.get_context("spawn")
Stack = dict[str, Any]


@dataclass(frozen=True)
class Attack:
    """One kind of request to PostgREST, without a token."""

    name: str
    path: str
    """`{symbol}` becomes another generated stock each time."""
    body: str | None = None
    """JSON, for a function."""


def history(name: str, **changes: object) -> Attack:
    """A call of read_history_page."""
    body = {"p_symbol": "AAPL", "p_interval": "day", "p_adjusted": True, "p_metrics": ["rsi_14"]}
    return Attack(name, "/rpc/read_history_page", json.dumps(body | changes))


ONE_ROW = Attack("one row", "/stock_metrics?select=*&symbol=eq.{symbol}")
BACKTRACKING = urllib.parse.quote(r"^(([a-z ]|[A-Z ])*)*\1\1$")
METRICS = [*(f"return_{days}d" for days in (1, 5, 21, 63, 252)), "sma_20", "sma_50", "sma_200", "ema_12", "ema_26"]
ATTACKS = (
    Attack("bars, a deep page", "/price_bars?select=*&order=close&offset=1000000"),
    Attack("history, sorted", "/metric_history?select=*&order=rsi_14.desc.nullslast"),
    Attack("stocks with all their bars", "/stocks?select=symbol,price_bars(*)"),
    Attack("snapshots with the history of their stocks", "/stock_metrics?select=symbol,stocks(metric_history(*))"),
    Attack("stocks in snapshots in stocks", "/stocks?select=symbol,stock_metrics(*,stocks(symbol))"),
    history("a history of two billion rows", p_limit=2**31 - 1),
    history("a history with a metric 1,000 times", p_metrics=["rsi_14"] * 1000),
    history("a history with SQL for a metric", p_metrics=["(select count(*) from public.price_bars)"]),
    Attack("a search for 10,000 characters", "/rpc/search_stocks", json.dumps({"p_query": "a" * 10_000})),
    Attack("snapshots, the last page", "/stock_metrics?select=symbol&order=rsi_14.desc,symbol&limit=1&offset=4000"),
    history("a history of 200 days, as a route reads it", p_limit=201),
    history("a whole history with two metrics", p_metrics=["rsi_14", "macd"], p_limit=5001),
    history("a week with all bars of its interval", p_interval="week", p_descending=True, p_limit=1, p_bars=True),
    history("a history of as many days as need no slot", p_metrics=[], p_limit=650),
    history("a history of 200 days with as many metrics as need no slot", p_metrics=METRICS, p_limit=201),
    Attack("all snapshots with all columns", "/stock_metrics?select=*"),
    Attack("a search", "/rpc/search_stocks", '{"p_query": "northern g"}'),
    Attack("a regular expression", f"/stocks?select=symbol&name=match.{BACKTRACKING}"),
    Attack("a search with one", f"/rpc/search_stocks?name=match.{BACKTRACKING}", '{"p_query": "northern g"}'),
    Attack("all snapshots with 60 columns", f"/stock_metrics?select={','.join(f'_{n}:rsi_14' for n in range(60))}"),
    Attack("a pattern", "/stocks?select=symbol&name=ilike.*zzz*"),
    Attack("a text search", "/stocks?select=symbol&name=fts.zzz"),
    Attack("few names that are not in a list", "/stocks?select=symbol&name=not.in.(A,B)"),
    Attack("25 conditions", f"/stocks?select=symbol&or=({','.join(f'name.eq.{n}' for n in range(25))})"),
)


def slowdowns(stack: Stack, seconds: float, count: int) -> dict[Attack, list[float]]:
    """The p99 beside each attack, in that beside one-row reads; one value for each round."""
    found: dict[Attack, list[float]] = {attack: [] for attack in ATTACKS}
    for _ in range(ROUNDS):
        usual = p99(reads_beside(stack, ONE_ROW, seconds, count))
        for attack in ATTACKS:
            found[attack].append(p99(reads_beside(stack, attack, seconds, count)) / usual)
    return found


def described(ratios: list[float]) -> str:
    """The median of the rounds and their spread."""
    return f"{statistics.median(ratios):.2f} x of {SLOWDOWN:g} ({min(ratios):.2f} to {max(ratios):.2f})"


def p99(times: list[float]) -> float:
    """The time that 99 of 100 reads do not exceed."""
    return sorted(times)[len(times) * 99 // 100]


def reads_beside(stack: Stack, attack: Attack, seconds: float, count: int) -> list[float]:
    """Milliseconds of one-row reads, one after the other, while twenty callers send the attack."""
    with attacked(stack["postgrest_url"], attack, count):
        caller, times, end = Caller(stack["postgrest_url"], count), [], time.monotonic() + seconds
        while time.monotonic() < end:
            begin = time.perf_counter()
            caller.send(ONE_ROW)
            times.append((time.perf_counter() - begin) * 1000)
    return times


@contextmanager
def attacked(url: str, attack: Attack, count: int) -> Iterator[None]:
    """Twenty callers, all of which have had a response."""
    stopped, answered = SPAWN.Event(), SPAWN.Semaphore(0)
    callers = SPAWN.Process(target=send_until, args=(stopped, answered, url, attack, count), daemon=True)
    callers.start()
    try:
        for _ in range(CALLERS):
            answered.acquire(timeout=30)
        yield
    finally:
        stopped.set()
        callers.join()


def send_until(stopped: Event, answered: Semaphore, url: str, attack: Attack, count: int) -> None:
    """Runs in the process of the callers."""

    def call(first: int) -> None:
        caller = Caller(url, count, first)
        while not stopped.is_set():
            caller.send(attack)
            answered.release()

    threads = [Thread(target=call, args=(place * 131,)) for place in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Caller:
    """Sends requests over one connection."""

    def __init__(self, url: str, count: int, first: int = 0) -> None:
        """Reads the generated stocks in turn, from this place on."""
        address = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        self.root, self.count, self.places = address.path, count, itertools.count(first)

    def send(self, attack: Attack) -> int:
        """The status of the response, which is read to its end."""
        symbol = stocks.symbol(next(self.places), self.count)
        method = "GET" if attack.body is None else "POST"
        path = self.root + attack.path.replace("{symbol}", symbol)
        self.connection.request(method, path, attack.body, {"Content-Type": "application/json"})
        response = self.connection.getresponse()
        response.read()
        return response.status


class Watch:
    """The longest time that PostgREST held a connection in one transaction."""

    def __init__(self, url: str) -> None:
        """Samples until it is closed."""
        self.longest, self.closed = 0.0, False
        self.database = psycopg.connect(url, autocommit=True)
        self.thread = Thread(target=self.sample)

    def __enter__(self) -> "Watch":
        """Start sampling."""
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop sampling."""
        self.closed = True
        self.thread.join()
        self.database.close()

    def sample(self) -> None:
        """Look at all connections some twenty times a second."""
        query = """select coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)::float8
            from pg_stat_activity where usename = 'authenticator' and xact_start is not null"""
        while not self.closed:
            row = self.database.execute(query).fetchone()
            self.longest = max(self.longest, row[0] if row else 0.0)
            time.sleep(0.05)
