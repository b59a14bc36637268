"""Generated stocks: daily bars built from the returns of real stocks.

A stock follows the real market (SPX) with its own beta, plus residual returns of the real stocks, in
randomly chosen runs of one month. The seed determines everything.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bellwether import paths

Floats = NDArray[np.float64]
DAYS = 1260
"""Five years of trading days."""
RUN = 21
"""Days per run; runs preserve quiet and volatile months."""
MARKET, STOCKS = "SPX", ("AAPL", "IBM", "MSFT")
QUARTER, DIVIDEND = 63, 0.004
PICKED = ("residual", "open", "high", "low", "volume")
DEAREST, CHEAPEST = 9000.0, 1.0


@dataclass(frozen=True)
class Bars:
    """Daily bars; each array is stocks x days, prices as traded."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    adj_close: Floats
    volume: Floats


@dataclass(frozen=True)
class Source:
    """The real stocks relative to the market, day by day."""

    residual: Floats
    """Log return without the market's share; stocks x days, like the other arrays."""
    open: Floats
    """As fractions of the day's close."""
    high: Floats
    low: Floats
    volume: Floats
    """As a fraction of the stock's mean."""


class Market:
    """The real market, from which generated stocks are made."""

    def __init__(self) -> None:
        """Read the sample bars."""
        index = read(MARKET)
        self.days = index["day"][-DAYS:]
        self.index_close = index["adj_close"]
        self.returns = log_returns(self.index_close)
        self.source = source([read(symbol) for symbol in STOCKS], self.returns)

    def stocks(self, random: np.random.Generator, count: int) -> Bars:
        """`count` stocks, each with its own history of `DAYS` days."""
        stock, day = self.runs(random, count)
        picked = {
            name: getattr(self.source, name)[stock, day] for name in ("residual", "open", "high", "low", "volume")
        }
        beta = random.normal(1.0, 0.35, (count, 1))
        calm = random.uniform(0.5, 1.2, (count, 1))
        path = np.cumsum(beta * self.returns[-DAYS:] + calm * picked["residual"], axis=1)
        adjusted = in_bounds(np.exp(path - path[:, -1:]) * random.lognormal(4.0, 0.9, (count, 1)))
        quarters_left = (DAYS - 1 - np.arange(DAYS)) // QUARTER
        factor = (1.0 - DIVIDEND * random.integers(0, 3, (count, 1))) ** quarters_left
        close = np.round(adjusted / factor, 2)
        opened = np.round(close * picked["open"], 2)
        return Bars(
            open=opened,
            high=np.maximum(np.round(close * picked["high"], 2), np.maximum(opened, close)),
            low=np.minimum(np.round(close * picked["low"], 2), np.minimum(opened, close)),
            close=close,
            adj_close=np.round(close * factor, 10),
            volume=np.round(picked["volume"] * random.lognormal(14.0, 1.5, (count, 1)) / 100) * 100,
        )

    def runs(self, random: np.random.Generator, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """For each generated day, the real stock and day that it is built from."""
        shape = (count, DAYS // RUN)
        stocks, available = self.source.residual.shape
        stock = np.repeat(random.integers(0, stocks, shape), RUN, axis=1)
        first = np.repeat(random.integers(0, available - RUN, shape), RUN, axis=1)
        return stock, first + np.arange(DAYS) % RUN


def read(symbol: str) -> dict[str, NDArray]:
    """The sample bars of one symbol, by column."""
    file = paths.STACK / "data" / "bars" / f"{symbol}.csv"
    days = np.loadtxt(file, dtype="datetime64[D]", delimiter=",", skiprows=1, usecols=0)
    columns = np.loadtxt(file, delimiter=",", skiprows=1, usecols=range(1, 7), unpack=True)
    return {"day": days, **dict(zip(("open", "high", "low", "close", "volume", "adj_close"), columns, strict=True))}


def log_returns(close: Floats) -> Floats:
    """The log returns from day to day; the first day has none and is omitted."""
    return np.diff(np.log(close))


def source(stocks: list[dict[str, NDArray]], market: Floats) -> Source:
    """The real stocks, with the market's share removed."""

    def residual(stock: dict[str, NDArray]) -> Floats:
        returns = log_returns(stock["adj_close"])
        beta = np.cov(returns, market)[0, 1] / np.var(market, ddof=1)
        beside = returns - beta * market
        return beside - beside.mean()

    def of_close(name: str) -> Floats:
        return np.stack([stock[name][1:] / stock["close"][1:] for stock in stocks])

    volumes = np.stack([stock["volume"][1:] / stock["volume"].mean() for stock in stocks])
    return Source(
        np.stack([residual(stock) for stock in stocks]), of_close("open"), of_close("high"), of_close("low"), volumes
    )


def in_bounds(prices: Floats) -> Floats:
    """The same price paths, scaled to fit the columns with all digits."""
    dearest, cheapest = prices.max(axis=1, keepdims=True), prices.min(axis=1, keepdims=True)
    return prices * np.minimum(DEAREST / dearest, np.maximum(1.0, CHEAPEST / cheapest))
