"""The client."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any, Self, TypeVar
from uuid import UUID

import httpx

from bellwether.api.api.analyses import create_analysis, get_analysis
from bellwether.api.api.market_data import (
    get_chart_png,
    get_chart_svg,
    get_metric_history,
    get_metrics,
    get_stock,
    list_metrics,
    list_stocks,
)
from bellwether.api.models import (
    AnalysisRequest,
    AnalysisTimeline,
    HistoryInterval,
    HistoryMetric,
    HistoryPage,
    LatestMetrics,
    SnapshotField,
    SnapshotItem,
    SnapshotMissing,
    SnapshotPage,
    StockDetail,
    StockItem,
    StockPage,
    WorkflowParameters,
)
from bellwether.api.types import UNSET
from bellwether.errors import ApiError
from bellwether.history import History
from bellwether.retries import RetryTransport

ENDED = ("succeeded", "failed", "cancelled", "expired")
DEFAULT_POLL = 2.0
Page = TypeVar("Page", StockPage, SnapshotPage, HistoryPage)


class Client:
    """Calls the API at `base_url`, as the user of `token` if it is given.

    Every method raises `ApiError` for an error response, after the retries.
    """

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        *,
        timeout: float = 30.0,
        retries: int = 3,
        max_wait: float = 60.0,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`retries` and `max_wait` (seconds) limit how often and how long a response is waited for."""
        self.sleep = sleep
        inner = transport or httpx.HTTPTransport()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.http = httpx.Client(
            base_url=base_url,
            headers={"Accept": "application/json", **headers},
            timeout=timeout,
            transport=RetryTransport(inner, retries, max_wait, sleep),
        )

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def stocks(self, **filters: Any) -> Iterator[StockItem]:
        """Each stock, from all pages; `filters` are those of `bellwether.api.api.market_data.list_stocks`."""
        for page in self._pages(list_stocks, StockPage, **filters):
            yield from page.items

    def stock(self, symbol: str) -> StockDetail:
        """One stock with its latest metrics."""
        return StockDetail.from_dict(self._call(get_stock, symbol).json())

    def metrics(self, symbol: str) -> LatestMetrics:
        """The latest metrics of one stock."""
        return LatestMetrics.from_dict(self._call(get_metrics, symbol).json())

    def screen(self, **filters: Any) -> Iterator[SnapshotItem]:
        """The latest metrics of each stock that meets all filters, from all pages, e.g. `rsi_14_lt=30`.

        `filters` are those of `bellwether.api.api.market_data.list_metrics`.
        """
        for page in self._pages(list_metrics, SnapshotPage, **filters):
            yield from (item for item in page.items if isinstance(item, SnapshotItem))

    def batch(
        self, symbols: Sequence[str], fields: Sequence[SnapshotField] | None = None
    ) -> list[SnapshotItem | SnapshotMissing]:
        """The latest metrics of each of these stocks in order, or its problem."""
        chosen = list(fields) if fields else UNSET
        response = self._call(list_metrics, symbols=list(symbols), fields=chosen)
        return SnapshotPage.from_dict(response.json()).items

    def history(
        self,
        symbol: str,
        *,
        start: datetime.date | None = None,
        end: datetime.date | None = None,
        interval: HistoryInterval = "day",
        adjusted: bool = False,
        metrics: Sequence[HistoryMetric] | None = None,
    ) -> History:
        """The bars and metrics of one stock from `start` to `end`, both inclusive, from all pages, oldest first."""
        pages = self._pages(
            get_metric_history,
            HistoryPage,
            symbol=symbol,
            from_=start or UNSET,
            to=end or UNSET,
            interval=interval,
            adjusted=adjusted,
            metrics=list(metrics) if metrics else UNSET,
            limit=5000,
        )
        return History(symbol, [row for page in pages for row in page.items])

    def chart_svg(self, symbol: str, **options: Any) -> str:
        """A price chart as SVG; `options` are those of `bellwether.api.api.market_data.get_chart_svg`."""
        return self._call(get_chart_svg, symbol, **options).text

    def chart_png(self, symbol: str, **options: Any) -> bytes:
        """A price chart as PNG; `options` are those of `bellwether.api.api.market_data.get_chart_png`."""
        return self._call(get_chart_png, symbol, **options).content

    def request_analysis(
        self, symbol: str, workflow: str | None = None, parameters: dict[str, Any] | None = None
    ) -> UUID:
        """Request an analysis of a stock; returns its id. Needs a token."""
        given = WorkflowParameters.from_dict(parameters) if parameters else UNSET
        body = AnalysisRequest(symbol=symbol, workflow=workflow or UNSET, parameters=given)
        return UUID(self._call(create_analysis, body=body).json()["id"])

    def analysis(self, id: UUID) -> AnalysisTimeline:
        """One of your analyses with its first events."""
        return AnalysisTimeline.from_dict(self._call(get_analysis, id).json())

    def wait_for_analysis(self, id: UUID, timeout: float = 600.0) -> AnalysisTimeline:
        """The analysis once it has ended; polls as often as the API suggests. Raises `TimeoutError`."""
        waited = 0.0
        while True:
            response = self._call(get_analysis, id)
            analysis = AnalysisTimeline.from_dict(response.json())
            if analysis.status in ENDED:
                return analysis
            wait = float(response.headers.get("Retry-After", DEFAULT_POLL))
            if waited + wait > timeout:
                raise TimeoutError(f"analysis {id} is {analysis.status} after {waited:.0f} s")
            self.sleep(wait)
            waited += wait

    def _pages(self, operation: ModuleType, page_type: type[Page], **arguments: Any) -> Iterator[Page]:
        cursor: str | None = arguments.pop("cursor", None)
        while True:
            response = self._call(operation, **arguments, cursor=cursor or UNSET)
            page = page_type.from_dict(response.json())
            yield page
            cursor = page.next_
            if cursor is None:
                return

    def _call(self, operation: ModuleType, *arguments: Any, **named: Any) -> httpx.Response:
        """Send the request of a generated operation; its own parser would fail at an unknown code of a problem."""
        request = operation._get_kwargs(*arguments, **named)
        response = self.http.request(**request)
        if response.is_error:
            raise ApiError(response)
        return response
