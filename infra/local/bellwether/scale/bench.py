"""The cost of the API's queries in Postgres at full scale, and checks of their plans."""

import itertools
import statistics
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPMessage
from typing import Any

import psycopg

from bellwether import console
from bellwether.console import StackError
from bellwether.scale import hostile, recorder, stocks

ROUNDS = 40
"""Requests of each kind; all are different, so that none is served from a cache."""
PAGES, COMPARED = 1000, 50
Stack = dict[str, Any]


@dataclass(frozen=True)
class Read:
    """One kind of API request, and its budget in Postgres."""

    name: str
    path: Callable[[int], str]
    """The nth request of this kind."""
    budget: float | None = None
    """Milliseconds."""
    again: Callable[[int], str] | None = None
    """Reads the same rows as the nth request under another URL, so that Postgres has them in memory."""


def history(name: str, query: str, budget: float | None = None) -> Read:
    """One page of history, of a different stock each time."""

    def path(n: int, limit: int = 200) -> str:
        return f"/v1/stocks/{symbol(n)}/history?limit={limit}&{query}"

    return Read(name, path, budget, lambda n: path(n, 199))


READS = (
    Read("get-stock", lambda n: f"/v1/stocks/{symbol(n)}"),
    Read("get-metrics", lambda n: f"/v1/stocks/{symbol(n)}/metrics"),
    Read("list-stocks, one page", lambda n: f"/v1/stocks?limit={n + 100}"),
    Read("list-stocks, a search", lambda n: f"/v1/stocks?q=northern+g&limit={n + 1}"),
    Read("list-metrics, one page", lambda n: f"/v1/metrics?limit={n + 100}"),
    Read("list-metrics, a batch", lambda n: f"/v1/metrics?symbols={symbol(n)},{symbol(n + 1)},{symbol(n + 2)}"),
    Read(
        "screener: two filters and a sort",
        lambda n: f"/v1/metrics?rsi_14.lt={45 + n / 10}&volatility_21d.lte=0.4&sort=-return_21d",
        15,
    ),
    Read(
        "screener: the same, 200 with few fields",
        lambda n: (
            f"/v1/metrics?rsi_14.lt={60 + n / 10}&beta_252d.gte=0.5&sort=rsi_14,-return_21d&limit=200"
            "&fields=symbol,rsi_14,return_21d"
        ),
        15,
    ),
    history("history: one page, the first", "", 10),
    history("history: one page, the last days", "from=2012-05-14", 10),
    history("history: one page, adjusted, one metric", "from=2010-05-14&adjusted=true&metrics=rsi_14", 10),
    Read("history: all weeks", lambda n: f"/v1/stocks/{symbol(n)}/history?interval=week&limit=1000"),
    Read("history: all months", lambda n: f"/v1/stocks/{symbol(n)}/history?interval=month"),
    Read("history: all days", lambda n: f"/v1/stocks/{symbol(n)}/history?limit=5000"),
    Read("get-chart, a year", lambda n: f"/v1/stocks/{symbol(n)}/chart.svg"),
)
WALKS = ("/v1/stocks?limit=5", "/v1/metrics?limit=5", "/v1/metrics?sort=-return_21d,rsi_14&limit=5", "history")


def symbol(place: int) -> str:
    """The symbol of a generated stock; consecutive places are far apart."""
    return stocks.symbol(place)


@dataclass
class Verdicts:
    """Counts the missed budgets."""

    missed: int = field(default=0)

    def check(self, what: str, value: str, met: bool) -> None:
        """Print one line of the result."""
        self.missed += not met
        console.say(f"{'met' if met else 'NOT MET':7} {what}: {value}")

    def note(self, what: str, value: str) -> None:
        """Print a figure without a budget."""
        console.say(f"        {what}: {value}")


def run(stack: Stack) -> int:
    """Measure everything; returns 1 if a budget is missed."""
    api = Api(stack)
    with psycopg.connect(stack["postgres_url"], autocommit=True) as database:
        partitions = recorder.partitions(database)
        row = database.execute(
            "select count(*) from stock_metrics where symbol like %s", (f"{stocks.PREFIX}%",)
        ).fetchone()
    if row != (stocks.COUNT,):
        raise StackError(f"The {stocks.COUNT:,} generated stocks are not loaded: run `make load-scale` first.")
    verdicts = Verdicts()
    with recorder.telling(stack["postgres_url"], recorder.TIMES, api.awake):
        for read in READS:
            judge_time(verdicts, api, read)
        for walk in WALKS:
            judge_walk(verdicts, api, walk)
    with recorder.telling(stack["postgres_url"], recorder.PLANS, api.awake):
        for read in READS:
            judge_plan(verdicts, read.name, partitions, lambda read=read: api.get(read.path(ROUNDS)))
    judge_hostile(verdicts, stack, hostile.SECONDS, stocks.COUNT)
    console.say(f"{verdicts.missed} budgets are missed")
    return int(verdicts.missed > 0)


def run_hostile(stack: Stack, seconds: float, count: int) -> int:
    """Measure hostile callers only, e.g. with fewer stocks; returns 1 if a budget is missed."""
    verdicts = Verdicts()
    judge_hostile(verdicts, stack, seconds, count)
    return int(verdicts.missed > 0)


def judge_hostile(verdicts: Verdicts, stack: Stack, seconds: float, count: int) -> None:
    """Check how much hostile callers slow down a read, and how long they hold a connection."""
    with hostile.Watch(stack["postgres_url"]) as watch:
        slowdowns = hostile.slowdowns(stack, seconds, count)
    for attack, ratios in slowdowns.items():
        name, said = f"p99 beside {hostile.CALLERS} x {attack.name}", hostile.described(ratios)
        verdicts.check(name, said, statistics.median(ratios) <= hostile.SLOWDOWN)
    limit = hostile.STATEMENT_TIMEOUT
    said = f"{watch.longest:.2f} s of {limit:g} s"
    verdicts.check("longest hold of a connection", said, watch.longest <= limit + hostile.SAMPLING)


def judge_time(verdicts: Verdicts, api: "Api", read: Read) -> None:
    """Check the median over different requests of one kind."""
    first = [recorder.milliseconds(lambda n=n: api.get(read.path(n))) for n in range(ROUNDS)]
    if read.again is None:
        times, said = first, f"{statistics.median(first):.2f} ms in Postgres (at most {max(first):.2f})"
    else:
        times = [recorder.milliseconds(lambda n=n: api.get(read.again(n))) for n in range(ROUNDS)]
        said = f"{statistics.median(times):.2f} ms in Postgres, {statistics.median(first):.2f} ms with files to read"
    if read.budget is None:
        verdicts.note(read.name, said)
    else:
        verdicts.check(read.name, f"{said}; budget {read.budget:g}", statistics.median(times) <= read.budget)


def judge_walk(verdicts: Verdicts, api: "Api", walk: str) -> None:
    """Compare the first pages of a list with those around the thousandth."""
    path = f"/v1/stocks/{symbol(1)}/history?limit=1" if walk == "history" else walk
    pages = itertools.islice(api.pages(path), PAGES)
    times = [milliseconds for milliseconds in pages if milliseconds > 0]
    if len(times) < PAGES:
        raise StackError(f"{path} has {len(times)} pages read from Postgres, not {PAGES}.")
    first, last = statistics.median(times[:COMPARED]), statistics.median(times[-COMPARED:])
    said = f"{first:.2f} ms at the beginning, {last:.2f} ms at page {PAGES}: {last / first:.2f} x of 1.3"
    verdicts.check(f"{path}, page by page", said, last / first <= 1.3)


def judge_plan(verdicts: Verdicts, name: str, partitions: set[str], ask: Callable[[], object]) -> None:
    """Check that no partition is scanned completely."""
    recording = recorder.begin()
    ask()
    plans = recording.plans()
    if not plans:
        raise StackError(f"Postgres logged no plan for {name}.")
    read = sorted({table for plan in plans for table in recorder.scanned(plan["Plan"])} & partitions)
    said = f"scans {', '.join(read)} completely" if read else f"{len(plans)} plans, no full scan of a partition"
    verdicts.check(f"{name}: plan", said, not read)


class Api:
    """The API of the running stack."""

    def __init__(self, stack: Stack) -> None:
        """Calls the stack over HTTP."""
        self.base = stack["base_url"]
        self.fresh = itertools.count()

    def get(self, path: str) -> HTTPMessage:
        """The headers of a response that must be a 200."""
        try:
            with urllib.request.urlopen(self.base + path, timeout=30) as response:
                response.read()
                return response.headers
        except urllib.error.HTTPError as error:
            raise StackError(f"{path} returned {error.code}: {error.read().decode()}") from error
        except OSError as error:
            raise StackError(f"{path} failed: {error}") from error

    def awake(self) -> None:
        """Send a small request that no function has cached."""
        self.get(f"/v1/metrics?limit=1&close.gt={next(self.fresh) / 1e6:.6f}")

    def pages(self, path: str) -> Iterator[float]:
        """The milliseconds in Postgres of each page of a list, in order."""
        for _ in range(COMPARED):
            self.awake()
        following: str | None = path
        while following:
            recording = recorder.begin()
            link = self.get(following).get("Link", "")
            yield recording.milliseconds()
            following = link[1:].partition(">")[0].removeprefix(self.base) if link else None
