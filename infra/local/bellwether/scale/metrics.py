"""The metrics of many stocks at once, by the definitions of the API; every array is stocks x days.

The product computes its metrics in Rust; this module fills tables with realistic values. A day
without enough history is NaN here and null in the database.
"""

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from bellwether.scale.market import Bars

Floats = NDArray[np.float64]
YEAR = 252
ANNUAL = np.sqrt(YEAR)
WINDOWS_AT_ONCE = 20
"""Number of stocks whose one-year windows are in memory at once: 40 MB."""


def of(bars: Bars, index_close: Floats) -> dict[str, Floats]:
    """Every metric by its name; `index_close` is the benchmark on the same days."""
    close, factor = bars.adj_close, bars.adj_close / bars.close
    return (
        returns(close)
        | trend(close)
        | momentum(bars.high * factor, bars.low * factor, close)
        | risk(close, index_close)
        | extremes(bars.high * factor, bars.low * factor, close)
        | {"avg_volume_20d": mean(bars.volume, 20)}
    )


def returns(close: Floats) -> dict[str, Floats]:
    """The returns over each number of days."""
    return {f"return_{n}d": late(close[:, n:] / close[:, :-n] - 1, n) for n in (1, 5, 21, 63, 252)}


def trend(close: Floats) -> dict[str, Floats]:
    """Moving averages, MACD and Bollinger bands."""
    found = {f"sma_{n}": mean(close, n) for n in (20, 50, 200)}
    found |= {f"ema_{n}": ema(close, n) for n in (12, 26)}
    # In a MACD, the fast average starts on the same day as the slow one.
    macd = late(ema(close[:, 14:], 12)[:, 11:] - found["ema_26"][:, 25:], 25)
    signal = late(ema(macd[:, 25:], 9), 25)
    macd[:, :33] = np.nan
    deviation = np.sqrt(np.maximum(mean(close**2, 20) - found["sma_20"] ** 2, 0))
    bands = {"bollinger_upper": found["sma_20"] + 2 * deviation, "bollinger_lower": found["sma_20"] - 2 * deviation}
    return found | {"macd": macd, "macd_signal": signal, "macd_histogram": macd - signal} | bands


def momentum(high: Floats, low: Floats, close: Floats) -> dict[str, Floats]:
    """RSI, ATR, ADX and the stochastic oscillator, over 14 days."""
    change = np.diff(close)
    gain, loss = wilder(np.maximum(change, 0)), wilder(np.maximum(-change, 0))
    before = close[:, :-1]
    true_range = np.maximum(high[:, 1:], before) - np.minimum(low[:, 1:], before)
    up, down = np.diff(high), -np.diff(low)
    plus = wilder(np.where((up > down) & (up > 0), up, 0))
    minus = wilder(np.where((down > up) & (down > 0), down, 0))
    direction = 100 * np.abs(plus - minus) / (plus + minus)
    top, bottom = widest(high, 14).max(axis=2), widest(low, 14).min(axis=2)
    fast = 100 * (close[:, 13:] - bottom) / (top - bottom)
    slow = mean(fast, 3)
    return {
        "rsi_14": late(100 * gain / (gain + loss), 1),
        "atr_14": late(wilder(true_range), 1),
        "adx_14": late(wilder(direction[:, 13:]), 14),
        "stochastic_k": late(slow, 13),
        "stochastic_d": late(mean(slow[:, 2:], 3), 15),
    }


def risk(close: Floats, index_close: Floats) -> dict[str, Floats]:
    """Volatility, Sharpe ratio and beta."""
    logs, simple = np.diff(np.log(close)), close[:, 1:] / close[:, :-1] - 1
    market = index_close[None, 1:] / index_close[None, :-1] - 1
    covariance = mean(simple * market, YEAR) - mean(simple, YEAR) * mean(market, YEAR)
    variance = mean(market**2, YEAR) - mean(market, YEAR) ** 2
    return {
        "volatility_21d": late(deviation(logs, 21) * ANNUAL, 1),
        "volatility_252d": late(deviation(logs, YEAR) * ANNUAL, 1),
        "sharpe_252d": late(mean(simple, YEAR) / deviation(simple, YEAR) * ANNUAL, 1),
        "beta_252d": late(covariance / variance, 1),
    }


def extremes(high: Floats, low: Floats, close: Floats) -> dict[str, Floats]:
    """Maximum drawdown, high and low of a year."""
    found = {name: np.full(close.shape, np.nan) for name in ("max_drawdown_252d", "high_252d", "low_252d")}
    for part in parts(len(close)):
        windows = widest(close[part], YEAR)
        falls = windows / np.maximum.accumulate(windows, axis=2) - 1
        found["max_drawdown_252d"][part, YEAR - 1 :] = falls.min(axis=2)
        found["high_252d"][part, YEAR - 1 :] = widest(high[part], YEAR).max(axis=2)
        found["low_252d"][part, YEAR - 1 :] = widest(low[part], YEAR).min(axis=2)
    return found


def parts(count: int) -> Iterator[slice]:
    """Slices of the stocks that are computed together."""
    return (slice(start, start + WINDOWS_AT_ONCE) for start in range(0, count, WINDOWS_AT_ONCE))


def widest(values: Floats, days: int) -> Floats:
    """All windows of this many days, as a view."""
    return sliding_window_view(values, days, axis=1)


def late(values: Floats, days: int) -> Floats:
    """The values shifted by this many days, with NaN before."""
    return np.hstack([np.full((len(values), days), np.nan), values])


def mean(values: Floats, days: int) -> Floats:
    """Rolling mean."""
    sums = np.cumsum(values, axis=1)
    sums[:, days:] -= sums[:, :-days].copy()
    return late(sums[:, days - 1 :] / days, days - 1)


def deviation(values: Floats, days: int) -> Floats:
    """Rolling sample deviation."""
    variance = mean(values**2, days) - mean(values, days) ** 2
    return np.sqrt(np.maximum(variance, 0) * days / (days - 1))


def ema(values: Floats, days: int) -> Floats:
    """Exponential average, seeded with the mean of the first days."""
    return smoothed(values, days, 2 / (days + 1))


def wilder(values: Floats) -> Floats:
    """Wilder's smoothing over 14 days."""
    return smoothed(values, 14, 1 / 14)


def smoothed(values: Floats, days: int, weight: float) -> Floats:
    """Exponential smoothing with this weight, seeded with the mean of the first days."""
    average = np.full(values.shape, np.nan)
    average[:, days - 1] = values[:, :days].mean(axis=1)
    for day in range(days, values.shape[1]):
        average[:, day] = average[:, day - 1] + weight * (values[:, day] - average[:, day - 1])
    return average
