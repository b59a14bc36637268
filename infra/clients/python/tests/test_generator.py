"""openapi-python-client, with its default settings except for the media types it does not know."""

import importlib
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

CONFIG = """
content_type_overrides: { image/png: application/octet-stream, image/svg+xml: application/octet-stream }
"""


def setUpModule() -> None:
    """Generate `bellwether_client`; a warning is an error."""
    folder = Path(unittest.enterModuleContext(tempfile.TemporaryDirectory()))
    (folder / "config.yaml").write_text(CONFIG)
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning"]
    options = ["--path", os.environ["CONTRACT"], "--config", str(folder / "config.yaml")]
    subprocess.run([*command, *options, "--output-path", str(folder / "out")], check=True, capture_output=True)
    sys.path.insert(0, str(folder / "out"))
    unittest.addModuleCleanup(sys.path.remove, str(folder / "out"))


def load(name: str) -> Any:
    """A module of the generated package."""
    return importlib.import_module(f"bellwether_client.{name}")


class GeneratedClientTest(unittest.TestCase):
    """Five calls, one of which fails."""

    def setUp(self) -> None:
        client = load("client").Client(os.environ["BASE_URL"], raise_on_unexpected_status=True)
        self.client = self.enterContext(client)

    def test_a_stock_has_its_metrics(self) -> None:
        stock = load("api.market_data.get_stock").sync("AAPL", client=self.client)
        self.assertEqual((stock.name, stock.metrics.symbol), ("Apple Inc.", "AAPL"))

    def test_a_history_has_rows(self) -> None:
        metric = load("models").HistoryMetric
        metrics = [metric.RSI_14, metric.SMA_20]
        history = load("api.market_data.get_metric_history")
        page = history.sync("AAPL", client=self.client, metrics=metrics, limit=2)
        self.assertIsInstance(page, load("models").HistoryPage)
        self.assertEqual(len(page.items), 2)

    def test_a_batch_has_items_and_problems(self) -> None:
        batch = load("api.market_data.list_metrics").sync(client=self.client, symbols=["AAPL", "NOPE"])
        models = load("models")
        self.assertEqual([type(item) for item in batch.items], [models.SnapshotItem, models.SnapshotMissing])

    def test_a_chart_is_bytes(self) -> None:
        picture = load("api.market_data.get_chart_png").sync("AAPL", client=self.client)
        self.assertTrue(picture.startswith(b"\x89PNG"))

    def test_an_unknown_stock_is_a_problem(self) -> None:
        problem = load("api.market_data.get_metrics").sync("NOPE", client=self.client)
        self.assertIsInstance(problem, load("models").Problem)
        self.assertEqual((problem.status, problem.code.value), (404, "stock_not_found"))
