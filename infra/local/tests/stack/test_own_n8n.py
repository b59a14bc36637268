"""A developer's own n8n takes the place of the fake one."""

import base64
import unittest
from unittest.mock import patch

from bellwether import keys, paths
from bellwether.console import StackError
from bellwether.stack import own_n8n
from bellwether.stack.settings import Settings

OWN = "http://127.0.0.1:5678/webhook"


class OwnN8nTest(unittest.TestCase):
    def test_functions_call_the_given_n8n(self) -> None:
        settings = Settings(paths.Ports(9000), keys.generate(), n8n_base_url=OWN)
        self.assertEqual(settings.for_functions()["N8N_BASE_URL"], OWN)

    def test_without_one_functions_call_the_fake_n8n(self) -> None:
        settings = Settings(paths.Ports(9000), keys.generate())
        self.assertEqual(settings.for_functions()["N8N_BASE_URL"], "http://127.0.0.1:9006/webhook")

    def test_the_key_is_printed_as_n8n_takes_it(self) -> None:
        secret = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
        given = {"webhook_secret": secret, "n8n_base_url": OWN, "base_url": "http://127.0.0.1:8787"}
        shown = own_n8n.instructions(given)
        self.assertIn("Key     0123456789abcdef0123456789abcdef ", shown)
        self.assertNotIn("whsec_", shown)

    def test_a_url_that_the_template_refuses_is_refused(self) -> None:
        for wrong in ("127.0.0.1:5678/webhook", "http://n8n.internal:5678/webhook"):
            with patch.dict("os.environ", N8N_BASE_URL=wrong), self.assertRaisesRegex(StackError, "N8N_BASE_URL"):
                own_n8n.base_url()

    def test_a_slash_at_the_end_is_dropped(self) -> None:
        with patch.dict("os.environ", N8N_BASE_URL=OWN + "/"):
            self.assertEqual(own_n8n.base_url(), OWN)
