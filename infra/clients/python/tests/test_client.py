"""The client on a running stack."""

import datetime
import json
import os
import unittest
import urllib.request
from uuid import uuid4

import httpx

from bellwether import ApiError, Client
from bellwether.api.models import SnapshotItem, SnapshotMissing

BASE_URL = os.environ["BASE_URL"]
START, END = datetime.date(2013, 2, 28), datetime.date(2013, 3, 1)


def sign_up() -> str:
    """The access token of a new user."""
    request = urllib.request.Request(
        f"{BASE_URL}/auth/v1/signup",
        json.dumps({"email": f"{uuid4()}@example.test", "password": str(uuid4())}).encode(),
        {"apikey": os.environ["PUBLISHABLE_KEY"], "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as response:
        token: str = json.load(response)["access_token"]
    return token


class ClientTest(unittest.TestCase):
    """Each method, with the sample data."""

    def setUp(self) -> None:
        self.client = Client(BASE_URL)
        self.addCleanup(self.client.close)

    def test_stocks_of_all_pages_are_listed(self) -> None:
        symbols = [stock.symbol for stock in self.client.stocks(limit=1)]
        self.assertTrue({"AAPL", "IBM", "MSFT", "SPX"} <= set(symbols))
        self.assertEqual(symbols, sorted(set(symbols)))

    def test_a_stock_has_its_metrics(self) -> None:
        stock = self.client.stock("aapl")
        self.assertEqual(stock.name, "Apple Inc.")
        self.assertEqual(self.client.metrics("AAPL").as_of, END)

    def test_a_screener_filters_sorts_and_projects(self) -> None:
        found = list(self.client.screen(rsi_14_lt=100, sort=["-return_21d", "symbol"], fields=["symbol", "rsi_14"]))
        self.assertGreaterEqual(len(found), 3)
        self.assertEqual(set(found[0].to_dict()), {"symbol", "rsi_14"})

    def test_a_batch_has_an_item_or_a_problem_for_each_symbol(self) -> None:
        apple, nope = self.client.batch(["AAPL", "NOPE"], fields=["close"])
        assert isinstance(apple, SnapshotItem) and isinstance(nope, SnapshotMissing)
        self.assertEqual(apple.close, 430.47)
        self.assertEqual(nope.error.code, "stock_not_found")

    def test_a_history_is_a_frame(self) -> None:
        history = self.client.history("AAPL", start=START, end=END, adjusted=True, metrics=["rsi_14", "sma_20"])
        self.assertEqual([row.day for row in history], [START, END])
        frame = history.to_pandas()
        self.assertEqual([moment.date() for moment in frame.index], [START, END])
        self.assertEqual(frame["close"].iloc[-1], frame["adj_close"].iloc[-1])
        self.assertEqual(set(frame.dtypes.astype(str)), {"float64"})

    def test_a_null_is_nan_in_a_frame(self) -> None:
        first = self.client.history("AAPL", end=datetime.date(2000, 3, 3), metrics=["rsi_14"]).to_pandas()
        self.assertTrue(first["rsi_14"].isna().all())

    def test_a_history_without_days_is_an_empty_frame(self) -> None:
        sunday = datetime.date(2013, 2, 24)
        self.assertTrue(self.client.history("AAPL", start=sunday, end=sunday).to_pandas().empty)

    def test_a_chart_is_a_picture(self) -> None:
        self.assertTrue(self.client.chart_svg("AAPL", panels=["rsi", "volume"]).startswith("<svg "))
        self.assertTrue(self.client.chart_png("AAPL").startswith(b"\x89PNG"))

    def test_an_unknown_stock_is_an_error_with_its_code(self) -> None:
        with self.assertRaises(ApiError) as raised:
            self.client.history("NOPE")
        error = raised.exception
        self.assertEqual((error.status, error.code), (404, "stock_not_found"))
        self.assertTrue(error.request_id)

    def test_an_invalid_parameter_is_named(self) -> None:
        with self.assertRaises(ApiError) as raised:
            list(self.client.stocks(limit=0))
        self.assertEqual(raised.exception.errors[0]["field"], "limit")

    def test_an_analysis_is_requested_and_waited_for(self) -> None:
        with Client(BASE_URL, sign_up()) as client:
            id = client.request_analysis("AAPL", "stock-analysis", {"horizon_days": 30})
            analysis = client.wait_for_analysis(id, timeout=60)
        self.assertEqual(analysis.status, "succeeded")
        self.assertEqual(analysis.events[0].type_, "requested")


class Script(httpx.BaseTransport):
    """Sends these responses, one after the other."""

    def __init__(self, *responses: httpx.Response) -> None:
        self.responses = list(responses)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self.responses.pop(0)


def busy(status: int, wait: str) -> httpx.Response:
    """A problem with `Retry-After`."""
    return httpx.Response(status, headers={"Retry-After": wait}, json={"code": "a_new_code", "detail": "Later."})


class RetryTest(unittest.TestCase):
    """Retries, without a stack."""

    def setUp(self) -> None:
        self.waited: list[float] = []

    def client(self, *responses: httpx.Response) -> Client:
        return Client("http://api.test", transport=Script(*responses), sleep=self.waited.append)

    def page(self) -> httpx.Response:
        body: dict[str, object] = {"items": [], "next": None, "as_of": None, "refreshed_at": None, "stale": False}
        return httpx.Response(200, json=body)

    def test_a_request_is_sent_again_when_retry_after_is_over(self) -> None:
        client = self.client(busy(503, "7"), busy(429, "2"), self.page())
        self.assertEqual(list(client.stocks()), [])
        self.assertEqual(self.waited, [7, 2])

    def test_after_three_retries_the_error_is_raised(self) -> None:
        client = self.client(*(busy(503, "1") for _ in range(4)))
        with self.assertRaises(ApiError) as raised:
            list(client.stocks())
        self.assertEqual((raised.exception.code, raised.exception.retry_after), ("a_new_code", 1))
        self.assertEqual(self.waited, [1, 1, 1])

    def test_a_long_wait_is_left_to_the_caller(self) -> None:
        with self.assertRaises(ApiError):
            self.client(busy(429, "3600")).stock("AAPL")
        self.assertEqual(self.waited, [])

    def test_a_post_is_sent_again_only_if_it_was_refused(self) -> None:
        with self.assertRaises(ApiError):
            self.client(busy(503, "1")).request_analysis("AAPL")
        self.assertEqual(self.waited, [])
        accepted = httpx.Response(202, json={"id": str(uuid4())})
        self.client(busy(429, "1"), accepted).request_analysis("AAPL")
        self.assertEqual(self.waited, [1])

    def test_an_error_of_the_gateway_has_no_code(self) -> None:
        with self.assertRaises(ApiError) as raised:
            self.client(httpx.Response(413, json={"message": "Request Too Long"})).stock("AAPL")
        self.assertEqual((raised.exception.code, raised.exception.detail), (None, "Request Too Long"))
