"""Times the metrics of `functions/market/context/src/rules/metrics` as a Python user would compute them.

TA-Lib (C) computes everything that it has a function for, NumPy the rest: window sums by cumulative sums, extremes
by TA-Lib's MIN and MAX, the drawdown by one pass over the window for all days at once. Reading the file is not timed.

    python talib_peer.py [folder of the bars] [symbol]

takes turns with `cargo bench --package market --bench metrics` and prints one JSON line: the median seconds of each turn
to compute all metrics of all days once, and the ratios. Exit code 1: the median of the ratios is over the budget.
"""

import csv
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import talib

BARS = Path(__file__).resolve().parents[2] / "infra" / "local" / "data" / "bars"
YEAR = 252
ROUNDS = 3
REPEATS = 100
"""Of theirs in each round."""
OURS = ["cargo", "bench", "--quiet", "--package", "market", "--bench", "metrics", "--", "metrics/compute", "--noplot"]
ESTIMATES = Path(__file__).resolve().parents[2] / "target/criterion/metrics/compute/new/estimates.json"
BUDGET = 0.75
"""Our time for the same bars, in the time of TA-Lib and NumPy."""


def read_bars(path):
    """Columns of a bar file by name; `Date` as days, the rest as floats."""
    with open(path, newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    columns = dict(zip(header, zip(*rows)))
    days = np.array(columns.pop("Date"), dtype="datetime64[D]")
    return {"Date": days} | {name: np.array(cells, dtype=float) for name, cells in columns.items()}


def after(warm_up, values):
    """`values` with `warm_up` NaNs in front: one value a day again."""
    return np.concatenate((np.full(warm_up, np.nan), values))


def rolling_sum(values, n):
    """Rolling sums over `n` values."""
    total = np.concatenate(([0.0], np.cumsum(values)))
    return total[n:] - total[:-n]


def rolling_covariance(x, y, n):
    """Rolling sample covariance over `n` pairs."""
    return (rolling_sum(x * y, n) - rolling_sum(x, n) * rolling_sum(y, n) / n) / (n - 1)


def max_drawdown(prices, n):
    """Rolling maximum drawdown over `n` prices."""
    windows = len(prices) - n + 1
    peak = prices[:windows].copy()
    ratio = np.ones(windows)
    fall = np.empty(windows)
    for offset in range(1, n):
        later = prices[offset : offset + windows]
        np.maximum(peak, later, out=peak)
        np.divide(later, peak, out=fall)
        np.minimum(ratio, fall, out=ratio)
    return ratio - 1


def daily_returns(prices):
    """Simple daily returns."""
    return prices[1:] / prices[:-1] - 1


def metrics(bars, benchmark):
    """All metrics by name, as arrays with one value per day and NaN during warm-up."""
    factor = bars["Adj Close"] / bars["Close"]
    high, low, close = bars["High"] * factor, bars["Low"] * factor, bars["Adj Close"]
    returns, log_returns = daily_returns(close), np.diff(np.log(close))
    year_deviation = np.sqrt(rolling_covariance(returns, returns, YEAR))
    market = daily_returns(benchmark["Adj Close"][np.searchsorted(benchmark["Date"], bars["Date"])])
    out = {f"return_{n}d": after(n, close[n:] / close[:-n] - 1) for n in (1, 5, 21, 63, YEAR)}
    out |= {f"sma_{n}": talib.SMA(close, n) for n in (20, 50, 200)}
    out |= {f"ema_{n}": talib.EMA(close, n) for n in (12, 26)}
    out["macd"], out["macd_signal"], out["macd_histogram"] = talib.MACD(close, 12, 26, 9)
    out["rsi_14"] = talib.RSI(close, 14)
    out["atr_14"] = talib.ATR(high, low, close, 14)
    out["adx_14"] = talib.ADX(high, low, close, 14)
    out["bollinger_upper"], _, out["bollinger_lower"] = talib.BBANDS(close, 20, 2, 2)
    out["stochastic_k"], out["stochastic_d"] = talib.STOCH(high, low, close, 14, 3, 0, 3, 0)
    for n in (21, YEAR):
        out[f"volatility_{n}d"] = after(n, np.sqrt(rolling_covariance(log_returns, log_returns, n) * YEAR))
    out["sharpe_252d"] = after(YEAR, rolling_sum(returns, YEAR) / YEAR / year_deviation * np.sqrt(YEAR))
    out["max_drawdown_252d"] = after(YEAR - 1, max_drawdown(close, YEAR))
    out["high_252d"], out["low_252d"] = talib.MAX(high, YEAR), talib.MIN(low, YEAR)
    out["avg_volume_20d"] = talib.SMA(bars["Volume"], 20)
    out["beta_252d"] = after(YEAR, rolling_covariance(returns, market, YEAR) / rolling_covariance(market, market, YEAR))
    return out


def their_seconds(bars, benchmark):
    """The median time of `metrics`."""
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        metrics(bars, benchmark)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def our_seconds():
    """The median time of the crate's benchmark."""
    subprocess.run(OURS, check=True, stdout=subprocess.DEVNULL)
    return json.loads(ESTIMATES.read_text())["median"]["point_estimate"] / 1e9


def main(folder=BARS, symbol="AAPL"):
    """Takes turns and prints the figures."""
    bars, benchmark = (read_bars(Path(folder) / f"{name}.csv") for name in (symbol, "SPX"))
    turns = [(our_seconds(), their_seconds(bars, benchmark)) for _ in range(ROUNDS)]
    ratios = [ours / theirs for ours, theirs in turns]
    result = {"peer": "TA-Lib + NumPy", "bars": len(bars["Date"]), "median_seconds": [theirs for _, theirs in turns]}
    print(json.dumps(result | {"ratios": ratios, "talib": talib.__version__, "numpy": np.__version__}))
    ratio = statistics.median(ratios)
    spread = f"{ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
    print(f"{'met' if ratio <= BUDGET else 'NOT MET':7} metrics: {spread} of {BUDGET}")
    return int(ratio > BUDGET)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
