import json
import unittest
from unittest import mock

from bellwether.scale import hostile
from bellwether.scale.hostile import ATTACKS, ONE_ROW, Caller


class TheMeasure(unittest.TestCase):
    def test_p99_is_the_time_that_one_read_in_a_hundred_exceeds(self) -> None:
        self.assertEqual(hostile.p99([float(n) for n in range(200, 0, -1)]), 199.0)
        self.assertEqual(hostile.p99([5.0]), 5.0)

    def test_the_median_of_the_rounds_is_shown_with_their_spread(self) -> None:
        self.assertEqual(hostile.described([3.0, 1.0, 1.5]), "1.50 x of 2 (1.00 to 3.00)")

    def test_attacks_have_names_of_their_own(self) -> None:
        names = [attack.name for attack in ATTACKS]
        self.assertEqual(len(names), len(set(names)))


class TheRequests(unittest.TestCase):
    def sent(self, caller: Caller, attack: hostile.Attack) -> tuple:
        with mock.patch.object(caller, "connection") as connection:
            caller.send(attack)
        return connection.request.call_args.args[:3]

    def test_one_row_reads_are_of_different_stocks(self) -> None:
        caller = Caller("http://127.0.0.1:1/rest", 100)
        paths = {self.sent(caller, ONE_ROW)[1] for _ in range(100)}
        self.assertEqual(len(paths), 100)
        self.assertIn("/rest/stock_metrics?select=*&symbol=eq.GEN-00001", paths)

    def test_a_function_is_called_with_a_post(self) -> None:
        attack = hostile.history("short", p_limit=1)
        method, path, body = self.sent(Caller("http://127.0.0.1:1", 100), attack)
        self.assertEqual((method, path), ("POST", "/rpc/read_history_page"))
        self.assertEqual(json.loads(body)["p_limit"], 1)
