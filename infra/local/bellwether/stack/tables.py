"""The tables that the demo prints: metrics of stocks, one analysis with its events, and the logs of the parts."""

from datetime import datetime
from typing import Any

Json = dict[str, Any]
COLUMNS = {
    "symbol": ("", "{}"),
    "as_of": ("last day", "{}"),
    "close": ("close", "{:,.2f}"),
    "adj_close": ("adjusted", "{:,.2f}"),
    "return_1d": ("1 day", "{:+.2%}"),
    "return_21d": ("21 days", "{:+.1%}"),
    "return_252d": ("252 days", "{:+.1%}"),
    "sma_50": ("SMA 50", "{:,.2f}"),
    "sma_200": ("SMA 200", "{:,.2f}"),
    "rsi_14": ("RSI", "{:.1f}"),
    "macd_histogram": ("MACD h.", "{:+.3f}"),
    "volatility_252d": ("volat.", "{:.1%}"),
    "sharpe_252d": ("Sharpe", "{:.2f}"),
    "max_drawdown_252d": ("drawdown", "{:.1%}"),
    "beta_252d": ("beta", "{:.2f}"),
}


def metrics(rows: list[Json]) -> str:
    """One line per stock."""
    cells = [[header for header, _ in COLUMNS.values()]]
    cells += [[cell(row.get(name), form) for name, (_, form) in COLUMNS.items()] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  " + "  ".join(text.rjust(width) for text, width in zip(line, widths, strict=True)) for line in cells
    )


def cell(value: Any, form: str) -> str:
    """A formatted value; a dash for null."""
    return "-" if value is None else form.format(value)


def is_number(entry: tuple[str, Any]) -> bool:
    """Sort key: texts before numbers."""
    return not isinstance(entry[1], str)


def analysis(resource: Json) -> str:
    """The outcome of an analysis, and its events with their times."""
    outcome = resource["result"] if resource["status"] == "succeeded" else resource["error"]
    lines = [f"  {resource['symbol']}, {resource['workflow']}: {resource['status']}"]
    lines += [f"    {name:<16} {value}" for name, value in sorted((outcome or {}).items(), key=is_number)]
    start = datetime.fromisoformat(resource["requested_at"])
    for event in resource["events"]:
        after = (datetime.fromisoformat(event["occurred_at"]) - start).total_seconds()
        lines.append(f"    {after:+7.3f} s  {event['type']}")
    return "\n".join(lines)


def logs(files: dict[str, str]) -> str:
    """One line per part: where its log is."""
    rows = {"all functions": "make logs", "one function": "make logs F=refresh-symbol"}
    rows |= {name.removeprefix("the "): file for name, file in files.items()}
    width = max(map(len, rows))
    return "\n".join(f"{name:<{width}}  {place}" for name, place in rows.items())
