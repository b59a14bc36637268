"""A function that cannot be added is refused with one line, before anything is written."""

import argparse
import shutil
import unittest
from pathlib import Path
from unittest import mock

from bellwether import paths
from bellwether.console import StackError
from bellwether.scaffold.new import run
from tests.scaffold.repository import copy

REFUSED = (
    (("market/get-stock", "GET", "/v1/other"), "There is a function get-stock already: functions/market/get-stock."),
    (("market/get-price", "get", "/v1/price"), "METHOD=get must be one of GET, PUT, POST, PATCH, DELETE."),
    (("market/get-price", "GET", "/v1/stocks/{name}"), "already has the route GET /v1/stocks/{symbol}."),
    (("market/drop-price", "PUT", "/v1/stocks/{name}"), "already has the path /v1/stocks/{symbol}: use its parameter"),
    (("market/prices", "GET", "/v1/price"), "F=market/prices must be <context>/<verb>-<noun>"),
    (("market/getPrice", "GET", "/v1/price"), "F=market/getPrice must be"),
    (("get-price", "GET", "/v1/price"), "F=get-price must be"),
    (("market/get-price", "GET", "v1/price"), "ROUTE=v1/price must be a path"),
    (("market/get-price", "GET", "/v1/{a}/{a}"), "must be a path"),
    (("market/get-price", "GET", "/v1/price", "root"), "ACCESS=root must be one of open, any, viewer"),
    (("market/analyses-queue", "GET", "/v1/queue"), "template.yaml already has a resource AnalysesQueue"),
    (("cache/get-entry", "GET", "/v1/entries"), "cache cannot be a context: tests/cache.rs is something else."),
)


def arguments(place: str, method: str, route: str, access: str = "viewer") -> argparse.Namespace:
    return argparse.Namespace(place=place, method=method, route=route, access=access, does="todo")


class RefusedTest(unittest.TestCase):
    def setUp(self) -> None:
        self.root = copy()
        self.addCleanup(shutil.rmtree, self.root)
        self.enterContext(mock.patch.object(paths, "ROOT", self.root))

    def files(self) -> dict[Path, int]:
        return {file: file.stat().st_mtime_ns for file in self.root.rglob("*")}

    def test_a_refusal_is_one_line_and_changes_nothing(self) -> None:
        before = self.files()
        for given, complaint in REFUSED:
            with self.subTest(given), self.assertRaises(StackError) as refused:
                run(arguments(*given))
            self.assertIn(complaint, str(refused.exception))
            self.assertNotIn("\n", str(refused.exception))
        self.assertEqual(self.files(), before)
