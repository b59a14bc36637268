"""Loads the generated stocks into the database of the running stack, and deletes them."""

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import psycopg
from psycopg import sql

from bellwether import console
from bellwether.console import StackError
from bellwether.scale import copy, metrics
from bellwether.scale.market import DAYS, Bars, Market
from bellwether.scale.stocks import COUNT, PREFIX

AT_ONCE = 250
REFRESHED = 252
"""Days that arrived one by one, as if the stocks had been followed for a year."""
PROVIDER = "generated"
TABLES = ("public.price_bars", "public.metric_history", "public.stock_metrics", "private.stocks")
WORDS = (
    ("Allied", "Atlas", "Baltic", "Cardinal", "Delta", "Eastern", "Falcon", "General", "Harbor", "Imperial", "Juniper",
     "Keystone", "Lakeshore", "Meridian", "Northern", "Orion", "Pacific", "Quantum", "Redwood", "Summit"),
    ("Aerospace", "Bancorp", "Chemical", "Digital", "Energy", "Foods", "Gold", "Health", "Insurance", "Logistics",
     "Materials", "Networks", "Optics", "Pharma", "Rail", "Semiconductor", "Telecom", "Utilities", "Water", "Works"),
    ("Corporation", "Group", "Holdings", "Inc.", "International", "Limited", "Partners", "Systems"),
)  # fmt: skip
EXCHANGES = ("NASDAQ", "NYSE")


Values = dict[str, np.ndarray]


@dataclass(frozen=True)
class Part:
    """The computed bars and metrics of some stocks."""

    first: int
    bars: Bars
    metrics: Values


def load(url: str, seed: int, count: int = COUNT) -> None:
    """Replace the generated stocks by those of a seed."""
    started = time.monotonic()
    market = Market()
    with (
        psycopg.connect(url, autocommit=True) as database,
        psycopg.connect(url, autocommit=True) as second,
        ThreadPoolExecutor(2) as pool,
    ):
        drop(database)
        ids = insert_stocks(database, names(seed, count), market.days)
        for part in computed(market, seed, count):
            chosen = ids[part.first : part.first + AT_ONCE]
            # Checking rows and keys takes most of the time, so each table is loaded on its own core.
            bars = pool.submit(copy_bars, database, market.days, chosen, part.bars)
            history = pool.submit(copy_history, second, market.days, chosen, part.metrics)
            bars.result()
            history.result()
            snapshots(database, chosen, market.days[-1])
            done = min(part.first + AT_ONCE, count)
            console.done(f"{done} of {count} stocks", time.monotonic() - started, f"{done * DAYS:,} days")
        analyse(database)
        console.say(f"           on disk: {size(database)}")
    console.done(f"{count * DAYS:,} bars and as many rows of history, seed {seed}", time.monotonic() - started)


def names(seed: int, count: int) -> list[str]:
    """Company names, nearly all of them unique."""
    random = np.random.default_rng([seed, count])
    words = [random.choice(choices, count) for choices in WORDS]
    return [" ".join(chosen) for chosen in zip(*words, strict=True)]


def computed(market: Market, seed: int, count: int) -> Iterator[Part]:
    """The parts in order; one is computed while the previous one is written."""

    def compute(first: int) -> Part:
        bars = market.stocks(np.random.default_rng([seed, first]), min(AT_ONCE, count - first))
        return Part(first, bars, metrics.of(bars, market.index_close[-DAYS:]))

    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(compute, 0)
        for first in range(AT_ONCE, count, AT_ONCE):
            part, coming = coming.result(), pool.submit(compute, first)
            yield part
        yield coming.result()


def insert_stocks(database: psycopg.Connection, names: list[str], days: np.ndarray) -> np.ndarray:
    """Insert the stocks, never due for a refresh; returns their ids in order."""
    rows = database.execute(
        """
        insert into private.stocks
          (symbol, name, exchange, provider, first_day, as_of, refreshed_at, refresh_version, retry_at)
        select %s || lpad(place::text, 5, '0'), name, (%s::text[])[1 + place %% 2], %s, %s, %s, now(), 1, 'infinity'
        from unnest(%s::text[]) with ordinality as given (name, place)
        order by place
        returning id
        """,
        (PREFIX, list(EXCHANGES), PROVIDER, days[0].item(), days[-1].item(), names),
    )
    return np.array([row[0] for row in rows])


def copy_bars(database: psycopg.Connection, days: np.ndarray, ids: np.ndarray, bars: Bars) -> None:
    """Copy the bars of some stocks."""
    prices = {name: copy.numerics(in_order(getattr(bars, name)), 4) for name in ("open", "high", "low", "close")}
    rest = {
        "adj_close": copy.numerics(in_order(bars.adj_close), 12),
        "volume": copy.bigints(in_order(bars.volume)),
        "provider": copy.texts(PROVIDER, bars.close.size),
    }
    copy_in(database, "price_bars", keys(days, ids) | prices | rest)


def copy_history(
    database: psycopg.Connection, days: np.ndarray, ids: np.ndarray, values: dict[str, np.ndarray]
) -> None:
    """Copy the daily metrics of some stocks."""
    known = columns_of(database, "metric_history") - {"stock_id", "day"}
    if known != set(values):
        raise StackError(f"The metrics of the tables and of scale/metrics.py differ: {sorted(known ^ set(values))}.")
    metric_columns = {name: copy.doubles(in_order(of_days)) for name, of_days in values.items()}
    copy_in(database, "metric_history", keys(days, ids) | metric_columns)


def keys(days: np.ndarray, ids: np.ndarray) -> dict[str, copy.Column]:
    """The primary key of each row."""
    shape = (len(ids), len(days))
    stock, day = np.broadcast_to(ids[:, None], shape), np.broadcast_to(days, shape)
    return {"stock_id": copy.bigints(in_order(stock)), "day": copy.dates(in_order(day))}


def in_order(values: np.ndarray) -> np.ndarray:
    """One array in the order in which refreshes would have inserted it.

    The first refresh of a stock inserts its whole history, which is stored together. Later days arrive
    one by one, so the last days of a stock are each on a different page.
    """
    return np.concatenate([values[:, :-REFRESHED].ravel(), values[:, -REFRESHED:].T.ravel()])


def copy_in(database: psycopg.Connection, table: str, columns: dict[str, copy.Column]) -> None:
    """COPY rows into a table."""
    command = sql.SQL("copy public.{} ({}) from stdin (format binary)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with database.cursor() as cursor, cursor.copy(command) as target:
        target.write(copy.HEADER)
        for block in copy.rows(list(columns.values())):
            target.write(block)
        target.write(copy.TRAILER)


def snapshots(database: psycopg.Connection, ids: np.ndarray, last: np.datetime64) -> None:
    """Insert the snapshots: the latest day of each stock, as a refresh does."""
    names = sorted(columns_of(database, "metric_history") - {"stock_id", "day"})
    query = sql.SQL(
        """
        insert into public.stock_metrics
          (stock_id, symbol, name, exchange, kind, as_of, close, adj_close, volume, refreshed_at, {listed})
        select stock_id, symbol, name, exchange, kind, bar.day, close, adj_close, volume, refreshed_at, {chosen}
        from public.price_bars as bar
        join public.metric_history as history using (stock_id)
        join public.stocks as stock on stock.id = stock_id
        where stock_id = any(%(ids)s) and bar.day = %(last)s and history.day = %(last)s
        """
    ).format(
        listed=sql.SQL(", ").join(map(sql.Identifier, names)),
        chosen=sql.SQL(", ").join(sql.Identifier("history", name) for name in names),
    )
    database.execute(query, {"ids": ids.tolist(), "last": last.item()})


def columns_of(database: psycopg.Connection, table: str) -> set[str]:
    """The names of a table's columns."""
    rows = database.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped",
        (f"public.{table}",),
    )
    return {row[0] for row in rows}


def drop(database: psycopg.Connection) -> int:
    """Delete all generated stocks; returns their number."""
    found = [row[0] for row in database.execute("select id from public.stocks where symbol like %s", (f"{PREFIX}%",))]
    if not found:
        return 0
    with console.step(f"{len(found)} generated stocks removed"):
        with database.transaction():
            for table in TABLES:
                key = "id" if table == "private.stocks" else "stock_id"
                database.execute(f"delete from {table} where {key} = any(%s)", (found,))
        analyse(database)
    return len(found)


def analyse(database: psycopg.Connection) -> None:
    """Vacuum and analyze the tables at once, rather than wait for autovacuum."""
    for table in TABLES:
        database.execute(f"vacuum (analyze) {table}")


def size(database: psycopg.Connection) -> str:
    """The size of the big tables with their indexes."""
    rows: Iterable[tuple[str, int]] = database.execute(
        """
        select parent.relname, sum(pg_total_relation_size(inhrelid)) / 1048576
        from pg_inherits join pg_class as parent on parent.oid = inhparent
        where parent.relname in ('price_bars', 'metric_history') group by 1 order by 1
        """
    )
    return ", ".join(f"{name} {megabytes:,.0f} MB" for name, megabytes in rows)
