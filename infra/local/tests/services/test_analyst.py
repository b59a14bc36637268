"""The verdict follows from the metrics that it includes."""

import unittest

from bellwether.services.analyst import analyse

RISING = {
    "as_of": "2013-03-01",
    "adj_close": 60,
    "sma_50": 55,
    "sma_200": 50,
    "return_63d": 0.1,
    "macd_histogram": 0.2,
    "rsi_14": 60,
}


class AnalystTest(unittest.TestCase):
    def test_a_rising_stock_is_bullish(self) -> None:
        self.assertEqual(analyse("AAPL", RISING)["verdict"], "bullish")

    def test_a_falling_stock_is_bearish(self) -> None:
        falling = {**RISING, "adj_close": 40, "sma_50": 45, "return_63d": -0.1, "macd_histogram": -0.2}
        self.assertEqual(analyse("AAPL", falling)["verdict"], "bearish")

    def test_a_stock_without_history_is_neutral(self) -> None:
        self.assertEqual(analyse("NEW", {"as_of": "2013-03-01"})["verdict"], "neutral")
