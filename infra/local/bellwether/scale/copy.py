"""Rows in the binary format of COPY, built from whole columns at once.

With the text format, writing 6.3 million rows of 30 numbers would take longer than loading them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
EPOCH = np.datetime64("2000-01-01")
GROUP = 10_000
"""numeric is stored in groups of four decimal digits."""


@dataclass(frozen=True)
class Column:
    """One column: its values in the binary format of Postgres, and which of them are null."""

    dtype: np.dtype
    values: NDArray
    null: NDArray[np.bool_] | None = None


def column(dtype: str, values: NDArray) -> Column:
    """Numbers of a fixed-size type, big-endian."""
    return Column(np.dtype(dtype), values)


def bigints(values: NDArray) -> Column:
    """`bigint`."""
    return column(">i8", values.astype(np.int64))


def doubles(values: NDArray) -> Column:
    """`double precision`; NaN is null."""
    return Column(np.dtype(">f8"), values, np.isnan(values))


def dates(values: NDArray) -> Column:
    """`date`."""
    return column(">i4", (values.astype("datetime64[D]") - EPOCH).astype(np.int64))


def texts(text: str, count: int) -> Column:
    """The same ASCII text in each row."""
    return column(f"S{len(text)}", np.full(count, text.encode()))


def numerics(values: NDArray, decimals: int) -> Column:
    """`numeric` from 0 to below 10,000 with 4, 8 or 12 decimal places."""
    units = np.round(values * 10.0**decimals).astype(np.int64)
    count = decimals // 4 + 1
    fields = [("count", ">i2"), ("weight", ">i2"), ("sign", ">i2"), ("scale", ">i2"), ("groups", ">i2", (count,))]
    made = np.zeros(len(values), dtype=np.dtype(fields))
    made["count"], made["scale"] = count, decimals
    for place in range(count):
        made["groups"][:, count - 1 - place] = units // GROUP**place % GROUP
    return Column(made.dtype, made)


def rows(columns: list[Column]) -> Iterator[bytes]:
    """The rows, grouped by which of their columns are null, because these rows have the same layout."""
    missing = np.stack(
        [np.zeros(len(c.values), bool) if c.null is None else c.null for c in columns],
        axis=1,
    )
    weights = 1 << np.arange(len(columns), dtype=np.int64)
    patterns = missing @ weights
    for pattern in np.unique(patterns):
        chosen = patterns == pattern
        yield alike(columns, chosen, [bool(pattern & weight) for weight in weights])


def alike(columns: list[Column], chosen: NDArray[np.bool_], missing: list[bool]) -> bytes:
    """Rows with nulls in the same columns."""
    layout: list[tuple[str, np.dtype | str]] = [("fields", ">i2")]
    for place, (given, absent) in enumerate(zip(columns, missing, strict=True)):
        layout += [(f"length{place}", ">i4")] + ([] if absent else [(f"value{place}", given.dtype)])
    made = np.zeros(int(chosen.sum()), dtype=np.dtype(layout))
    made["fields"] = len(columns)
    for place, (given, absent) in enumerate(zip(columns, missing, strict=True)):
        made[f"length{place}"] = -1 if absent else given.dtype.itemsize
        if not absent:
            made[f"value{place}"] = given.values[chosen]
    return made.tobytes()
