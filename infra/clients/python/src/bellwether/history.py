"""The history of one stock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, overload

from bellwether.api.models import HistoryRow

if TYPE_CHECKING:
    import pandas


class History(Sequence[HistoryRow]):
    """The rows of a stock in the requested order."""

    def __init__(self, symbol: str, rows: list[HistoryRow]) -> None:
        """The rows of all pages."""
        self.symbol, self.rows = symbol, rows

    @overload
    def __getitem__(self, index: int) -> HistoryRow: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[HistoryRow]: ...
    def __getitem__(self, index: int | slice) -> HistoryRow | Sequence[HistoryRow]:
        """The row at an index."""
        return self.rows[index]

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.rows)

    def __iter__(self) -> Iterator[HistoryRow]:
        """Each row."""
        return iter(self.rows)

    def to_pandas(self) -> pandas.DataFrame:
        """A frame with a column for each field, and the days as index. Null is NaN. Needs pandas."""
        import pandas

        frame = pandas.DataFrame([row.to_dict() for row in self.rows])
        if frame.empty:
            return pandas.DataFrame(index=pandas.DatetimeIndex([], name="day"))
        frame["day"] = pandas.to_datetime(frame["day"])
        return frame.set_index("day").astype("float64")
