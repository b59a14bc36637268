"""Tests the Python snippet of the guide on signatures.json: `python3 verify_test.py <folder of verify.py>`."""

import json
import sys
import unittest
from pathlib import Path

FOLDER = Path(__file__).parent
sys.path.insert(0, sys.argv.pop(1))
sys.dont_write_bytecode = True

from verify import is_genuine  # noqa: E402  (it is in the folder named by the argument)


def headers(message: dict, **changed: str) -> dict[str, str]:
    genuine = {name: str(message[name]) for name in ("id", "timestamp", "signature")}
    return {f"webhook-{name}": value for name, value in (genuine | changed).items()}


class VerifyTest(unittest.TestCase):
    def test_genuine_messages_are_told_from_others(self) -> None:
        for message in json.loads((FOLDER / "signatures.json").read_text()):
            secret, body, now = message["secret"], message["body"].encode(), message["timestamp"]
            with self.subTest(message["title"]):
                self.assertTrue(is_genuine(secret, headers(message), body, now))
                self.assertTrue(is_genuine(secret, headers(message), body, now + 300))
                rotated = f"v1,AAAA {message['signature']}"
                self.assertTrue(is_genuine(secret, headers(message, signature=rotated), body, now))
                for other in ({"id": "msg_2"}, {"timestamp": str(now + 1)}, {"timestamp": "soon"}, {"signature": "v1,"}):
                    self.assertFalse(is_genuine(secret, headers(message, **other), body, now), other)
                self.assertFalse(is_genuine(secret, headers(message), body + b" ", now))
                self.assertFalse(is_genuine(secret, headers(message), body, now + 301))
                self.assertFalse(is_genuine("whsec_AAAA", headers(message), body, now))
                self.assertFalse(is_genuine(secret, {}, body, now))


if __name__ == "__main__":
    unittest.main()
