"""The workflow of the fake n8n: a verdict on a stock from its latest metrics."""

from typing import Any

Metrics = dict[str, Any]
USED = ("close", "adj_close", "return_63d", "sma_50", "sma_200", "macd_histogram", "rsi_14", "volatility_252d")


def analyse(symbol: str, metrics: Metrics) -> dict[str, Any]:
    """A verdict, a summary, and the metrics used; null metrics are ignored."""
    signs = [
        (word, sign)
        for word, sign in (
            ("price against its 200-day average", direction(metrics, "adj_close", "sma_200")),
            ("50-day against 200-day average", direction(metrics, "sma_50", "sma_200")),
            ("return over 63 days", direction(metrics, "return_63d")),
            ("MACD histogram", direction(metrics, "macd_histogram")),
            ("RSI", overbought(metrics)),
        )
        if sign
    ]
    score = sum(sign for _, sign in signs)
    verdict = "bullish" if score >= 2 else "bearish" if score <= -2 else "neutral"
    up = [word for word, sign in signs if sign > 0]
    down = [word for word, sign in signs if sign < 0]
    summary = f"{symbol} looks {verdict} on {metrics.get('as_of')}. For it: {listed(up)}. Against it: {listed(down)}."
    return {"verdict": verdict, "summary": summary, "score": score, **{name: metrics.get(name) for name in USED}}


def direction(metrics: Metrics, name: str, against: str | None = None) -> int:
    """+1 if a metric is above another one (or 0), -1 if below."""
    value, base = metrics.get(name), metrics.get(against) if against else 0
    if value is None or base is None:
        return 0
    return (value > base) - (value < base)


def overbought(metrics: Metrics) -> int:
    """-1 if the stock is overbought, +1 if oversold."""
    rsi = metrics.get("rsi_14")
    return 0 if rsi is None else (rsi < 30) - (rsi > 70)


def listed(words: list[str]) -> str:
    """The words as a comma-separated text."""
    return ", ".join(words) or "nothing"
